"""What a transfer costs on top of ten thousand, a hundred thousand, … others: `python -m benchmarks.curve`.

A hundred thousand accounts, used as Zipf has it. The transfers that are there already are put there in one statement,
with the balances that follow from them; those that are timed go through the ledger, a thousand a batch, after a
checkpoint, when each page that is touched costs most.
"""

import asyncio
import gc
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from random import random
from uuid import UUID

import psycopg
import uvloop

from benchmarks import machine
from benchmarks.picture import Line, draw
from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, Statement, migrate
from tuppence.db.embedded import DATABASE, Server
from tuppence.ledger import CreateTransferStatus, Transfer

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "ledger-curve.svg"
ACCOUNTS = 100_000
BATCH = 1000
BATCHES, WARM_UP = 60, 20

_APART_NS = 100_000  # ten thousand a second: what is there looks like a busy past
_OPEN = f"""
INSERT INTO ledger.account
SELECT md5(n::text)::uuid, 840, 1, 0, 0, 0, 0, 0, '00000000-0000-0000-0000-000000000000', 0, 0, n + 1
FROM generate_series(0, {ACCOUNTS - 1}) AS n ORDER BY random()
"""
_FILL = f"""
INSERT INTO ledger.transfer (id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
    user_data_128, user_data_64, user_data_32, timestamp, era)
SELECT (lpad(to_hex(at / 1000000), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
    md5(debit::text)::uuid, md5(((debit + apart) %% {ACCOUNTS})::text)::uuid, 5, 840, 1, 0,
    '00000000-0000-0000-0000-000000000000', 0, '00000000-0000-0000-0000-000000000000', 0, 0, at, n >> 18
FROM (
    SELECT n, %(begin)s + n * {_APART_NS} AS at, md5(n::text) AS hash,
        floor({ACCOUNTS} ^ random())::bigint - 1 AS debit, floor({ACCOUNTS - 1} ^ random())::bigint AS apart
    FROM generate_series(%(have)s::bigint, %(want)s::bigint - 1) AS n
) AS one
"""
_BALANCE = """
UPDATE ledger.account AS a SET debits_posted = d.debits_posted, credits_posted = d.credits_posted
FROM ledger.derived_balance AS d WHERE a.id = d.id
"""
_CLOCK = f"UPDATE ledger.clock SET transfers = %(want)s, last = %(begin)s + %(want)s::bigint * {_APART_NS}"


@dataclass(frozen=True, slots=True)
class Point:
    """What one transfer cost on top of `size` others; the wall time is a median."""

    size: int
    wall_us: float
    server_us: float
    log_bytes: float


def fill(url: str, begin: int, have: int, want: int) -> None:
    """Put transfers `have` to `want` there, and what follows from them."""
    given = {"begin": begin, "have": have, "want": want}
    with psycopg.connect(url, autocommit=True) as connection:
        if not have:
            connection.execute(_OPEN.encode())
        for statement in (_FILL, _BALANCE, _CLOCK):
            connection.execute(statement.encode(), given)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _account() -> int:
    """The k-th most used is used 1/k as often as the first."""
    return int(ACCOUNTS ** random()) - 1


def _batch(ids: list[UUID]) -> list[Transfer]:
    pairs = ((_account(), _account()) for _ in range(BATCH))
    return [
        Transfer(uuid7(), ids[debit], ids[credit if credit != debit else debit - 1], 5, 840, 1)
        for debit, credit in pairs
    ]


async def time_batches(database: Database, url: str, size: int) -> Point:
    """Batches on top of what is there."""
    ids = [UUID(bytes=md5(str(n).encode(), usedforsecurity=False).digest()) for n in range(ACCOUNTS)]
    async with database.transaction() as tx:
        (pid,) = await tx.scalars(Statement("pid", "SELECT pg_backend_pid()"))
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(WARM_UP):
            await _timed(database, _batch(ids))
        log, busy = _written(connection), _busy_us(pid)
        took = [await _timed(database, _batch(ids)) for _ in range(BATCHES)]
        count = BATCH * BATCHES
        log, busy = _written(connection) - log, _busy_us(pid) - busy
    return Point(size, sorted(took)[BATCHES // 2] / BATCH * 1e6, busy / count, log / count)


async def _timed(database: Database, batch: list[Transfer]) -> float:
    begun = time.perf_counter()
    async with database.transaction() as tx:
        results = await ledger.create_transfers(tx, batch)
    assert {result.status for result in results} == {CreateTransferStatus.CREATED}
    return time.perf_counter() - begun


def _written(connection: psycopg.Connection) -> float:
    """Bytes of write-ahead log, ever."""
    row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchone()
    assert row is not None
    return float(row[0])


def _busy_us(pid: int) -> float:
    """Processor time of a process, as Linux counts it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1000


async def main(sizes: tuple[int, ...] = SIZES[:3]) -> list[Point]:
    """Measure at each size, the smallest first, and print the table."""
    gc.freeze()
    gc.set_threshold(20_000)
    print(f"cost of a transfer, batches of {BATCH:,}, {ACCOUNTS:,} accounts, Zipf: {machine.describe()}", flush=True)
    points: list[Point] = []
    with tempfile.TemporaryDirectory(prefix="tup-") as folder:
        server = Server(Path(folder) / "pg").start()
        url = server.superuser_url.replace("/postgres?", f"/{DATABASE}?")
        begin = time.time_ns() - (max(sizes) + 1_000_000) * _APART_NS
        try:
            await migrate(server.urls.owner, which="main")
            have = 0
            for size in sizes:
                await asyncio.to_thread(fill, url, begin, have, size)
                database = await Database.open(server.urls.app, name="curve")
                points.append(await time_batches(database, url, size))
                await database.close()
                _show(points[-1])
                have = size
        finally:
            server.remove()
    return points


def _show(point: Point) -> None:
    print(
        f"on top of {point.size:>12,}: {point.wall_us:6.1f} µs a transfer ({1e6 / point.wall_us:7,.0f}/s), "
        f"of the server's processor {point.server_us:5.1f} µs, {point.log_bytes:6,.0f} bytes of log",
        flush=True,
    )


def picture(points: list[Point]) -> str:
    """The curve, for the design page."""
    return draw(
        "Cost of a transfer by how many there are",
        "transfers in the ledger",
        "µs a transfer",
        [
            Line("from begin to commit (median)", [(point.size, point.wall_us) for point in points]),
            Line("processor time of the server", [(point.size, point.server_us) for point in points]),
        ],
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(main(SIZES))
    if "--no-picture" not in sys.argv:
        PICTURE.write_text(picture(found))
        print(f"drawn in {PICTURE}")
