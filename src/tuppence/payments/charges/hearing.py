"""What a rail's answer means for a charge or a refund: facts in, plan out. Pure: opens nothing, knows no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tuppence.core import Leg, step_id
from tuppence.ledger import chart
from tuppence.payments.charges import states
from tuppence.payments.charges.model import LATE_DEBIT, NO_ANSWER, Attempt, Charged, Refunded
from tuppence.payments.charges.plans import Booking, Call, Facts, Plan, Scene, give_back, mark
from tuppence.payments.charges.states import Books, Event, Guard, Row, State
from tuppence.payments.sends.attempts import hear, may_try_again, next_inquiry
from tuppence.payments.sends.model import Answer, Fate
from tuppence.payments.sends.states import Event as SendEvent

_EVENTS: Mapping[SendEvent, Event] = {
    SendEvent.DEBIT_ACCEPTED: Event.ACCEPTED,
    SendEvent.DEBIT_DECLINED: Event.DECLINED,
    SendEvent.DEBIT_UNANSWERED: Event.UNANSWERED,
    SendEvent.DEBIT_DEAD: Event.DEAD,
    SendEvent.DEBIT_FOUND: Event.FOUND,
    SendEvent.REFUND_ACCEPTED: Event.ACCEPTED,
    SendEvent.REFUND_DECLINED: Event.DECLINED,
    SendEvent.REFUND_UNANSWERED: Event.UNANSWERED,
    SendEvent.REFUND_DEAD: Event.DEAD,
}


def step(scene: Scene, attempt_id: UUID, answer: Answer, facts: Facts) -> Plan | None:
    """What a rail's answer to an attempt brings. None: it is known, or can't be any more."""
    tries = next(some for some in scene.attempts.values() if any(one.id == attempt_id for one in some))
    attempt = next(one for one in tries if one.id == attempt_id)
    meant = _meant(attempt, answer, facts)
    if meant is None:
        return None
    event, heard = meant
    known = [*(one for one in tries if one.id != heard.id), heard]
    refund = scene.refunds.get(attempt.payment_id)
    row = _row((refund or scene.charge).state, event, known, facts)
    if row is None:
        return None
    if refund is None:
        return _charge_step(scene.charge, row, heard, known, facts)
    return _refund_step(scene.charge, refund, row, heard, known, facts)


def _meant(attempt: Attempt, answer: Answer, facts: Facts) -> tuple[Event, Attempt] | None:
    """What an answer means. What went by bank can come back after it was done, once."""
    if answer.state == "returned":
        stands = attempt.bank_id and attempt.fate == Fate.ACCEPTED and not attempt.returned_at
        back = replace(attempt, returned_at=facts.now, decline_code=answer.decline_code)
        return (Event.RETURNED, back) if stands else None
    meant = hear(attempt, answer, now=facts.now, real_now=facts.real_now, policy=facts.policy)
    return (_EVENTS[meant[0]], meant[1]) if meant else None


def _row(before: State, event: Event, tries: Sequence[Attempt], facts: Facts) -> Row | None:
    for row in states.rows(before, event):
        if row.guard is None or holds(row.guard, tries, facts):
            return row
    return None


def holds(guard: Guard, tries: Sequence[Attempt], facts: Facts) -> bool:
    """Answer a guard's question about the attempts of a charge or a refund."""
    if guard is Guard.WATCHED:
        return any(one.unknown_at for one in tries)
    return may_try_again(tries, now=facts.now, policy=facts.policy)


def _charge_step(charge: Charged, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts) -> Plan:
    after = replace(charge, state=row.after, updated_at=facts.now)
    if row.after == State.CHARGED:
        after = replace(after, charged_at=facts.now)
    if row.after == State.RETURNED or (row.after == State.DECLINED and row.event != Event.FOUND):
        after = replace(after, decline_code=heard.decline_code or NO_ANSWER)
    plan = _next(Plan(after, attempts=(heard,)), row, heard, tries, facts)
    if row.books:
        plan = replace(plan, bookings=(Booking(row.books, after),))
    if row.books is Books.TAKE_LATE:
        return _with(plan, _late_refund(after, heard, facts))
    return replace(plan, told=(after,)) if row.before != row.after else plan


def _late_refund(charge: Charged, taken: Attempt, facts: Facts) -> Plan:
    """Money that was taken after all stands in its owner's name until it is back on their card."""
    parked = chart.personal("parked", charge.payer_id, charge.currency)
    refund_id = step_id(charge.id, Leg.GIVE_BACK, 1)
    return give_back(charge, taken, refund_id, {str(parked): charge.amount_minor}, LATE_DEBIT, facts)


def _with(first: Plan, then: Plan) -> Plan:
    return replace(
        then,
        attempts=first.attempts + then.attempts,
        bookings=first.bookings + then.bookings,
        calls=first.calls + then.calls,
    )


def _refund_step(
    charge: Charged, refund: Refunded, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts
) -> Plan:
    after = replace(refund, state=row.after, updated_at=facts.now)
    minor = refund.amount_minor
    if row.before != State.REFUNDED and row.after in (State.REFUNDED, State.REFUND_FAILED):
        charge = replace(charge, refunding_minor=charge.refunding_minor - minor)
    if row.after == State.REFUNDED:
        charge = replace(charge, refunded_minor=charge.refunded_minor + minor)
    if row.after == State.REFUND_FAILED:
        after = replace(after, failed_why=heard.decline_code)
    if row.event == Event.RETURNED:
        charge = replace(charge, refunded_minor=charge.refunded_minor - minor)
    plan = _next(Plan(replace(charge, updated_at=facts.now), after, (heard,)), row, heard, tries, facts)
    if row.books:
        plan = replace(plan, bookings=(Booking(row.books, after),))
    asked_for = refund.reason != LATE_DEBIT
    return replace(plan, told=(after,)) if asked_for and row.before != row.after else plan


def _next(plan: Plan, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts) -> Plan:
    """The call that follows: an inquiry after silence, another attempt where the bank was out of reach."""
    if heard.fate == Fate.UNKNOWN:
        assert heard.unknown_at is not None
        at = next_inquiry(heard.leg, heard.unknown_at, facts.now, facts.policy)
        return replace(plan, calls=(Call(heard, inquire=True, at=at),))
    if row.after not in (State.CHARGING, State.REFUNDING):
        return plan
    attempt = mark(plan.charge, plan.refund, tries, facts, of=heard.of)
    at = facts.now + timedelta(seconds=facts.policy.rail.inquiry_seconds[0])
    return replace(plan, attempts=(*plan.attempts, attempt), calls=(Call(attempt, at=at),))
