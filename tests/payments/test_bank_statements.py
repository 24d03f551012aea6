"""Our bank's statements: what each line means, and that everything is zero or a named break when a day is over."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import House
from tests.payments.test_bank_orders import CLOSED, GOOD, REFUSED, RICH_LATER, Till

from tuppence.core import uuid7
from tuppence.payments import costs
from tuppence.payments.ach.orders import Credit
from tuppence.payments.ach.statements import rules
from tuppence.payments.ach.statements.model import Line, Ours
from tuppence.payments.ach.statements.rules import Day
from tuppence.rails.bank.sepa import Statement, read_statements, write_statement
from tuppence.rails.simulator.ach import FileSent

parts = st.dictionaries(
    st.sampled_from(["bank_clearing", "payout_clearing", "refund_clearing"]), st.integers(-(10**6), 10**6), max_size=3
)


# - what a line means -------------------------------------------------------------------------------------------------


@given(parts, st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.booleans())
def test_all_of_a_line_moves_and_what_is_not_ours_has_a_name(
    of_ours: dict[str, int], strange: int, off: int, again: bool
) -> None:
    """Whatever a line says: cash moves by that; each account by its part; the rest is in bank_clearing, as a break."""
    ours = Ours(of_ours, sum(of_ours.values()) + strange)
    line = Line("s", 1, "settlement", "a.ach", ours.net_minor + off)
    verdict = rules.judge(line, ours, told_before=again)

    assert line.amount_minor == sum(verdict.moves.values())
    unnamed = line.amount_minor if again else off
    assert -unnamed == verdict.left_minor
    assert (unnamed != 0 or again) == (verdict.kind is not None)
    if not again:
        assert {k: v for k, v in of_ours.items() if v and k != "bank_clearing"} == {
            k: v for k, v in verdict.moves.items() if k != "bank_clearing"
        }


@given(parts, st.integers(-(10**6), 10**6))
def test_returns_read_too_late_end_where_they_would_have_ended(of_ours: dict[str, int], off: int) -> None:
    """A line before its file, then the file: together the same moves as the file before the line."""
    ours = Ours(of_ours, sum(of_ours.values()))
    line = Line("s", 1, "returns", "GT000001", ours.net_minor + off)
    early, late = rules.judge(line, None, told_before=False), rules.judge_again(line, ours)
    both = dict(early.moves)
    for name, minor in late.moves.items():
        both[name] = both.get(name, 0) + minor
        both["bank_clearing"] = both.get("bank_clearing", 0) - minor

    at_once = rules.judge(line, ours, told_before=False)
    assert {k: v for k, v in at_once.moves.items() if v} == {k: v for k, v in both.items() if v}
    assert (at_once.kind, at_once.left_minor) == (late.kind, late.left_minor)


def test_a_fee_that_differs_adjusts_the_cost() -> None:
    """Three cents were booked, the bank takes five: two more are a cost, and nothing is left over."""
    verdict = rules.judge(Line("s", 1, "fees", "a.ach", -5), Ours({}, -3), told_before=False)

    assert ({"rail_payable": -5}, 2, None) == (verdict.moves, verdict.adjusted_minor, verdict.kind)


def test_a_statement_that_does_not_follow_names_the_gap() -> None:
    """Each begins where the one before ended; where not, by how much."""
    days = [Day("a", date(2027, 3, 16), 0, 50), Day("b", date(2027, 3, 17), 50, 70), Day("c", date(2027, 3, 18), 90, 0)]

    assert {"c": 20} == rules.gaps(days)


# - days --------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


async def book_costs(world: AchWorld) -> None:
    """As the daily run does."""
    async with world.house.database.transaction() as tx:
        since = world.now - timedelta(days=60)
        await costs.accrue(tx, since=since, policy=world.house.policy)


async def test_after_days_with_returns_everything_is_zero_or_said(world: AchWorld) -> None:
    """Friends, deposits, payouts and debits, some of them sent back: every clearing account is empty, cash is what the
    bank says, and the bank is owed nothing.
    """
    till = Till(world)
    closed, good = await till.account("2000000019"), await till.account(GOOD)
    for number in (RICH_LATER, CLOSED):
        await till.debit(await till.account(number), 3_000)
    await world.pay(1_000)
    for account in (good, closed):
        ask = Credit(uuid7(), "till", world.house.bo, account, 700, "USD", "March", "payout_clearing", "PAYOUT")
        await till.put(ask)
    await world.days(20)
    await book_costs(world)
    balances = await world.balances()

    assert [] == await world.breaks()
    assert {"bank_clearing", "refund_clearing"}.isdisjoint(balances)
    assert -25 == balances["rail_payable"]  # the card network's: 0.05 % of Ann's debit and 24 cents, in its own file
    assert 700 == balances["payout_clearing"]  # which nobody has credited here: one payout stayed, one came back
    statements = [one for one in world.books.ach.sent if one.kind == "statement"]
    assert closing(world, statements[-1]) == balances["house_cash"]


def closing(world: AchWorld, sent: FileSent) -> int:
    (statement,) = read_statements(world.books.ach.content_of(sent))
    return statement.balances[-1].amount_minor


async def test_a_return_after_it_counted_leaves_what_somebody_must_bear(world: AchWorld) -> None:
    """R10 weeks later: nothing is left in clearing; what was earned stands against what is owed to us."""
    till = Till(world)
    await till.debit(await till.account(REFUSED))
    await world.days(40)
    balances = await world.balances()

    assert "bank_clearing" not in balances
    assert (5_000, -5_000) == (balances["chargeback_receivable"], balances["revenue"])


def _more(statement: Statement) -> Statement:
    return _with(statement, lambda minor: minor + 100)


def _twice(statement: Statement) -> Statement:
    """The last line stands there again."""
    more = replace(statement, bookings=(*statement.bookings, statement.bookings[0]))
    return _balanced(more)


def _strange(statement: Statement) -> Statement:
    first = statement.bookings[0]
    return _balanced(replace(statement, bookings=(*statement.bookings, replace(first, code="WIRE", amount_minor=250))))


def _with(statement: Statement, change: Callable[[int], int]) -> Statement:
    first, *rest = statement.bookings
    return _balanced(replace(statement, bookings=(replace(first, amount_minor=change(first.amount_minor)), *rest)))


def _balanced(statement: Statement) -> Statement:
    opening, close = statement.balances
    ends = opening.amount_minor + sum(one.amount_minor for one in statement.bookings)
    return replace(statement, balances=(opening, replace(close, amount_minor=ends)))


def _broken(statement: Statement) -> Statement:
    opening, close = statement.balances
    return replace(statement, balances=(opening, replace(close, amount_minor=close.amount_minor + 1)))


@pytest.mark.parametrize(
    ("spoil", "kinds"),
    [
        (_more, ["settled_differs", "statement_gap"]),
        (_twice, ["settled_twice", "statement_gap"]),
        (_strange, ["unknown_line", "statement_gap"]),
        (_broken, ["statement_damaged", "settlement_missing"]),
    ],
)
async def test_what_is_wrong_with_a_statement_has_a_name_and_an_amount(
    world: AchWorld, spoil: Callable[[Statement], Statement], kinds: list[str]
) -> None:
    """Whatever the bank got wrong on one day: what it left in clearing is the sum of the breaks."""
    await world.add()
    fetch, spoilt = world.exchange.fetch, list[str]()

    async def spoiling(name: str) -> Path:
        path: Path = await fetch(name)
        if name.endswith("statement.xml") and not spoilt and spoil_at(path):
            spoilt.append(name)
        return path

    def spoil_at(path: Path) -> bool:
        (told,) = read_statements(path.read_bytes())
        if told.bookings:
            path.write_bytes(write_statement(spoil(told)))
        return bool(told.bookings)

    world.exchange.fetch = spoiling
    await world.days(6)
    found = dict(await world.breaks())

    assert sorted(kinds) == sorted(found)
    left = sum(minor for kind, minor in found.items() if kind != "statement_gap")
    assert left == (await world.balances()).get("bank_clearing", 0)


async def test_a_statement_that_does_not_come_is_missed(world: AchWorld) -> None:
    """From the evening of the next banking day on; when it comes after all, nothing is open."""
    await world.add()
    await world.days(2)
    waiting, held = world.exchange.waiting, True

    async def without() -> list[str]:
        return [name for name in await waiting() if not (held and name.endswith("statement.xml"))]

    world.exchange.waiting = without
    await world.days(3)
    assert ["statement_missing"] == [kind for kind, _ in await world.breaks()]
    held = False
    await world.turn()

    assert [] == await world.breaks()
