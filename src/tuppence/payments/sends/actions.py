"""The verbs of sending money. Every one takes a batch; each item gets its own answer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from tuppence import chat, outbox, people
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.outbox import Event as Told
from tuppence.payments import limits
from tuppence.payments.banks import queries as banks
from tuppence.payments.cards import actions as cards
from tuppence.payments.errors import LimitExceeded, PaymentMovedOn, PaymentNotFound
from tuppence.payments.limits.rules import fits_at, windows
from tuppence.payments.sends import queries, stepping, sync, writing
from tuppence.payments.sends.model import Act, Happening, Payment, Recorded, Send, StepUp
from tuppence.payments.sends.plan_send import Created, first_moment, plan_sends
from tuppence.payments.sends.plans import Plan, Timer
from tuppence.payments.sends.states import Event, State
from tuppence.payments.sends.stepping import Move, World
from tuppence.payments.sends.sync import View

SQL = queries.SQL

_NEW = (
    "id",
    "payer_id",
    "payee_id",
    "conversation_id",
    "amount_minor",
    "currency",
    "note",
    "asked_card_id",
    "session_id",
    "funding_card_id",
    "step_up_reason",
    "undo_until",
    "device_age",
    "app_id",
)


async def send(tx: Tx, asks: Sequence[Send], *, policy: Policy) -> list[View | Failure]:
    """Create payments: state, bubble, room in the limits and the undo window, in one go. A repeat tells what is.

    Locks: every payer's wallet, in id order, then their feeds, until the transaction ends.
    """
    await queries.lock_wallets(tx, [ask.payer for ask in asks])
    now, real_now = await outbox.now(tx), datetime.now(UTC)
    facts = await queries.send_facts(tx, asks, now=now, policy=policy)
    plans = plan_sends(asks, facts, now=now, real_now=real_now, policy=policy)
    await _say_when_there_is_room(tx, asks, plans, now, policy)
    created = [plan for plan in plans if isinstance(plan, Created)]
    views = await _create(tx, created, now=now, real_now=real_now, policy=policy) if created else {}
    before = [plan for plan in plans if isinstance(plan, Payment) and plan.id not in views]
    views |= await _as_they_are(tx, before, now=now, real_now=real_now, policy=policy) if before else {}
    return [plan if isinstance(plan, Failure) else views[ask.id] for ask, plan in zip(asks, plans, strict=True)]


async def _create(
    tx: Tx, created: Sequence[Created], *, now: datetime, real_now: datetime, policy: Policy
) -> dict[UUID, View]:
    """Write payments with their bubbles, which only the payer sees yet, start their undo windows, tell the payers."""
    new = [one.payment for one in created]
    await tx.execute(SQL.insert_payments, now=now, policy_version=policy.version, **columns(new, *_NEW))
    await cards.spend(tx, [(one.card.id, one.payment.id) for one in created if not one.card.kept])
    timers = [writing.timer_job(one.id, Timer(Event.WINDOW_OVER, one.undo_until)) for one in new]
    await outbox.enqueue(tx, [*timers, *writing.app_jobs(new)])
    await chat.ensure_conversations(tx, [(one.payer_id, one.payee_id) for one in new])
    said = await chat.say(tx, [_bubble(one) for one in new])
    assert not any(isinstance(one, Failure) for one in said), "a payment between friends has a conversation"
    scene = sync.Scene(
        now=now,
        real_now=real_now,
        policy=policy,
        profiles=await people.profiles(tx, sorted({who for one in new for who in (one.payer_id, one.payee_id)})),
        cards={one.card.id: one.card for one in created},
        attempts={},
        moments={one.id: [first_moment(one)] for one in new},
    )
    views = {one.id: sync.view(one, one.payer_id, scene) for one in new}
    room = {one.payment.payer_id: limits.view(one.used, policy) for one in created}
    told = [Told(one.payer_id, "payment", views[one.id]) for one in new]
    await outbox.tell(tx, told + [Told(person, "limits", seen) for person, seen in room.items()])
    return views


async def _as_they_are(
    tx: Tx, known: Sequence[Payment], *, now: datetime, real_now: datetime, policy: Policy
) -> dict[UUID, View]:
    """Payments that were there before, for a repeat."""
    scene = await queries.scene(tx, known, None, now=now, real_now=real_now, policy=policy)
    return {one.id: sync.view(one, one.payer_id, scene) for one in known}


def _bubble(payment: Payment) -> chat.Say:
    return chat.Say(
        conversation_id=payment.conversation_id,
        sender_id=payment.payer_id,
        client_id=payment.id,
        kind="ref",
        ref_kind="payment",
        ref_id=payment.id,
        only_for=payment.payer_id,
    )


async def _say_when_there_is_room(
    tx: Tx, asks: Sequence[Send], plans: Sequence[Created | Payment | Failure], now: datetime, policy: Policy
) -> None:
    """Add to a refusal over a limit when the same amount would fit."""
    refused = [(ask, plan) for ask, plan in zip(asks, plans, strict=True) if isinstance(plan, LimitExceeded)]
    if not refused:
        return
    taken = await limits.uses(tx, sorted({ask.payer for ask, _ in refused}), now=now, policy=policy)
    for ask, failure in refused:
        times = [fits_at(taken[ask.payer], window, ask.amount_minor, now) for window in windows(policy.send)]
        fits = failure.facts["window"] != "payment" and None not in times
        failure.facts["again_at"] = max(at for at in times if at) if fits else None


async def act(tx: Tx, acts: Sequence[Act], *, policy: Policy) -> list[View | Failure]:
    """Do what people tapped. The first event to commit wins; a later one learns how things are by then.

    Locks: the payments, in id order, until the transaction ends.
    """
    asks = [Move(one.payment_id, Event(one.verb), by=one.person_id) for one in acts]
    return await _answered(tx, asks, policy)


async def step_up(tx: Tx, asks: Sequence[StepUp], *, policy: Policy) -> list[View | Failure]:
    """Go on with payments whose payer has just proved, in this session and for this very payment, who they are."""
    proofs = await people.last_proof(tx, [(ask.session_id, ask.payment_id) for ask in asks])
    proven = [
        Move(ask.payment_id, Event.PROVEN, by=ask.person_id, proved_at=proof)
        for ask, proof in zip(asks, proofs, strict=True)
    ]
    return await _answered(tx, proven, policy)


def proof_digest(view: View) -> bytes:
    """What a proof for this payment says: who gets how much. Neither can change once the payment exists."""
    facts = {"payment_id": view["id"], "payee_id": view["payee"]["id"]}
    return people.digest_of(facts | {"amount_minor": view["amount_minor"], "currency": view["currency"]})


async def _answered(tx: Tx, asks: Sequence[Move], policy: Policy) -> list[View | Failure]:
    """Take the moves that people ask for; everyone sees the payment as it is after the whole batch."""
    world, results = await stepping.moves(tx, asks, policy)
    shown = [
        payment
        for ask, result in zip(asks, results, strict=True)
        if not isinstance(result, PaymentNotFound) and (payment := world.payments[ask.payment_id])
    ]
    now, real_now = world.now, world.real_now
    scene = await queries.scene(tx, shown, world.attempts, now=now, real_now=real_now, policy=policy)
    return [_answer(world, ask, result, scene) for ask, result in zip(asks, results, strict=True)]


def _answer(world: World, ask: Move, result: Plan | Failure | None, scene: sync.Scene) -> View | Failure:
    assert ask.by is not None
    if isinstance(result, PaymentNotFound):
        return result
    seen = sync.view(world.payments[ask.payment_id], ask.by, scene)
    if isinstance(result, PaymentMovedOn):
        return PaymentMovedOn(payment=seen)
    return result if isinstance(result, Failure) else seen


async def record(tx: Tx, heard: Sequence[Recorded], *, policy: Policy) -> list[Failure | None]:
    """Write down what rails said of attempts. Saying it again changes nothing; so does what can't be any more."""
    places = await queries.payments_of_attempts(tx, [one.attempt_id for one in heard])
    asks = [Move(places[one.attempt_id], heard=(one.attempt_id, one.answer)) for one in heard]
    await stepping.moves(tx, asks, policy)
    return [None] * len(heard)


