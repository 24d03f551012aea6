"""Bills of advertisers and statements of their months: as JSON, as CSV, as PDF."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Response

from tuppence import outbox, people
from tuppence.billing import ads
from tuppence.billing.ads import errors
from tuppence.http import ads_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.documents import PressBusy, Words
from tuppence.http.documents import ads as printed
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room

router = room("ads", prefix="/v1/ads/accounts")

Reads = Annotated[Actor, Depends(businessed("ads:read"))]
Format = Literal["json", "pdf", "csv"]
_UNKNOWN = errors.AdsAccountNotFound
_KINDS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


def _documents(*failures: Any) -> dict[int | str, dict[str, Any]]:
    content = {"application/pdf": _BINARY, "text/csv": _BINARY}
    return {200: {"description": "As asked for", "content": content}, **refuses(_UNKNOWN, PressBusy, *failures)}


@router.get(
    "/{ads_account_id}/bills",
    response_model=schemas.AdsBills,
    responses=refuses(_UNKNOWN, CursorInvalid),
    openapi_extra=FOR_BUSINESS,
)
async def list_ads_bills(
    ads_account_id: Id,
    actor: Reads,
    house: TheHouse,
    limit: Annotated[Count, Query()] = 25,
    cursor: Cursor = None,
) -> Response:
    """Bills without their lines, the one that still accrues first."""
    before = house.cursors.read("bills", cursor, int)
    of = actor.business_id, ads_account_id
    async with house.database.transaction(read_only=True) as tx:
        page = await ads.access_bills(tx, *of, limit=limit, before=before, policy=house.policy)
    return answer(house.cursors.page("bills", page.data, page.following))


@router.get(
    "/{ads_account_id}/bills/{bill_id}",
    response_model=schemas.AdsBill,
    responses=_documents(errors.BillNotFound),
    openapi_extra=FOR_BUSINESS,
)
async def read_ads_bill(
    ads_account_id: Id,
    bill_id: Id,
    actor: Reads,
    house: TheHouse,
    format: Format = "json",  # noqa: A002 - the name on the wire
) -> Response:
    """A bill: what was used of each campaign, who paid what of it, the tax, how it was collected. As PDF and CSV it is
    the receipt.
    """
    async with house.database.transaction(read_only=True) as tx:
        bill = await ads.access_bill(tx, actor.business_id, ads_account_id, bill_id, policy=house.policy)
    if format == "json":
        return answer(bill)
    house.limits.take("document", actor.by)
    zone = await _zone(ads_account_id, actor, house)
    if format == "csv":
        return _file(printed.bill_rows(bill).encode(), "csv", f"bill-{bill['number']}")
    words, now = await _words(actor, zone, house)
    facts = printed.bill(bill, words, now=now, sandbox=house.clock_job is not None)
    return _file(await house.press.pdf("ads", facts), "pdf", f"bill-{bill['number']}")


@router.get(
    "/{ads_account_id}/statements/{month}",
    response_model=schemas.AdsStatement,
    responses=_documents(),
    openapi_extra=FOR_BUSINESS,
)
async def read_ads_statement(
    ads_account_id: Id,
    month: schemas.Month,
    actor: Reads,
    house: TheHouse,
    format: Format = "json",  # noqa: A002 - the name on the wire
) -> Response:
    """A month of the account's own calendar, as in 2026-11: what was owed and in store before and after it, what was
    used, and what money moved.
    """
    asked = ads.Month(date.fromisoformat(f"{month}-01"))
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        told = await ads.access_statement(tx, actor.business_id, ads_account_id, asked, policy=house.policy)
    if format == "json":
        return answer(told)
    house.limits.take("document", actor.by)
    if format == "csv":
        return _file(printed.statement_rows(told).encode(), "csv", f"statement-{month}")
    words, now = await _words(actor, told["account"]["zone"], house)
    facts = printed.statement(told, words, now=now, sandbox=house.clock_job is not None)
    return _file(await house.press.pdf("ads", facts), "pdf", f"statement-{month}")


async def _zone(ads_account_id: UUID, actor: Actor, house: House) -> str:
    async with house.database.transaction(read_only=True) as tx:
        account = await ads.access_account(tx, actor.business_id, ads_account_id, policy=house.policy)
    zone: str = account["zone"]
    return zone


async def _words(actor: Actor, zone: str, house: House) -> tuple[Words, Any]:
    """The reader's language, a key's being English, with the account's own times; and what time it is."""
    async with house.database.transaction(read_only=True) as tx:
        now = await outbox.now(tx)
        locale = "en"
        if actor.person_id:
            locale = (await people.access_me(tx, actor.person_id)).person.locale
    return Words(locale, ZoneInfo(zone)), now


def _file(content: bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="tuppence-ads-{name}.{kind}"'}
    return Response(content, media_type=_KINDS[kind], headers=disposition)
