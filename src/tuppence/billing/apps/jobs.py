"""Apps hear what becomes of the payments that they made, while the person lets them read payments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from tuppence.billing.apps.queries import SQL
from tuppence.db import Database, Tx, columns
from tuppence.outbox import Handler, Job, hooks
from tuppence.payments.sends import queries as sends
from tuppence.payments.sends.model import Moment, Payment
from tuppence.payments.sends.states import State
from tuppence.payments.sends.writing import APP_PAYMENT_CHANGED

_TYPES = {
    State.CREATED: "payment.created",
    State.CANCELLED: "payment.canceled",
    State.ABANDONED: "payment.canceled",
    State.DEBIT_FAILED: "payment.failed",
    State.AVAILABLE: "payment.completed",
    State.RETURNED: "payment.returned",
}


@dataclass(frozen=True, slots=True)
class _Told:
    payment_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class _Hearer:
    payment_id: UUID
    business_id: UUID


def handlers(database: Database) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    async def tell(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await tell_payments(tx, [UUID(job.key) for job in jobs])
        return [None for _ in jobs]

    return {APP_PAYMENT_CHANGED: tell}


async def tell_payments(tx: Tx, ids: Sequence[UUID]) -> None:
    """Tell businesses of their apps' payments: each change of state once, in order.

    What happens while an app may not read payments is never told, not even later.
    Locks: how much of each payment has been told, in id order, then the businesses' lines.
    """
    told = {one.payment_id: one.version for one in await tx.fetch(SQL.lock_told, _Told, ids=list(ids))}
    payments = await sends.payments(tx, ids)
    moments = await sends.moments(tx, ids)
    rows = list(payments.values())
    hearers = await tx.fetch(SQL.hearers, _Hearer, **columns(rows, "id", "app_id", "payer_id"))
    await tx.execute(SQL.write_told, id=[one.id for one in rows], version=[moments[one.id][-1].version for one in rows])
    await hooks.publish(
        tx,
        [
            _event(hearer.business_id, payments[hearer.payment_id], moment)
            for hearer in hearers
            for moment in changes(moments[hearer.payment_id], told[hearer.payment_id])
        ],
    )


def changes(moments: Sequence[Moment], version: int) -> list[Moment]:
    """The moments after a version at which the state became another. Pure."""
    moved = [after for before, after in pairwise(moments) if before.state != after.state]
    return [one for one in (*moments[:1], *moved) if one.version > version]


def _event(business_id: UUID, payment: Payment, moment: Moment) -> hooks.Happened:
    data = {
        "app_id": str(payment.app_id),
        "payer_id": str(payment.payer_id),
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "state": str(moment.state),
        "version": moment.version,
    }
    return hooks.Happened(business_id, _TYPES.get(moment.state, "payment.updated"), payment.id, data)
