"""What a row of the table brings with it: causes, entries of the books, attempts, timers, dates. Pure.

Entering `debiting`, `crediting` or `returning` *marks*: the attempt's row, and for money that leaves transit a
pending transfer, are written and committed; a job then calls the rail. An attempt n+1 is marked only in the step that
records that n is proven dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuppence.core import Leg, Policy, step_id
from tuppence.payments import arrival, pace
from tuppence.payments.ach.windows import quoted_by_bank
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.sends.attempts import next_inquiry
from tuppence.payments.sends.model import BANK_CREDIT, SETTLED, Attempt, Cause, Fate, Payment
from tuppence.payments.sends.plans import Booking, Call, Facts, Timer
from tuppence.payments.sends.states import Books, Event, Row, State


@dataclass(slots=True)
class Draft:
    """A plan being written."""

    payment: Payment
    facts: Facts
    attempts: dict[UUID, Attempt] = field(default_factory=dict)
    books: list[Booking] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    noted: pace.Noted | None = None

    def change(self, **members: Any) -> None:
        self.payment = replace(self.payment, **members)

    def of_leg(self, leg: Leg) -> list[Attempt]:
        """The leg's attempts as they will be, in order."""
        known = {one.id: one for one in self.facts.attempts} | self.attempts
        return sorted((one for one in known.values() if one.leg == leg), key=lambda one: one.n)


_CAUSES: Mapping[tuple[str, Event], Cause] = {
    ("2", Event.CANCEL): Cause.UNDONE,
    ("3b", Event.CANCEL): Cause.NOT_SENT,
    ("4", Event.PROOF_TIMED_OUT): Cause.TIMED_OUT,
    ("4", Event.LOCKED_OUT): Cause.LOCKED_OUT,
    ("5b", Event.WINDOW_OVER): Cause.UNAVAILABLE,
    ("5b", Event.PROVEN): Cause.UNAVAILABLE,
    ("8", Event.DEBIT_DEAD): Cause.NO_ANSWER,
    ("8a", Event.DEBIT_ACCEPTED): Cause.LATE_DEBIT,
    ("8b", Event.DEBIT_FOUND): Cause.LATE_DEBIT,
    ("10", Event.DEBIT_ACCEPTED): Cause.NO_CARD,
    ("10", Event.REVIEW_PASSED): Cause.NO_CARD,
    ("10a", Event.DEBIT_ACCEPTED): Cause.UNAVAILABLE,
    ("10a", Event.REVIEW_PASSED): Cause.UNAVAILABLE,
    ("12", Event.REVIEW_REJECTED): Cause.REVIEW,
    ("14", Event.DECLINE): Cause.DECLINED,
    ("14", Event.CANCEL): Cause.CANCELLED,
    ("14", Event.EXPIRE): Cause.EXPIRED,
    ("14", Event.PAYEE_BLOCKED): Cause.UNAVAILABLE,
    ("14", Event.PAYEE_CLOSED): Cause.CLOSED,
    ("14a", Event.PAYER_BLOCKED): Cause.PAYER_BLOCKED,
    ("17", Event.CREDIT_DECLINED): Cause.CARD_REFUSED,
    ("17", Event.CREDIT_DEAD): Cause.NOT_DELIVERED,
    ("18", Event.INTERVAL_OVER): Cause.PRESUMED,
    ("19", Event.CREDIT_RETURNED): Cause.CREDIT_RETURNED,
    ("24", Event.CHARGED_BACK): Cause.CHARGED_BACK,
}
_RETURNS = frozenset({State.RETURNING, State.RETURN_UNKNOWN, State.RETURNED, State.PARKED})
_KEEP_DATES = frozenset({State.CREDITED, State.AVAILABLE})


def explain(draft: Draft, row: Row) -> None:
    """Set cause and refusal as the row says. A return keeps its cause to the end, whatever the refund goes through."""
    cause = _CAUSES.get((row.number, row.event))
    if cause is Cause.CARD_REFUSED and draft.detail.get("decline_code") == "issuer_down":
        cause = Cause.NOT_DELIVERED  # nothing is wrong with the card
    if cause:
        draft.change(cause=cause)
        draft.detail["cause"] = cause.value
    elif row.before != row.after and row.after not in _RETURNS:
        draft.change(cause=None)
    if row.after == State.DEBIT_FAILED:
        draft.change(decline_code=draft.detail.get("decline_code"))
    if row.before != row.after:
        draft.change(expires_at=None, next_update_at=None)
    if row.after not in _KEEP_DATES:
        draft.change(arrival_earliest=None, arrival_latest=None, arrival_fast=None)
        draft.change(arrival_reason=None, arrival_facts={}, dispute="none")


