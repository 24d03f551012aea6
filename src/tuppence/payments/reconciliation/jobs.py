"""Reconciliation as a run: everything in the folder, then every attempt, then what it cost. Daily, or when asked."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Database, Tx
from tuppence.outbox import Handler, Job
from tuppence.payments import costs
from tuppence.payments.disputes import answering
from tuppence.payments.reconciliation import actions, queries, rules
from tuppence.payments.reconciliation.model import Kind, Summary
from tuppence.rails.card.clearing import ClearingError, unpack

log = structlog.get_logger()

RECONCILE = "payments.reconcile"
KEY = "now"
_DAILY = "daily"  # a key of its own: setting the day's timer must not put off what somebody asks for meanwhile

_NAME = re.compile(r"clearing-\d{6,11}-\d{4}-\d\d-\d\d-(\d{6})\.txt", re.ASCII)
_GRACE_SECONDS = 60.0  # a file that is not there for so long is missing
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
        lines, files, wrong = await self._read()
        async with self.database.transaction() as tx:
            await actions.note_files(tx, wrong, policy=self.policy, lasting=self.patience.lasting)
        news = await self._judge()
        await self._pages(lambda tx, since: costs.accrue(tx, since=since, policy=self.policy))
        await self._pages(lambda tx, since: costs.adjust(tx, since=since))
        async with self.database.transaction() as tx:
            left = len(await queries.list_breaks(tx))
            await outbox.enqueue(tx, [await self._next(tx)])
        summary = Summary(files=files, lines=lines, news=news, open=left)
        log.info("reconciled", files=files, lines=lines, news=news, open=left)
        return summary

    async def _read(self) -> tuple[int, int, dict[str, Kind]]:
        """Read the files that are new, in order; how many lines and files, and what is wrong with which."""
        async with self.database.transaction(read_only=True) as tx:
            before = await queries.files(tx, actions.RAIL)
        oldest = min(before, default=0)
        lines = files = 0
        wrong: dict[str, Kind] = {}
        for path in await asyncio.to_thread(_recent, self.folder, oldest):
            try:
                file = unpack(await asyncio.to_thread(path.read_bytes))
            except ClearingError as error:
                log.warning("clearing_file_damaged", file=path.name, reason=str(error))
                wrong[path.name] = Kind.FILE_DAMAGED
                continue
            async with self.database.transaction() as tx:
                refused = await actions.read(tx, file, policy=self.policy)
            if refused:
                wrong[path.name] = refused
            elif file.sequence not in before:
                lines, files = lines + len(file.lines) + len(file.cases), files + 1
        return lines, files, wrong

    async def _judge(self) -> int:
        """Every attempt; again while there is news, so that what it changed is judged too."""
        news = 0
        for _ in range(_PASSES_MOST):
            found, after = 0, UUID(int=0)
            while after:
                async with self.database.transaction() as tx:
                    page = await actions.judge(tx, after, policy=self.policy)
                found += page.news
                after = page.after or UUID(int=0)
                if page.after is None:
                    break
            news += found
            if not found:
                break
        return news

    async def _pages(self, verb: Callable[[Tx, datetime], Awaitable[int]]) -> None:
        """Repeat a verb until it finds no more."""
        more = True
        while more:
            async with self.database.transaction() as tx:
                await queries.lock(tx)
                more = await verb(tx, await self._since(tx)) == costs.PAGE

    async def _since(self, tx: Tx) -> datetime:
        return await actions.looked_back_to(tx, await queries.files(tx, actions.RAIL))

    async def _next(self, tx: Tx) -> Job:
        before = await queries.files(tx, actions.RAIL)
        read_to = before[max(before)].business_date if before else None
        return Job(RECONCILE, _DAILY, due_at=rules.next_run(await outbox.now(tx), read_to))


def _recent(folder: Path, oldest: int) -> list[Path]:
    """The files of the folder, by sequence, without those that are too old to be looked at again."""
    named = [(int(match[1]), path) for path in folder.glob("clearing-*.txt") if (match := _NAME.fullmatch(path.name))]
    return [path for sequence, path in sorted(named) if sequence >= oldest]


def handlers(database: Database, folder: Path, policy: Policy) -> Mapping[str, Handler]:
    """The daily run, and the answers to what a file said of chargebacks, for the worker."""
    reconciler = Reconciler(database, folder, policy, Patience(_GRACE_SECONDS))

    async def run(jobs: Sequence[Job]) -> list[None]:
        await reconciler.run()
        return [None for _ in jobs]

    return {RECONCILE: run, **answering.handlers(database, folder)}
