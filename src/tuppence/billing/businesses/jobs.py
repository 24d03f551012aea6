"""What the members of a business are told by themselves."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tuppence import outbox
from tuppence.billing.businesses import queries
from tuppence.db import Database
from tuppence.outbox import Event, Handler, Job
from tuppence.payments.payouts.writing import BANK_CHANGED

_LOOK_AFTER_MONEY = ("owner", "finance")


def handlers(database: Database) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    async def bank_changed(jobs: Sequence[Job]) -> list[None]:
        """Everybody who looks after the money hears that it will go elsewhere, while there is time to stop it."""
        async with database.transaction() as tx:
            known = await queries.members(tx, sorted({UUID(job.payload["business_id"]) for job in jobs}))
            told = [
                Event(member.person_id, "payout_bank", dict(job.payload))
                for job in jobs
                for member in known[UUID(job.payload["business_id"])]
                if member.role in _LOOK_AFTER_MONEY
            ]
            await outbox.tell(tx, told)
        return [None for _ in jobs]

    return {BANK_CHANGED: bank_changed}