async def happen(tx: Tx, happenings: Sequence[Happening], *, policy: Policy) -> list[Failure | None]:
    """Let timers, new cards and the like befall payments; where the table has no row for it, nothing happens."""
    asks = [Move(one.payment_id, one.event, card_id=one.card_id, detail=one.detail) for one in happenings]
    await stepping.moves(tx, asks, policy)
    return [None] * len(happenings)


async def locked_out(tx: Tx, payment_ids: Sequence[UUID], *, policy: Policy) -> list[Failure | None]:
    """Give up payments whose payer typed a wrong PIN too often."""
    return await happen(tx, [Happening(one, Event.LOCKED_OUT) for one in payment_ids], policy=policy)


async def blocked(tx: Tx, pairs: Sequence[tuple[UUID, UUID]], *, policy: Policy) -> None:
    """What a block means for money that waits: (who blocks, whom). Call it in the transaction that blocks.

    From a payer who is blocked it goes back, and they are not told why. A payer who blocks is asked.
    """
    for blocker, other in pairs:
        back = await queries.waiting(tx, payer=other, payee=blocker)
        asked = await queries.waiting(tx, payer=blocker, payee=other)
        events = [Happening(one, Event.PAYEE_BLOCKED) for one in back]
        events += [Happening(one, Event.PAYER_BLOCKED) for one in asked]
        await happen(tx, events, policy=policy)


async def card_added(tx: Tx, card_ids: Sequence[UUID], *, policy: Policy) -> list[Failure | None]:
    """Start what waited for a card: payments to its owner, and money of theirs that could not go back."""
    found = await queries.cards(tx, card_ids)
    people_ids = sorted({card.person_id for card in found.values()})
    waits = await queries.waiting_for_card(tx, people_ids)
    event = {State.AWAITING_RECIPIENT: Event.PAYEE_CARD, State.PARKED: Event.PAYER_CARD}
    happenings = [
        Happening(wait.payment_id, event[wait.state], card.id)
        for card in found.values()
        for wait in waits
        if wait.person_id == card.person_id
    ]
    return await happen(tx, happenings, policy=policy)


async def bank_ready(tx: Tx, account_ids: Sequence[UUID], *, policy: Policy) -> list[Failure | None]:
    """Start what waited for somebody to be payable, now that a bank account of theirs is. Refunds go to cards only."""
    found = await banks.by_id(tx, account_ids)
    waits = await queries.waiting_for_card(tx, sorted({one.person_id for one in found.values()}))
    happenings = [
        Happening(wait.payment_id, Event.PAYEE_CARD, account.id)
        for account in found.values()
        for wait in waits
        if wait.person_id == account.person_id and wait.state == State.AWAITING_RECIPIENT
    ]
    return await happen(tx, happenings, policy=policy)