def book(draft: Draft, books: Books) -> None:
    """Write an entry, and mark the attempt whose money it holds."""
    match books:
        case Books.DEBIT:
            draft.books.append(Booking(books, draft.of_leg(Leg.DEBIT)[-1].n))
        case Books.HOLD_CREDIT:
            assert draft.facts.receiving is not None
            draft.books.append(_booking(books, _mark_credit(draft, draft.facts.receiving)))
        case Books.HOLD_REFUND:
            card_id = draft.payment.refund_card_id or draft.payment.funding_card_id
            draft.books.append(Booking(books, _mark(draft, Leg.REFUND, card_id).n))
        case Books.POST_CREDIT | Books.VOID_CREDIT | Books.TAKE_BACK_CREDIT:
            draft.books.append(_booking(books, draft.of_leg(Leg.CREDIT)[-1]))
        case Books.POST_REFUND | Books.VOID_REFUND | Books.PARK:
            draft.books.append(Booking(books, draft.of_leg(Leg.REFUND)[-1].n))
        case Books.KEEP:
            draft.books.append(Booking(books, 1))
        case Books.UNPARK:
            assert draft.facts.refund_card is not None
            draft.change(refund_card_id=draft.facts.refund_card.id)
            draft.books.append(Booking(books, draft.of_leg(Leg.REFUND)[-1].n))


def _booking(books: Books, attempt: Attempt) -> Booking:
    return Booking(books, attempt.n, by_bank=attempt.bank_id is not None)


def _mark_credit(draft: Draft, receiving: Card | BankAccount) -> Attempt:
    by_bank = isinstance(receiving, BankAccount)
    card_id, bank_id = (None, receiving.id) if by_bank else (receiving.id, None)
    draft.change(receiving_card_id=card_id, receiving_bank_id=bank_id)
    if by_bank:  # the file that it leaves with is known already
        _expect(draft, quoted_by_bank(draft.facts.now, draft.facts.policy))
    return _mark(draft, Leg.CREDIT, card_id, bank_id=bank_id)


def _mark(
    draft: Draft, leg: Leg, card_id: UUID | None, at: datetime | None = None, bank_id: UUID | None = None
) -> Attempt:
    """Write down that the leg's next attempt will be made, and ask for the call. The one before is proven dead."""
    payment, earlier = draft.payment, draft.of_leg(leg)
    assert all(one.fate in SETTLED for one in earlier), "a second attempt while one may live"
    n = len(earlier) + 1
    by_reference = leg == Leg.REFUND and payment.refund_card_id is None
    marked = Attempt(
        id=step_id(payment.id, leg, n),
        payment_id=payment.id,
        leg=leg,
        n=n,
        kind=BANK_CREDIT if bank_id else "debit" if leg == Leg.DEBIT else "refund" if by_reference else "push",
        card_id=card_id,
        bank_id=bank_id,
        of=_taken(draft).id if by_reference else None,
        fate=Fate.LIVE,
        marked_at=draft.facts.now,
        recorded_at=draft.facts.real_now,
    )
    draft.attempts[marked.id] = marked
    draft.calls.append(Call(marked, at=at))
    return marked


def _taken(draft: Draft) -> Attempt:
    """The attempt that took the money."""
    return next(one for one in draft.of_leg(Leg.DEBIT) if one.fate == Fate.ACCEPTED)


def enter(draft: Draft, row: Row) -> None:
    """What follows from being in the new state: attempts, timers, dates."""
    match row.after:
        case State.CREATED if row.event == Event.PROVEN:
            draft.change(proved_at=draft.facts.proved_at)
        case State.STEP_UP:
            until = draft.facts.now + timedelta(seconds=draft.facts.policy.step_up.abandon_seconds)
            draft.change(step_up_until=until)
            draft.timers.append(Timer(Event.PROOF_TIMED_OUT, until))
        case State.DEBITING:
            later = timedelta(seconds=draft.facts.policy.rail.inquiry_seconds[0])
            draft.change(proved_at=draft.facts.proved_at)
            again_at = draft.facts.now + later if row.number == "6a" else None
            _mark(draft, Leg.DEBIT, draft.payment.funding_card_id, again_at)
        case State.DEBIT_UNKNOWN | State.CREDIT_UNKNOWN | State.RETURN_UNKNOWN:
            _inquire_later(draft)
        case State.AWAITING_RECIPIENT if row.before != row.after:
            _wait_for_payee(draft)
        case State.CREDITED if row.before != row.after:
            _promise(draft)
        case State.CREDITED if row.event == Event.NOT_ARRIVED:
            draft.change(dispute="open")
            _note_pace(draft, row.event)
        case State.AVAILABLE:
            draft.change(dispute="none")
            _note_pace(draft, row.event)
        case State.IN_REVIEW | State.PARKED if row.before != row.after:
            draft.timers += _while_waiting(row.after, draft.facts.now, draft.facts.policy)
        case _:
            pass


