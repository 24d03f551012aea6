"""Entries, seals and subtrees as PostgreSQL has them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.ledger.books.model import LastSeal, Seal
from tuppence.ledger.model import TIMESTAMP_MAX, Account, Expiry, Refusal, Transfer
from tuppence.ledger.proof.entries import Entry, Place, place_of
from tuppence.ledger.proof.merkle import Frontier, Span, Subtree, bag, fold, subtrees

SQL = Statements(__package__)

STORED_EVERY = 8  # levels of the tree: a subtree of 2^8, 2^16, … entries is kept, what lies between is hashed again
_AT_ONCE = 2_000  # rows: enough to amortise the round trip, few enough to hold no memory

_START = Place()


@dataclass(slots=True)
class _EntryRow:
    kind: int
    id: UUID
    ledger: int
    code: int
    flags: int
    user_data_128: UUID
    user_data_64: Decimal
    user_data_32: int
    timestamp: int
    debit_account_id: UUID
    credit_account_id: UUID
    amount: int
    pending_id: UUID
    timeout: int


@dataclass(slots=True)
class _Hash:
    n: int
    hash: bytes


async def fetch_entries(
    tx: Tx, *, after: Place = _START, until: int = TIMESTAMP_MAX, limit: int = _AT_ONCE
) -> list[Entry]:
    """Entries after a place and not beyond a time, in order."""
    named = {"after": after.timestamp, "kind": after.kind, "until": until, "limit": limit}
    return [_entry(row) for row in await tx.fetch(SQL.entries, _EntryRow, **named)]


async def stream_entries(tx: Tx, *, until: int = TIMESTAMP_MAX) -> AsyncIterator[Entry]:
    """All of them, a few at a time. For one picture of them open the transaction as repeatable read."""
    after = _START
    while found := await fetch_entries(tx, after=after, until=until):
        for entry in found:
            yield entry
        after = place_of(found[-1])


async def stream_seals(tx: Tx, *, after: int = 0, until: int = TIMESTAMP_MAX) -> AsyncIterator[Seal]:
    """Seals by position, from after one to another."""
    while found := await tx.fetch(SQL.seals, Seal, after=after, until=until, limit=_AT_ONCE):
        for seal in found:
            yield seal
        after = found[-1].position


async def last_seal(tx: Tx) -> LastSeal:
    return await tx.fetch_one(SQL.last_seal, LastSeal) or LastSeal()


async def seal_at(tx: Tx, position: int) -> LastSeal:
    return await tx.fetch_one(SQL.seal_at, LastSeal, position=position) or LastSeal()


async def frontier(tx: Tx, size: int) -> Frontier:
    """The tree over the first `size` entries, ready to grow."""
    wanted = subtrees(Span(0, size))
    known = await hashes(tx, wanted)
    return Frontier(size, [known[one] for one in wanted])


async def span_hashes(tx: Tx, spans: Iterable[Span]) -> list[bytes]:
    """The hash of each range of entries, in order."""
    made_of = [subtrees(span) for span in spans]
    known = await hashes(tx, [one for parts in made_of for one in parts])
    return [bag([known[one] for one in parts]) for parts in made_of]


async def hashes(tx: Tx, wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """The hashes of complete subtrees, from the nearest that are stored below them."""
    found: dict[Subtree, bytes] = {}
    stored = [(one, _stored_below(one)) for one in dict.fromkeys(wanted)]
    for is_leaf in (True, False):
        mine = [(one, below) for one, below in stored if (below.level == 0) == is_leaf]
        rows = await _fetch_hashes(tx, mine, is_leaf) if mine else []
        parts: dict[int, list[bytes]] = defaultdict(list)
        for row in rows:
            parts[row.n].append(row.hash)
        for n, (one, _) in enumerate(mine, 1):
            found[one] = fold(parts[n])
    return found


def _stored_below(one: Subtree) -> Subtree:
    """The first of the stored subtrees that this one consists of."""
    level = one.level // STORED_EVERY * STORED_EVERY
    return Subtree(level, one.index << one.level - level)


async def _fetch_hashes(tx: Tx, wanted: list[tuple[Subtree, Subtree]], is_leaf: bool) -> list[_Hash]:
    first = [below.index for _, below in wanted]
    count = [1 << one.level - below.level for one, below in wanted]
    if is_leaf:
        return await tx.fetch(SQL.leaves, _Hash, first=first, count=count)
    return await tx.fetch(SQL.nodes, _Hash, level=[below.level for _, below in wanted], first=first, count=count)


def _entry(row: _EntryRow) -> Entry:
    if row.kind == 3:
        return Expiry(row.id, row.timestamp)
    if row.kind == 4:
        return Refusal(row.id, row.timestamp)
    data = (row.user_data_128, int(row.user_data_64), row.user_data_32, row.timestamp)
    if row.kind == 1:
        return Account._make((row.id, row.ledger, row.code, row.flags, 0, 0, 0, 0, *data, 0))
    sides = (row.debit_account_id, row.credit_account_id, row.amount, row.ledger, row.code, row.flags)
    return Transfer._make((row.id, *sides, row.pending_id, row.timeout, *data))
