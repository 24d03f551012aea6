"""Statements: every move of somebody's money, theirs alone, and sums that agree with the books."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from tests.payments.ach_world import opened
from tests.payments.conftest import House

from tuppence import ledger, outbox
from tuppence.payments import statements
from tuppence.payments.sends.states import TABLE, Books, Event
from tuppence.payments.statements import Line, Period, Summary, rules
from tuppence.payments.statements.errors import PeriodRefused
from tuppence.payments.statements.model import LINES, Move, Sum

NEW_YORK = ZoneInfo("America/New_York")
HOLDS = {Books.HOLD_CREDIT, Books.VOID_CREDIT, Books.HOLD_REFUND, Books.VOID_REFUND}  # a reservation moves nothing
DAY = timedelta(days=1)


async def _read(house: House, person: UUID, period: Period, *, limit: int = 500) -> tuple[Summary, list[Line]]:
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        told = await statements.access_summary(tx, person, period)
        lines, after = await statements.access_lines(tx, person, period, limit=limit)
        while after:
            more, after = await statements.access_lines(tx, person, period, after=after, limit=limit)
            lines += more
    statements.checked(lines, told)
    return told, lines


async def _today(house: House, *, days: int = 0) -> Period:
    """The sandbox's day, in UTC, and as many before and after."""
    today = (await house.do(outbox.now)).astimezone(UTC).date()
    return Period(today - days * DAY, today + days * DAY, ZoneInfo("UTC"))


def _moves(lines: list[Line]) -> Counter[Move]:
    return Counter(line.move for line in lines)


def test_everything_that_the_lifecycle_does_in_the_books_is_a_move_or_a_hold() -> None:
    """A new kind of posting cannot be left out of statements: it is a move to somebody, or it is named a hold here."""
    assert set(Books) == set(rules.PAYER_MOVES) | HOLDS
    assert set(rules.PAYEE_MOVES) <= set(rules.PAYER_MOVES)


def test_a_step_moves_money_once_at_most_and_always_in_the_same_way() -> None:
    """A timeline's line names a step by number and event, and that is enough to know what moved."""
    found: dict[tuple[str, Event], set[tuple[Books, ...]]] = {}
    for row in TABLE:
        moves = tuple(one for one in row.books if one in rules.PAYER_MOVES)
        found.setdefault((row.number, row.event), set()).add(moves)

    assert all(len(ways) == 1 and len(next(iter(ways))) <= 1 for ways in found.values())


async def test_what_was_delivered_is_out_of_one_pocket_and_into_another(house: House) -> None:
    """The payer's line names the payer's card and the payee's the payee's; nothing stays on its way."""
    await house.send(note="=lunch")
    await house.work_off_undo()
    period = await _today(house)
    told, (sent,) = await _read(house, house.ann, period)
    _, (received,) = await _read(house, house.bo, period)

    assert (Move.SENT, 2_000, None, "Bob", "=lunch") == (
        sent.move,
        sent.out_minor,
        sent.in_minor,
        sent.other.name,
        sent.note,
    )
    assert (Move.RECEIVED, None, 2_000, "Ann") == (
        received.move,
        received.out_minor,
        received.in_minor,
        received.other.name,
    )
    assert [house.ann, house.bo] == [one.card.person_id for one in (sent, received) if one.card]
    assert (0, 2_000, 2_000, 0) == (
        told.totals[0].opening_minor,
        told.totals[0].sent_minor,
        told.totals[0].delivered_minor,
        told.totals[0].closing_minor,
    )


async def test_money_received_on_an_account_names_the_account(house: House, tmp_path: Path) -> None:
    """To the payee, who has it there; the payer's line names the payer's card, as ever."""
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        await world.add_and_prove()
        await world.pay()
        await world.days(1)
    period = await _today(house, days=30)
    (received,) = (await _read(house, house.bo, period))[1]
    (sent,) = (await _read(house, house.ann, period))[1]

    assert received.account
    assert ("0010", "Harbor Savings", None) == (received.account.last4, received.account.bank, received.card)
    assert sent.account is None


async def test_what_never_left_is_in_no_statement(house: House) -> None:
    """Undone and declined payments moved nothing; the payee does not even learn that there were any."""
    sent = await house.send()
    await house.act(sent, house.ann, "cancel")
    house.bank.fates["ann's"] = "insufficient_funds"
    await house.send(amount_minor=2_100)
    await house.work_off_undo()
    period = await _today(house)

    assert (Summary(0, ()), []) == await _read(house, house.ann, period)
    assert (Summary(0, ()), []) == await _read(house, house.bo, period)


