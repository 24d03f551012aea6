"""The tables of ads, walked whole."""

from itertools import product
from typing import Any

import pytest

from tuppence.billing.ads import states
from tuppence.billing.ads.states import (
    ACCOUNT_TABLE,
    CYCLE_TABLE,
    HOLD_TABLE,
    AccountEvent,
    AccountGuard,
    AccountState,
    Books,
    CycleEvent,
    CycleGuard,
    CycleState,
    HoldEvent,
    HoldGuard,
    HoldState,
)

# The machines on one page, written down a second time: state, event → the states that it can lead to.
ACCOUNT = """
- open new
new set_up_auto active_auto
new set_up_prepaid active_prepaid
new set_up_invoice active_invoice
active_auto set_up_auto active_auto
active_auto set_up_prepaid active_prepaid
active_auto set_up_invoice active_invoice
active_prepaid set_up_auto active_auto
active_prepaid set_up_prepaid active_prepaid
active_prepaid set_up_invoice active_invoice
active_invoice set_up_auto active_auto
active_invoice set_up_prepaid active_prepaid
active_invoice set_up_invoice active_invoice
active_auto charge_failed grace
active_prepaid charge_failed grace
active_invoice charge_failed grace
grace charge_failed grace
active_auto all_failed past_due
active_prepaid all_failed past_due
active_invoice all_failed past_due
grace all_failed past_due
grace paid grace active_prepaid active_invoice active_auto
past_due paid past_due active_prepaid active_invoice active_auto
disabled paid disabled active_prepaid active_invoice active_auto
past_due disable disabled
new close closing
active_auto close closing
active_prepaid close closing
active_invoice close closing
grace close closing
closing settled closing closed
disabled write_off written_off
closing write_off written_off
"""
CYCLE = """
- open accruing
accruing full closing
accruing date closing
accruing enough closing
accruing write_off written_off
closing bill paid invoiced charging past_due
charging unanswered charge_unknown
charging charged paid
charging declined invoiced charging retrying past_due
charge_unknown charged paid
charge_unknown declined invoiced charging retrying past_due
retrying retry charging past_due
retrying pay charging
retrying mark_paid paid
invoiced pay charging
invoiced mark_paid paid
invoiced overdue past_due
past_due pay charging
past_due mark_paid paid
past_due won_back paid
past_due write_off written_off
paid returned charging past_due
paid charged_back past_due
"""
HOLD = """
none suspect held
held confirm none held
held deny held
held release none
"""
MACHINES: dict[str, tuple[Any, Any, Any, Any, str]] = {
    "account": (ACCOUNT_TABLE, AccountState, AccountEvent, AccountGuard, ACCOUNT),
    "cycle": (CYCLE_TABLE, CycleState, CycleEvent, CycleGuard, CYCLE),
    "hold": (HOLD_TABLE, HoldState, HoldEvent, HoldGuard, HOLD),
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_pair_is_in_the_table_or_refused(name: str) -> None:
    """For each of all states and events: exactly the next states that the page above has, else no row."""
    table, all_states, events, _, page = MACHINES[name]
    expected = {(before, event): after for before, event, *after in map(str.split, page.strip().splitlines())}

    for before, event in product((None, *all_states), events):
        found = [row.after for row in states.rows(table, before, event)]
        assert expected.get((before or "-", event), []) == found, (before, event)


@pytest.mark.parametrize("name", MACHINES)
def test_a_row_without_a_guard_is_the_last_of_its_pair(name: str) -> None:
    """Otherwise what stands after it could never be taken."""
    table, all_states, events, _, _ = MACHINES[name]
    for before, event in product((None, *all_states), events):
        guards = [row.guard for row in states.rows(table, before, event)]
        assert None not in guards[:-1]


@pytest.mark.parametrize("name", MACHINES)
def test_every_guard_is_asked_and_every_state_is_reached(name: str) -> None:
    """Nothing in the vocabulary is without use."""
    table, all_states, events, guards, _ = MACHINES[name]

    assert set(guards) == {row.guard for row in table} - {None}
    assert set(events) == {row.event for row in table}
    assert set(all_states) - {HoldState.NONE} <= {row.after for row in table}


def test_every_kind_of_entry_is_made() -> None:
    """Each line of the books that bills can make stands in a row; a top-up has no table."""
    assert set(Books) - {Books.TAKE_BACK_PREPAID, Books.WIN_BACK_PREPAID} == {
        one for row in CYCLE_TABLE for one in row.books
    }
