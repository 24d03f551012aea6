"""Writing the books out, a few entries at a time."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.db import Tx
from tuppence.ledger.books import beancount, tables
from tuppence.ledger.books.checking import stream_statements
from tuppence.ledger.books.model import Stated
from tuppence.ledger.books.reading import Standing, standings
from tuppence.ledger.books.rows import SQL, fetch_entries, last_seal, seal_at, stream_seals
from tuppence.ledger.books.rules import day_of
from tuppence.ledger.model import TIMESTAMP_MAX
from tuppence.ledger.proof import export
from tuppence.ledger.proof.entries import Entry, place_of
from tuppence.ledger.proof.export import Stretch
from tuppence.ledger.proof.statement import public_text


async def stretch_of(tx: Tx, *, since: int = 0, until: int = TIMESTAMP_MAX) -> Stretch:
    """The sealed entries of a time: from one nanosecond on, up to and without another."""
    first = (await tx.scalars(SQL.position_from, since=since))[0] or (await last_seal(tx)).position + 1
    last = (await tx.scalars(SQL.position_until, until=until))[0] or 0
    return Stretch(first, max(last, first - 1), (await seal_at(tx, first - 1)).chain)


async def sealed_entries(tx: Tx, stretch: Stretch) -> AsyncIterator[tuple[int, Entry, bytes]]:
    """Position, entry and link of each. Open the transaction as repeatable read.

    Entries and seals go side by side; where one lacks the other the export ends, and the check says why.
    """
    after = (await seal_at(tx, stretch.first - 1)).place
    found: list[Entry] = []
    async for seal in stream_seals(tx, after=stretch.first - 1, until=stretch.last):
        if not found:
            found = (await fetch_entries(tx, after=after))[::-1]
        if not found or place_of(found[-1]) != seal.place:
            raise NotAsSealed(f"seal {seal.position}")
        entry = found.pop()
        after = seal.place
        yield seal.position, entry, seal.chain


class NotAsSealed(Exception):
    """The books are not as they were sealed; the check says more. The message is the place."""


async def export_lines(tx: Tx, stretch: Stretch, key: Ed25519PrivateKey) -> AsyncIterator[bytes]:
    """The whole export, line by line, as docs/design/books.md says. Raises: NotAsSealed."""
    digest, count = hashlib.sha256(), 0
    async for line in _lines(tx, stretch, key):
        digest.update(line)
        count += 1
        yield line
    yield export.end(count, digest.hexdigest(), key)


async def _lines(tx: Tx, stretch: Stretch, key: Ed25519PrivateKey) -> AsyncIterator[bytes]:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    yield export.header(stretch, made_at, public_text(key), key)
    statements = stream_statements(tx)
    stated = await _next(statements, stretch.first - 1)
    while stated is not None and stated.count == stretch.first - 1:  # it vouches for the chain before the first entry
        yield export.line(stated.signed.wire())
        stated = await _next(statements, stretch.first - 1)
    async for position, entry, link in sealed_entries(tx, stretch):
        yield export.entry_line(position, entry, link)
        while stated is not None and stated.count == position:
            yield export.line(stated.signed.wire())
            stated = await _next(statements, position)


async def _next(statements: AsyncIterator[Stated], position: int) -> Stated | None:
    """The next statement that is not about less than this position."""
    async for one in statements:
        if one.count >= position:
            return one
    return None


async def csv_lines(tx: Tx, stretch: Stretch) -> AsyncIterator[bytes]:
    """The entries as CSV. Raises: NotAsSealed."""
    names = tables.Names()
    async for one in _before(tx, stretch):
        names.see(one.id, one.code, one.person_id)
    yield tables.row(tables.COLUMNS).encode()
    async for position, entry, link in sealed_entries(tx, stretch):
        yield tables.row(tables.entry_row(position, entry, link, names)).encode()


async def beancount_lines(tx: Tx, stretch: Stretch) -> AsyncIterator[bytes]:
    """What the entries moved, as a Beancount file. Raises: NotAsSealed."""
    journal = beancount.Journal()
    day = day_of((await seal_at(tx, max(stretch.first, 1))).timestamp)
    for line in journal.head(day):
        yield line.encode()
    async for one in _before(tx, stretch):
        for line in journal.begin([one], day):
            yield line.encode()
    async for _, entry, _ in sealed_entries(tx, stretch):
        yield "".join(journal.add(entry)).encode()
    yield "".join(journal.balances()).encode()


async def _before(tx: Tx, stretch: Stretch) -> AsyncIterator[Standing]:
    """Every account as it stood before the first entry; none if that is the first of all."""
    if stretch.first > 1:
        async for one in standings(tx, (await seal_at(tx, stretch.first)).timestamp):
            yield one
