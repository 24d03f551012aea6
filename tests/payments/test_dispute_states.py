"""The table of disputes: walked exhaustively, kind by kind, and its books along every path."""

import itertools

import pytest

from tuppence.payments.disputes import states
from tuppence.payments.disputes.states import TABLE, TERMINAL, Books, Event, Guard, Kind, State

BOOKED: dict[str | None, dict[Books, str | None]] = {
    None: {Books.TAKEN: "taken", Books.OWE: "owed"},
    "taken": {Books.GIVEN_BACK: None, Books.RECOVERED: "borne", Books.LOSE: "borne"},
    "owed": {Books.RECOVERED: "borne", Books.LOSE: "borne"},
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("before", [None, *State])
@pytest.mark.parametrize("event", Event)
def test_every_triple_is_in_the_table_or_refused(kind: Kind, before: State | None, event: Event) -> None:
    """What `rows` gives is the table's own rows, in its order, and nothing else."""
    expected = [row for row in TABLE if kind in row.kinds and (row.before, row.event) == (before, event)]

    assert expected == list(states.rows(kind, before, event))


def test_a_row_without_a_guard_is_the_last_of_its_triple() -> None:
    """Otherwise what stands after it could never be taken."""
    for kind, before, event in itertools.product(Kind, [None, *State], Event):
        guards = [row.guard for row in states.rows(kind, before, event)]
        assert None not in guards[:-1]


def test_nothing_in_the_vocabulary_is_without_use() -> None:
    """Every state is reached, every event and guard is in a row, every entry is booked by one."""
    assert set(State) == {row.after for row in TABLE}
    assert set(Event) == {row.event for row in TABLE}
    assert set(Guard) == {row.guard for row in TABLE} - {None}
    assert set(Books) == {one for row in TABLE for one in row.books}


@pytest.mark.parametrize("kind", Kind)
def test_every_state_has_a_way_out(kind: Kind) -> None:
    """From wherever a dispute can get to, an end can be reached; and from an end, no other state."""
    reached = {state for state, _ in _walk(kind)}
    ends = {state for state in reached if state in TERMINAL}
    for state in reached - TERMINAL:
        assert ends & _after(kind, state)
    for row in TABLE:
        assert row.before not in TERMINAL or row.before == row.after


@pytest.mark.parametrize("kind", Kind)
def test_the_books_of_every_path_hold(kind: Kind) -> None:
    """Nothing is given twice, taken twice, or lost before it was given; a won chargeback leaves nothing behind."""
    walked = _walk(kind)

    assert {None} >= {place for state, place in walked if state == State.WON}
    assert {"owed", "borne"} >= {place for state, place in walked if state == State.SPLIT}


def _after(kind: Kind, state: State | None) -> set[State | None]:
    found: set[State | None] = {state}
    while True:
        more = {row.after for row in TABLE if kind in row.kinds and row.before in found}
        if found.issuperset(more):
            return found
        found |= more


def _walk(kind: Kind) -> set[tuple[State | None, str | None]]:
    """Every state with every place in which the disputed amount can stand then."""
    seen: set[tuple[State | None, str | None]] = set()
    paths: list[tuple[State | None, str | None]] = [(None, None)]
    while paths:
        state, place = paths.pop()
        if (state, place) in seen:
            continue
        seen.add((state, place))
        taken = [row for row in TABLE if kind in row.kinds and row.before == state and _holds(row.guard, place)]
        paths += [(row.after, _booked(row.books, place)) for row in taken]
    return seen - {(None, None)}


def _holds(guard: Guard | None, place: str | None) -> bool:
    """Whether a guard that is about the books can hold, given where they stand."""
    match guard:
        case Guard.OWED | Guard.LENDABLE | Guard.NOT_LENT:
            return place is None
        case Guard.LENT:
            return place == "owed"
        case Guard.UNRECOVERED:
            return place in ("owed", "taken")
        case _:
            return True


def _booked(books: tuple[Books, ...], place: str | None) -> str | None:
    for one in books:
        assert one in BOOKED[place], (one, place)
        place = BOOKED[place][one]
    return place