def _inquire_later(draft: Draft) -> None:
    """Ask again when the schedule says so, and promise news by then."""
    attempt = next(one for one in draft.attempts.values() if one.fate == Fate.UNKNOWN)
    assert attempt.unknown_at is not None
    at = next_inquiry(attempt.leg, attempt.unknown_at, draft.facts.now, draft.facts.policy)
    draft.calls.append(Call(attempt, inquire=True, at=at))
    draft.change(next_update_at=at)


def _wait_for_payee(draft: Draft) -> None:
    send, now, created = draft.facts.policy.send, draft.facts.now, draft.payment.created_at
    cap = created + timedelta(days=send.wait_cap_days)
    expires = max(now, min(now + timedelta(days=send.expiry_days), cap))
    draft.change(expires_at=expires, receiving_card_id=None, receiving_bank_id=None)
    draft.timers.append(Timer(Event.EXPIRE, expires))
    draft.timers += [timer for timer in _reminders(now, draft.facts.policy) if timer.at < expires]


def _reminders(since: datetime, policy: Policy) -> list[Timer]:
    payee = [Timer(Event.REMIND, since + timedelta(days=day), f"payee:{day}") for day in policy.send.reminder_days]
    told = policy.send.sender_told_day
    return [*payee, Timer(Event.REMIND, since + timedelta(days=told), f"payer:{told}")]


def _while_waiting(state: State, now: datetime, policy: Policy) -> list[Timer]:
    """Parked money is reminded of; a review has an end, whoever forgets it."""
    if state == State.PARKED:
        return _parked_timers(now, policy)
    return [Timer(Event.REVIEW_REJECTED, now + timedelta(hours=policy.risk.hard_stop_hours))]


def _parked_timers(since: datetime, policy: Policy) -> list[Timer]:
    return [
        Timer(Event.REMIND, since + timedelta(days=day), f"parked:{day}") for day in policy.send.parked_reminder_days
    ]


def _promise(draft: Draft) -> None:
    """Say when it will be there, from the bank's ways and the calendar."""
    facts, policy = draft.facts, draft.facts.policy.arrival
    calendar = facts.policy.calendar
    if draft.payment.receiving_bank_id:
        assert facts.settles_on is not None
        promise = arrival.by_bank(facts.now, facts.settles_on, policy=policy, calendar=calendar)
    else:
        assert facts.fast_funds is not None
        lags = None if facts.fast_funds else facts.pace or pace.prior(policy)
        promise = arrival.estimate(facts.now, pace=lags, policy=policy, calendar=calendar)
    _expect(draft, promise)
    presumed = arrival.presumed_at(promise.latest, policy, calendar)
    draft.timers += [
        Timer(Event.LATE, promise.latest + timedelta(seconds=1)),
        Timer(Event.INTERVAL_OVER, presumed),
    ]


def _note_pace(draft: Draft, told: Event) -> None:
    """What the payee tells of their bank. Of fast funds and bank files, and of silence, nothing is to be learned."""
    promised, facts = draft.payment.arrival_facts, draft.facts
    if "accepted_on" not in promised or told not in (Event.ARRIVED, Event.NOT_ARRIVED):
        return
    accepted_on, last = date.fromisoformat(promised["accepted_on"]), promised["lag_max"]
    lag = pace.noted(accepted_on, facts.now, facts.policy.arrival, facts.policy.calendar)
    draft.noted = pace.Noted(
        payment_id=draft.payment.id,
        bank=facts.credited_bank,
        lag_days=lag if told == Event.ARRIVED else max(lag, last + 1),
        promised_first=promised["lag_min"],
        promised_last=last,
        at=facts.now,
    )


def _expect(draft: Draft, promise: arrival.Arrival) -> None:
    draft.change(arrival_earliest=promise.earliest, arrival_latest=promise.latest, arrival_fast=promise.fast)
    draft.change(arrival_reason=promise.reason_code, arrival_facts=promise.reason_facts)


def timers_of(payment: Payment, policy: Policy) -> list[Timer]:
    """The timers that a payment in this state may have set, to be forgotten when it leaves."""
    at = payment.updated_at
    match payment.state:
        case State.CREATED:
            return [Timer(Event.WINDOW_OVER, at)]
        case State.STEP_UP:
            return [Timer(Event.PROOF_TIMED_OUT, at)]
        case State.IN_REVIEW:
            return [Timer(Event.REVIEW_REJECTED, at)]
        case State.AWAITING_RECIPIENT:
            return [Timer(Event.EXPIRE, at), *_reminders(at, policy)]
        case State.CREDITED:
            return [Timer(Event.LATE, at), Timer(Event.INTERVAL_OVER, at)]
        case State.PARKED:
            return _parked_timers(at, policy)
        case _:
            return []
