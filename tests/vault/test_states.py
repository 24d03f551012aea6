"""The life of an attempt: every pair of state and event, walked."""

from itertools import product

import pytest

from tuppence.vault.states import CREDIT, DEBIT, TAKES, Event, Kind, State, after

PAIRS = list(product(State, Event))


@pytest.mark.parametrize("kind", Kind)
def test_every_pair_is_in_the_table_or_refused(kind: Kind) -> None:
    """Whatever happens in whatever state leads to a state of this kind's own, or changes nothing."""
    table = DEBIT if kind in TAKES else CREDIT
    own = {State.SENT} | set(table.values())

    for state, event in PAIRS:
        assert (table.get((state, event))) == after(kind, state, event)
        assert after(kind, state, event) in own | {None}


def reachable(kind: Kind, start: State) -> set[State]:
    found = {start}
    while more := {later for state, event in product(found, Event) if (later := after(kind, state, event))} - found:
        found |= more
    return found


@pytest.mark.parametrize("kind", sorted(TAKES))
def test_a_debit_told_as_unknown_never_becomes_accepted(kind: Kind) -> None:
    """Once a reversal began, nothing leads to accepted or declined, however late an answer comes."""
    assert {State.REVERSING, State.REVERSED} == reachable(kind, State.REVERSING)


@pytest.mark.parametrize("kind", [Kind.PUSH, Kind.REFUND])
def test_a_credit_is_never_reversed(kind: Kind) -> None:
    """No path of a credit leads to a reversal, and every unknown can still be answered."""
    assert not {State.REVERSING, State.REVERSED} & reachable(kind, State.SENT)
    assert {State.ACCEPTED, State.DECLINED} <= reachable(kind, State.NEVER_SEEN)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECLINED, State.REVERSED])
def test_an_end_is_an_end(state: State) -> None:
    """What was accepted, declined or reversed stays so."""
    assert all({state} == reachable(kind, state) for kind in Kind)
