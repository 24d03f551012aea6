"""The table of a payment's life, walked whole."""

import itertools

import pytest

from tuppence.payments.sends import states
from tuppence.payments.sends.states import TABLE, Books, Event, Guard, State

# The whole machine on one page, written down a second time: (state, event) → the states it can lead to.
EXPECTED = """
- send created
created cancel cancelled
created locked_out abandoned
created proven created
created window_over cancelled step_up debiting
step_up cancel cancelled
step_up proof_timed_out abandoned
step_up locked_out abandoned
step_up proven cancelled debiting
debiting debit_declined debiting debit_failed
debiting debit_unanswered debit_unknown
debiting debit_dead debit_failed
debiting debit_accepted in_review returning awaiting_recipient crediting
debit_unknown debit_unanswered debit_unknown
debit_unknown debit_dead debit_failed
debit_unknown debit_declined debit_failed
debit_unknown debit_accepted returning
debit_failed debit_found returning
in_review review_passed returning awaiting_recipient crediting
in_review review_rejected returning
awaiting_recipient accept crediting
awaiting_recipient payee_card crediting
awaiting_recipient decline returning
awaiting_recipient cancel returning
awaiting_recipient expire returning
awaiting_recipient payee_blocked returning
awaiting_recipient payee_closed returning
awaiting_recipient payer_blocked awaiting_recipient
awaiting_recipient remind awaiting_recipient
crediting credit_unanswered credit_unknown
crediting credit_accepted credited
crediting credit_declined awaiting_recipient
crediting credit_dead awaiting_recipient
credit_unknown credit_unanswered credit_unknown
credit_unknown credit_accepted credited
credit_unknown credit_declined awaiting_recipient
credit_unknown credit_dead awaiting_recipient
credited arrived available
credited interval_over available
credited late credited
credited not_arrived credited
credited credit_returned awaiting_recipient
available credit_returned awaiting_recipient
returning refund_unanswered return_unknown
returning refund_accepted returned
returning refund_dead returning
returning refund_declined returning parked
return_unknown refund_unanswered return_unknown
return_unknown refund_accepted returned
return_unknown refund_dead returning
return_unknown refund_declined returning parked
parked remind parked
parked payer_card returning
in_review charged_back returned
awaiting_recipient charged_back returned
"""
ROWS = {
    (None if before == "-" else State(before), Event(event)): [State(one) for one in after]
    for before, event, *after in map(str.split, EXPECTED.strip().splitlines())
}


@pytest.mark.parametrize("before", [None, *State])
@pytest.mark.parametrize("event", Event)
def test_every_pair_is_in_the_table_or_refused(before: State | None, event: Event) -> None:
    """For each of all states and events: exactly the next states that the page above has, else no row."""
    assert ROWS.get((before, event), []) == [row.after for row in states.rows(before, event)]


def test_the_numbers_of_the_specification_are_all_there() -> None:
    """No row of the lifecycle was left out, those included whose triggers come later."""
    numbers = {*map(str, range(1, 24)), "3b", "8b"}

    assert numbers <= {row.number for row in TABLE}


def test_a_row_without_a_guard_is_the_last_of_its_pair() -> None:
    """Otherwise what stands after it could never be taken."""
    for _, rows in itertools.groupby(sorted(TABLE, key=lambda row: (row.before or "", row.event)), _pair):
        guards = [row.guard for row in rows]
        assert guards.count(None) <= 1
        assert None not in guards[:-1]


def test_every_guard_is_asked_and_every_state_is_reached() -> None:
    """Nothing in the vocabulary is without use."""
    assert set(Guard) == {row.guard for row in TABLE} - {None}
    assert set(State) == {row.after for row in TABLE}
    assert set(Event) == {row.event for row in TABLE}
    assert set(Books) == {one for row in TABLE for one in row.books}


def test_the_books_of_every_path_balance() -> None:
    """Along every path, what a step takes out of transit was in it, and what it settles was pending."""
    assert {state for state, _ in _walk()} == set(State)


def _walk() -> set[tuple[State, str | None]]:
    """Every state, with every place where the money can be in it."""
    seen: set[tuple[State, str | None]] = set()
    paths: list[tuple[State, str | None]] = [(State.CREATED, None)]
    while paths:
        at = paths.pop()
        if at not in seen:
            seen.add(at)
            paths += [(row.after, _booked(at[1], row.books)) for row in TABLE if row.before == at[0]]
    return seen


_MOVES: dict[Books, tuple[str | None, str]] = {
    Books.DEBIT: (None, "transit"),
    Books.HOLD_CREDIT: ("transit", "held credit"),
    Books.POST_CREDIT: ("held credit", "payee"),
    Books.VOID_CREDIT: ("held credit", "transit"),
    Books.TAKE_BACK_CREDIT: ("payee", "transit"),
    Books.HOLD_REFUND: ("transit", "held refund"),
    Books.POST_REFUND: ("held refund", "payer"),
    Books.VOID_REFUND: ("held refund", "transit"),
    Books.PARK: ("transit", "parked"),
    Books.UNPARK: ("parked", "transit"),
    Books.KEEP: ("transit", "payer"),
}


def _booked(place: str | None, books: tuple[Books, ...]) -> str | None:
    """Where one payment's money is after a step; it must have been where the step takes it from."""
    for one in books:
        source, target = _MOVES[one]
        assert source == place, (one, place)
        place = target
    return place


@pytest.mark.parametrize(
    ("state", "where"),
    [
        (State.CREDITED, "payee"),
        (State.AVAILABLE, "payee"),
        (State.RETURNED, "payer"),
        (State.PARKED, "parked"),
        (State.AWAITING_RECIPIENT, "transit"),
        (State.CANCELLED, None),
        (State.DEBIT_FAILED, None),
    ],
)
def test_a_state_says_where_the_money_is(state: State, where: str | None) -> None:
    """Whatever the path to it, a payment's money lies where its state says and nowhere else."""
    assert {where} == {place for at, place in _walk() if at == state}


def _pair(row: states.Row) -> tuple[str, str]:
    return row.before or "", row.event
