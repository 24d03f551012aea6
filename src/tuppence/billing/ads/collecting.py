"""The life of a bill and what it does to its account: the table says which steps there are, this says which of them is
taken and what it brings with it. Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tuppence.billing.ads import calendar, ladder
from tuppence.billing.ads.drafts import Booking, Draft, Timer
from tuppence.billing.ads.errors import AdsMovedOn
from tuppence.billing.ads.model import Charge, Cycle, Method
from tuppence.billing.ads.states import (
    ACCOUNT_TABLE,
    ACTIVE,
    COLLECTING,
    CYCLE_TABLE,
    ENDED,
    AccountEvent,
    AccountGuard,
    AccountState,
    Books,
    CycleEvent,
    CycleGuard,
    CycleRow,
    CycleState,
    chosen,
)
from tuppence.core import Leg, step_id, uuid7

# - cycles -----------------------------------------------------------------------------------------------------------


def step(draft: Draft, cycle: Cycle, event: CycleEvent) -> Cycle:
    """Take the table's step for an event. Raises: AdsMovedOn if the table has no row for it."""
    facts = {guard: _GUARDS[guard](draft, cycle) for guard in CycleGuard}
    row = chosen(CYCLE_TABLE, cycle.state, event, facts)
    if row is None:
        raise AdsMovedOn(state=cycle.state)
    changed = draft.set(cycle, state=row.after)
    for books in row.books:
        changed = _book(draft, changed, books)
    return _enter(draft, changed, row)