async def test_sums_agree_with_the_ledger_and_carry_from_day_to_day(house: House) -> None:
    """One payment delivered, one given back, one parked, one waiting: what a statement says is on its way is what the
    ledger holds, and a period opens with what the one before it closed with."""
    await house.send()
    await house.work_off_undo()
    declined = await house.send_to_cardless(amount_minor=2_100)
    await house.act(declined, house.bo, "decline")
    await house.work()
    first = await _today(house)
    await house.work(after=2 * DAY)
    parked = await house.send(amount_minor=2_200)
    await house.work_off_undo()
    house.bank.fates["refund ann's"] = "do_not_honor"
    await house.act(parked, house.bo, "decline")
    await house.work()
    await house.send(amount_minor=2_300)
    await house.work_off_undo()
    second = await _today(house)
    before, _ = await _read(house, house.ann, first)
    after, _ = await _read(house, house.ann, second)
    whole, lines = await _read(house, house.ann, await _today(house, days=7))

    held = await _held(house)
    assert (0, 0) == (before.totals[0].opening_minor, before.totals[0].closing_minor)
    assert before.totals[0].closing_minor == after.totals[0].opening_minor
    assert held == {"on its way": 4_500, "parked": 2_200}
    assert held == {"on its way": whole.totals[0].closing_minor, "parked": whole.totals[0].parked_minor}
    assert {Move.SENT: 4, Move.REFUNDED: 1, Move.PARKED: 1} == _moves(lines)
    assert lines == (await _read(house, house.ann, await _today(house, days=7), limit=1))[1]


async def _held(house: House) -> dict[str, int]:
    """What the ledger says is neither with the payer's bank nor with the payee's."""
    async with house.database.transaction(read_only=True) as tx:
        lines = await ledger.trial_balance(tx)
    parked = -sum(line.posted_minor for line in lines if line.name.startswith("parked"))
    transit = -sum(line.posted_minor for line in lines if line.name == "in_transit")
    return {"on its way": transit + parked, "parked": parked}


async def test_a_bank_that_sends_it_back_is_told_on_both_sides(house: House) -> None:
    """Money that the payee's bank returned leaves their statement's sum and is on its way again in the payer's."""
    await house.send()
    await house.work_off_undo()
    sums = [
        Sum("USD", True, "11", Event.DEBIT_ACCEPTED, True, 2_000, 1),
        Sum("USD", True, "15", Event.CREDIT_ACCEPTED, True, 2_000, 1),
        Sum("USD", True, "19", Event.CREDIT_RETURNED, False, 2_000, 1),
        Sum("USD", False, "19", Event.CREDIT_RETURNED, False, 700, 2),
    ]
    told = rules.summary(sums)

    assert 2 == told.lines
    assert (0, 2_000, 2_000, 700) == (
        told.totals[0].opening_minor,
        told.totals[0].came_back_minor,
        told.totals[0].closing_minor,
        told.totals[0].returned_minor,
    )


async def test_a_statement_that_lacks_a_line_is_not_printed(house: House) -> None:
    """The sums are read apart from the lines; one line too few, or one cent, and it is a defect."""
    await house.send()
    await house.work_off_undo()
    told, lines = await _read(house, house.ann, await _today(house))

    for wrong in ([], [replace(lines[0], amount_minor=1_999)], [*lines, lines[0]]):
        with pytest.raises(AssertionError):
            statements.checked(wrong, told)


async def test_days_are_those_of_the_reader(house: House) -> None:
    """A payment late in the evening of New York is on that day there, and on the next day in UTC."""
    tomorrow = (await house.do(outbox.now)).astimezone(UTC).date() + DAY
    late = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 23, 30, tzinfo=NEW_YORK)
    await house.do(outbox.move_clock, [late])
    await house.send()
    await house.work_off_undo()

    def of(day: date, zone: str) -> Period:
        return Period(day, day, ZoneInfo(zone))

    assert {Move.SENT: 1} == _moves((await _read(house, house.ann, of(tomorrow, "America/New_York")))[1])
    assert {} == _moves((await _read(house, house.ann, of(tomorrow + DAY, "America/New_York")))[1])
    assert {Move.SENT: 1} == _moves((await _read(house, house.ann, of(tomorrow + DAY, "UTC")))[1])


def test_a_day_on_which_clocks_go_back_has_its_twenty_fifth_hour() -> None:
    """Days follow each other without a gap and without an overlap."""
    day = date(2026, 11, 1)
    longest, next_one = Period(day, day, NEW_YORK), Period(day + DAY, day + DAY, NEW_YORK)

    assert timedelta(hours=25) == longest.ends_at - longest.begins_at
    assert longest.ends_at == next_one.begins_at


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (date(2026, 2, 2), date(2026, 2, 1), "ends_before_it_begins"),
        (date(2026, 1, 1), date(2027, 1, 2), "too_long"),
    ],
)
def test_periods_that_are_none(first: date, last: date, reason: str) -> None:
    """A period has a day at least and a year at most."""
    with pytest.raises(PeriodRefused) as refused:
        rules.check(Period(first, last, NEW_YORK))

    assert reason == refused.value.facts["reason"]


def test_a_leap_year_is_a_year() -> None:
    """From the first of January to the last of December is always accepted."""
    rules.check(Period(date(2028, 1, 1), date(2028, 12, 31), NEW_YORK))


def test_lines_are_what_a_person_sees_move() -> None:
    """What only changes how far money is on its way is no line of its own."""
    assert {Move.DELIVERED, Move.CAME_BACK, Move.UNPARKED} == set(Move) - LINES
