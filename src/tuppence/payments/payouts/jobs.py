"""What the worker does for payouts: lets them leave on their day, and hears what became of their orders."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from tuppence.core import Policy
from tuppence.db import Database
from tuppence.outbox import Handler, Job
from tuppence.payments.ach import orders
from tuppence.payments.payouts import actions
from tuppence.payments.payouts.states import Event
from tuppence.payments.payouts.writing import DUE, OWNER, UNANSWERED


def handlers(database: Database, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    async def happen(event: Event, jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await actions.happen(tx, [(UUID(job.key), event) for job in jobs], policy=policy)
        return [None for _ in jobs]

    async def note(jobs: Sequence[Job]) -> list[None]:
        """Orders as they are by now, whatever happened in between."""
        async with database.transaction() as tx:
            found = await orders.orders(tx, [UUID(job.key) for job in jobs])
            await actions.note(tx, found, policy=policy)
        return [None for _ in jobs]

    return {
        DUE: partial(happen, Event.DUE),
        UNANSWERED: partial(happen, Event.UNANSWERED),
        f"{OWNER}.bank_changed": note,
    }
