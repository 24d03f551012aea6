"""The loop that undoes debits nobody heard the end of, until the network says that it did: 0420 at once, then 0421."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from tuppence.db import Database, Statements, Tx, columns
from tuppence.vault import rules
from tuppence.vault.attempts import Attempts
from tuppence.vault.harden import told
from tuppence.vault.model import Attempt, Case
from tuppence.vault.network import Network, Original

SQL = Statements(__package__)
log = structlog.get_logger()

_MOST = 32  # under way at once
_LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Reversal:
    attempt_id: UUID
    tries: int


@dataclass(frozen=True, slots=True)
class _Counted:
    attempt_id: UUID
    tries: int
    next_at: datetime
    case_at: datetime | None


class Reversals:
    """Runs for as long as the vault does. Its memory is the table: a new process goes on where the last one died."""

    def __init__(
        self,
        database: Database,
        attempts: Attempts,
        rail: Network,
        *,
        now: Callable[[], datetime],
        wake: asyncio.Event,
        waits_s: Sequence[float],
        case_tries: int,
    ) -> None:
        """After `case_tries` tries without acknowledgement a person is told as well."""
        self._database = database
        self._attempts = attempts
        self._rail = rail
        self._now = now
        self._wake = wake
        self._waits_s = waits_s
        self._case_tries = case_tries
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """For ever. A database that is away for a while stops nothing: every round starts from the table."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self.round()
                except Exception as error:
                    told("reversals", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _LOOK_AGAIN_S)
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def round(self) -> None:
        """Begin what is due now; the answers are awaited beside, so that a slow one holds up nobody."""
        await self._attempts.adopt()
        for due in await self._claim():
            task = asyncio.create_task(self._reverse(due))
            self._under_way[due.attempt_id] = task
            task.add_done_callback(partial(self._done, due.attempt_id))

    async def _claim(self) -> list[Reversal]:
        """Take what is due, counting the try and setting the next before anything is sent."""
        now = self._now()
        async with self._database.transaction() as tx:
            due = await self._due(tx, now)
            counted = [self._counted(one, now) for one in due]
            await tx.execute(SQL.count_reversals, **columns(counted, "attempt_id", "tries", "next_at", "case_at"))
        return [Reversal(one.attempt_id, one.tries) for one in counted]

    def _counted(self, due: Reversal, now: datetime) -> _Counted:
        """The try about to be made; a case, if all that it took to make one were in vain."""
        tries = due.tries + 1
        in_vain = due.tries >= self._case_tries
        if due.tries == self._case_tries:
            log.error("reversal_case", attempt_id=str(due.attempt_id), tries=due.tries)
        return _Counted(due.attempt_id, tries, now + self._wait(tries), now if in_vain else None)

    async def cases(self) -> list[Case]:
        """Reversals that are somebody's business, the oldest first. One closes by itself when acknowledged."""
        async with self._database.transaction(read_only=True) as tx:
            return await tx.fetch(SQL.open_cases, Case)

    async def _due(self, tx: Tx, now: datetime) -> list[Reversal]:
        room = _MOST - len(self._under_way)
        return await tx.fetch(SQL.due_reversals, Reversal, now=now, busy=list(self._under_way), most=room)

    def _wait(self, tries: int) -> timedelta:
        return timedelta(seconds=rules.wait_s(tries, self._waits_s))

    async def _reverse(self, due: Reversal) -> None:
        try:
            if await self._rail.reverse(await self._original(due.attempt_id), repeat=due.tries > 1):
                await self._attempts.acknowledged(due.attempt_id)
        except Exception as error:  # the next try is already written
            told("reversal", error)

    def _done(self, attempt_id: UUID, _: asyncio.Task[None]) -> None:
        del self._under_way[attempt_id]

    async def _original(self, attempt_id: UUID) -> Original:
        async with self._database.transaction(read_only=True) as tx:
            attempt = await tx.fetch_one(SQL.attempts, Attempt, ids=[attempt_id])
        assert attempt is not None
        return attempt.original
