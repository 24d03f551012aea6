"""Reading corrections. Whoever may correct sees them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.corrections.errors import CorrectionNotFound
from tuppence.payments.corrections.model import Correcting, Correction, State

SQL = Statements(__package__)


async def access_correction(tx: Tx, correction_id: UUID) -> Correction:
    """One correction. Raises: CorrectionNotFound."""
    found = await corrections(tx, [correction_id])
    if correction_id not in found:
        raise CorrectionNotFound
    return found[correction_id]


async def list_corrections(
    tx: Tx, *, state: State | None = None, limit: int, before: UUID | None = None
) -> list[Correction]:
    """The latest first; those in one state only, if asked; `before`: those after this one in the list."""
    ids = await tx.scalars(SQL.latest, state=state, limit=limit, before=before)
    found = await corrections(tx, ids)
    return [found[one] for one in ids]


async def corrections(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Correction]:
    """Corrections by id, with their transfers in order."""
    rows = await tx.fetch(SQL.corrections, _Row, ids=list(ids))
    return {id_: _correction(list(some)) for id_, some in groupby(rows, lambda row: row.id)}


@dataclass(slots=True)
class _Row:
    """A correction beside one of its transfers."""

    id: UUID
    proposed_by: UUID
    reason: str
    proposed_at: datetime
    state: State
    decided_by: UUID | None
    decided_at: datetime | None
    transfer_id: UUID
    corrects: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount: int


def _correction(rows: list[_Row]) -> Correction:
    one = rows[0]
    transfers = tuple(
        Correcting(row.transfer_id, row.corrects, row.debit_account_id, row.credit_account_id, row.amount)
        for row in rows
    )
    decided = one.decided_by, one.decided_at
    return Correction(one.id, one.proposed_by, one.reason, one.proposed_at, one.state, *decided, transfers)
