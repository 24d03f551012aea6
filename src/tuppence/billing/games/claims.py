"""What buyers say is wrong with a purchase, and what the game's developer answers.

A developer has 72 hours; then the rest of the purchase is refunded by itself. A purchase that is too small to be
debited alone is refunded at once: looking into it would cost more than it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from tuppence.billing.games import queries, views
from tuppence.billing.games.actions import refund
from tuppence.billing.games.errors import NotDisputable, PurchaseNotFound
from tuppence.billing.games.model import AskRefund, Dispute, DisputeReason, Purchase
from tuppence.billing.games.moving import open_world, write
from tuppence.billing.games.queries import SQL
from tuppence.core import Failure, Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx, columns
from tuppence.outbox import Job, hooks

ANSWER_DUE = "games.answer_due"
PENDING = "pending"
Outcome = Literal["refunded_in_cash", "granted_replacement_item", "denied_refund", "banned_user"]


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A buyer says what is wrong. A purchase is disputed once."""

    purchase_id: UUID
    buyer_id: UUID
    reason: DisputeReason
    words: str


@dataclass(frozen=True, slots=True)
class AnswerDispute:
    """The developer's answer, one of those that Facebook's games had."""

    purchase_id: UUID
    business_id: UUID
    outcome: Outcome


async def dispute(tx: Tx, asks: Sequence[OpenDispute], *, policy: Policy) -> list[Purchase | Failure]:
    """Open disputes; a repeat answers what is. Refuses: PurchaseNotFound, NotDisputable. Locks: the purchases."""
    return [await _dispute(tx, ask, policy) for ask in asks]


async def _dispute(tx: Tx, ask: OpenDispute, policy: Policy) -> Purchase | Failure:
    world = await open_world(tx, [ask.purchase_id], policy)
    purchase = world.purchases.get(ask.purchase_id)
    if purchase is None or purchase.buyer_id != ask.buyer_id:
        return PurchaseNotFound()
    known = (await queries.disputes_of(tx, [purchase.id])).get(purchase.id)
    if known is not None and known.reason == ask.reason:
        return purchase
    if not views.may_dispute(purchase, world.refunds.get(purchase.id, ()), known):
        return NotDisputable()
    opened = _opened(ask, world.now, policy)
    await tx.execute(SQL.write_disputes, **columns([opened], *Dispute.__slots__))
    if purchase.bundle_id is not None:
        return await _settle(tx, purchase, "refunded_by_operator", policy)
    world.take(purchase)  # as it is: its buyer's devices are told
    world.jobs.append(Job(ANSWER_DUE, str(purchase.id), due_at=opened.due_at))
    world.events.append(_told(purchase, opened, "dispute.opened"))
    await write(tx, world)
    return purchase


def _opened(ask: OpenDispute, now: datetime, policy: Policy) -> Dispute:
    return Dispute(
        purchase_id=ask.purchase_id,
        dispute_id=derived_id(ask.purchase_id, b"games/dispute"),
        reason=ask.reason,
        words=ask.words,
        opened_at=now,
        due_at=now + timedelta(hours=policy.games.dispute_hours),
        outcome=PENDING,
        closed_at=None,
    )


async def answer(tx: Tx, asks: Sequence[AnswerDispute], *, policy: Policy) -> list[Purchase | Failure]:
    """Close disputes as developers say; `refunded_in_cash` refunds the rest. A repeat of the same changes nothing.

    Refuses: NotDisputable (there is none, or it was answered otherwise), and what a refund refuses. Locks: the
    purchases.
    """
    return [await _answer(tx, ask, policy) for ask in asks]


async def _answer(tx: Tx, ask: AnswerDispute, policy: Policy) -> Purchase | Failure:
    await queries.lock_purchases(tx, [ask.purchase_id])
    purchase = (await queries.purchases(tx, [ask.purchase_id]))[ask.purchase_id]
    known = (await queries.disputes_of(tx, [purchase.id])).get(purchase.id)
    if known is None or known.outcome not in (PENDING, ask.outcome):
        return NotDisputable()
    return await _settle(tx, purchase, ask.outcome, policy) if known.outcome == PENDING else purchase


async def answer_due(tx: Tx, purchase_id: UUID, *, policy: Policy) -> None:
    """Nobody answered: the buyer gets back what is left."""
    await queries.lock_purchases(tx, [purchase_id])
    purchase = (await queries.purchases(tx, [purchase_id]))[purchase_id]
    known = (await queries.disputes_of(tx, [purchase_id]))[purchase_id]
    if known.outcome != PENDING:
        return
    settled = await _settle(tx, purchase, "refunded_by_operator", policy)
    if isinstance(settled, Failure):
        raise settled


async def _settle(tx: Tx, purchase: Purchase, outcome: str, policy: Policy) -> Purchase | Failure:
    """Close a dispute, and refund what is left where that is how it ends."""
    known = (await queries.disputes_of(tx, [purchase.id]))[purchase.id]
    told = purchase
    if outcome.startswith("refunded"):
        ask = AskRefund(derived_id(purchase.id, b"games/settled"), purchase.id, None, "dispute")
        (refunded,) = await refund(tx, [ask], policy=policy)
        if isinstance(refunded, Failure):
            return refunded
        told = refunded
    world = await open_world(tx, [purchase.id], policy)
    await tx.execute(SQL.close_dispute, purchase_id=purchase.id, outcome=outcome, now=world.now)
    world.take(world.purchases[purchase.id])
    world.events.append(_told(purchase, known, "dispute.closed", outcome))
    await write(tx, world)
    return told


def _told(purchase: Purchase, opened: Dispute, kind: str, outcome: str = PENDING) -> hooks.Happened:
    """What the game's programs hear: the reason and the outcome, not the buyer's words."""
    data = {
        "purchase_id": str(purchase.id),
        "game_id": str(purchase.game_id),
        "request_id": purchase.request_id,
        "reason": opened.reason,
        "outcome": outcome,
        "due_at": opened.due_at.isoformat(),
    }
    return hooks.Happened(purchase.business_id, kind, opened.dispute_id, data)
