"""Decisions about payouts: facts in, plan out. Pure: opens nothing, knows no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from tuppence.core import Leg, Policy, step_id
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.errors import AmountRefused, BankAccountNotFound, CurrencyRefused, IdTaken
from tuppence.payments.payouts import states
from tuppence.payments.payouts.errors import OtherBankNeeded, PayoutMovedOn
from tuppence.payments.payouts.model import NOT_COVERED, Approval, Destination, PaidOut, Payout
from tuppence.payments.payouts.states import Books, Event, Guard, Row, State

_LEAVES_HOUR = 9  # before the first cut-off
_NOT_READY = "bank_not_ready"
_BY_BANK = frozenset(
    {"R02", "R03", "R04", "R14", "R15", "R16", "R20"}
)  # the account is gone. Source: Nacha, appendix four


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step needs to know besides the payout. `now` is business time."""

    now: datetime
    policy: Policy
    bank: BankAccount | None  # that it would go to
    place: Destination  # where the business is paid from then on
    approvers: frozenset[UUID] = frozenset()  # of the payout, for this account
    covered: bool = True
    said: str | None = None  # why: a return's code, or what somebody said
    settles_on: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a step writes."""

    payout: PaidOut
    books: Books | None = None
    due_at: datetime | None = None  # look at it again
    unanswered_at: datetime | None = None  # and whether our bank has answered
    place: Destination | None = None  # where the business is paid now, if that changed
    approval: Approval | None = None
    is_case: bool = False
    answered: bool = False  # after silence
    is_new: bool = False
    came_back: bool = False
    told: bool = False  # its owner hears


# - asking ------------------------------------------------------------------------------------------------------------


def plan_schedule(ask: Payout, already: PaidOut | None, facts: Facts) -> Plan | PaidOut:
    """Decide on a payout; what is there already if these entries were asked for before, under whatever id.

    Raises: IdTaken, AmountRefused, CurrencyRefused, BankAccountNotFound; in that order.
    """
    fresh = _scheduled(ask, facts)
    if already is not None:
        if _asked(already) != _asked(fresh):
            raise IdTaken
        return already
    if ask.amount_minor < 1:
        raise AmountRefused
    if ask.currency != facts.policy.currency:
        raise CurrencyRefused
    if not belongs(facts.bank, ask.business_id, ask.payee_id):
        raise BankAccountNotFound
    return _going_there(_step(fresh, _row(None, Event.SCHEDULE, fresh, facts), facts), facts)


def _going_there(plan: Plan, facts: Facts) -> Plan:
    return replace(plan, place=facts.place) if facts.place.at == facts.now else plan


def belongs(bank: BankAccount | None, business_id: UUID, payee_id: UUID) -> bool:
    """Whether a bank account is the business's own, or its payee's."""
    return bank is not None and bank.person_id in (business_id, payee_id)


def _scheduled(ask: Payout, facts: Facts) -> PaidOut:
    policy, calendar = facts.policy.payouts, facts.policy.calendar
    return PaidOut(
        id=ask.id,
        owner=ask.owner,
        business_id=ask.business_id,
        payee_id=ask.payee_id,
        bank_id=ask.bank_id,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        account=ask.account,
        entries=ask.entries,
        asked_on=ask.pay_on,
        pays_on=calendar.roll(max(ask.pay_on, facts.now.astimezone(calendar.zone).date())),
        policy_version=facts.policy.version,
        state=State.SCHEDULED,
        why=None,
        approvals_needed=2 if ask.amount_minor > policy.two_person_above_minor else 0,
        tries=0,
        order_id=None,
        settles_on=None,
        submitted_at=None,
        created_at=facts.now,
        updated_at=facts.now,
    )


def _asked(one: PaidOut) -> tuple[object, ...]:
    """What a repeat must ask the same. The bank account may have been changed since."""
    return (one.owner, one.business_id, one.payee_id, one.amount_minor, one.currency, one.account, one.entries)


def destination_after(
    last: Destination | None, business_id: UUID, bank_id: UUID, *, now: datetime, policy: Policy
) -> Destination:
    """Where a business is paid from now on. A change waits some business days; the first account does not."""
    if last is not None and last.bank_id == bank_id:
        return last
    calendar = policy.calendar
    good_on = calendar.add(now.astimezone(calendar.zone).date(), policy.payouts.cool_off_days)
    good_at = calendar.instant(good_on, _LEAVES_HOUR) if last else now
    return Destination(business_id, last.n + 1 if last else 1, bank_id, now, good_at)


# - going on ----------------------------------------------------------------------------------------------------------


def step(payout: PaidOut, event: Event, facts: Facts) -> Plan:
    """Take the table's step for an event. Raises: PayoutMovedOn if the table has no row for it."""
    return _step(payout, _row(payout.state, event, payout, facts), facts)


