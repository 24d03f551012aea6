"""Any history: the pure core with a scripted bank, crashes between any two steps, duplicates, any order.

The database is a few dictionaries here, committed at once or not at all; the bank keeps the truth of what moved, and
after every step the payment, its books and that truth must agree. The same machine over PostgreSQL is in test_flow.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.core import Failure, Leg, Policy, uuid7
from tuppence.ledger import Transfer, TransferFlags, chart
from tuppence.outbox import Job
from tuppence.payments.cards.model import Card, CardState
from tuppence.payments.limits.rules import Used
from tuppence.payments.risk import Verdict
from tuppence.payments.sends import books, states
from tuppence.payments.sends.model import SETTLED, Answer, Attempt, Fate, Payment, Send
from tuppence.payments.sends.plan_send import Created, SendFacts, plan_send
from tuppence.payments.sends.plans import Plan, Timer
from tuppence.payments.sends.states import Event, State
from tuppence.payments.sends.stepping import Move, World, move
from tuppence.payments.sends.writing import INQUIRE, USE, jobs_after, timer_job

POLICY = Policy.load()
START = datetime(2026, 11, 23, 15, tzinfo=UTC)
ANN, BO = UUID(int=1), UUID(int=2)
SILENT = ["silent_moved", "silent_not", "silent_refused", "silent_slow"]
FATES = ["accept"] * 6 + ["decline", "issuer_down", *SILENT, "unheard", "away"]
CRASHES = ["no"] * 6 + ["before", "between", "after"]
LEARNS_LATE = timedelta(hours=20)  # how long a network may say "never seen" of what it did
BY_OTHERS = [
    Event.LOCKED_OUT,
    Event.PAYEE_BLOCKED,
    Event.PAYEE_CLOSED,
    Event.PAYER_BLOCKED,
    Event.CHARGED_BACK,
]
BY_OPERATORS = [Event.REVIEW_PASSED, Event.REVIEW_REJECTED]
HELD = Verdict(60, ("new_device", "many_cards"), held=True)


def card(number: int, owner: UUID, *, can_receive: bool = True) -> Card:
    return Card(
        id=UUID(int=number),
        person_id=owner,
        token=f"card_{number}",
        brand="visa",
        funding="debit",
        last4="0000",
        exp_month=1,
        exp_year=2030,
        bank="First",
        state=CardState.ACTIVE,
        can_fund=True,
        can_receive=can_receive,
        fast_funds=number % 2 == 0,
        fingerprint=str(number),
        kept=True,
        used_by=None,
        created_at=START,
    )


@dataclass
class Bank:
    """Vault and network in one: remembers every attempt by id, and what really moved."""

    now: Callable[[], datetime]
    known: dict[UUID, str] = field(default_factory=dict)
    sent_at: dict[UUID, datetime] = field(default_factory=dict)
    void: set[UUID] = field(default_factory=set)
    moved: dict[UUID, Attempt] = field(default_factory=dict)
    healed: bool = False

    def use(self, attempt: Attempt, fate: str) -> Answer | None:
        """None: the vault cannot be reached."""
        if attempt.id in self.void:
            return Answer("declined", decline_code="invalid_card")
        if attempt.id not in self.known:
            if fate == "away":
                return None
            self._decide(attempt, fate)
            if fate == "unheard":
                return Answer("unknown")
        return self._told(attempt)

    def _decide(self, attempt: Attempt, fate: str) -> None:
        """A debit without answer is taken back by the vault: nothing moves, whatever the network thought."""
        taken_back = attempt.leg == Leg.DEBIT and fate.startswith("silent")
        self.known[attempt.id] = "reversing" if taken_back else fate
        self.sent_at[attempt.id] = self.now()
        if self.known[attempt.id] in ("accept", "unheard", "silent_moved", "silent_slow"):
            self.moved[attempt.id] = attempt

    def inquire(self, attempt: Attempt) -> Answer:
        if attempt.id not in self.known:
            self.void.add(attempt.id)
            return Answer("never_sent")
        match self.known[attempt.id]:
            case "reversing" if self.healed:
                self.known[attempt.id] = "reversed"
            case "silent_moved":
                self.known[attempt.id] = "accept"
            case "silent_refused":
                self.known[attempt.id] = "decline"
            case "silent_not":
                return Answer("never_seen")
            case "silent_slow":
                if self.now() - self.sent_at[attempt.id] < LEARNS_LATE:
                    return Answer("never_seen")
                self.known[attempt.id] = "accept"
        return self._told(attempt)

    def _told(self, attempt: Attempt) -> Answer:
        match self.known[attempt.id]:
            case "accept" | "unheard":
                return Answer("accepted", approval="A1", trace="T1", fast_funds=False)
            case "decline":
                return Answer("declined", decline_code="cannot_receive")
            case "issuer_down":
                return Answer("declined", decline_code="issuer_down")
            case "reversed":
                return Answer("reversed")
            case _:
                return Answer("unknown")

    def legs(self, payment: UUID) -> Counter[Leg]:
        """How often money of a payment really moved, by leg."""
        return Counter(one.leg for one in self.moved.values() if one.payment_id == payment)


class Ledger:
    """Just enough of the ledger's contract: ids once, pending settled once, nobody's money below zero."""

    def __init__(self) -> None:
        self.transfers: dict[UUID, Transfer] = {}
        self.settled: dict[UUID, int] = {}
        self.balance: Counter[UUID] = Counter()  # credits less debits, pending debits included

    def create(self, transfers: list[Transfer]) -> None:
        for one in transfers:
            if one.id in self.transfers:
                assert self.transfers[one.id] == one, "an id used for something else"
                continue
            self.transfers[one.id] = one
            if one.pending_id.int:
                assert one.pending_id in self.transfers
                assert one.pending_id not in self.settled, "settled twice"
                self.settled[one.pending_id] = one.flags
            self._move(one)

    def _move(self, one: Transfer) -> None:
        if one.flags == TransferFlags.POST_PENDING_TRANSFER:
            pending = self.transfers[one.pending_id]
            self.balance[pending.credit_account_id] += pending.amount
        elif one.flags == TransferFlags.VOID_PENDING_TRANSFER:
            pending = self.transfers[one.pending_id]
            self.balance[pending.debit_account_id] += pending.amount
        else:
            self.balance[one.debit_account_id] -= one.amount
            if one.flags != TransferFlags.PENDING:
                self.balance[one.credit_account_id] += one.amount
        for name in (chart.house("in_transit", "USD"), chart.personal("parked", ANN, "USD")):
            assert self.balance[name] >= 0, "more left than came in"

    def of(self, payment: UUID) -> Counter[str]:
        """Where a payment's money is: debited, in transit, held for a leg, credited, refunded, parked."""
        where: Counter[str] = Counter()
        for one in self.transfers.values():
            if one.user_data_128 != payment or one.pending_id.int:
                continue
            if one.flags == TransferFlags.PENDING:
                outcome = self.settled.get(one.id)
                leg = "credit" if one.code == chart.Step.CREDIT else "refund"
                if outcome is None:
                    where[f"held {leg}"] += one.amount
                elif outcome == TransferFlags.POST_PENDING_TRANSFER:
                    where[f"{leg}ed"] += one.amount
                if outcome != TransferFlags.VOID_PENDING_TRANSFER:
                    where["in transit"] -= one.amount
            elif one.code == chart.Step.REDRESS:
                where["refunded"] += one.amount
                where["in transit"] -= one.amount
            elif one.code == chart.Step.DEBIT:
                where["debited"] += one.amount
                where["in transit"] += one.amount
            else:
                sign = 1 if one.code == chart.Step.PARK else -1
                where["credited" if one.code == chart.Step.CREDIT else "parked"] += sign * one.amount
                where["in transit"] -= sign * one.amount
        return where


