"""Reading mandates."""

from collections.abc import Iterable
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.mandates.model import Mandate

SQL = Statements(__package__)


async def by_id(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Mandate]:
    return {one.id: one for one in await tx.fetch(SQL.by_id, Mandate, ids=sorted(set(ids)))}


async def lock(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Mandate]:
    """The same, and nobody else uses or revokes them until the transaction ends."""
    return {one.id: one for one in await tx.fetch(SQL.lock_mandates, Mandate, ids=sorted(set(ids)))}


async def access_mandates(tx: Tx, person_id: UUID) -> list[Mandate]:
    """What somebody agreed to, the newest first; withdrawn ones too."""
    return await tx.fetch(SQL.of_person, Mandate, person_id=person_id)
