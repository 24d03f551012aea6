"""Writing an export's entries into an empty ledger, times and all, so that it is the same ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from tuppence.core import Failure, Kind
from tuppence.db import Tx
from tuppence.ledger.books.rows import SQL, stream_entries
from tuppence.ledger.deciding import write
from tuppence.ledger.model import ZERO, Account, Expiry, Refusal, Transfer
from tuppence.ledger.proof import chain
from tuppence.ledger.proof.entries import Entry, leaf_of
from tuppence.ledger.proof.folding import Balance
from tuppence.ledger.rules import Decided

_AT_ONCE = 1_000


class NotEmpty(Failure):
    """There are entries in this ledger already. Nothing was written; replay into a database that is only migrated."""

    kind = Kind.CONFLICT
    code = "not_empty"


@dataclass(frozen=True, slots=True)
class _BalanceRow:
    id: UUID
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


async def replay(tx: Tx, entries: Iterable[Entry]) -> int:
    """Write them through the ledger's own door; how many. What the ledger would never have decided, the door refuses.

    Raises: NotEmpty.
    """
    if not (await tx.scalars(SQL.is_empty))[0]:
        raise NotEmpty
    seen = count = 0
    for batch in batches(entries):
        last = batch[-1].timestamp
        await write(tx, _decided(batch), seen=seen, last=last)
        seen, count = last, count + len(batch)
    return count


def batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Bounded, and with what lapsed at the beginning: the door lets go before it does anything else."""
    batch: list[Entry] = []
    for entry in entries:
        late = isinstance(entry, Expiry) and batch and not isinstance(batch[-1], Expiry)
        if late or len(batch) == _AT_ONCE:
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _decided(batch: list[Entry]) -> Decided:
    return Decided(
        [one for one in batch if isinstance(one, Account)],
        [one for one in batch if isinstance(one, Transfer)],
        [one for one in batch if isinstance(one, Refusal)],
        [one for one in batch if isinstance(one, Expiry)],
    )


async def differences(tx: Tx, expected: dict[UUID, Balance], link: bytes) -> list[str]:
    """Where the ledger differs from balances that were added up elsewhere, or from a chain; empty: nowhere."""
    found, after, met = list[str](), ZERO, 0
    while rows := await tx.fetch(SQL.balances, _BalanceRow, after=after, limit=_AT_ONCE):
        after, met = rows[-1].id, met + len(rows)
        for row in rows:
            figures = (row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted)
            if row.id not in expected or expected[row.id].figures != figures:
                found.append(f"account {row.id}")
    if met != len(expected):
        found.append(f"{met} accounts instead of {len(expected)}")
    mine = chain.GENESIS
    async for entry in stream_entries(tx):
        mine = chain.extend(mine, leaf_of(entry))
    return found if mine == link else [*found, "the chain"]
