"""Reconciliation as a run: everything in the folder, then every attempt, then what it cost. Daily, or when asked."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import structlog

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Database, Tx
from tuppence.outbox import Handler, Job, Later
from tuppence.payments import attempts, costs
from tuppence.payments.disputes import answering
from tuppence.payments.reconciliation import actions, queries, rules
from tuppence.payments.reconciliation.model import Kind, Summary
from tuppence.rails.card.clearing import ClearingError, ClearingFile, unpack

log = structlog.get_logger()

RECONCILE = "payments.reconcile"
KEY = "now"
_DAILY = "daily"  # a key of its own: setting the day's timer must not put off what somebody asks for meanwhile

_NAME = re.compile(r"clearing-\d{6,11}-\d{4}-\d\d-\d\d-(\d{6})\.txt", re.ASCII)
_GRACE_SECONDS = 60.0  # a file that is not there for so long is missing
_TURN_SECONDS = 25.0  # two turns that wait for each other are within a job's time
_PASSES_MOST = 4  # news makes news: accepted, then sent back, then agreed


class Patience:
    """Says of something amiss whether it has lasted, by the real clock.

    When the sandbox's clock is moved by days, the run of the day comes before the banks have heard of it and left
    their files. They are there seconds later.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._since: float | None = None

    def lasting(self, amiss: bool) -> bool:
        if not amiss:
            self._since = None
            return False
        self._since = self._clock() if self._since is None else self._since
        return self._clock() - self._since >= self._seconds


@dataclass(frozen=True, slots=True)
class Reconciler:
    """What a run needs."""

    database: Database
    folder: Path
    policy: Policy
    patience: Patience = field(default_factory=lambda: Patience(0))

    async def run(self) -> Summary:
        """Read what is new, judge, and book costs. Safe to repeat, and to die in the middle of."""
        tally = Tally()
        async for _ in self.steps(tally):
            pass
        return tally.summary

    async def steps(self, tally: "Tally") -> AsyncIterator[None]:
        """A run in steps, each committed: after any of them one may rest."""
        while (await asyncio.to_thread(self.here)) - tally.seen:
            async for _ in self._read(tally):
                yield
        async with self.database.transaction() as tx:
            await actions.note_files(tx, tally.wrong, policy=self.policy, lasting=self.patience.lasting)
        async for _ in self._judge(tally):
            yield
        async for _ in self._pages(partial(costs.accrue, policy=self.policy)):
            yield
        async for _ in self._pages(costs.adjust):
            yield
        async with self.database.transaction() as tx:
            tally.open = len(await queries.list_breaks(tx))
            await outbox.enqueue(tx, [await self._next(tx)])
        log.info("reconciled", files=tally.files, lines=tally.lines, news=tally.news, open=tally.open)

    def here(self) -> set[Path]:
        """The files in the folder."""
        return set(self.folder.glob("clearing-*.txt"))

    async def _read(self, tally: "Tally") -> AsyncIterator[None]:
        """Read the files that are new, in order; what is wrong with which."""
        async with self.database.transaction(read_only=True) as tx:
            before = await queries.files(tx, actions.RAIL)
        tally.seen = await asyncio.to_thread(self.here)
        for sequence, path in _recent(tally.seen, min(before, default=0)):
            known = before[sequence].digest if sequence in before else None
            try:
                file = await asyncio.to_thread(_unpacked, path, known)
            except ClearingError as error:
                log.warning("clearing_file_damaged", file=path.name, reason=str(error))
                tally.wrong[path.name] = Kind.FILE_DAMAGED
                continue
            if file is None:
                continue
            async with self.database.transaction() as tx:
                refused = await actions.read(tx, file, policy=self.policy)
            if refused:
                tally.wrong[path.name] = refused
            else:
                tally.files, tally.lines = tally.files + 1, tally.lines + len(file.lines) + len(file.cases)
            yield

    async def _judge(self, tally: "Tally") -> AsyncIterator[None]:
        """Every attempt; again while there is news, so that what it changed is judged too."""
        for _ in range(_PASSES_MOST):
            before = tally.news
            after: UUID | None = attempts.FIRST
            while after is not None:
                async with self.database.transaction() as tx:
                    page = await actions.judge(tx, after, policy=self.policy)
                tally.news, after = tally.news + page.news, page.after
                yield
            if tally.news == before:
                return

    async def _pages(self, verb: Callable[..., Awaitable[UUID | None]]) -> AsyncIterator[None]:
        """Repeat a verb, page after page, until it finds no more."""
        after: UUID | None = attempts.FIRST
        while after is not None:
            async with self.database.transaction() as tx:
                await queries.lock(tx)
                after = await verb(tx, since=await self._since(tx), after=after)
            yield

    async def _since(self, tx: Tx) -> datetime:
        return await actions.looked_back_to(tx, await queries.files(tx, actions.RAIL))

    async def _next(self, tx: Tx) -> Job:
        before = await queries.files(tx, actions.RAIL)
        read_to = before[max(before)].business_date if before else None
        return Job(RECONCILE, _DAILY, due_at=rules.next_run(await outbox.now(tx), read_to))


@dataclass(slots=True)
class Tally:
    """What a run has come to so far."""

    files: int = 0
    lines: int = 0
    news: int = 0
    open: int = 0
    wrong: dict[str, Kind] = field(default_factory=dict)
    seen: set[Path] = field(default_factory=set)

    @property
    def summary(self) -> Summary:
        return Summary(files=self.files, lines=self.lines, news=self.news, open=self.open)


def _recent(paths: Iterable[Path], oldest: int) -> list[tuple[int, Path]]:
    """Files by sequence, without those that are too old to be looked at again."""
    named = [(int(match[1]), path) for path in paths if (match := _NAME.fullmatch(path.name))]
    return sorted(one for one in named if one[0] >= oldest)


def _unpacked(path: Path, known: str | None) -> ClearingFile | None:
    """A file, unless it is the one that is known by this digest. Raises: ClearingError."""
    data = path.read_bytes()
    return None if sha256(data).hexdigest() == known else unpack(data)


class Runs:
    """The job of reconciling. A busy day takes longer than a job may: it is put down in between, and taken up again;
    from the top if a file has come meanwhile, for what is judged and booked by then waits for no second time.
    """

    def __init__(self, reconciler: Reconciler, turn_seconds: float = _TURN_SECONDS) -> None:
        self._reconciler, self._turn_seconds = reconciler, turn_seconds
        self._under_way: AsyncIterator[None] | None = None
        self._tally = Tally()
        self._alone = asyncio.Lock()

    async def __call__(self, jobs: Sequence[Job]) -> list[Later | None]:
        async with self._alone:
            under_way, self._under_way = await self._taken_up(), None
            ends = time.monotonic() + self._turn_seconds
            async for _ in under_way:
                if time.monotonic() >= ends:
                    self._under_way = under_way
                    return [Later(0.0)] * len(jobs)
        return [None] * len(jobs)

    async def _taken_up(self) -> AsyncIterator[None]:
        if self._under_way and self._tally.seen >= await asyncio.to_thread(self._reconciler.here):
            return self._under_way
        self._tally = Tally()
        return self._reconciler.steps(self._tally)


def handlers(database: Database, folder: Path, policy: Policy) -> Mapping[str, Handler]:
    """The daily run, and the answers to what a file said of chargebacks, for the worker."""
    runs = Runs(Reconciler(database, folder, policy, Patience(_GRACE_SECONDS)))
    return {RECONCILE: runs, **answering.handlers(database, folder)}
