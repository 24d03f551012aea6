"""What a business earns with games: an overview, daily reports, half-monthly statements and payouts."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import Query, Response
from starlette.responses import StreamingResponse

from tuppence import outbox
from tuppence.billing.games import errors, periods, queries, reports, statements
from tuppence.billing.games.model import Developer
from tuppence.http import game_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.business_doors import by_key, in_person
from tuppence.http.deps import Actor, TheHouse
from tuppence.http.fields import Day, MintedId
from tuppence.http.game_doors import PaysInPerson, Reads
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments.errors import CardUnusable, CurrencyRefused, IdTaken, NoCard

router = room("game money")

_CSV = "text/csv"
_DAYS = 30


@router.get("/games/overview", response_model=schemas.GamesOverview, **by_key(errors.GameNotFound))
async def read_overview(actor: Reads, house: TheHouse) -> Response:
    """What each of the last thirty days came to, for all of your games together."""
    developer, today = await _developer(actor, house)
    async with house.database.transaction(read_only=True) as tx:
        days = await reports.overview(tx, actor.business_id, today, _DAYS)
    return answer({"currency": developer.currency, "days": [one.wire() for one in days]})


@router.get(
    "/games/reports/{kind}",
    response_class=Response,
    responses={
        200: {
            "description": "The report",
            "content": {
                _CSV: {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        },
        **refuses(errors.GameNotFound, errors.NoSuchReport),
    },
    openapi_extra=FOR_BUSINESS,
)
async def read_report(
    kind: Literal["detail", "digest"],
    actor: Reads,
    house: TheHouse,
    day: Annotated[
        Day | None, Query(description="A day that is over, in your business's zone. None: yesterday.")
    ] = None,
    format: Literal["csv", "json"] = "csv",  # noqa: A002 - the name on the wire
) -> Response:
    """A day's report: `detail`, a line for each sale, refund and chargeback; or `digest`, their sums.

    Amounts are signed whole minor units; what comes to you is positive. Columns may be added at the end. From the
    detail of every day each of your payouts can be computed again.
    """
    _, today = await _developer(actor, house)
    day = day or today - timedelta(days=1)
    if day >= today:
        raise errors.NoSuchReport
    name = f"tuppence-games-{kind}-{day}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "digest":
        async with house.database.transaction(read_only=True) as tx:
            sums = await reports.digest(tx, actor.business_id, day, day)
        if format == "json":
            return answer({"data": [one.wire() for one in sums]}, headers=headers)
        return Response(reports.head(reports.Sum) + reports.rows(sums), media_type=_CSV, headers=headers)
    if format == "json":
        lines = [line async for page in _detail(actor, day, house) for line in page]
        return answer({"data": [one.wire() for one in lines]}, headers=headers)

    async def pages() -> AsyncIterator[str]:
        yield reports.head(reports.Line)
        async for page in _detail(actor, day, house):
            yield reports.rows(page)

    return StreamingResponse(pages(), media_type=f"{_CSV}; charset=utf-8", headers=headers)


async def _detail(actor: Actor, day: date, house: House) -> AsyncIterator[list[reports.Line]]:
    """A stretch at a time; no transaction stays open while a slow reader reads."""
    after: reports.Line | None = None
    while True:
        async with house.database.transaction(read_only=True) as tx:
            lines, after = await reports.detail(tx, actor.business_id, day, day, after=after)
        yield lines
        if after is None:
            return


@router.get("/games/payouts", response_model=schemas.GamePayouts, **by_key(errors.GameNotFound))
async def list_payouts(actor: Reads, house: TheHouse) -> Response:
    """Your half-monthly statements and what became of their payouts, the newest first; and what accrues now."""
    developer, _ = await _developer(actor, house)
    async with house.database.transaction(read_only=True) as tx:
        found = await statements.access_statements(tx, actor.business_id)
        held = await statements.holdings(tx, developer)
        bank = await statements.bank_of(tx, developer)
    return answer({"bank": bank, "statements": [one.wire() for one in found]} | held)


@router.put(
    "/games/payouts/bank",
    response_model=schemas.GamePayouts,
    **in_person(errors.GameNotFound, errors.PayoutBankRefused),
)
async def set_payout_bank(body: schemas.GamePayoutBankBody, actor: PaysInPerson, house: TheHouse) -> Response:
    """Let payouts go to a confirmed bank account of yours. Everybody with a hand in the money is told, and nothing
    goes there for three business days.
    """
    assert actor.person_id
    ask = statements.SetBank(actor.business_id, actor.person_id, body.bank_id)
    await house.together(statements.set_bank, ask)
    return await list_payouts(actor, house)


@router.put(
    "/games/payouts/invoice/{charge_id}",
    response_model=schemas.GameStatement,
    **in_person(errors.GameNotFound, errors.InvoiceNotFound, NoCard, CardUnusable, CurrencyRefused, IdTaken),
)
async def pay_invoice(
    charge_id: MintedId, body: schemas.GameInvoiceBody, actor: PaysInPerson, house: TheHouse
) -> Response:
    """Pay what chargebacks and refunds left your business owing, with a card of yours."""
    assert actor.person_id
    ask = statements.PayInvoice(charge_id, actor.business_id, actor.person_id, body.card_id)
    return answer((await house.together(house.games.verbs.pay_invoice, ask)).wire())


async def _developer(actor: Actor, house: House) -> tuple[Developer, date]:
    """The business as one that sells games, and what day it is there. Raises: GameNotFound."""
    async with house.database.transaction(read_only=True) as tx:
        found = (await queries.developers(tx, [actor.business_id])).get(actor.business_id)
        now = await outbox.now(tx)
    if found is None:
        raise errors.GameNotFound
    return found, periods.day_of(now, found.zone)
