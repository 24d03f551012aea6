"""The worker: claims jobs under a lease, runs their handlers, writes down how it went.

At least once: a job is done when its handler came back *and* we wrote so under the same lease. A handler must
therefore be idempotent, and look at the state again before it acts.
"""

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from tuppence.core import uuid7
from tuppence.db import Database, Tx, columns
from tuppence.outbox.actions import JOB_CHANNEL, SQL, sweep
from tuppence.outbox.errors import WorkerLost
from tuppence.outbox.model import Job
from tuppence.outbox.rules import MOST_LOST, Again, Claimed, Dead, Done, Result, after, name_of

Handler = Callable[[Sequence[Job]], Awaitable[Sequence[Result]]]

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
_GRASP = timedelta(seconds=12)  # a lease lasts this long and is renewed while its holder lives: the dead let go soon
_HANDLER_SHARE = 0.8  # of a lease: nobody who is awake still works on a job when another may take it
_POLL_SECONDS = 0.5  # how late a timer may fire
_MOST_CLAIMED = 256
_MOST_BATCHES = 24  # at once …
_MOST_BATCHES_OF_A_KIND = 4  # … so that slow rails hold up none but their own
_MOST_TOGETHER = 2  # attempts in company
_SUSPECT = ""  # the line of jobs that may kill us; no kind is called so
_BEAT_SECONDS = 3.0
_SWEEP_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class _Held:
    key: str
    asked: int


