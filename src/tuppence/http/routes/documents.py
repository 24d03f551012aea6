"""What somebody takes away: a statement of a period, a receipt of a payment."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Query, Response
from starlette.responses import StreamingResponse

from tuppence import outbox, payments, people
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.documents import LINES_MOST, PressBusy, Words, receipt, statement, table
from tuppence.http.fields import Day, Id, Zone
from tuppence.http.house import House
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments import statements
from tuppence.payments.statements import Line, Period, Summary

router = room("documents")

_PDF = "application/pdf"
_CSV = "text/csv"
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/statements",
    response_class=Response,
    responses={
        200: {"description": "The document", "content": {_PDF: _BINARY, _CSV: _BINARY}},
        **refuses(statements.errors.PeriodRefused, statements.errors.StatementTooLong, PressBusy),
    },
)
async def read_own_statement(
    caller: Signed,
    house: TheHouse,
    first: Annotated[Day, Query(alias="from", description="The first day, in `zone`.")],
    last: Annotated[Day, Query(alias="to", description="The last day, which belongs to it.")],
    format: Literal["pdf", "csv"] = "pdf",  # noqa: A002 - the name on the wire
    zone: Zone = "UTC",
) -> Response:
    """Every move of your money in a period: sent, received, refunded, kept for you; in your language.

    Days and times are those of `zone`, a name of the IANA data base; UTC stands beside them. A year at most, and as
    PDF two thousand moves; CSV has no such bound, it is streamed.
    """
    house.limits.take("document", caller.person_id)
    period = Period(first, last, ZoneInfo(zone))
    if format == "csv":
        return await _statement_csv(caller.person_id, period, house)
    person, told, now = await _statement(caller.person_id, period, house)
    words = Words(person.locale, period.zone)
    facts = statement(person, period, told, words, now=now, sandbox=house.clock_job is not None)
    return _file(await house.press.pdf("statement", facts), _PDF, _name(period, "pdf"))


async def _statement(
    person_id: UUID, period: Period, house: House
) -> tuple[people.Person, tuple[Summary, list[Line]], datetime]:
    """In one snapshot, so that the sums are those of the lines. Raises: PeriodRefused, StatementTooLong."""
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        summary = await statements.access_summary(tx, person_id, period)
        if summary.lines > LINES_MOST:
            raise statements.errors.StatementTooLong(lines=summary.lines, lines_most=LINES_MOST)
        lines, after = await statements.access_lines(tx, person_id, period)
        while after:
            more, after = await statements.access_lines(tx, person_id, period, after=after)
            lines += more
        person = (await people.access_me(tx, person_id)).person
        now = await outbox.now(tx)
    statements.checked(lines, summary)
    return person, (summary, lines), now


async def _statement_csv(person_id: UUID, period: Period, house: House) -> Response:
    """What can be refused is refused before the first byte; the rest follows a stretch at a time."""
    async with house.database.transaction(read_only=True) as tx:
        lines, after = await statements.access_lines(tx, person_id, period)
        words = Words((await people.access_me(tx, person_id)).person.locale, period.zone)

    async def pages() -> AsyncIterator[str]:
        """No transaction stays open while a slow reader reads."""
        yield table.head(words) + table.rows(lines, words)
        place = after
        while place:
            async with house.database.transaction(read_only=True) as tx:
                more, place = await statements.access_lines(tx, person_id, period, after=place)
            yield table.rows(more, words)

    return StreamingResponse(pages(), media_type=f"{_CSV}; charset=utf-8", headers=_headers(_name(period, "csv")))


@router.get(
    "/payments/{payment_id}/receipt",
    response_class=Response,
    responses={
        200: {"description": "The receipt", "content": {_PDF: _BINARY}},
        **refuses(payments.errors.PaymentNotFound, PressBusy),
    },
)
async def read_receipt(payment_id: Id, caller: Signed, house: TheHouse, zone: Zone = "UTC") -> Response:
    """One payment as a document, as you may see it, in your language and with the times of `zone`."""
    house.limits.take("document", caller.person_id)
    async with house.database.transaction(read_only=True) as tx:
        view = await payments.access_payment(tx, caller.person_id, payment_id, policy=house.policy)
        locale = (await people.access_me(tx, caller.person_id)).person.locale
        now = await outbox.now(tx)
    facts = receipt(view, Words(locale, ZoneInfo(zone)), now=now, sandbox=house.clock_job is not None)
    return _file(await house.press.pdf("receipt", facts), _PDF, f"tuppence-receipt-{payment_id}.pdf")


def _name(period: Period, kind: str) -> str:
    return f"tuppence-statement-{period.first}-{period.last}.{kind}"


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
