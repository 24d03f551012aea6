"""How many transfers a second: `python -m benchmarks.ledger`, half a minute, on an embedded server of its own.

Each figure is wall time with fsync on, client and server on the same cores; the time of one fdatasync is printed next
to them, since a commit can't be faster. Every transfer is checked to be created, and the books at the end.
"""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, GroupCommit, migrate
from tuppence.db.embedded import Server
from tuppence.ledger import Account, CreateTransferStatus, Transfer

SECONDS = 3.0
ACCOUNTS = [uuid7() for _ in range(1000)]
Pick = Callable[[], tuple[UUID, UUID]]


def uniform() -> tuple[UUID, UUID]:
    debit, credit = random.sample(ACCOUNTS, 2)
    return debit, credit


def hot() -> tuple[UUID, UUID]:
    """Every transfer touches the same account."""
    return random.choice(ACCOUNTS[1:]), ACCOUNTS[0]


def transfer(pick: Pick) -> Transfer:
    return Transfer(uuid7(), *pick(), 5, 840, 1)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tup-") as folder:
        print(f"one fdatasync      {_fdatasync_ms(Path(folder)):8.2f} ms")
        server = Server(Path(folder) / "pg").start()
        try:
            await migrate(server.urls.owner, which="main")
            await _measure(await Database.open(server.urls.app, name="benchmark"))
        finally:
            server.remove()


async def _measure(database: Database) -> None:
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, [Account(one, 840, 1) for one in ACCOUNTS])
    for callers, most in ((64, 1), (1, 256), (64, 256), (256, 256)):
        alone = "a commit each  " if most == 1 else "group commit   "
        await _callers(f"{callers:4d} callers, {alone}", database, callers, most, uniform)
    await _callers("  64 callers, one hot account", database, 64, 256, hot)
    for size in (100, 1000, 8000):
        await _batches(f"batches of {size}", database, size, uniform)
    await _batches("batches of 1000, one hot account", database, 1000, hot)
    async with database.transaction(read_only=True) as tx:
        assert await ledger.check(tx) == []
    await database.close()


async def _callers(name: str, database: Database, callers: int, most: int, pick: Pick) -> None:
    """So many at once, each with one transfer after another."""
    together = GroupCommit(database, most=most)
    waits: list[float] = []

    async def one() -> int:
        began = time.perf_counter()
        results = await together(ledger.create_batches, [transfer(pick)])
        waits.append(time.perf_counter() - began)
        return _created(results)

    await _report(name, [one] * callers, waits)


async def _batches(name: str, database: Database, size: int, pick: Pick) -> None:
    """One caller, one batch after another."""
    waits: list[float] = []

    async def one() -> int:
        batch = [transfer(pick) for _ in range(size)]
        began = time.perf_counter()
        async with database.transaction() as tx:
            results = await ledger.create_transfers(tx, batch)
        waits.append(time.perf_counter() - began)
        return _created(results)

    await _report(name, [one], waits)


async def _report(name: str, callers: list[Callable[[], Awaitable[int]]], waits: list[float]) -> None:
    began, cpu = time.perf_counter(), time.process_time()

    async def until_the_end(call: Callable[[], Awaitable[int]]) -> int:
        done = 0
        while time.perf_counter() - began < SECONDS:
            done += await call()
        return done

    done = sum(await asyncio.gather(*map(until_the_end, callers)))
    spent = time.perf_counter() - began
    p99_ms = sorted(waits)[int(len(waits) * 0.99)] * 1000
    ours = (time.process_time() - cpu) / spent
    print(f"{name:34s} {done / spent:8.0f} transfers/s   p99 {p99_ms:7.1f} ms   {ours:4.0%} of a core ours")


def _created(results: list[ledger.TransferResult]) -> int:
    assert all(result.status is CreateTransferStatus.CREATED for result in results)
    return len(results)


def _fdatasync_ms(folder: Path) -> float:
    """The median of fifty, 8 KB each."""
    took = []
    with (folder / "sync").open("wb") as file:
        for _ in range(50):
            file.write(b"\0" * 8192)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return sorted(took)[25] * 1000


if __name__ == "__main__":
    asyncio.run(main())
