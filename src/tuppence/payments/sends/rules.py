"""Decisions about a payment that exists: facts in, plan out. Pure: opens nothing, knows no clock.

The table says which rows there are, the guards here which of them holds, consequences.py what it brings with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.core import Failure, Leg, Policy
from tuppence.payments.errors import NeedsCard, NotLateYet, PaymentMovedOn, PaymentNotFound, ProofNeeded
from tuppence.payments.sends import states
from tuppence.payments.sends.attempts import may_try_again
from tuppence.payments.sends.consequences import Draft, book, enter, explain, timers_of
from tuppence.payments.sends.model import Attempt, Cause, Moment, Payment
from tuppence.payments.sends.plans import Facts, Plan
from tuppence.payments.sends.states import Event, Guard, Row, State


def step(payment: Payment, event: Event, facts: Facts, heard: Attempt | None = None) -> Plan:
    """Take the table's step for an event; `heard` is the attempt whose answer the event is, as it is known now.

    Raises: PaymentMovedOn if the table has no row for it; ProofNeeded, NeedsCard or NotLateYet if a guard fails.
    """
    if heard:
        others = [one for one in facts.attempts if one.id != heard.id]
        facts = replace(facts, attempts=(*others, heard))
    row = _row(payment, event, facts)
    draft = Draft(payment, facts)
    if heard:
        draft.attempts[heard.id] = heard
        if heard.decline_code:
            draft.detail["decline_code"] = heard.decline_code
    draft.change(state=row.after, version=payment.version + 1, updated_at=facts.now)
    explain(draft, row)
    for books in row.books:
        book(draft, books)
    enter(draft, row)
    if row.after in states.PAYEE_SEES:
        draft.change(revealed=True)
    moment = Moment(payment.id, draft.payment.version, row.number, event, row.after, facts.now, draft.detail)
    leaving = payment.state != row.after
    return Plan(
        draft.payment,
        moment,
        tuple(draft.attempts.values()),
        tuple(draft.books),
        tuple(draft.timers),
        tuple(timers_of(payment, facts.policy)) if leaving else (),
        tuple(draft.calls),
        draft.payment.revealed and not payment.revealed,
        draft.noted,
    )


_BY_PAYER = frozenset({Event.CANCEL, Event.PROVEN})


def has_done(payment: Payment, person: UUID, event: Event) -> bool:
    """Whether what a person asks for is what they did before: an answer that got lost is given again.

    Raises: PaymentNotFound to strangers, and to the payee of what is not theirs to see yet; PaymentMovedOn to the
    wrong side.
    """
    paying = person == payment.payer_id
    if not paying and not (person == payment.payee_id and payment.revealed):
        raise PaymentNotFound
    if paying != (event in _BY_PAYER):
        raise PaymentMovedOn
    done = _DONE.get(event)
    return done is not None and done(payment)


_DONE: Mapping[Event, Callable[[Payment], bool]] = {
    Event.CANCEL: lambda one: one.cause in (Cause.UNDONE, Cause.NOT_SENT, Cause.CANCELLED),
    Event.PROVEN: lambda one: one.proved_at is not None and one.state not in (State.CREATED, State.STEP_UP),
    Event.ACCEPT: lambda one: one.state in (State.CREDITING, State.CREDIT_UNKNOWN, State.CREDITED, State.AVAILABLE),
    Event.DECLINE: lambda one: one.cause == Cause.DECLINED,
    Event.ARRIVED: lambda one: one.state == State.AVAILABLE and one.cause is None,
    Event.NOT_ARRIVED: lambda one: one.dispute == "open",
}


def _row(payment: Payment, event: Event, facts: Facts) -> Row:
    possible = states.rows(payment.state, event)
    for row in possible:
        if row.guard is None or holds(row.guard, payment, facts):
            return row
    raise _WHY_NOT[possible[-1].guard]() if possible and possible[-1].guard in _WHY_NOT else PaymentMovedOn()


_WHY_NOT: Mapping[Guard | None, type[Failure]] = {
    Guard.PROOF_FRESH: ProofNeeded,
    Guard.PAYEE_READY: NeedsCard,
    Guard.PAYER_READY: NeedsCard,
    Guard.LATE: NotLateYet,
}


def holds(guard: Guard, payment: Payment, facts: Facts) -> bool:
    """Answer a guard's question."""
    return _GUARDS[guard](payment, facts)


def is_fresh(proved_at: datetime | None, real_now: datetime, policy: Policy) -> bool:
    """Whether the payer proved who they are recently enough. Real time: a proof does not age in the sandbox."""
    return proved_at is not None and real_now - proved_at <= timedelta(seconds=policy.step_up.fresh_seconds)


def _is_proven(facts: Facts) -> bool:
    return is_fresh(facts.proved_at, facts.real_now, facts.policy)


def _payee_ready(facts: Facts) -> bool:
    """A card that can receive, and is not the one that paid: money on its way back to the same card goes nowhere."""
    card = facts.receiving
    return card is not None and card.receives and card.fingerprint != facts.funding_fingerprint


def _may_try_again(facts: Facts) -> bool:
    """Whether the leg that was tried last may be tried again."""
    latest = max(facts.attempts, key=lambda one: (one.marked_at, one.leg, one.n))
    tries = [one for one in facts.attempts if one.leg == latest.leg]
    return may_try_again(tries, now=facts.now, policy=facts.policy)


_GUARDS: Mapping[Guard, Callable[[Payment, Facts], bool]] = {
    Guard.NO_LONGER_POSSIBLE: lambda _, facts: not facts.deliverable,
    Guard.UNDELIVERABLE: lambda _, facts: not facts.deliverable,
    Guard.PROOF_NEEDED: lambda payment, facts: payment.step_up_reason is not None and not _is_proven(facts),
    Guard.PROOF_FRESH: lambda _, facts: _is_proven(facts),
    Guard.TRY_AGAIN: lambda _, facts: _may_try_again(facts),
    Guard.WATCHED: lambda _, facts: any(one.leg == Leg.DEBIT and one.unknown_at for one in facts.attempts),
    Guard.RISKY: lambda _, facts: facts.risky,
    Guard.PAYEE_MUST_ACT: lambda _, facts: not _payee_ready(facts),
    Guard.PAYEE_READY: lambda _, facts: _payee_ready(facts),
    Guard.LATE: lambda payment, facts: payment.arrival_latest is not None and facts.now > payment.arrival_latest,
    Guard.NOT_CONTESTED: lambda payment, _: payment.dispute == "none",
    Guard.PAYER_READY: lambda _, facts: (
        facts.refund_card is not None and facts.refund_card.receives and not facts.made_good
    ),
}
