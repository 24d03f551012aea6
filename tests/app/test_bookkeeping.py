"""The worker's bookkeeper seals within seconds, checks, and raises the alarm when something was changed."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from tuppence import ledger
from tuppence.app import bookkeeping
from tuppence.app.bookkeeping import Bookkeeper
from tuppence.core import Policy, uuid7
from tuppence.db import Database
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Transfer, TransferFlags, books, chart
from tuppence.outbox import Job, Later


@pytest.fixture
async def keeper(database: Database) -> Bookkeeper:
    """Over a house whose accounts are open; nothing has moved."""
    async with database.transaction() as tx:
        await ledger.open_house(tx, "USD")
    return Bookkeeper(database, Ed25519PrivateKey.generate(), Policy.load())


async def test_it_seals_signs_and_checks_while_it_runs(keeper: Bookkeeper, database: Database) -> None:
    """What was there when it began is sealed, stated and found proven; told to stop, it ends."""
    running, verdict = asyncio.create_task(keeper.run()), None
    try:
        async with asyncio.timeout(20):
            while verdict is None:
                await asyncio.sleep(0.1)
                verdict = await _verdict(database)
    finally:
        keeper.stop()
        await running
    async with database.transaction(read_only=True) as tx:
        stated = await books.latest(tx)

    assert stated is not None
    assert verdict is not None
    assert (len(chart.HOUSE), []) == (stated.count, verdict.broken)


@pytest.mark.parametrize(("took_seconds", "minutes"), [(0.2, 10), (30, 10), (60, 20), (205, 68)])
def test_large_books_are_checked_as_seldom_as_it_takes(took_seconds: float, minutes: int) -> None:
    """Never sooner than in ten minutes, and never for more than a twentieth of the time."""
    verdict = books.Verdict(datetime(2026, 11, 26, 12, tzinfo=UTC), took_seconds, 1_000, [])
    assert timedelta(minutes=minutes) == timedelta(
        minutes=(verdict.next_at - verdict.checked_at) // timedelta(minutes=1)
    )


async def test_a_reservation_lapses_in_a_quiet_ledger(keeper: Bookkeeper, database: Database) -> None:
    """Nobody moves anything, and what was reserved for a second is free again."""
    clearing, transit = chart.house("card_clearing", "USD"), chart.house("in_transit", "USD")
    held = Transfer(uuid7(), clearing, transit, 500, 840, chart.Step.DEBIT, TransferFlags.PENDING, timeout=1)
    async with database.transaction() as tx:
        await ledger.create_transfers(tx, [held])
    running, reserved = asyncio.create_task(keeper.run()), 500
    try:
        async with asyncio.timeout(30):
            while reserved:
                await asyncio.sleep(0.2)
                async with database.transaction(read_only=True) as tx:
                    (account,) = await ledger.lookup_accounts(tx, [transit])
                reserved = account.credits_pending
    finally:
        keeper.stop()
        await running

    assert 0 == reserved


async def _verdict(database: Database) -> books.Verdict | None:
    async with database.transaction(read_only=True) as tx:
        return await books.verdict(tx)


async def test_a_changed_row_raises_the_alarm_until_it_is_put_right(
    keeper: Bookkeeper, database: Database, server: Server, urls: Urls
) -> None:
    """A line at error level that names the row, and a verdict for the health page; both end when the row is right."""
    await keeper.keep_up()
    name = urls.app.partition("?")[0].rpartition("/")[2]
    said = []
    with psycopg.connect(server.superuser_url.replace("/postgres?", f"/{name}?"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for change in ("+ 1", "- 1"):
            superuser.execute(f"UPDATE ledger.account SET user_data_32 = user_data_32 {change} WHERE code = 3")
            with capture_logs() as logs:
                await keeper.check()
            verdict = await _verdict(database)
            assert verdict is not None
            said.append(([one["log_level"] for one in logs if one["event"] == "books.broken"], len(verdict.broken)))

    assert [(["error"], 1), ([], 0)] == said


async def test_statements_on_demand_keep_their_distance(keeper: Bookkeeper, database: Database) -> None:
    """The first is made at once, the next is asked to wait."""
    job = Job(books.STATEMENT_JOB, "now")
    first, second = await keeper.state([job]), await keeper.state([job])

    assert [None] == first
    assert isinstance(second[0], Later)
    assert 0 < second[0].seconds <= 10


async def test_a_check_writes_nothing(keeper: Bookkeeper, database: Database) -> None:
    """An operator's check leaves no verdict behind."""
    await bookkeeping.check(database, "0" * 64, Policy.load())

    assert await _verdict(database) is None
