"""Small purchases of a buyer and day, debited together: a bank's fee for each would be more than the thing costs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tuppence.billing.games import money, queries, rules
from tuppence.billing.games.model import Bundle, Parts, Purchase, Refund
from tuppence.billing.games.periods import day_ends_at, day_of
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.states import PAID
from tuppence.core import Policy, uuid7
from tuppence.db import Tx
from tuppence.outbox import Job
from tuppence.payments import charges

CLOSE = "games.bundle"
UNCHARGED = ("open", "empty")


async def join(tx: Tx, purchase: Purchase, *, now: datetime, zone: str, policy: Policy) -> tuple[UUID, Job]:
    """The open bundle of its buyer, card, business and day, and when it is debited: at the day's end, or soon when it
    has come to much. Locks: the bundle.
    """
    day = day_of(now, zone)
    (bundle_id,) = await tx.scalars(
        SQL.open_bundle,
        id=uuid7(),
        business_id=purchase.business_id,
        buyer_id=purchase.buyer_id,
        card_id=purchase.card_id,
        currency=purchase.currency,
        day=day,
    )
    others = await held(tx, [bundle_id])
    total = sum(parts.total_minor for _, parts in others) + purchase.total_minor
    full = total >= policy.games.bundle_most_minor
    return bundle_id, Job(CLOSE, str(bundle_id), due_at=now if full else day_ends_at(day, zone))


async def held(tx: Tx, bundle_ids: Sequence[UUID]) -> list[tuple[Purchase, Parts]]:
    """What bundles will debit: their purchases, each with what is left of it. Call it under the bundles' locks."""
    found = await queries.bundled(tx, bundle_ids)
    refunds = await queries.refunds_of(tx, [one.id for one in found])
    return list(_left(found, refunds))


def _left(found: Sequence[Purchase], refunds: dict[UUID, list[Refund]]) -> Iterable[tuple[Purchase, Parts]]:
    for one in found:
        parts = rules.left(one, refunds.get(one.id, ()))
        if one.state in PAID and parts.total_minor:
            yield one, parts


def charge_of(bundle: Bundle, pairs: Sequence[tuple[Purchase, Parts]], says: str) -> charges.Charge:
    """One debit for all of them."""
    return charges.Charge(
        id=bundle.id,
        owner="games",
        subject_id=bundle.id,
        business_id=bundle.business_id,
        payer_id=bundle.buyer_id,
        card_id=bundle.card_id,
        bank_id=None,
        amount_minor=sum(parts.total_minor for _, parts in pairs),
        currency=bundle.currency,
        shares=money.added(pairs),
        says=says,
    )