class Worker:
    """One process's worker. Several may run against the same database."""

    def __init__(
        self, database: Database, handlers: Mapping[str, Handler], *, name: str = "worker", lease: timedelta = LEASE
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._name = name
        self._lease, self._grasp = lease, min(lease, _GRASP)
        self._awake = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}
        self._held: dict[asyncio.Task[None], list[Claimed]] = {}
        self._stopping = False
        self._next_beat = self._next_sweep = 0.0
        self._ran = 0

    async def run(self, *, until_idle: bool = False) -> int:
        """Work until stopped; with `until_idle`, until nothing is due and nothing is running. How many jobs it ran."""
        listening, renewing = asyncio.create_task(self._listen()), asyncio.create_task(self._renew())
        try:
            while not self._stopping:
                self._awake.clear()
                await self._beat()
                quiet = not self._running  # before we look: what ends while we look may have asked for more
                if not await self._start_what_is_due():
                    if until_idle and quiet:
                        break
                    await self._rest()
        finally:
            await asyncio.gather(*self._running, return_exceptions=True)
            await _end(listening)
            await _end(renewing)
        return self._ran

    def stop(self) -> None:
        """Claim no more; `run` returns when what runs is written down."""
        self._stopping = True
        self._awake.set()

    # - claiming ---------------------------------------------------------------------------------------------------

    async def _start_what_is_due(self) -> bool:
        """Start a task for each kind that has something due; whether there was any. Suspects come one at a time."""
        busy = Counter(self._running.values())
        free = [kind for kind in self._handlers if busy[kind] < _MOST_BATCHES_OF_A_KIND]
        if busy.total() >= _MOST_BATCHES:
            return False
        found = await self._claim(free, _MOST_CLAIMED, suspects=False)
        if not found and not busy[_SUSPECT]:
            suspects = await self._claim(list(self._handlers), 1, suspects=True)
            for suspect in suspects:
                self._start(_SUSPECT, [suspect])
            return bool(suspects)
        for batch in _batches(found):
            self._start(batch[0].kind, batch)
        return bool(found)

    async def _claim(self, kinds: list[str], most: int, *, suspects: bool) -> list[Claimed]:
        try:
            async with self._database.transaction() as tx:
                return await tx.fetch(
                    SQL.claim,
                    Claimed,
                    kinds=kinds,
                    most=most,
                    suspects=suspects,
                    lease=uuid7(),
                    long=self._grasp,
                )
        except Exception as error:
            log.warning("worker.claim_failed", error=name_of(error))
            await asyncio.sleep(_POLL_SECONDS)
            return []

    def _start(self, line: str, batch: list[Claimed]) -> None:
        self._ran += len(batch)
        task = asyncio.create_task(self._run_batch(batch[0].kind, batch))
        self._running[task], self._held[task] = line, batch
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task], self._held[task]
        self._awake.set()

    async def _rest(self) -> None:
        """Sleep until woken or the next poll."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._awake.wait()

    # - running ----------------------------------------------------------------------------------------------------

    async def _run_batch(self, kind: str, batch: list[Claimed]) -> None:
        """Run a batch; when its handler fails as a whole, one by one, to find the guilty."""
        ends = asyncio.get_running_loop().time() + self._lease.total_seconds() * _HANDLER_SHARE
        results = await self._handle(kind, batch, ends)
        if len(batch) > 1 and isinstance(results, BaseException):
            for one in batch:
                await self._write_down(kind, [one], _each([one], await self._handle(kind, [one], ends)))
        else:
            await self._write_down(kind, batch, _each(batch, results))

    async def _handle(self, kind: str, batch: list[Claimed], ends: float) -> Sequence[Result] | BaseException:
        if asyncio.get_running_loop().time() >= ends:
            return TimeoutError()  # the batch used up the time of its lease
        if batch[0].lost >= MOST_LOST:
            return WorkerLost()
        try:
            async with asyncio.timeout_at(ends):
                results = await self._handlers[kind]([_job(claimed) for claimed in batch])
            assert len(results) == len(batch), f"{len(results)} results for {len(batch)} jobs"
        except Exception as error:
            log.warning("job.failed", kind=kind, jobs=len(batch), error=name_of(error), exc_info=error)
            return error
        for failed in (result for result in results if isinstance(result, BaseException)):
            log.warning("job.failed", kind=kind, jobs=1, error=name_of(failed), exc_info=failed)
        return results

    async def _write_down(self, kind: str, batch: list[Claimed], results: Sequence[Result]) -> None:
        """Settle what is still ours; what another took meanwhile is theirs to settle."""
        run = {claimed.key: (claimed, result) for claimed, result in zip(batch, results, strict=True)}
        try:
            async with self._database.transaction() as tx:
                held = await tx.fetch(SQL.lock_held, _Held, kind=kind, keys=list(run), lease=batch[0].lease)
                await _settle(tx, kind, {one.key: _verdict(*run[one.key], one.asked) for one in held})
        except Exception as error:  # the leases run out and the jobs come again
            log.warning("worker.write_down_failed", kind=kind, jobs=len(batch), error=name_of(error))

    # - aside ------------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        async for _ in self._database.listen(JOB_CHANNEL):
            self._awake.set()

    async def _renew(self) -> None:
        """Keep hold of what runs, apart from the main loop, which may wait, or have ended while the last ones end."""
        while True:
            await asyncio.sleep(self._grasp.total_seconds() / 4)
            held = [claimed for batch in self._held.values() for claimed in batch]
            if held and self._lease > self._grasp:
                try:
                    async with self._database.transaction() as tx:
                        await tx.execute(SQL.renew, long=self._grasp, **columns(held, "kind", "key", "lease"))
                except Exception as error:
                    log.warning("worker.renew_failed", error=name_of(error))

    async def _beat(self) -> None:
        """Give a sign of life every few seconds, and sweep old feed entries now and then."""
        now = asyncio.get_running_loop().time()
        if now < self._next_beat:
            return
        self._next_beat = now + _BEAT_SECONDS
        try:
            async with self._database.transaction() as tx:
                await tx.execute(SQL.beat, name=self._name)
            if now >= self._next_sweep:
                self._next_sweep = now + _SWEEP_SECONDS
                async with self._database.transaction() as tx:
                    await sweep(tx)
        except Exception as error:
            log.warning("worker.beat_failed", error=name_of(error))


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel until it takes: in Python 3.11 `wait_for`, which libraries use, can swallow a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)


def _batches(found: list[Claimed]) -> Iterable[list[Claimed]]:
    """One batch a kind; what has failed more than once goes alone, for it may be what makes its batch fail."""
    batches: dict[tuple[str, str | None], list[Claimed]] = defaultdict(list)
    for claimed in found:
        batches[claimed.kind, claimed.key if claimed.attempts > _MOST_TOGETHER else None].append(claimed)
    return batches.values()


def _job(claimed: Claimed) -> Job:
    return Job(claimed.kind, claimed.key, claimed.payload, claimed.due_at)


def _each(batch: list[Claimed], results: Sequence[Result] | BaseException) -> Sequence[Result]:
    return [results] * len(batch) if isinstance(results, BaseException) else results


def _verdict(claimed: Claimed, result: Result, asked: int) -> Done | Again | Dead:
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - keeps a herd apart
    return after(claimed, result, asked=asked, jitter=jitter)


async def _settle(tx: Tx, kind: str, verdicts: Mapping[str, Done | Again | Dead]) -> None:
    """Write down what becomes of jobs whose rows are locked."""
    done = [key for key, verdict in verdicts.items() if isinstance(verdict, Done)]
    again = {key: verdict for key, verdict in verdicts.items() if isinstance(verdict, Again)}
    dead = {key: verdict.error for key, verdict in verdicts.items() if isinstance(verdict, Dead)}
    if done:
        await tx.execute(SQL.finish, kind=kind, keys=done)
    if again:
        wait, fresh = [one.wait for one in again.values()], [one.fresh for one in again.values()]
        await tx.execute(SQL.release, kind=kind, keys=list(again), wait=wait, fresh=fresh)
    if dead:
        await tx.execute(SQL.bury, kind=kind, keys=list(dead), error=list(dead.values()))
    for key, error in dead.items():
        log.error("job.dead", kind=kind, key=key, error=error)
