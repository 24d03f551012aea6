"""Reading orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.ach.orders.model import Order

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Use:
    mandate_id: UUID
    order_id: UUID


async def orders(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Order]:
    """Orders as they are now."""
    return {one.id: one for one in await tx.fetch(SQL.by_id, Order, ids=sorted(set(ids)))}


async def lock(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Order]:
    return {one.id: one for one in await tx.fetch(SQL.lock_orders, Order, ids=sorted(set(ids)))}


async def uses(tx: Tx, mandates: Sequence[UUID]) -> dict[UUID, UUID]:
    """The first order that each mandate went to."""
    return {one.mandate_id: one.order_id for one in await tx.fetch(SQL.uses, _Use, mandates=list(mandates))}
