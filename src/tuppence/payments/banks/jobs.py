"""Giving up bank accounts that were never confirmed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tuppence.db import Database
from tuppence.outbox import Handler, Job
from tuppence.payments.banks import actions


def handlers(database: Database) -> Mapping[str, Handler]:
    async def expire(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await actions.expire(tx, [UUID(job.key) for job in jobs])
        return [None for _ in jobs]

    return {actions.EXPIRE: expire}