class History:
    """One payer, one payee, three payments, and everything that can happen to them, drawn from a seed."""

    def __init__(self, seed: int, policy: Policy = POLICY) -> None:
        self.random, self.policy = Random(seed), policy
        self.now = self.real_now = START
        self.bank, self.ledger = Bank(lambda: self.now), Ledger()
        self.payments: dict[UUID, Payment] = {}
        self.attempts: dict[UUID, list[Attempt]] = {}
        self.jobs: dict[tuple[str, str], Job] = {}
        self.done: list[Job] = []
        self.cards = {one.id: one for one in (card(10, ANN), card(20, BO))}
        self.receives: UUID | None = UUID(int=20)
        self.deliverable = True
        self.rows: Counter[str] = Counter()
        for amount in (2_000, 1, 10_001):  # the last asks for a proof
            self.send(amount)

    def run(self, steps: int) -> None:
        """So many steps of anything; then, left alone with a healthy bank, every payment ends."""
        kinds = [self.the_worker_works] * 12 + [self.an_old_job_comes_back, self.time_passes, self.somebody_taps]
        kinds += [self.the_payer_proves, self.another_room_tells, self.people_change, self.a_card_is_added]
        kinds += [self.an_operator_decides, self.a_file_tells]
        for _ in range(steps):
            self.random.choice(kinds)()
            self.check()
        self.bank.healed = self.deliverable = True
        while self.jobs:
            due = self.due()
            if due:
                self.work(due[0], "accept", "no")
                self.check()
            else:
                self.now = min(job.due_at for job in self.jobs.values() if job.due_at)
                self.real_now += timedelta(hours=1)
        at_rest = states.TERMINAL | {State.PARKED}
        assert {one.state for one in self.payments.values() if one.dispute == "none"} <= at_rest

    # - the outside ---------------------------------------------------------------------------------------------------

    def send(self, amount_minor: int) -> None:
        """A new payment; its limits and people are settled elsewhere."""
        payment_id = UUID(int=(len(self.payments) + 1) << 64)
        ask = Send(payment_id, ANN, BO, amount_minor, "USD", "", None, UUID(int=9), START - timedelta(days=30))
        made = plan_send(ask, FACTS, now=self.now, real_now=self.real_now, policy=self.policy)
        assert isinstance(made, Created)
        self.payments[payment_id] = made.payment
        self.attempts[payment_id] = []
        job = timer_job(payment_id, Timer(Event.WINDOW_OVER, made.payment.undo_until))
        self.jobs[job.kind, job.key] = job

    def time_passes(self) -> None:
        """Business time may be moved by hand, so real time passes with it or does not."""
        step = timedelta(seconds=self.random.choice([1, 6, 31, 700, 3_601, 90_000]))
        self.now += step
        self.real_now += self.random.choice([step, timedelta(seconds=1)])

    def somebody_taps(self) -> None:
        """Mostly the right person."""
        event = self.random.choice([Event.CANCEL, Event.ACCEPT, Event.DECLINE, Event.ARRIVED, Event.NOT_ARRIVED])
        payer = (event == Event.CANCEL) == (self.random.random() < 0.8)
        self.commit([Move(self.any_payment(), event, by=ANN if payer else BO)])

    def the_payer_proves(self) -> None:
        self.commit([Move(self.any_payment(), Event.PROVEN, by=ANN, proved_at=self.real_now)])

    def another_room_tells(self) -> None:
        self.commit([Move(self.any_payment(), self.random.choice(BY_OTHERS))])

    def an_operator_decides(self) -> None:
        self.commit([Move(self.any_payment(), self.random.choice(BY_OPERATORS))])

    def a_file_tells(self) -> None:
        """Of any attempt: that it was done after all, or that it was sent back. Where that is so, the bank moved it."""
        tried = [one for attempts in self.attempts.values() for one in attempts]
        if not tried:
            return
        one = self.random.choice(tried)
        told = self.random.choice(["found"] * 3 + ["returned"])
        if told == "found" and (one.leg, one.fate) == (Leg.DEBIT, Fate.DEAD):
            self.bank.moved[one.id] = one
            self.bank.known[one.id] = "accept"
        if told == "returned" and (one.leg, one.fate) == (Leg.CREDIT, Fate.ACCEPTED):
            self.bank.moved.pop(one.id, None)
        for _ in range(self.random.choice([1, 2])):
            self.commit([Move(one.payment_id, heard=(one.id, Answer(told)))])

    def a_card_is_added(self) -> None:
        """To the payee, or to the payer whose money is parked; 10 is the card that the payer pays with."""
        number, payment = self.random.choice([10, 30, 31]), self.any_payment()
        added = card(number, ANN if number == 10 else BO)
        self.cards[added.id] = added
        if added.person_id == BO:
            self.receives = added.id
        event = Event.PAYER_CARD if added.person_id == ANN else Event.PAYEE_CARD
        self.commit([Move(payment, event, card_id=added.id)])

    def people_change(self) -> None:
        """The payee blocks the payer, or does so no longer; has a card, or not. The network's reversals go through."""
        self.deliverable = self.random.random() < 0.8
        self.receives = UUID(int=20) if self.random.random() < 0.6 else None
        self.bank.healed = self.random.random() < 0.5

    # - our side ------------------------------------------------------------------------------------------------------

    def due(self) -> list[Job]:
        """Jobs that the worker could take now."""
        return sorted((job for job in self.jobs.values() if not job.due_at or job.due_at <= self.now), key=str)

    def the_worker_works(self) -> None:
        """A due job, whichever; it may die before a call, between call and record, or before it writes the job off."""
        if not self.due() and self.jobs:
            self.now = max(self.now, min(job.due_at for job in self.jobs.values() if job.due_at))
        if due := self.due():
            self.work(self.random.choice(due), self.random.choice(FATES), self.random.choice(CRASHES))

    def an_old_job_comes_back(self) -> None:
        """At least once means sometimes twice, and late."""
        if self.done:
            self.work(self.random.choice(self.done), self.random.choice(FATES), "no")

    def work(self, job: Job, fate: str, crash: str) -> None:
        """What the handlers of sends/jobs.py do, step by step."""
        payment = UUID(job.payload["payment_id"])
        written_off = job if crash != "after" else None
        if crash == "before":
            return
        if job.kind not in (USE, INQUIRE):
            event = Event(job.kind.removeprefix("payments."))
            self.commit([Move(payment, event)], written_off)
            return
        attempt = next(one for one in self.attempts[payment] if str(one.id) == job.key)
        if attempt.fate != (Fate.LIVE if job.kind == USE else Fate.UNKNOWN):
            self.commit([], written_off)
            return
        answer = self.bank.use(attempt, fate) if job.kind == USE else self.bank.inquire(attempt)
        if answer and crash != "between":
            self.commit([Move(payment, heard=(attempt.id, answer))], written_off)

    def commit(self, asks: list[Move], job: Job | None = None) -> None:
        """One transaction: everything of it, or nothing. A job that was asked for anew meanwhile stays."""
        if job and self.jobs.get((job.kind, job.key)) == job:
            del self.jobs[job.kind, job.key]
            self.done.append(job)
        world = World(
            now=self.now,
            real_now=self.real_now,
            policy=self.policy,
            payments=dict(self.payments),
            attempts={one: list(tried) for one, tried in self.attempts.items()},
            deliverable=dict.fromkeys(self.payments, self.deliverable),
            cards=self.cards,
            banks={},
            paces={},
            receiving=dict.fromkeys(self.payments, self.receives) if self.receives else {},
            risks=dict.fromkeys(self.payments, HELD) if self.random.random() < 0.1 else {},
        )
        for result in [move(world, ask) for ask in asks]:
            assert result is None or isinstance(result, Plan | Failure)
        self.payments, self.attempts = world.payments, world.attempts
        for (kind, key), wanted in jobs_after(world.plans).items():
            self.jobs.pop((kind, key), None)
            if wanted:
                self.jobs[kind, key] = wanted
        for plan in world.plans:
            self.rows[plan.moment.number] += 1
            self.ledger.create(books.transfers(plan.payment, plan.books))

    def any_payment(self) -> UUID:
        """One of them, or once in a while one that does not exist."""
        return self.random.choice([*self.payments] * 3 + [UUID(int=404)])

    # - the laws ------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        for payment in self.payments.values():
            self.every_cent_is_somewhere(payment)
            self.nothing_is_both_delivered_and_returned(payment)
            self.a_second_attempt_needs_proof(self.attempts[payment.id])

    def every_cent_is_somewhere(self, payment: Payment) -> None:
        """(i) debited = credited + refunded + in transit + parked, (v) nothing else moved, and the state says where."""
        where = self.ledger.of(payment.id)
        debited = where.pop("debited", 0)
        assert debited in (0, payment.amount_minor)
        assert debited == sum(where.values()), where
        assert PLACES.get(payment.state, set()) == {name for name, amount in where.items() if amount}, payment.state

    def nothing_is_both_delivered_and_returned(self, payment: Payment) -> None:
        """(ii) by the bank's own truth, not only by our books."""
        moved = self.bank.legs(payment.id)
        assert moved[Leg.CREDIT] + moved[Leg.REFUND] <= moved[Leg.DEBIT] <= 1, moved

    def a_second_attempt_needs_proof(self, tried: list[Attempt]) -> None:
        """(iii) one attempt lives at most; (iv) what we take for dead did not move, what we take for done did."""
        assert sum(one.fate not in SETTLED for one in tried) <= 1
        for one in tried:
            done = one.fate == Fate.ACCEPTED and not one.returned_at
            assert one.fate not in SETTLED or done == (one.id in self.bank.moved), one


