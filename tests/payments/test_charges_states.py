"""The table of a charge and of a refund, walked whole."""

import itertools

import pytest

from tuppence.payments.charges import states
from tuppence.payments.charges.states import TABLE, TERMINAL, Books, Event, State

# Both machines on one page, written down a second time: (state, event) → the states it can lead to.
EXPECTED = """
- charge charging
- refund refunding
charging accepted charged
charging declined charging declined
charging unanswered unknown
charging dead declined
unknown accepted charged
unknown declined declined
unknown unanswered unknown
unknown dead declined
declined found declined
charged returned returned
refunding accepted refunded
refunding declined refunding refund_failed
refunding unanswered refund_unknown
refunding dead refunding
refund_unknown accepted refunded
refund_unknown declined refunding refund_failed
refund_unknown unanswered refund_unknown
refund_unknown dead refunding
refunded returned refund_failed
"""
PAIRS = {(line.split()[0], line.split()[1]): line.split()[2:] for line in EXPECTED.strip().splitlines()}
REFUNDS = {State.REFUNDING, State.REFUND_UNKNOWN, State.REFUNDED, State.REFUND_FAILED}


@pytest.mark.parametrize(("before", "event"), list(itertools.product([None, *State], Event)))
def test_every_pair_is_in_the_table_or_refused(before: State | None, event: Event) -> None:
    """Each state and event leads where this page says, and nowhere else."""
    expected = PAIRS.get((before or "-", event), [])

    assert expected == [row.after for row in states.rows(before, event)]


def test_the_last_row_of_a_pair_always_holds_except_for_what_was_found() -> None:
    """A guard may turn an answer elsewhere, never into nothing; only a file's claim about what was never in doubt."""
    last = [states.rows(row.before, row.event)[-1] for row in TABLE]

    assert {"7"} == {row.number for row in last if row.guard}


def test_money_moves_once_on_every_path() -> None:
    """Whatever the order of answers, what is taken is taken once, and what is held is posted or voided once."""

    def paths(state: State, moved: tuple[Books, ...]) -> set[tuple[Books, ...]]:
        rows = [row for row in TABLE if row.before == state and row.after != state]
        if not rows:
            return {moved}
        return set().union(
            *(paths(row.after, moved + ((row.books,) if row.books else ())) for row in rows if _new(row))
        )

    def _new(row: states.Row) -> bool:
        return row.after not in (State.REFUNDING,)

    assert {(), (Books.TAKE,)} == paths(State.CHARGING, ())
    assert {(Books.POST, Books.TAKE_BACK), (Books.VOID,)} == paths(State.REFUNDING, ())


def test_charges_and_refunds_are_strangers() -> None:
    """No step leads from a charge's state to a refund's, or back."""
    assert [] == [row.number for row in TABLE if row.before and (row.before in REFUNDS) != (row.after in REFUNDS)]


def test_ends_are_left_only_when_a_bank_corrects_itself() -> None:
    """A file of the rail's is all that moves what has ended."""
    assert {Event.FOUND, Event.RETURNED} == {row.event for row in TABLE if row.before in TERMINAL}
