"""A purchase on the wire: as its buyer sees it, and as the business that sold it does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tuppence.billing.games import queries, rules
from tuppence.billing.games.model import Dispute, Game, Purchase, Refund
from tuppence.billing.games.signing import Root, signed_result
from tuppence.billing.games.states import PAID, Delivery, State
from tuppence.core import Policy
from tuppence.db import Tx

View = dict[str, Any]
_DECIDED = PAID | {State.FAILED, State.REJECTED_BY_APP, State.INITIATED, State.BUNDLE_DECLINED, State.REFUNDED}


async def sold(tx: Tx, purchases: Sequence[Purchase]) -> list[View]:
    """Purchases as their business sees them, in this order: with whose the money is, and its refunds."""
    games, refunds, disputes = await _around(tx, purchases)
    return [
        _common(one, games[one.game_id], refunds.get(one.id, ()), disputes.get(one.id))
        | {
            "developer_minor": one.dev_minor,
            "fee_minor": one.house_minor,
            "owed_minor": one.owed_minor,
            "owed_currency": one.owed_currency,
            "refunds": [_refund(refund) for refund in refunds.get(one.id, ())],
        }
        for one in purchases
    ]


async def bought(tx: Tx, purchases: Sequence[Purchase], *, now: datetime, root: Root, policy: Policy) -> list[View]:
    """Purchases as their buyer sees them, in this order: with what they can do, and what their game may be told."""
    games, refunds, disputes = await _around(tx, purchases)
    return [
        _common(one, games[one.game_id], refunds.get(one.id, ()), disputes.get(one.id))
        | {
            "can": _can(one, refunds.get(one.id, ()), disputes.get(one.id), now, policy),
            "return_url": games[one.game_id].return_url,
            "signed_result": _result(one, games[one.game_id], root, now),
        }
        for one in purchases
    ]


async def _around(
    tx: Tx, purchases: Sequence[Purchase]
) -> tuple[Mapping[UUID, Game], Mapping[UUID, list[Refund]], Mapping[UUID, Dispute]]:
    ids = [one.id for one in purchases]
    games = await queries.games(tx, list({one.game_id for one in purchases}))
    return games, await queries.refunds_of(tx, ids), await queries.disputes_of(tx, ids)


def _common(purchase: Purchase, game: Game, refunds: Sequence[Refund], dispute: Dispute | None) -> View:
    left = rules.left(purchase, refunds).total_minor if purchase.state in PAID else 0
    back = sum(one.amount_minor for one in refunds if one.state == "refunded")
    return {
        "id": purchase.id,
        "game": {"id": game.id, "name": game.name},
        "state": purchase.state,
        "delivery": purchase.delivery,
        "sku": purchase.sku,
        "title": purchase.title,
        "description": purchase.description,
        "quantity": purchase.quantity,
        "request_id": purchase.request_id,
        "currency": purchase.currency,
        "price_minor": purchase.price_minor,
        "tax_minor": purchase.tax_minor,
        "total_minor": purchase.total_minor,
        "refunded_minor": back,
        "refundable_minor": left,
        "exchange": purchase.facts.get("exchange"),
        "test": purchase.test,
        "outcome": purchase.outcome,
        "bundled": purchase.bundle_id is not None,
        "why": purchase.why,
        "says": purchase.says,
        "quoted_at": purchase.quoted_at,
        "expires_at": purchase.expires_at,
        "completed_at": purchase.completed_at,
        "fulfilled_at": purchase.fulfilled_at,
        "consumed_at": purchase.consumed_at,
        "dispute": _dispute(dispute) if dispute else None,
        "version": purchase.version,
    }


def _dispute(dispute: Dispute) -> View:
    return {
        "reason": dispute.reason,
        "words": dispute.words,
        "opened_at": dispute.opened_at,
        "due_at": dispute.due_at,
        "outcome": dispute.outcome,
        "closed_at": dispute.closed_at,
    }


def _refund(refund: Refund) -> View:
    return {
        "id": refund.id,
        "amount_minor": refund.amount_minor,
        "reason": refund.reason,
        "state": refund.state,
        "at": refund.at,
    }


def _can(
    purchase: Purchase, refunds: Sequence[Refund], dispute: Dispute | None, now: datetime, policy: Policy
) -> list[str]:
    """What the buyer may do. `dispute_now` is the dispute that takes one tap: a day has gone and nothing was given."""
    if purchase.state == State.QUOTED:
        return ["buy", "cancel"] if now < purchase.expires_at else []
    if not may_dispute(purchase, refunds, dispute):
        return []
    assert purchase.completed_at
    late = now >= purchase.completed_at + timedelta(hours=policy.games.fulfil_hours)
    return ["dispute_now" if late and purchase.delivery == Delivery.PENDING else "dispute"]


def may_dispute(purchase: Purchase, refunds: Sequence[Refund], dispute: Dispute | None) -> bool:
    """Whether there is money to dispute about, and nothing was said about it yet."""
    paid = purchase.state in PAID and not purchase.test
    return paid and dispute is None and rules.left(purchase, refunds).total_minor > 0


def _result(purchase: Purchase, game: Game, root: Root, now: datetime) -> str | None:
    """What the buyer's browser carries to the game, once there is something to tell."""
    if purchase.state not in _DECIDED or purchase.asked_at is None:
        return None
    told = {**rules.happened(purchase, 0), "issued_at": int(now.timestamp())}
    return signed_result(root.good(game, datetime.now(UTC)), told)
