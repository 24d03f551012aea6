"""What the worker does for grants: businesses hear what became of their charges, and bear what is disputed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from tuppence.billing.apps.grants.bearing import bear
from tuppence.billing.apps.grants.queries import SQL
from tuppence.core import Policy
from tuppence.db import Database, Statement, Tx
from tuppence.outbox import Handler, Job, hooks
from tuppence.payments import charges
from tuppence.payments.charges import Charged, Refunded

CHARGE_CHANGED = "apps.charge_changed"
REFUND_CHANGED = "apps.refund_changed"
DISPUTE_CHANGED = "apps.dispute_changed"
_TYPES = {"charged": "charge.succeeded", "declined": "charge.declined", "refunded": "charge.refunded"}


def handlers(database: Database, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    async def in_one(verb: Callable[[Tx, Sequence[UUID]], Any], jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await verb(tx, [UUID(job.key) for job in jobs])
        return [None for _ in jobs]

    return {
        CHARGE_CHANGED: partial(in_one, tell_charges),
        REFUND_CHANGED: partial(in_one, tell_refunds),
        DISPUTE_CHANGED: partial(in_one, partial(bear, policy=policy)),
    }


async def tell_charges(tx: Tx, ids: Sequence[UUID]) -> None:
    """Tell businesses how their charges stand, each state once; a declined one no longer counts against its caps."""
    found = await charges.charges(tx, ids)
    news = await _news(tx, SQL.tell_charges, found)
    await hooks.publish(tx, [_event(one, one.id, one) for one in news if one.state in _TYPES])


async def tell_refunds(tx: Tx, ids: Sequence[UUID]) -> None:
    """Tell businesses of refunds that reached the payer, each once."""
    found = await charges.refunds(tx, ids)
    of = await charges.charges(tx, [one.charge_id for one in found.values()])
    news = await _news(tx, SQL.tell_refunds, found)
    await hooks.publish(tx, [_event(one, one.charge_id, of[one.charge_id]) for one in news if one.state in _TYPES])


async def _news(tx: Tx, statement: Statement, found: Mapping[UUID, Any]) -> list[Any]:
    rows = [found[one] for one in sorted(found)]
    new = await tx.scalars(statement, ids=[one.id for one in rows], states=[str(one.state) for one in rows])
    return [one for one in rows if one.id in new]


def _event(one: Charged | Refunded, charge_id: UUID, charge: Charged) -> hooks.Happened:
    data = {
        "grant_id": str(charge.subject_id),
        "amount_minor": one.amount_minor,
        "currency": charge.currency,
        "refunded_minor": charge.refunded_minor,
        "decline_code": charge.decline_code,
    }
    return hooks.Happened(charge.business_id, _TYPES[one.state], charge_id, data)
