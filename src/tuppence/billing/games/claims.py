"""What buyers and their banks contest, and what it means for a purchase.

The dispute itself is `payments.disputes`: its clocks, its answers, its end. A chargeback takes what is left of a
purchase from everybody whose it was; what the house gave a buyer does the same as a refund. A purchase that is too
small to be debited alone is refunded at once: looking into it would cost more than it.

Lock order: that of `moving`. A dispute is told that it is borne before anything is booked: disputes lock their charge,
and whoever records a charge has it when they come to the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tuppence import outbox
from tuppence.billing.games import invoices, money, queries, rules, views
from tuppence.billing.games.actions import refund
from tuppence.billing.games.errors import NotDisputable, PurchaseNotFound
from tuppence.billing.games.model import AskRefund, Dispute, DisputeReason, Purchase, Refund
from tuppence.billing.games.moving import Move, World, happen, move, open_world, write
from tuppence.billing.games.pricing import owed_part, part_of
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.states import PAID, Event
from tuppence.core import Failure, Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx, columns
from tuppence.payments import disputes
from tuppence.payments.disputes import Reason, State
from tuppence.payments.disputes.model import Recovery
from tuppence.payments.disputes.queries import disputes as by_id

DISPUTE_CHANGED = "games.dispute_changed"
PENDING = "pending"
Outcome = Literal["refunded_in_cash", "granted_replacement_item", "denied_refund", "banned_user"]

_REASONS: dict[DisputeReason, Reason] = {
    "not_received": Reason.NOT_RECEIVED,
    "not_as_described": Reason.NOT_RECEIVED,
    "mistake": Reason.WRONG_AMOUNT,
    "unauthorized": Reason.NOT_ME,
}
_OUTCOMES = {disputes.Outcome.REFUNDED_BY_HOUSE: "refunded_by_operator"}
_FOR_CLAIMANT = (State.RESOLVED_FOR_CLAIMANT, State.SPLIT)
_OVER = (*_FOR_CLAIMANT, State.RESOLVED_FOR_RESPONDENT, State.WITHDRAWN)


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


# - asking ------------------------------------------------------------------------------------------------------------


async def dispute(tx: Tx, asks: Sequence[OpenDispute], *, policy: Policy) -> list[Purchase | Failure]:
    """Open disputes; a repeat answers what is. Refuses: PurchaseNotFound, NotDisputable.

    Locks: the purchases, then what disputes lock.
    """
    return [await _dispute(tx, ask, policy) for ask in asks]


async def _dispute(tx: Tx, ask: OpenDispute, policy: Policy) -> Purchase | Failure:
    await queries.lock_purchases(tx, [ask.purchase_id])
    purchase = (await queries.purchases(tx, [ask.purchase_id])).get(ask.purchase_id)
    if purchase is None or purchase.buyer_id != ask.buyer_id:
        return PurchaseNotFound()
    known = (await queries.disputes_of(tx, [purchase.id])).get(purchase.id)
    if known is not None and known.reason == ask.reason:
        return purchase
    refunds = (await queries.refunds_of(tx, [purchase.id])).get(purchase.id, [])
    if not views.may_dispute(purchase, refunds, known):
        return NotDisputable()
    now = await outbox.now(tx)
    if purchase.bundle_id is not None:
        return await _refund_small(tx, ask, purchase, now, policy)
    dispute_id = derived_id(purchase.id, b"games/dispute")
    says = f"{ask.reason}: {ask.words}" if ask.words else ask.reason
    asked = disputes.Report(dispute_id, ask.buyer_id, "charge", purchase.id, _REASONS[ask.reason], says)
    (told,) = await disputes.report(tx, [asked], policy=policy)
    if isinstance(told, Failure):
        return NotDisputable()
    opened = (await by_id(tx, [dispute_id]))[dispute_id]
    due_at = opened.respond_by or opened.decide_by or now
    await _write(tx, Dispute(purchase.id, dispute_id, ask.reason, ask.words, now, due_at, PENDING, None))
    return purchase


async def _refund_small(
    tx: Tx, ask: OpenDispute, purchase: Purchase, now: datetime, policy: Policy
) -> Purchase | Failure:
    """What is left goes back; with the bundle's debit, or before there is one."""
    asked = AskRefund(derived_id(purchase.id, b"games/settled"), purchase.id, None, "dispute")
    (refunded,) = await refund(tx, [asked], policy=policy)
    if isinstance(refunded, Failure):
        return refunded
    dispute_id = derived_id(purchase.id, b"games/dispute")
    await _write(tx, Dispute(purchase.id, dispute_id, ask.reason, ask.words, now, now, "refunded_by_operator", now))
    return refunded


async def _write(tx: Tx, opened: Dispute) -> None:
    await tx.execute(SQL.write_disputes, **columns([opened], *Dispute.__slots__))


async def answer(tx: Tx, asks: Sequence[AnswerDispute], *, policy: Policy) -> list[Purchase | Failure]:
    """Answer disputes for their developers. What is refused to the buyer is looked at by the house; the rest ends it. A
    repeat changes nothing.

    Refuses: NotDisputable (there is none, or it was answered otherwise, or it is not theirs to answer). Locks: the
    purchases, then what disputes lock.
    """
    return [await _answer(tx, ask, policy) for ask in asks]


