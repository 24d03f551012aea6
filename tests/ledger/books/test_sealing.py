"""Seals follow what commits, statements follow the days, and nobody writes either but through the doors."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection
from tests.ledger.books.conftest import CLEARING, TRANSIT, Kept

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Urls
from tuppence.ledger import Account, Transfer, TransferFlags, books
from tuppence.ledger.books import rules
from tuppence.ledger.books.rows import last_seal, span_hashes, stream_entries, stream_seals
from tuppence.ledger.model import NANOSECONDS
from tuppence.ledger.proof import chain
from tuppence.ledger.proof.entries import leaf_of
from tuppence.ledger.proof.merkle import Span, root_of
from tuppence.ledger.proof.statement import complaints, is_signed, public_text

TABLES = ("seal", "seal_node", "owed", "statement", "verdict")


async def test_every_entry_is_sealed_once_and_in_order(kept: Kept) -> None:
    """In small batches and by several sealers at once: positions without a gap, each link from the one before."""
    async with kept.database.transaction(read_only=True) as tx:
        entries = [one async for one in stream_entries(tx)]

    async def seal_some() -> int:
        async with kept.database.transaction() as tx:
            return await books.seal(tx, most=3)

    while sum(await asyncio.gather(*(seal_some() for _ in range(3)))):
        pass
    async with kept.database.transaction(read_only=True) as tx:
        seals = [one async for one in stream_seals(tx)]

    assert list(range(1, len(entries) + 1)) == [one.position for one in seals]
    assert [(one.id, one.timestamp, leaf_of(one)) for one in entries] == [
        (one.id, one.timestamp, one.leaf) for one in seals
    ]
    link = chain.GENESIS
    for seal in seals:
        link = chain.extend(link, seal.leaf)
        assert link == seal.chain


async def test_two_entries_may_share_a_time(database: Database) -> None:
    """An imported transfer with the time of a refusal stands before it, wherever a batch of seals ends."""
    key, book = Ed25519PrivateKey.generate(), [Account(uuid7(), 840, 1) for _ in range(2)]
    sides = (book[0].id, book[1].id)
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, book)
        (refused,) = await ledger.create_transfers(tx, [Transfer(uuid7(), uuid7(), sides[0], 1, 840, 1)])
        old = Transfer(uuid7(), *sides, 1, 840, 1, flags=TransferFlags.IMPORTED, timestamp=refused.timestamp)
        (made,) = await ledger.create_transfers(tx, [old])
    sealed = True
    while sealed:
        async with database.transaction() as tx:
            sealed = bool(await books.seal(tx, most=1))
            assert [] == (await books.check(tx, public_text(key))).broken

    async with database.transaction(read_only=True) as tx:
        seals = [one async for one in stream_seals(tx)]
    assert refused.timestamp == made.timestamp
    assert [1, 1, 2, 4] == [one.kind for one in seals]


async def test_the_tree_on_disk_is_the_tree_over_all_leaves(kept: Kept) -> None:
    """With more entries than one kept subtree holds, every range hashes to what its leaves say."""
    for _ in range(6):
        await kept.move(*(Transfer(uuid7(), CLEARING, TRANSIT, 1, 840, 1) for _ in range(100)))
    await books.seal_all(kept.database)
    async with kept.database.transaction(read_only=True) as tx:
        leaves = [one.leaf async for one in stream_seals(tx)]
        spans = [Span(0, len(leaves)), Span(0, 512), Span(256, 512), Span(512, len(leaves)), Span(300, 301)]
        hashed = await span_hashes(tx, spans)

    assert len(leaves) > 600
    assert [root_of(leaves[span.start : span.end]) for span in spans] == hashed


async def test_a_statement_says_where_the_books_stand(kept: Kept) -> None:
    """It is signed, balances, and owes what is in transit and parked; the next one names it."""
    first = await kept.state()
    await kept.pay(1)
    second = await kept.state()
    async with kept.database.transaction(read_only=True) as tx:
        last = await last_seal(tx)

    assert is_signed(first, kept.public)
    assert [] == complaints(second.document, frozenset())
    assert [2749] == [one["sum_minor"] for one in first.document["liabilities"]]
    assert [2750] == [one["sum_minor"] for one in second.document["liabilities"]]
    assert first.digest == second.document["previous"]
    assert (last.position, last.chain.hex()) == (
        second.document["entries"]["count"],
        second.document["entries"]["chain"],
    )


async def test_a_statement_is_made_again_only_when_something_happened(kept: Kept) -> None:
    """Asked for twice with nothing in between it is the same one."""
    assert await kept.state() == await kept.state()


async def test_days_are_closed_after_midnight_with_what_was_before(kept: Kept) -> None:
    """Each day that is over gets one statement that closes it, however late the worker comes and how many come."""
    today = datetime.now(UTC)
    await asyncio.gather(*(books.keep_up(kept.database, kept.key, today + timedelta(days=1)) for _ in range(3)))
    async with kept.database.transaction(read_only=True) as tx:
        closed = await books.latest(tx, closing=True)
        last = await last_seal(tx)

    assert closed is not None
    assert (1, rules.open_day(today), last.position) == (closed.number, closed.day, closed.count)


async def test_what_comes_after_midnight_waits_until_the_day_is_closed(kept: Kept) -> None:
    """In the first seconds of a day nothing of it is sealed, since yesterday may still be committing."""
    eve = datetime.now(UTC) - timedelta(days=1)
    midnight = datetime.combine(eve.date() + timedelta(days=1), datetime.min.time(), UTC)
    await books.keep_up(kept.database, kept.key, midnight + timedelta(seconds=1))
    async with kept.database.transaction(read_only=True) as tx:
        assert 0 == (await last_seal(tx)).position


async def test_the_app_writes_seals_through_the_doors_only(kept: Kept, urls: Urls) -> None:
    """No right to insert, change or delete; the owner may not change or delete what is sealed or stated either."""
    await kept.state()
    async with await AsyncConnection.connect(urls.app, autocommit=True) as app:
        for table in TABLES:
            for verb in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}", "SELECT FROM {} FOR UPDATE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    await app.execute(verb.format(f"ledger.{table}").encode())
    async with await AsyncConnection.connect(urls.owner, autocommit=True) as owner:
        for statement in (
            b"UPDATE ledger.seal SET leaf = chain",
            b"DELETE FROM ledger.seal",
            b"DELETE FROM ledger.seal_node",
            b"UPDATE ledger.statement SET count = 0",
            b"DELETE FROM ledger.statement",
            b"TRUNCATE ledger.seal",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                await owner.execute(statement)


async def test_the_doors_take_what_follows_and_nothing_else(kept: Kept, urls: Urls) -> None:
    """A seal out of order, or a statement beyond what is sealed, is refused whoever sends it."""
    await kept.state()
    seal = "SELECT ledger.seal(ARRAY[ROW({}, 2, gen_random_uuid(), {}, sha256(''), sha256(''))::ledger.seal], '{{}}')"
    statement = "SELECT ledger.state(ROW({}, '2026-01-01', false, {}, now(), '', '', '')::ledger.statement)"
    late = 2**62
    refused = [
        seal.format(1, late),
        seal.format(10**6, late),
        seal.format("(SELECT max(position) + 1 FROM ledger.seal)", 1),
    ]
    refused += [statement.format(9, 1), statement.format(2, 10**6), statement.format(2, 0)]
    async with await AsyncConnection.connect(urls.app, autocommit=True) as app:
        for one in refused:
            with pytest.raises(psycopg.errors.SerializationFailure):
                await app.execute(one.encode())


MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.integers(1, 400), st.integers(0, 400))
def test_a_late_worker_closes_yesterday_in_the_end(away_days: int, entry_days: int) -> None:
    """Days without entries are passed over, days with entries are not, and yesterday is closed at last."""
    closed, now = date(2025, 1, 1), datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=away_days)
    entry = closed + timedelta(days=entry_days)
    made: list[date] = []
    while day := rules.day_to_close(now, closed, entry if entry > closed else None):
        made.append(day)
        closed = day

    expected = {now.date() - timedelta(days=1)} - {date(2025, 1, 1)}
    expected |= {entry} if date(2025, 1, 1) < entry < now.date() else set()
    assert expected <= set(made)
    assert len(made) == len(set(made))
    assert all(day < now.date() for day in made)


def test_a_day_ends_at_midnight_and_is_closed_after_a_grace() -> None:
    """The last nanosecond of a day belongs to it, and is waited for."""
    assert (date(2026, 3, 1), date(2026, 3, 2)) == (
        rules.day_of(rules.end_of(date(2026, 3, 1)) - 1),
        rules.day_of(rules.end_of(date(2026, 3, 1))),
    )
    assert round(MIDNIGHT.timestamp()) * NANOSECONDS == rules.end_of(date(2026, 3, 1))
    assert rules.day_to_close(MIDNIGHT + timedelta(seconds=4), date(2026, 2, 28), None) is None
    assert date(2026, 3, 1) == rules.day_to_close(MIDNIGHT + timedelta(seconds=5), date(2026, 2, 28), None)
    assert rules.day_to_close(MIDNIGHT, None, None) is None