def _book(draft: Draft, cycle: Cycle, books: Books) -> Cycle:
    if books == Books.TAX:
        points = cycle.tax_basis_points
        # Prices include the tax: of 10000 + r parts, r are tax. Half a unit is the tax office's.
        tax = (max(cycle.taxable_minor, 0) * points + (10_000 + points) // 2) // (10_000 + points)
        if tax:
            draft.books.append(Booking(books, cycle.id, cycle.version, tax))
        return draft.set(cycle, tax_minor=tax)
    draft.books.append(Booking(books, cycle.id, cycle.version, cycle.due_minor))
    return cycle


def open_next(draft: Draft, after: Cycle | None, *, tax_basis_points: int) -> Cycle:
    """Open the account's next cycle, which takes over what the last one owes back."""
    account, now = draft.account, draft.now
    bill_at = calendar.next_bill(now, account.bill_day, account.clock)
    carried = after.carried_out_minor if after else 0
    n = max((one.n for one in draft.cycles.values()), default=0) + 1
    opened = Cycle(
        id=uuid7(), account_id=account.id, n=n, state=CycleState.ACCRUING, opened_at=now, bill_at=bill_at,
        closed_at=None, why_closed=None, usage_minor=0, given_back_minor=0, waived_minor=0, credits_minor=0,
        prepaid_minor=0, carried_in_minor=carried, carried_out_minor=0, refunded_minor=0, tax_minor=0,
        tax_basis_points=tax_basis_points, round=0, retries=0, failures=0, due_at=None, next_try_at=None,
        settled_at=None, paid_by=None, reference=None, version=1,
    )  # fmt: skip
    draft.cycles[opened.id] = opened
    draft.at(Timer.DATE, account.id, bill_at)
    return opened


def close(draft: Draft, cycle: Cycle, event: CycleEvent) -> None:
    """Close a cycle and open the next at once; what is owed back goes over to it."""
    closed = step(draft, cycle, event)
    if draft.account.state in (AccountState.CLOSING, *ENDED):
        return
    if closed.due_minor < 0:
        closed = draft.set(closed, carried_out_minor=closed.due_minor)
    open_next(draft, closed, tax_basis_points=cycle.tax_basis_points)


def close_what_is_ripe(draft: Draft) -> None:
    """Close what accrues if the threshold is reached or its date has come. An account that is billed afterwards
    collects one bill at a time; the next waits for the one before.
    """
    cycle = next((one for one in draft.cycles.values() if one.state == CycleState.ACCRUING), None)
    if cycle is None or draft.account.state in ENDED:
        return
    one_at_a_time = draft.account.way != "invoice"
    if one_at_a_time and any(
        one.state in COLLECTING or one.state == CycleState.PAST_DUE for one in draft.cycles.values()
    ):
        return
    by_threshold = draft.account.way == "auto"
    if by_threshold and cycle.due_minor >= ladder.threshold_minor(draft.account, draft.policy):
        close(draft, cycle, CycleEvent.FULL)
    elif cycle.bill_at <= draft.now:
        close(draft, cycle, CycleEvent.DATE)


def _enter(draft: Draft, cycle: Cycle, row: CycleRow) -> Cycle:
    """What follows from being in the new state."""
    match row.after:
        case CycleState.CLOSING:
            cycle = draft.set(cycle, closed_at=draft.now, why_closed=str(row.event))
            draft.at(Timer.BILL, cycle.id)
            draft.tell("bill_closed", cycle=cycle, why=str(row.event))
            draft.publish("ads.cycle.closed", cycle.id, due_minor=cycle.due_minor, currency=draft.account.currency)
        case CycleState.CHARGING:
            cycle = _ask(draft, cycle, row)
        case CycleState.INVOICED:
            due_at = cycle.due_at or draft.now + timedelta(days=draft.policy.invoice_days)
            cycle = draft.set(cycle, due_at=due_at)
            draft.at(Timer.OVERDUE, cycle.id, due_at)
            draft.tell("invoiced", cycle=cycle, due_minor=cycle.due_minor)
        case CycleState.RETRYING:
            cycle = _wait(draft, cycle)
        case CycleState.PAST_DUE:
            cycle = _fall_due(draft, cycle, row)
        case CycleState.PAID:
            cycle = _paid(draft, cycle, row)
        case CycleState.WRITTEN_OFF:
            cycle = draft.set(
                cycle,
                closed_at=cycle.closed_at or draft.now,
                why_closed=cycle.why_closed or "enough",
                settled_at=draft.now,
            )
            draft.tell("written_off", cycle=cycle, amount_minor=cycle.due_minor)
            happen(draft, AccountEvent.WRITE_OFF)
        case _:
            pass
    return cycle


def _ask(draft: Draft, cycle: Cycle, row: CycleRow) -> Cycle:
    """Ask for the next charge. A new round begins with the primary; the id of a charge follows from the bill's."""
    changes: dict[str, int] = {}
    if row.event in (CycleEvent.BILL, CycleEvent.RETRY, CycleEvent.PAY):
        changes["round"] = cycle.round + 1
    if row.event == CycleEvent.RETRY:
        changes["retries"] = cycle.retries + 1
    if row.event == CycleEvent.PAY:  # by hand: if it fails now, nothing is tried again by itself
        changes["retries"] = len(draft.policy.retry_hours) + 1
    if row.event in (CycleEvent.DECLINED, CycleEvent.RETURNED):
        cycle = _count_failure(draft, cycle)
    cycle = draft.set(cycle, next_try_at=None, settled_at=None, paid_by=None, **changes)
    draft.drop(Timer.RETRY, cycle.id)
    method = _next_method(draft, cycle)
    assert method is not None, "the guard looked"
    n = len(draft.charges_of(cycle)) + 1
    charge = Charge(
        id=step_id(cycle.id, Leg.DEBIT, n), account_id=draft.account.id, cycle_id=cycle.id, round=cycle.round,
        place=method.place, person_id=method.person_id, card_id=method.card_id, bank_id=method.bank_id,
        mandate_id=method.mandate_id,
        amount_minor=cycle.due_minor, state="charging", decline_code=None, may_retry=False, asked_at=draft.now,
        settled_at=None,
    )  # fmt: skip
    draft.charges[charge.id] = charge
    draft.new_charges.append(charge)
    return cycle


def _count_failure(draft: Draft, cycle: Cycle) -> Cycle:
    """The first failure of a bill costs a rung."""
    if cycle.failures == 0:
        draft.account = ladder.after_failure(draft.account, draft.now)
    return draft.set(cycle, failures=cycle.failures + 1)


def _wait(draft: Draft, cycle: Cycle) -> Cycle:
    """Hours count from the first failure, so that a bill is settled one way or the other within a day."""
    cycle = _count_failure(draft, cycle)
    failed = [one.settled_at for one in draft.charges_of(cycle) if one.state == "declined" and one.settled_at]
    at = min(failed, default=draft.now) + timedelta(hours=draft.policy.retry_hours[cycle.retries])
    cycle = draft.set(cycle, next_try_at=max(at, draft.now))
    draft.at(Timer.RETRY, cycle.id, cycle.next_try_at)
    draft.tell("charge_failed", cycle=cycle, next_try_at=max(at, draft.now).isoformat())
    happen(draft, AccountEvent.CHARGE_FAILED)
    return cycle


def _fall_due(draft: Draft, cycle: Cycle, row: CycleRow) -> Cycle:
    if row.event in (CycleEvent.DECLINED, CycleEvent.RETURNED):
        cycle = _count_failure(draft, cycle)
    if row.event == CycleEvent.CHARGED_BACK:
        draft.account = ladder.after_chargeback(draft.account, draft.now)
    cycle = draft.set(cycle, next_try_at=None, settled_at=None, paid_by=None)
    draft.drop(Timer.RETRY, cycle.id)
    draft.tell("past_due", cycle=cycle, due_minor=cycle.due_minor, why=str(row.event))
    draft.publish("ads.cycle.past_due", cycle.id, due_minor=cycle.due_minor, currency=draft.account.currency)
    happen(draft, AccountEvent.ALL_FAILED)
    return cycle


def _paid(draft: Draft, cycle: Cycle, row: CycleRow) -> Cycle:
    how = {"C3": "nothing", "C15": "operator"}.get(row.number, "charge")
    cycle = draft.set(cycle, settled_at=draft.now, paid_by=how, next_try_at=None)
    draft.drop(Timer.RETRY, cycle.id)
    draft.drop(Timer.OVERDUE, cycle.id)
    if how != "nothing":
        draft.tell("paid", cycle=cycle, amount_minor=cycle.due_minor)
        draft.publish("ads.cycle.paid", cycle.id, amount_minor=cycle.due_minor, currency=draft.account.currency)
    if row.event == CycleEvent.CHARGED and cycle.failures == 0 and draft.account.way == "auto":
        draft.account = ladder.after_clean(draft.account, draft.now, draft.policy)
    happen(draft, AccountEvent.PAID)
    happen(draft, AccountEvent.SETTLED)
    close_what_is_ripe(draft)
    return draft.cycles[cycle.id]


# - which method -----------------------------------------------------------------------------------------------------


def _next_method(draft: Draft, cycle: Cycle) -> Method | None:
    """The first in order that this round has not tried. One that refused for good is tried again only by hand, or when
    there is no other to begin a round with.
    """
    charges = draft.charges_of(cycle)
    begun = any(one.round == cycle.round for one in charges)
    tried = {one.card_id or one.bank_id for one in charges if one.round == cycle.round}
    if cycle.retries <= len(draft.policy.retry_hours):
        tried |= {one.card_id or one.bank_id for one in charges if one.state == "declined" and not one.may_retry}
        tried |= {one.card_id or one.bank_id for one in charges if one.state in ("returned", "charged_back")}
    left = [one for one in draft.world.methods if one.instrument not in tried]
    return next(iter(left if begun else [*left, *draft.world.methods]), None)


def _may_try_again(draft: Draft, cycle: Cycle) -> bool:
    """Whether the primary's refusal was a soft one, and tries are left."""
    primary = next((one for one in draft.world.methods if one.place == 0), None)
    if primary is None or cycle.retries >= len(draft.policy.retry_hours):
        return False
    asked = [one for one in draft.charges_of(cycle) if (one.card_id or one.bank_id) == primary.instrument]
    return bool(asked) and asked[-1].may_retry


_GUARDS: Mapping[CycleGuard, Callable[[Draft, Cycle], bool]] = {
    CycleGuard.NOTHING_DUE: lambda _, cycle: cycle.due_minor <= 0,
    CycleGuard.BY_INVOICE: lambda draft, _: draft.account.way == "invoice",
    CycleGuard.HAS_METHOD: lambda draft, _: bool(draft.world.methods),
    CycleGuard.ANOTHER_METHOD: lambda draft, cycle: _next_method(draft, cycle) is not None,
    CycleGuard.TRY_AGAIN: _may_try_again,
    CycleGuard.NOT_YET_DUE: lambda draft, cycle: cycle.due_at is not None and cycle.due_at > draft.now,
}

# - accounts ---------------------------------------------------------------------------------------------------------


def happen(draft: Draft, event: AccountEvent) -> bool:
    """Take the account's step for an event, if the table has one; whether it had."""
    row = chosen(ACCOUNT_TABLE, draft.account.state, event, _account_facts(draft))
    if row is None:
        return False
    before = draft.account.state
    if row.after == before:
        return True
    draft.change(state=row.after)
    draft.tell("state", state=row.after, before=before)
    if row.after == AccountState.PAST_DUE:
        draft.at(Timer.DISABLE, draft.account.id, draft.now + timedelta(days=draft.policy.disable_days))
    elif before == AccountState.PAST_DUE:
        draft.drop(Timer.DISABLE, draft.account.id)
    if row.after in ACTIVE and before in (AccountState.GRACE, AccountState.PAST_DUE, AccountState.DISABLED):
        draft.tell("unpaid_settled")
    return True


def _account_facts(draft: Draft) -> dict[AccountGuard, bool]:
    world = draft.as_it_will_be
    return {
        AccountGuard.OWES: world.owes,
        AccountGuard.OPEN_ENDS: world.unpaid_minor != 0
        or world.is_collecting
        or bool(world.refunds)
        or any(one.cycle_id is None and one.state in ("charging", "unknown") for one in world.charges),
        AccountGuard.PAYS_PREPAID: draft.account.way == "prepaid",
        AccountGuard.PAYS_INVOICE: draft.account.way == "invoice",
    }


# - hearing ----------------------------------------------------------------------------------------------------------

_HEARD: Mapping[str, CycleEvent] = {
    "charged": CycleEvent.CHARGED,
    "declined": CycleEvent.DECLINED,
    "unknown": CycleEvent.UNANSWERED,
    "returned": CycleEvent.RETURNED,
    "charged_back": CycleEvent.CHARGED_BACK,
}


def hear(draft: Draft, charge_id: UUID, told: Charge) -> None:
    """What became of a charge. Told again, or about a charge that no longer matters, it changes nothing."""
    before = draft.charges[charge_id]
    if told.state == before.state or told.state == "charging":
        return
    settled_at = None if told.state == "unknown" else draft.now
    heard = replace(
        before, state=told.state, decline_code=told.decline_code, may_retry=told.may_retry, settled_at=settled_at
    )
    draft.charges[charge_id] = heard
    if heard.cycle_id is not None:
        cycle = draft.cycles[heard.cycle_id]
        event = CycleEvent.WON_BACK if before.state == "charged_back" else _HEARD[told.state]
        if chosen(CYCLE_TABLE, cycle.state, event, dict.fromkeys(CycleGuard, True)):
            step(draft, cycle, event)
    elif "charged_back" in (before.state, told.state):
        _contested(draft, heard)
    elif told.state == "charged":
        _topped_up(draft, heard)
    elif told.state == "declined":
        draft.tell("top_up_failed", amount_minor=heard.amount_minor, decline_code=heard.decline_code)
        happen(draft, AccountEvent.SETTLED)


def _contested(draft: Draft, charge: Charge) -> None:
    """A top-up is taken back by a bank, or won back."""
    won = charge.state == "charged"
    books = Books.WIN_BACK_PREPAID if won else Books.TAKE_BACK_PREPAID
    draft.books.append(Booking(books, charge.id, 1, charge.amount_minor))
    change = charge.amount_minor if won else -charge.amount_minor
    draft.world = replace(draft.world, prepaid_minor=draft.world.prepaid_minor + change)
    if not won:
        draft.account = ladder.after_chargeback(draft.account, draft.now)
    draft.tell("won_back" if won else "charged_back", amount_minor=charge.amount_minor)


def _topped_up(draft: Draft, charge: Charge) -> None:
    draft.tell("topped_up", amount_minor=charge.amount_minor)
    if draft.account.state == AccountState.NEW and draft.account.way == "prepaid":
        happen(draft, AccountEvent.SET_UP_PREPAID)
    happen(draft, AccountEvent.SETTLED)
