"""How many transfers a second: `python -m benchmarks.ledger`, two minutes, on an embedded server of its own.

Each figure is wall time with fsync on, callers and server on the same cores; the time of one fdatasync is printed above
them. Every transfer is checked to be created, and the books at the end. The rivals run on the same server, in the same
run.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop

from benchmarks import machine, rivals
from benchmarks.sources import USD, Accounts, Source, chains, holds, plain
from tuppence import ledger, outbox
from tuppence.db import Database, GroupCommit, Tx, migrate
from tuppence.db.embedded import Server
from tuppence.ledger import Account, AccountFlags, CreateTransferStatus, Transfer, TransferResult
from tuppence.outbox import Event

WARM_UP_SECONDS = 2.0  # then the process knows most of the accounts, as one does that has run for a while
GROUPED = 256  # as shipped
Verb = Callable[[Tx, Sequence[Sequence[Transfer]]], Awaitable[list[list[TransferResult]]]]


async def create_and_tell(tx: Tx, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
    """Every row there is: between accounts with HISTORY, and each payee is told through the outbox."""
    told = [one for batch in batches for one in batch]
    await outbox.tell(
        tx, [Event(one.credit_account_id, "moved", {"id": str(one.id), "amount_minor": one.amount}) for one in told]
    )
    return await ledger.create_batches(tx, batches)


@dataclass
class Result:
    """What a scenario came to."""

    per_second: float
    p50_ms: float
    p99_ms: float


class Bench:
    """Scenarios on one database, one after another."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._together = GroupCommit(database, most=GROUPED)
        self._seconds = seconds
        self.transfers = 0

    async def callers(self, name: str, count: int, make: Callable[[], Source], verb: Verb | None = None) -> Result:
        """So many at once, each with one ask after another, who share transactions by group commit."""
        verb = verb or ledger.create_batches

        async def one(source: Source) -> int:
            return _created(await self._together(verb, source(1)))

        return await self._run(f"{count:4d} callers, {name}", [partial(one, make()) for _ in range(count)])

    async def batches(
        self, name: str, size: int, make: Callable[[], Source], verb: Verb | None = None, *, callers: int = 4
    ) -> Result:
        """A few callers, each with one batch after another."""
        act = verb or ledger.create_batches

        async def one(source: Source) -> int:
            return _created(await self._together(act, source(size)))

        who = f"{callers} callers, batches of {size:,}" if callers > 1 else f"batches of {size:,}"
        return await self._run(f"{who}, {name}", [partial(one, make()) for _ in range(callers)])

    async def _run(self, name: str, calls: list[Callable[[], Awaitable[int]]]) -> Result:
        await self._load(calls, WARM_UP_SECONDS, [])
        waits: list[float] = []
        began, cpu = time.perf_counter(), time.process_time()
        done = await self._load(calls, self._seconds, waits)
        spent = time.perf_counter() - began
        ours = (time.process_time() - cpu) / spent
        waits.sort()
        at = [waits[min(int(len(waits) * share), len(waits) - 1)] * 1000 for share in (0.5, 0.99)]
        result = Result(done / spent, *at)
        print(
            f"{name:<46} {result.per_second:8,.0f}/s   p50 {result.p50_ms:7.1f} ms   p99 {result.p99_ms:7.1f} ms   "
            f"callers {ours:4.0%} of a core",
            flush=True,
        )
        return result

    async def _load(self, calls: list[Callable[[], Awaitable[int]]], seconds: float, waits: list[float]) -> int:
        began = time.perf_counter()

        async def until_the_end(call: Callable[[], Awaitable[int]]) -> int:
            done, now = 0, time.perf_counter()
            while now - began < seconds:
                done += await call()
                before, now = now, time.perf_counter()
                waits.append(now - before)
            return done

        done = sum(await asyncio.gather(*map(until_the_end, calls)))
        self.transfers += done
        return done


def _created(results: list[TransferResult]) -> int:
    assert all(result.status is CreateTransferStatus.CREATED for result in results), results
    return len(results)


