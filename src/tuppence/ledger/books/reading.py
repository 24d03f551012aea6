"""Reading the books by what they are about, and as they were."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger.books.rows import SQL


class Flow(NamedTuple):
    """What was moved for good about one subject by one kind of step, between accounts of two codes."""

    subject: UUID
    code: int
    debit_code: int
    credit_code: int
    amount_minor: int


@dataclass(slots=True)
class _FlowRow:
    subject: UUID
    code: int
    debit_code: int
    credit_code: int
    amount_minor: Decimal


async def flows(tx: Tx, subjects: Sequence[UUID]) -> list[Flow]:
    """What was moved about each of these, subject by subject."""
    rows = await tx.fetch(SQL.flows, _FlowRow, subjects=list(subjects))
    return [Flow(row.subject, row.code, row.debit_code, row.credit_code, int(row.amount_minor)) for row in rows]
