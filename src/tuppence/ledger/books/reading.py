"""Reading the books by what they are about, and as they were."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger.books.rows import SQL
from tuppence.ledger.model import TIMESTAMP_MAX, ZERO

_AT_ONCE = 1_000


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


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as it stood at an instant, minor units."""

    id: UUID
    ledger: int
    code: int
    person_id: UUID
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What one event did to one account. `code` is the step's; a lapse has no transfer of its own, and code 0."""

    timestamp: int
    account_id: UUID
    subject: UUID
    code: int
    transfer_id: UUID | None
    debits_posted: int
    credits_posted: int
    debits_pending: int
    credits_pending: int


@dataclass(slots=True)
class _StandingRow:
    id: UUID
    ledger: int
    code: int
    user_data_128: UUID
    debits_pending: Decimal
    debits_posted: Decimal
    credits_pending: Decimal
    credits_posted: Decimal


async def accounts_of(tx: Tx, whose: UUID) -> list[UUID]:
    """A person's accounts; or the account of this id."""
    return await tx.scalars(SQL.accounts_of, person=whose)


async def balances_at(tx: Tx, accounts: Sequence[UUID], before: int) -> list[Standing]:
    """How accounts stood right before a nanosecond."""
    rows = await tx.fetch(SQL.balances_at, _StandingRow, accounts=list(accounts), before=min(before, TIMESTAMP_MAX))
    return [
        Standing(
            row.id,
            row.ledger,
            row.code,
            row.user_data_128,
            *map(int, (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)),
        )
        for row in rows
    ]


async def stream_moves(tx: Tx, accounts: Sequence[UUID], *, since: int, until: int) -> AsyncIterator[Moved]:
    """What happened to accounts from one nanosecond on, up to and without another, in order."""
    after = since - 1
    while True:
        found = await tx.fetch(SQL.moves_of, Moved, accounts=list(accounts), after=after, until=until, limit=_AT_ONCE)
        full = len(found) == _AT_ONCE
        if full:  # what shares the last one's time comes with the next
            found = [one for one in found if one.timestamp < found[-1].timestamp]
        for one in found:
            yield one
        if not full:
            return
        after = found[-1].timestamp


async def standings(tx: Tx, before: int) -> AsyncIterator[Standing]:
    """How every account stood right before a nanosecond, a few at a time."""
    after = ZERO
    while ids := await tx.scalars(SQL.accounts_before, before=before, after=after, limit=_AT_ONCE):
        for one in await balances_at(tx, ids, before):
            yield one
        after = ids[-1]
