"""Group commit: concurrent requests for the same verb share one transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import psycopg

from tuppence.core import Failure
from tuppence.db.errors import OutcomeUnknown, Overloaded
from tuppence.db.pool import Database, Tx

A = TypeVar("A")
R = TypeVar("R")
Verb = Callable[[Tx, Sequence[A]], Awaitable[Sequence[R | Failure]]]

MOST_WAITING = 4096


class GroupCommit:
    """One per process and database: `await together(verb, ask)` answers after the commit.

    When nothing is under way a batch of one leaves at once; what arrives while a batch commits goes out together
    as the next. So the wait is never added, only shared.
    """

    def __init__(self, database: Database, *, most: int = 256) -> None:
        """`most` asks share a transaction; 1 turns grouping off."""
        self._database = database
        self._most = most
        self._lines: dict[Any, _Line[Any, Any]] = {}

    async def __call__(self, verb: Verb[A, R], ask: A) -> R:
        """Run one ask in whatever transaction leaves next. Raises the Failure that the verb gave this ask."""
        line = self._lines.get(verb)
        if line is None:
            line = self._lines[verb] = _Line(self._database, verb, self._most)
        return await line.join(ask)  # type: ignore[no-any-return]


class _Line(Generic[A, R]):
    """Those who wait for one verb. At most one batch is under way, so that the next can gather meanwhile."""

    def __init__(self, database: Database, verb: Verb[A, R], most: int) -> None:
        self._database = database
        self._verb = verb
        self._most = most
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._abreast = 1 if most > 1 else 8

    async def join(self, ask: A) -> R:
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, answer))
        if len(self._running) < self._abreast:
            task = asyncio.create_task(self._drain())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await answer  # cancelling a caller cancels this future only; the batch goes on

    async def _drain(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            await self._settle(batch)

    async def _settle(self, batch: list[tuple[A, "asyncio.Future[R]"]]) -> None:
        """Run a batch; one that the database refuses is replayed one by one, so that only the guilty fails."""
        try:
            results = await self._run([ask for ask, _ in batch])
        except OutcomeUnknown as unknown:
            for _, answer in batch:
                _answer(answer, unknown)
        except Exception as error:
            if len(batch) == 1 and not _worth_repeating(error):
                _answer(batch[0][1], error)
                return
            for ask, answer in batch:
                await self._alone(ask, answer)
        else:
            for (_, answer), result in zip(batch, results, strict=True):
                _answer(answer, result)

    async def _alone(self, ask: A, answer: "asyncio.Future[R]", tries: int = 3) -> None:
        for left in reversed(range(tries)):
            try:
                _answer(answer, (await self._run([ask]))[0])
            except Exception as error:
                if not left or not _worth_repeating(error):
                    _answer(answer, error)
                    return
            else:
                return

    async def _run(self, asks: Sequence[A]) -> Sequence[R | Failure]:
        async with self._database.transaction() as tx:
            return await self._verb(tx, asks)


def _worth_repeating(error: Exception) -> bool:
    """Two transactions got in each other's way; nothing was written and the next try may well pass."""
    return isinstance(error, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def _answer(answer: "asyncio.Future[R]", result: R | BaseException) -> None:
    """Hand a result to the one who waits, if they still do."""
    if answer.done():
        return
    if isinstance(result, BaseException):
        answer.set_exception(result)
    else:
        answer.set_result(result)
