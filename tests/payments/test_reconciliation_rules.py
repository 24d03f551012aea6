"""What an attempt and its lines mean together, and which file may be read: decided without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Leg, Policy
from tuppence.core.calendar import FED
from tuppence.payments.costs.rules import cost_minor, half_up, item_of
from tuppence.payments.reconciliation import Kind
from tuppence.payments.reconciliation.jobs import Patience
from tuppence.payments.reconciliation.model import Candidate, FileRow, LineRow, Verdict
from tuppence.payments.reconciliation.rules import (
    AGREES,
    beside,
    closed_day,
    is_file_missing,
    judge,
    next_run,
    why_not,
)
from tuppence.payments.sends.model import Fate
from tuppence.rails.card.clearing import FIRST, ClearingFile
from tuppence.rails.simulator.clearing import fee_minor

POLICY = Policy.load()
DAY = date(2026, 11, 23)  # a Monday; Thursday is Thanksgiving
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
DEBIT = Candidate(UUID(int=1), UUID(int=2), Leg.DEBIT, Fate.ACCEPTED, 2_000, "USD", AT, AT, None, None, None)
CREDIT = replace(DEBIT, leg=Leg.CREDIT)
SILENT = replace(CREDIT, fate=Fate.UNKNOWN, unknown_at=AT, network_at=None)
DEAD = replace(DEBIT, fate=Fate.DEAD, unknown_at=AT, dead_at=AT, network_at=None)


def line(movement: str, minor: int, day: date = DAY, currency: str = "USD") -> LineRow:
    return LineRow(DEBIT.id, day, movement, minor, currency, "632915000001", AT)


TAKEN, PUSHED = line("debit", 2_000), line("push", -2_000)
UNDONE, BACK = line("reversal", -2_000), line("return", 2_000)
LATE = replace(DEAD, dead_at=datetime(2026, 11, 23, 22, 0, 1, tzinfo=UTC))  # a second after the cut-off

CASES: list[tuple[Candidate, list[LineRow], Kind | None, int, str | None]] = [
    (DEBIT, [TAKEN], None, 0, None),
    (DEBIT, [], Kind.MISSING, 2_000, None),
    (replace(DEBIT, network_at=AT + timedelta(hours=7)), [], None, 0, None),  # the next day's
    (DEBIT, [TAKEN, TAKEN], Kind.DUPLICATE, -2_000, None),
    (DEBIT, [TAKEN, TAKEN, UNDONE], None, 0, None),
    (DEBIT, [line("debit", 1_999)], Kind.AMOUNT, 1, None),
    (DEBIT, [line("debit", 2_000, currency="EUR")], Kind.CURRENCY, 2_000, None),
    (CREDIT, [PUSHED], None, 0, None),
    (CREDIT, [PUSHED, BACK], None, 0, "returned"),
    (replace(CREDIT, returned_at=AT), [PUSHED, BACK], None, 0, None),
    (replace(CREDIT, returned_at=AT), [PUSHED], Kind.AMOUNT, 2_000, None),
    (CREDIT, [PUSHED, line("return", 1_000)], Kind.AMOUNT, -1_000, None),
    (replace(CREDIT, leg=Leg.REFUND), [line("refund", -2_000), BACK], Kind.AMOUNT, -2_000, None),
    (SILENT, [PUSHED], None, 0, "accepted"),
    (SILENT, [PUSHED, BACK], None, 0, "accepted"),
    (SILENT, [], None, 0, None),
    (replace(SILENT, marked_at=AT - timedelta(days=4)), [], Kind.UNANSWERED, 0, None),
    (SILENT, [line("push", -1)], Kind.AMOUNT, 1, None),
    (replace(SILENT, leg=Leg.DEBIT), [], None, 0, None),
    (replace(SILENT, leg=Leg.DEBIT, unknown_at=NOW - timedelta(days=1)), [], Kind.UNANSWERED, 0, None),
    (replace(SILENT, leg=Leg.DEBIT), [TAKEN], Kind.AWAITING_REVERSAL, -2_000, None),
    (DEAD, [], None, 0, None),
    (DEAD, [TAKEN], Kind.LATE_DEBIT, -2_000, "found"),
    (LATE, [TAKEN], Kind.AWAITING_REVERSAL, -2_000, None),
    (LATE, [TAKEN, UNDONE], None, 0, None),
    (LATE, [line("debit", 2_000, date(2026, 11, 19))], Kind.LATE_DEBIT, -2_000, "found"),
    (DEAD, [line("debit", 5)], Kind.NOT_OURS, -5, None),
    (replace(DEBIT, fate=Fate.DECLINED), [TAKEN], Kind.NOT_OURS, -2_000, None),
    (replace(CREDIT, fate=Fate.DEAD), [PUSHED], Kind.NOT_OURS, 2_000, None),
    (replace(DEBIT, fate=Fate.LIVE), [TAKEN], Kind.AHEAD, -2_000, None),
]


@pytest.mark.parametrize(("one", "lines", "kind", "left", "news"), CASES)
def test_an_attempt_and_its_lines(
    one: Candidate, lines: list[LineRow], kind: Kind | None, left: int, news: str | None
) -> None:
    """The table of docs/design/reconciliation.md, row by row."""
    verdict = judge(one, lines, read_to=DAY, now=NOW, policy=POLICY)

    assert (kind, left, news) == (verdict.kind, verdict.left_minor, verdict.news.state if verdict.news else None)


@given(
    st.lists(st.sampled_from([TAKEN, UNDONE, line("debit", 1_999), line("debit", 1), line("return", 3)]), max_size=5)
)
def test_what_is_left_is_named_to_the_cent(lines: list[LineRow]) -> None:
    """Of any lines in any number, in any order: no kind means nothing left; a kind says exactly how much."""
    told = sum(one.signed_minor for one in lines)
    for one in (DEBIT, DEAD, replace(DEBIT, fate=Fate.DECLINED), replace(DEBIT, fate=Fate.LIVE)):
        verdict = judge(one, lines, read_to=DAY, now=NOW, policy=POLICY)
        assert one.expected_minor - told == verdict.left_minor
        assert (verdict.kind is None) == (verdict.left_minor == 0)


def test_seeded_bug_a_line_is_enough() -> None:
    """Comparing presence instead of sums: a cent less and a line too many pass, which the table above would catch."""

    def careless(one: Candidate, lines: list[LineRow]) -> Verdict:
        return AGREES if lines else judge(one, lines, read_to=DAY, now=NOW, policy=POLICY)

    told = [(careless(one, lines).kind, kind) for one, lines, kind, _, _ in CASES]
    assert {Kind.AMOUNT, Kind.DUPLICATE, Kind.LATE_DEBIT} <= {should for found, should in told if found != should}


@pytest.mark.parametrize(
    ("verdict", "closed", "kind", "left"),
    [
        (Verdict(Kind.AMOUNT, 1), [(Kind.AMOUNT, 1)], None, 0),
        (Verdict(Kind.AMOUNT, 3), [(Kind.AMOUNT, 1)], Kind.AMOUNT, 2),
        (Verdict(), [(Kind.AMOUNT, 1)], Kind.AMOUNT, -1),
        (Verdict(Kind.UNANSWERED), [(Kind.UNANSWERED, 0)], None, 0),
        (Verdict(Kind.UNANSWERED), [(Kind.AMOUNT, 0)], Kind.UNANSWERED, 0),
        (Verdict(Kind.AMOUNT, 1), [(Kind.AMOUNT, 0)], Kind.AMOUNT, 1),
    ],
)
def test_what_was_closed_stays_closed(
    verdict: Verdict, closed: list[tuple[Kind, int]], kind: Kind | None, left: int
) -> None:
    """What was written off is not left any more; what changes after it is new; what was paid after all is too much."""
    beheld = beside(verdict, closed)

    assert (kind, left) == (beheld.kind, beheld.left_minor)


def test_files_come_in_their_order() -> None:
    """The first, then each that names the one before; a known one is no concern, a changed one is."""
    first = ClearingFile("200000", DAY, 1, FIRST, ())
    second = ClearingFile("200000", FED.add(DAY, 1), 2, first.digest, ())
    read = {1: FileRow(1, DAY, first.digest)}

    assert [None, None, None] == [why_not(first, {}), why_not(second, read), why_not(first, read)]
    assert Kind.FILE_OUT_OF_ORDER == why_not(second, {})
    assert Kind.FILE_OUT_OF_ORDER == why_not(replace(second, sequence=3), read)
    assert Kind.FILE_OUT_OF_ORDER == why_not(replace(second, before=FIRST), read)
    assert Kind.FILE_DIFFERS == why_not(replace(first, before="1" * 64), read)


def test_the_day_has_a_timer() -> None:
    """Half an hour after the cut-off of business days; sooner where a file is awaited; missing from the next one on."""
    wednesday = datetime(2026, 11, 25, 23, tzinfo=UTC)  # six in the evening; Thursday is closed

    assert date(2026, 11, 25) == closed_day(wednesday)
    assert datetime(2026, 11, 27, 22, 30, tzinfo=UTC) == next_run(wednesday, date(2026, 11, 25))
    assert wednesday + timedelta(minutes=10) == next_run(wednesday, date(2026, 11, 24))
    missing = [is_file_missing(wednesday, day) for day in (None, date(2026, 11, 25), date(2026, 11, 24), DAY)]
    assert [False, False, False, True] == missing


@pytest.mark.parametrize("amount", [1, 50, 999, 1_000, 2_000, 29_999])
def test_the_table_is_what_the_simulated_network_bills(amount: int) -> None:
    """As shipped, cost as booked and fee as billed are the same, so that every adjustment has a reason."""
    for kind, regulated in (("debit", True), ("debit", False), ("push", True), ("refund", True)):
        booked = cost_minor(item_of(kind, regulated=regulated), amount, POLICY.cost)
        assert fee_minor(kind, amount, regulated=regulated) == booked
    assert POLICY.cost.bank_item_minor == cost_minor(item_of("bank", regulated=True), amount, POLICY.cost)


@given(amount=st.integers(0, 10**12), points=st.integers(0, 10_000))
def test_half_a_cent_rounds_up(amount: int, points: int) -> None:
    """The share in whole minor units that is nearest, the upper one of two that are equally near."""
    beyond = amount * points - half_up(amount, points) * 10_000

    assert -5_000 <= beyond < 5_000


def test_a_file_is_missing_when_it_has_been_for_a_while() -> None:
    """By the real clock: seconds after the sandbox's clock jumped it is no break, a minute later it is."""
    seconds = iter([0.0, 0.0, 30.0, 61.0, 62.0, 62.0])
    patience = Patience(60, lambda: next(seconds))

    assert [False, False, True, False, False] == [patience.lasting(amiss) for amiss in (True, True, True, False, True)]