def approve(payout: PaidOut, by: UUID, facts: Facts) -> Plan:
    """Add somebody's agreement. Raises: PayoutMovedOn."""
    agreed = replace(facts, approvers=facts.approvers | {by})
    plan = _step(payout, _row(payout.state, Event.APPROVE, payout, agreed), agreed)
    return replace(plan, approval=Approval(payout.id, payout.bank_id, by, facts.now))


def release(payout: PaidOut, bank_id: UUID | None, facts: Facts) -> Plan:
    """Let a stopped payout go on, to another account if one is named.

    Raises: PayoutMovedOn, BankAccountNotFound, OtherBankNeeded; in that order.
    """
    rows = states.rows(payout.state, Event.RELEASE)
    if not rows:
        raise PayoutMovedOn(state=payout.state)
    if not belongs(facts.bank, payout.business_id, payout.payee_id):
        raise BankAccountNotFound
    if payout.why in _BY_BANK and bank_id in (None, payout.bank_id):
        raise OtherBankNeeded
    changed = replace(payout, bank_id=bank_id or payout.bank_id)
    return _going_there(_step(changed, _row(payout.state, Event.RELEASE, changed, facts), facts), facts)


def _row(before: State | None, event: Event, payout: PaidOut, facts: Facts) -> Row:
    for row in states.rows(before, event):
        if row.guard is None or _GUARDS[row.guard](payout, facts):
            return row
    raise PayoutMovedOn(state=payout.state)


_GUARDS: Mapping[Guard, Callable[[PaidOut, Facts], bool]] = {
    Guard.BELOW_MINIMUM: lambda one, facts: one.amount_minor < facts.policy.payouts.minimum_minor,
    Guard.AGREED: lambda one, facts: len(facts.approvers) >= one.approvals_needed,
    Guard.NOT_READY: lambda _, facts: facts.bank is None or not facts.bank.receives,
    Guard.TOO_EARLY: lambda one, facts: facts.now < leaves_at(one, facts),
    Guard.NOT_COVERED: lambda _, facts: not facts.covered,
}


def leaves_at(payout: PaidOut, facts: Facts) -> datetime:
    """When it is handed to our bank: the banking day before it arrives; not before its account is good."""
    calendar = facts.policy.calendar
    day = payout.pays_on - timedelta(days=1)
    while not calendar.is_open(day):
        day -= timedelta(days=1)
    at = calendar.instant(day, _LEAVES_HOUR)
    return max(at, facts.place.good_at)


def _step(payout: PaidOut, row: Row, facts: Facts) -> Plan:
    after = replace(payout, state=row.after, updated_at=facts.now, why=_why(row, facts))
    if row.after == State.SUBMITTED:
        tries = payout.tries + 1
        order_id = step_id(payout.id, Leg.PAYOUT, tries)
        after = replace(after, tries=tries, order_id=order_id, submitted_at=facts.now, settles_on=None)
    if facts.settles_on:
        after = replace(after, settles_on=facts.settles_on)
    return Plan(
        after,
        row.books,
        due_at=max(facts.now, leaves_at(after, facts)) if row.after == State.APPROVED else None,
        unanswered_at=_unanswered_at(after, row, facts),
        answered=payout.state == State.SUBMIT_UNKNOWN and row.after != State.SUBMIT_UNKNOWN,
        is_case=row.before == row.after == State.SUBMIT_UNKNOWN,
        is_new=row.before is None,
        came_back=row.books is Books.TAKE_BACK,
        told=row.before != row.after,
    )


def _why(row: Row, facts: Facts) -> str | None:
    """Why it is stopped."""
    if row.after not in (State.HELD, State.BLOCKED):
        return None
    if row.guard is Guard.NOT_READY:
        return _NOT_READY
    return NOT_COVERED if row.guard is Guard.NOT_COVERED else facts.said


def _unanswered_at(after: PaidOut, row: Row, facts: Facts) -> datetime | None:
    """When silence of our bank means something: at first that we do not know, then that somebody must look."""
    assert after.submitted_at is not None or row.after != State.SUBMITTED
    if row.after == State.SUBMITTED:
        return facts.now + timedelta(hours=facts.policy.bank.answer_hours)
    if (row.before, row.after) == (State.SUBMITTED, State.SUBMIT_UNKNOWN) and after.submitted_at:
        calendar = facts.policy.calendar
        day = calendar.add(after.submitted_at.astimezone(calendar.zone).date(), facts.policy.payouts.case_days)
        return max(facts.now, calendar.instant(day, _LEAVES_HOUR))
    return None