async def _open(database: Database, accounts: Accounts, flags: int = 0) -> None:
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, [Account(one, USD, 1, flags) for one in accounts.ids])


async def measure(database: Database, seconds: float) -> tuple[dict[str, Result], int]:
    """The whole matrix; how many transfers it made."""
    accounts, noted = Accounts(), Accounts()
    await _open(database, accounts)
    await _open(database, noted, AccountFlags.HISTORY)
    bench, found = Bench(database, seconds), dict[str, Result]()
    uniform = partial(plain, accounts.uniform)
    shapes: dict[str, tuple[Callable[[], Source], Verb | None]] = {
        "uniform": (uniform, None),
        "Zipf": (partial(plain, accounts.zipf), None),
        "one hot account": (partial(plain, accounts.hot), None),
        "holds and posts": (partial(holds, accounts.uniform), None),
        "chains of two": (partial(chains, accounts.uniform), None),
        "with history and outbox": (partial(plain, noted.uniform), create_and_tell),
    }
    await bench.callers("uniform", 1, uniform)
    for name, (source, verb) in shapes.items():
        found[f"64 {name}"] = await bench.callers(name, 64, source, verb)
    await bench.callers("uniform", 256, uniform)
    await bench.batches("uniform", 100, uniform)
    for name, (source, verb) in shapes.items():
        found[f"1,000 {name}"] = await bench.batches(name, 1000, source, verb)
    await bench.batches("uniform", 1000, uniform, callers=1)
    await bench.batches("uniform", 8000, uniform)
    async with database.transaction(read_only=True) as tx:
        assert await ledger.check(tx) == []
    return found, bench.transfers


async def main(seconds: float = 3.0) -> None:
    gc.freeze()  # as our processes do
    gc.set_threshold(20_000)
    print(f"ledger: {machine.describe()}; callers and server share the cores; {seconds:.0f} s each", flush=True)
    with tempfile.TemporaryDirectory(prefix="tup-") as folder:
        server = Server(Path(folder) / "pg").start()
        try:
            await migrate(server.urls.owner, which="main")
            with machine.Memory(server) as memory:
                database = await Database.open(server.urls.app, name="benchmark")
                found, transfers = await measure(database, seconds)
                await database.close()
            each = await asyncio.to_thread(rivals.one_transaction_each, server, seconds)
            each_hot = await asyncio.to_thread(partial(rivals.one_transaction_each, server, seconds, hot=True))
            tpc_b = await asyncio.to_thread(rivals.tpc_b, server, seconds)
        finally:
            server.remove()
    for name, rate in (("uniform", each), ("one hot account", each_hot)):
        print(f"{f'a transaction each in SQL, 64, {name}':<46} {rate:8,.0f}/s")
    print(f"{'pgbench TPC-B, 64':<46} {tpc_b:8,.0f}/s")
    print(
        f"memory at most: callers {memory.client_mb:.0f} MB, PostgreSQL {memory.server_mb:.0f} MB; "
        f"{transfers:,} transfers, the books are proven"
    )
    _compare(found, each, each_hot, tpc_b)


def _compare(found: dict[str, Result], each: float, each_hot: float, tpc_b: float) -> None:
    """Ratios, which say more than figures of one machine."""
    single, batch = found["64 uniform"], found["1,000 uniform"]
    hot, hot_batch = found["64 one hot account"], found["1,000 one hot account"]
    print(
        f"64 callers: {single.per_second / each:.1f} times a transaction each, {single.per_second / tpc_b:.1f} times "
        f"TPC-B; on one hot account {hot.per_second / each_hot:.1f} times\n"
        f"batches of 1,000: {batch.per_second / each:.1f} times a transaction each\n"
        f"one hot account against uniform: {hot.per_second / single.per_second:.2f} for 64 callers, "
        f"{hot_batch.per_second / batch.per_second:.2f} in batches of 1,000"
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
