"""Reading payouts. `access_payout` is the only way to obtain one for a business."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.db import Statements, Tx, columns
from tuppence.payments.payouts.errors import PayoutNotFound
from tuppence.payments.payouts.model import Approval, Destination, PaidOut, Payout
from tuppence.payments.sends.queries import read_place, write_place

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Place:
    id: UUID
    order_id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a business's payouts, the latest first."""

    data: list[PaidOut]
    following: str | None  # where older ones begin, if there are any


async def payouts(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, PaidOut]:
    """Payouts as they are now."""
    return {one.id: one for one in await tx.fetch(SQL.payouts, PaidOut, ids=sorted(set(ids)))}


async def lock(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, PaidOut]:
    """The same, locked in id order until the transaction ends."""
    return {one.id: one for one in await tx.fetch(SQL.lock_payouts, PaidOut, ids=sorted(set(ids)))}


async def by_order(tx: Tx, order_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The payouts whose latest try an order is, by order."""
    return {one.order_id: one.id for one in await tx.fetch(SQL.by_order, _Place, orders=sorted(set(order_ids)))}


async def same_entries(tx: Tx, asks: Sequence[Payout]) -> dict[tuple[UUID, str, str], PaidOut]:
    """What pays the same entries to the same payee already, by (payee, currency, entries)."""
    found = await tx.fetch(SQL.same_entries, PaidOut, **columns(asks, "payee_id", "currency", "entries"))
    return {(one.payee_id, one.currency, one.entries): one for one in found}


async def access_payout(tx: Tx, business_id: UUID, payout_id: UUID) -> PaidOut:
    """A payout of a business. Raises: PayoutNotFound, the same for one that is another's."""
    found = (await payouts(tx, [payout_id])).get(payout_id)
    if found is None or found.business_id != business_id:
        raise PayoutNotFound
    return found


async def list_payouts(tx: Tx, business_id: UUID, *, limit: int = 50, after: str | None = None) -> Page:
    """A business's payouts, the latest first."""
    before: tuple[datetime | None, UUID | None] = read_place(after) if after else (None, None)
    place = {"before_at": before[0], "before_id": before[1]}
    rows = await tx.fetch(SQL.payouts_of, PaidOut, business_id=business_id, limit=limit + 1, **place)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], write_place(last.created_at, last.id) if last else None)


async def approvals(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, list[Approval]]:
    """Who agreed to payouts, in order of time."""
    found: dict[UUID, list[Approval]] = defaultdict(list)
    for one in await tx.fetch(SQL.approvals_of, Approval, payouts=sorted(set(ids))):
        found[one.payout_id].append(one)
    return found


async def destinations(tx: Tx, businesses: Iterable[UUID]) -> dict[UUID, Destination]:
    """Where businesses are paid now."""
    found = await tx.fetch(SQL.destinations, Destination, businesses=sorted(set(businesses)))
    return {one.business_id: one for one in found}


async def destinations_of(tx: Tx, business_id: UUID) -> list[Destination]:
    """Every account that a business was paid to, the latest first: what its members are told of changes."""
    return await tx.fetch(SQL.destinations_of, Destination, business_id=business_id)
