"""The life of a purchase, walked: every pair of state and event is in the table or refused."""

from itertools import chain, combinations

import pytest

from tuppence.billing.games import states
from tuppence.billing.games.states import PAID, TABLE, TERMINAL, Event, Guard, State

EVERY_PAIR = [(before, event) for before in (None, *State) for event in Event]
GUARDS = [frozenset(some) for some in chain.from_iterable(combinations(Guard, n) for n in range(len(Guard) + 1))]


@pytest.mark.parametrize(("before", "event"), EVERY_PAIR)
def test_every_pair_is_in_the_table_or_refused(before: State | None, event: Event) -> None:
    """Whatever holds, a pair leads where its rows say, and nowhere if it has none."""
    rows = [row for row in TABLE if (row.before, row.event) == (before, event)]

    for holds in GUARDS:
        expected = next((row.after for row in rows if row.guard is None or row.guard in holds), None)

        assert expected == states.after(before, event, holds)


def test_every_state_is_reached_and_every_end_is_one() -> None:
    """From a quote every state can be reached; no row leaves an end; from every other state there is a way on."""
    reached, frontier = set[State](), {State.QUOTED}
    while frontier:
        reached |= frontier
        frontier = {row.after for row in TABLE if row.before in frontier} - reached
    left = {row.before for row in TABLE if row.before}

    assert set(State) == reached
    assert set(State) - TERMINAL == left


def test_the_last_row_of_a_pair_always_holds() -> None:
    """No event that is possible in a state can fall between the guards."""
    pairs = {(row.before, row.event) for row in TABLE}

    assert pairs == {(row.before, row.event) for row in TABLE if row.guard is None}


def test_nothing_is_debited_before_the_game_agreed() -> None:
    """Only from `vetoable`, and only when the game agrees, does a way lead to money."""
    money = {State.AUTHORIZING, State.INITIATED, *PAID}
    doors = {(row.before, row.event) for row in TABLE if row.after in money and row.before not in money}

    assert {(State.VETOABLE, Event.APP_AGREED), (State.CHARGEBACK, Event.CHARGEBACK_WON)} == doors
