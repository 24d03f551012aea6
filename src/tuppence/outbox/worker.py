"""The worker: claims jobs under a lease, runs their handlers, writes down how it went.

At least once: a job is done when its handler came back *and* we wrote so under the same lease. A handler must
therefore be idempotent, and look at the state again before it acts.
"""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from tuppence.core import Failure
from tuppence.db import Database, Tx, columns
from tuppence.outbox.actions import JOB_CHANNEL, SQL
from tuppence.outbox.model import Job, Later

Result = Later | BaseException | None  # None: done
Handler = Callable[[Sequence[Job]], Awaitable[Sequence[Result]]]

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
POLL_SECONDS = 0.5
MOST_CLAIMED = 256
MOST_BATCHES = 24
MOST_ATTEMPTS = 12
_BACK_OFF_SECONDS = (0.2, 1, 3, 10, 30, 60, 300)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A job of ours until its lease ends."""

    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime | None
    fence: int
    asked: int
    attempts: int

    @property
    def job(self) -> Job:
        return Job(self.kind, self.key, self.payload, self.due_at)


class Worker:
    """One process's worker. Several may run against the same database."""

    def __init__(
        self, database: Database, handlers: Mapping[str, Handler], *, name: str = "worker", lease: timedelta = LEASE
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._name = name
        self._lease = lease
        self._awake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self, *, until_idle: bool = False) -> None:
        """Work until stopped; with `until_idle`, until nothing is due and nothing is running."""
        listening = asyncio.create_task(self._listen())
        beating = asyncio.create_task(self._beat())
        try:
            while not self._stopping:
                self._awake.clear()
                if not await self._claim_and_start() and await self._rest(until_idle):
                    break
        finally:
            for task in (listening, beating):
                task.cancel()
            await asyncio.gather(listening, beating, *self._running, return_exceptions=True)

    def stop(self) -> None:
        """Claim no more; `run` returns when what runs is written down."""
        self._stopping = True
        self._awake.set()

    async def _claim_and_start(self) -> bool:
        """Start a task for each kind that has something due; whether there was any."""
        if len(self._running) >= MOST_BATCHES:
            return False
        by_kind: dict[str, list[_Claimed]] = defaultdict(list)
        for claimed in await self._claim():
            by_kind[claimed.kind].append(claimed)
        for kind, batch in by_kind.items():
            task = asyncio.create_task(self._run_batch(kind, batch))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return bool(by_kind)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._awake.set()

    async def _rest(self, until_idle: bool) -> bool:
        """Sleep until woken or the next poll; whether there is nothing left to wait for."""
        if until_idle and not self._running:
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        return False

    async def _claim(self) -> list[_Claimed]:
        try:
            async with self._database.transaction() as tx:
                return await tx.fetch(
                    SQL.claim, _Claimed, kinds=list(self._handlers), most=MOST_CLAIMED, lease=self._lease
                )
        except Exception as error:
            log.warning("worker.claim_failed", error=type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)
            return []

    async def _run_batch(self, kind: str, batch: list[_Claimed]) -> None:
        results = await self._handle(kind, batch)
        if len(batch) > 1 and isinstance(results, BaseException):  # find the guilty one: run them one by one
            for one in batch:
                await self._write_down([one], _each([one], await self._handle(kind, [one])))
        else:
            await self._write_down(batch, _each(batch, results))

    async def _handle(self, kind: str, batch: list[_Claimed]) -> Sequence[Result] | BaseException:
        try:
            return await self._handlers[kind]([claimed.job for claimed in batch])
        except Exception as error:
            log.warning("job.failed", kind=kind, jobs=len(batch), error=type(error).__name__, exc_info=error)
            return error

    async def _write_down(self, batch: list[_Claimed], results: Sequence[Result]) -> None:
        pairs = list(zip(batch, results, strict=True))
        try:
            async with self._database.transaction() as tx:
                await _finish(tx, [claimed for claimed, result in pairs if result is None])
                await _bury(tx, [(claimed, result) for claimed, result in pairs if _is_dead(claimed, result)])
                await _release(tx, [(claimed, result) for claimed, result in pairs if not _is_dead(claimed, result)])
        except Exception as error:  # the leases run out and the jobs come again
            log.warning("worker.write_down_failed", jobs=len(batch), error=type(error).__name__)

    async def _listen(self) -> None:
        async for _ in self._database.listen(JOB_CHANNEL):
            self._awake.set()

    async def _beat(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                async with self._database.transaction() as tx:
                    await tx.execute(SQL.beat, name=self._name)
            await asyncio.sleep(5)


def _each(batch: list[_Claimed], results: Sequence[Result] | BaseException) -> Sequence[Result]:
    return [results] * len(batch) if isinstance(results, BaseException) else results


def _is_dead(claimed: _Claimed, result: object) -> bool:
    return isinstance(result, BaseException) and claimed.attempts >= MOST_ATTEMPTS


async def _finish(tx: Tx, done: list[_Claimed]) -> None:
    if done:
        await tx.execute(SQL.finish, **columns(done, "kind", "key", "fence", "asked"))


async def _release(tx: Tx, pairs: list[tuple[_Claimed, Result]]) -> None:
    """Let go of every lease that is still ours: the finished ones are gone, unless they were asked for once more."""
    if pairs:
        await tx.execute(
            SQL.release,
            **columns([claimed for claimed, _ in pairs], "kind", "key", "fence", "asked"),
            wait=[timedelta(seconds=_wait(claimed, result)) for claimed, result in pairs],
            fresh=[not isinstance(result, BaseException) for _, result in pairs],
        )


async def _bury(tx: Tx, pairs: list[tuple[_Claimed, Result]]) -> None:
    if pairs:
        for claimed, result in pairs:
            log.error("job.dead", kind=claimed.kind, key=claimed.key, error=_name(result))
        await tx.execute(
            SQL.bury,
            **columns([claimed for claimed, _ in pairs], "kind", "key", "fence"),
            error=[_name(result) for _, result in pairs],
        )


def _wait(claimed: _Claimed, result: Result) -> float:
    if isinstance(result, Later):
        return result.seconds
    if result is None:
        return 0
    step = _BACK_OFF_SECONDS[min(claimed.attempts, len(_BACK_OFF_SECONDS)) - 1]
    return step * random.uniform(0.8, 1.2)  # noqa: S311 - jitter keeps a herd apart


def _name(result: object) -> str:
    """What failed, by class or code: a message might quote somebody's data."""
    return result.code if isinstance(result, Failure) else type(result).__name__