PLACES = {
    State.IN_REVIEW: {"in transit"},
    State.AWAITING_RECIPIENT: {"in transit"},
    State.CREDITING: {"held credit"},
    State.CREDIT_UNKNOWN: {"held credit"},
    State.CREDITED: {"credited"},
    State.AVAILABLE: {"credited"},
    State.RETURNING: {"held refund"},
    State.RETURN_UNKNOWN: {"held refund"},
    State.RETURNED: {"refunded"},
    State.PARKED: {"parked"},
}
FACTS = SendFacts(
    conversation_id=UUID(int=5),
    already=None,
    card=card(10, ANN),
    payee_fingerprint=None,
    payee_fast_funds=None,
    payee_slow_bank=None,
    friends=True,
    payer_blocked=False,
    payee_blocked=False,
    both_open=True,
    used=(Used(0, None), Used(0, None)),
    paid_before=True,
    twin=None,
)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 120))
def test_the_laws_hold_in_any_history(seed: int, steps: int) -> None:
    """Duplicates, any order, crashes between any two steps: no cent is lost, doubled or guessed about."""
    History(seed).run(steps)


def test_the_histories_are_worth_their_name() -> None:
    """A few hundred of them take every row of the table whose trigger exists."""
    rows: Counter[str] = Counter()
    for seed in range(400):
        history = History(seed)
        history.run(120)
        rows += history.rows

    assert {row.number for row in states.TABLE} - {"1"} == set(rows)


def test_seeded_bug_never_seen_taken_for_proof_at_once() -> None:
    """With the day of waiting taken away, money is delivered twice, and the laws notice."""
    hasty = replace(POLICY, rail=replace(POLICY.rail, never_seen_proof_hours=0, answer_seconds=0))

    with pytest.raises(AssertionError):
        _many(hasty)


def test_seeded_bug_a_bank_that_forgets() -> None:
    """With ids that the bank does not remember, a repeated call moves money twice, and the laws notice."""

    class Forgetful(Bank):
        def use(self, attempt: Attempt, fate: str) -> Answer | None:
            if attempt.id in self.known:
                self.moved[uuid7()] = attempt
            return super().use(attempt, fate)

    with pytest.raises(AssertionError):
        _many(POLICY, Forgetful)


def _many(policy: Policy, bank: type[Bank] = Bank) -> None:
    for seed in range(60):
        history = History(seed, policy)
        history.bank = bank(lambda history=history: history.now)  # type: ignore[misc]
        history.run(120)