async def _answer(tx: Tx, ask: AnswerDispute, policy: Policy) -> Purchase | Failure:
    await queries.lock_purchases(tx, [ask.purchase_id])
    purchase = (await queries.purchases(tx, [ask.purchase_id]))[ask.purchase_id]
    known = (await queries.disputes_of(tx, [purchase.id])).get(purchase.id)
    if known is None or known.outcome not in (PENDING, ask.outcome):
        return NotDisputable()
    if known.outcome == ask.outcome:
        return purchase
    event = disputes.Event.CONCEDE if ask.outcome == "refunded_in_cash" else disputes.Event.ANSWER
    outcome = disputes.Outcome(ask.outcome)
    asked = disputes.Ask(known.dispute_id, event, by=ask.business_id, says=ask.outcome, outcome=outcome)
    (told,) = await disputes.act(tx, [asked], policy=policy)
    if isinstance(told, Failure):
        return NotDisputable()
    await tx.execute(SQL.set_dispute, dispute_id=known.dispute_id, outcome=ask.outcome, closed_at=None)
    return purchase


# - hearing -----------------------------------------------------------------------------------------------------------


async def dispute_changed(tx: Tx, dispute_id: UUID, *, policy: Policy) -> None:
    """A dispute of one of our charges moved: what it means for the purchases of that charge, or for the debt that it
    paid, is written, once.

    Locks: the purchases, their bundles, the developer's books; then what disputes lock; last the ledger.
    """
    told = (await by_id(tx, [dispute_id]))[dispute_id]
    ids = [told.subject_id] if told.subject_id in await queries.purchases(tx, [told.subject_id]) else []
    ids = ids or [one.id for one in await queries.bundled(tx, [told.subject_id])]
    if not ids:
        await invoices.contested(tx, dispute_id, policy=policy)
        return
    world = await open_world(tx, ids, policy)
    told = (await by_id(tx, [dispute_id]))[dispute_id]  # again, as it is under the lock
    if told.kind == disputes.Kind.CHARGEBACK:
        await _charged_back(tx, world, told, policy)
        return
    if told.state in _FOR_CLAIMANT and told.given_minor and told.recovery == Recovery.NONE:
        await _bear(tx, world, told, policy)
    elif told.state in _OVER:
        outcome = _OUTCOMES.get(told.outcome) if told.outcome else None
        ended = outcome or told.outcome or ("withdrawn" if told.state == State.WITHDRAWN else "denied_refund")
        await tx.execute(SQL.set_dispute, dispute_id=dispute_id, outcome=str(ended), closed_at=world.now)


async def _charged_back(tx: Tx, world: World, told: disputes.Dispute, policy: Policy) -> None:
    """The bank took it: so do we, from everybody, up to what they have of it; and back again when it is won.

    What was refunded as well, and the bank was told of in vain, nobody has any more: that is the house's loss. Where
    somebody bears it already, nothing is taken from anybody.
    """
    if told.state == State.WON:
        for one in sorted(world.purchases):
            move(world, Move(one, Event.CHARGEBACK_WON, why=told.reason))
    elif told.recovery == Recovery.NONE:
        if not _take_back(world, told) or not await disputes.bear(tx, told.id, policy=policy):
            return
    elif told.recovery != Recovery.FROM_RESERVE:
        return
    if told.state == State.LOST:
        world.transfers += money.lost(told.id, told.amount_minor - _taken_minor(world), told.currency)
    await write(tx, world)


def _take_back(world: World, told: disputes.Dispute) -> bool:
    """Take what a bank took, purchase by purchase; whether there was any of it."""
    left = told.amount_minor
    for purchase in (world.purchases[one] for one in sorted(world.purchases)):
        taken = min(left, rules.left(purchase, world.refunds.get(purchase.id, ())).total_minor)
        ask = Move(purchase.id, Event.CHARGED_BACK, why=told.reason, taken_minor=taken)
        if taken and isinstance(move(world, ask), Purchase):
            left -= taken
    return left < told.amount_minor


def _taken_minor(world: World) -> int:
    """What chargebacks have taken of these purchases, each by its latest."""
    latest = dict(world.chargebacks) | {one.purchase_id: one for one in world.entries if one.purchase_id}
    return -sum(one.amount_minor for one in latest.values())


async def _bear(tx: Tx, world: World, told: disputes.Dispute, policy: Policy) -> None:
    """The house gave the buyer something: a refund that whoever had the money bears."""
    left, given = told.given_minor, list[Refund]()
    for purchase in (world.purchases[one] for one in sorted(world.purchases)):
        refunds = world.refunds.get(purchase.id, ())
        rest = rules.left(purchase, refunds)
        amount = min(left, rest.total_minor)
        if purchase.state not in PAID or not amount:
            continue
        part = part_of(rest, amount)
        owed = owed_part(rules.left_owed(purchase, refunds), rest, part)
        given.append(
            Refund(
                id=derived_id(told.id, purchase.id.bytes),
                purchase_id=purchase.id,
                amount_minor=amount,
                dev_minor=part.dev_minor,
                house_minor=part.house_minor,
                tax_minor=part.tax_minor,
                owed_minor=owed,
                reason="dispute",
                state="refunded",
                at=world.now,
                by_dispute=True,
            )
        )
        left -= amount
    outcome = _OUTCOMES.get(told.outcome) if told.outcome else None
    ended = str(outcome or told.outcome or "refunded_by_operator")
    await tx.execute(SQL.set_dispute, dispute_id=told.id, outcome=ended, closed_at=world.now)
    if not await disputes.bear(tx, told.id, policy=policy):
        return
    await tx.execute(SQL.write_refunds, **columns(given, *Refund.__slots__))
    moves = [Move(one.purchase_id, Event.REFUNDED, refund_id=one.id) for one in given]
    await happen(tx, moves, policy=policy)
