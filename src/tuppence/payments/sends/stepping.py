"""Moving payments along the table: lock, read, decide, write, tell; the ledger last. Every verb and job comes here.

Lock order: payments, (cards), conversations, feeds, ledger accounts, each in id order. The first event to commit
wins: whoever waited for the lock reads the row as it is by then, and the table refuses what is no longer possible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence import outbox, people
from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.payments import pace
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.errors import PaymentNotFound
from tuppence.payments.pace.model import Lags
from tuppence.payments.risk import CLEAR, Verdict
from tuppence.payments.sends import holding, queries, rules, writing
from tuppence.payments.sends.attempts import hear
from tuppence.payments.sends.holding import Ruling
from tuppence.payments.sends.model import Answer, Attempt, Payment
from tuppence.payments.sends.plans import Facts, Plan
from tuppence.payments.sends.states import Event, State


@dataclass(frozen=True, slots=True)
class Move:
    """Something befalls a payment: an event, or what a rail said of one of its attempts. `by` whom, or by itself."""

    payment_id: UUID
    event: Event | None = None
    heard: tuple[UUID, Answer] | None = None
    by: UUID | None = None
    card_id: UUID | None = None
    proved_at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    ruling: Ruling | None = None  # an operator's, on a review


@dataclass(slots=True)
class World:
    """What was read under the locks, and how the batch has changed it so far."""

    now: datetime
    real_now: datetime
    policy: Policy
    payments: dict[UUID, Payment]
    attempts: dict[UUID, list[Attempt]]
    deliverable: dict[UUID, bool]
    cards: dict[UUID, Card]
    banks: dict[UUID, BankAccount]
    paces: dict[str, Lags]  # of the banks to whose cards money is on its way
    receiving: dict[UUID, UUID]  # the payee's default, a card's or a bank account's
    risks: dict[UUID, Verdict] = field(default_factory=dict)  # of payments that were just debited
    made_good: frozenset[UUID] = frozenset()  # payments that their payers have back already
    plans: list[Plan] = field(default_factory=list)

    def attempt(self, payment: Payment, attempt_id: UUID) -> Attempt:
        return next(one for one in self.attempts[payment.id] if one.id == attempt_id)

    def instrument(self, named: UUID | None) -> Card | BankAccount | None:
        """A card or a bank account; both take their ids from the same space."""
        return (self.cards.get(named) or self.banks.get(named)) if named else None

    def take(self, plan: Plan) -> None:
        """Let the next move of the batch see what this one did."""
        changed = {one.id: one for one in plan.attempts}
        known = [one for one in self.attempts[plan.payment.id] if one.id not in changed]
        self.payments[plan.payment.id] = plan.payment
        self.attempts[plan.payment.id] = known + list(changed.values())
        self.plans.append(plan)


async def open_world(tx: Tx, ids: Sequence[UUID], cards: Sequence[UUID], policy: Policy) -> World:
    """Lock payments and read all that a step may need. Locks: the payments, in id order, until the transaction ends."""
    await queries.lock_payments(tx, ids)
    payments = await queries.payments(tx, ids)
    found = list(payments.values())
    pairs = [(one.payer_id, one.payee_id) for one in found]
    between = await people.between(tx, pairs)
    receiving = await queries.receiving(tx, ids)
    credited = [one.receiving_card_id for one in found if one.receiving_card_id]
    named = await queries.cards(tx, [*cards, *receiving.values(), *credited, *(one.funding_card_id for one in found)])
    return World(
        now=await outbox.now(tx),
        real_now=datetime.now(UTC),
        policy=policy,
        payments=payments,
        attempts=await queries.attempts(tx, ids),
        deliverable={
            one.id: link.both_enabled and not link.second_blocked_first
            for one, link in zip(found, between, strict=True)
        },
        cards=named,
        banks=await banks.by_id(tx, [*cards, *receiving.values()]),
        paces=await pace.lags_of(tx, [named[one].bank for one in credited if one in named], policy=policy),
        receiving=receiving,
    )


def move(world: World, ask: Move) -> Plan | Failure | None:
    """Decide one move in the world as it is by now. None: there was nothing new in it."""
    payment = world.payments.get(ask.payment_id)
    if payment is None:
        return PaymentNotFound()
    try:
        plan = _decide(world, payment, ask)
    except Failure as failure:
        return failure
    if plan:
        world.take(plan)
    return plan


def _decide(world: World, payment: Payment, ask: Move) -> Plan | None:
    facts, event, heard = facts_of(world, payment, ask), ask.event, None
    if ask.heard:
        attempt = world.attempt(payment, ask.heard[0])
        meant = hear(attempt, ask.heard[1], now=world.now, real_now=world.real_now, policy=world.policy)
        if meant is None:
            return None
        event, heard = meant
    assert event is not None
    if ask.by and rules.has_done(payment, ask.by, event):
        return None
    plan = rules.step(payment, event, facts, heard)
    return replace(plan, moment=replace(plan.moment, detail={**plan.moment.detail, **ask.detail}))


def facts_of(world: World, payment: Payment, ask: Move) -> Facts:
    """What the rules are told for one move."""
    card = world.cards.get(ask.card_id) if ask.card_id else None
    named = world.instrument(ask.card_id)
    receiving = named if named and named.person_id == payment.payee_id else None
    default = world.instrument(world.receiving.get(payment.id))
    fast_funds = ask.heard[1].fast_funds if ask.heard else None
    credited = world.cards.get(payment.receiving_card_id) if payment.receiving_card_id else None
    if fast_funds is None and payment.receiving_card_id:
        fast_funds = credited.fast_funds if credited else False
    return Facts(
        now=world.now,
        real_now=world.real_now,
        policy=world.policy,
        attempts=world.attempts[payment.id],
        deliverable=world.deliverable[payment.id],
        proved_at=ask.proved_at or payment.proved_at,
        receiving=receiving or default,
        funding_fingerprint=world.cards[payment.funding_card_id].fingerprint,
        refund_card=card if card and card.person_id == payment.payer_id else None,
        fast_funds=fast_funds,
        pace=world.paces.get(credited.bank) if credited else None,
        credited_bank=credited.bank if credited else "",
        settles_on=ask.heard[1].settles_on if ask.heard else None,
        risky=world.risks.get(payment.id, CLEAR).held,
        made_good=payment.id in world.made_good,
    )


async def moves(tx: Tx, asks: Sequence[Move], policy: Policy) -> tuple[World, list[Plan | Failure | None]]:
    """Take moves in order and write what comes of them: rows, timers, calls, feeds, and last the ledger."""
    world, results, rest = await moved(tx, asks, policy)
    await writing.finish(tx, rest)
    return world, results


async def moved(
    tx: Tx, asks: Sequence[Move], policy: Policy
) -> tuple[World, list[Plan | Failure | None], writing.Rest]:
    """As `moves`, but what is left, feeds and ledger, is for the caller, who has more of both."""
    ids = sorted({ask.payment_id for ask in asks})
    world = await open_world(tx, ids, [ask.card_id for ask in asks if ask.card_id], policy)
    world.risks = await holding.risks(tx, [ask.payment_id for ask in asks if _debited(world, ask)], policy)
    world.made_good = await queries.made_good(tx, [ask.payment_id for ask in asks if ask.event == Event.PAYER_CARD])
    results = [move(world, ask) for ask in asks]
    for payment_id in await queries.made_good(tx, _came_back(world)):
        move(world, Move(payment_id, Event.CHARGED_BACK))
    if not world.plans:
        return world, results, writing.Rest()
    rulings = {ask.payment_id: ask.ruling for ask in asks if ask.ruling}
    await holding.write(tx, world.plans, world.risks, rulings, world.now)
    rest = await writing.write(tx, world.plans, world.attempts, now=world.now, real_now=world.real_now, policy=policy)
    return world, results, rest


def _debited(world: World, ask: Move) -> bool:
    """Whether this is the acceptance of a debit that is waited for: the moment at which risk is looked at."""
    payment = world.payments.get(ask.payment_id)
    accepted = ask.heard is not None and ask.heard[1].state == "accepted"
    return accepted and payment is not None and payment.state == State.DEBITING


def _came_back(world: World) -> list[UUID]:
    """Payments whose money is with us again, or still: their payer may have it back already."""
    undone = (Event.CREDIT_RETURNED, Event.CREDIT_DECLINED, Event.CREDIT_DEAD)
    return [one.payment.id for one in world.plans if one.moment.event in undone]
