"""Group commit: concurrent requests for the same verb share one transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import psycopg

from tuppence.core import Failure
from tuppence.db.errors import DatabaseAway, OutcomeUnknown, Overloaded
from tuppence.db.pool import Database, Tx

A = TypeVar("A")
R = TypeVar("R")
V = TypeVar("V", bound=Callable[..., Any])
Run = Callable[[Sequence[A]], Awaitable[Sequence[R | Failure]]]
Verb = Callable[[Tx, Sequence[A]], Awaitable[Sequence[R | Failure]]]

MOST_WAITING = 4096
_ABREAST_UNGROUPED = 8
_MOST_ROWS = 2_000  # of several asks in one transaction: nobody waits long for others' rows
_PAUSES_SECONDS = (0.05, 0.5, 1.5)  # between tries when nothing was written: a server that restarts is back by then

_alone: dict[Any, tuple[Callable[[Database], Run[Any, Any]], Callable[[Any], int]]] = {}


def alone(make: Callable[[Database], Run[Any, Any]], *, size: Callable[[Any], int]) -> Callable[[V], V]:
    """Mark a verb that can do better where it is all of its transaction. `size` of an ask: how many rows it is about.

    Group commit then leaves the transaction to `make(database)`, one for each line, which is called with two batches at
    a time, so that it can prepare one while the other is on its way, and answers after the commit. It raises what a
    transaction does.
    """

    def mark(verb: V) -> V:
        _alone[verb] = make, size
        return verb

    return mark


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
        """Run one ask in whatever transaction leaves next. `verb` is a module's function: it names the line.

        Raises: the Failure that the verb gave this ask; Overloaded when too many wait; DatabaseAway; OutcomeUnknown,
        which repeating with the same id resolves; whatever else the verb raised for this ask alone.
        """
        line = self._lines.get(verb)
        if line is None:
            line = self._lines[verb] = _Line(self._database, verb, self._most)
        return await line.join(ask)  # type: ignore[no-any-return]


class _Line(Generic[A, R]):
    """Those who wait for one verb. One batch or two are under way, so that the next can gather meanwhile."""

    def __init__(self, database: Database, verb: Verb[A, R], most: int) -> None:
        self._database = database
        self._verb = verb
        make, self._size = _alone.get(verb, (None, lambda _: 0))
        self._once: Run[A, R] = make(database) if make else self._in_transaction
        self._most = most
        self._waiting: deque[tuple[A, asyncio.Future[R]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._abreast = _ABREAST_UNGROUPED if most == 1 else 2 if make else 1

    async def join(self, ask: A) -> R:
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, answer))
        if len(self._running) < self._abreast:
            self._running.add(asyncio.create_task(self._run_dry()))
        return await answer  # cancelling a caller cancels this future only; the batch goes on

    async def _run_dry(self) -> None:
        """Leave the running before anybody who was answered runs: they may ask again at once, and must find us gone."""
        try:
            await self._drain()
        finally:
            self._running.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _drain(self) -> None:
        while self._waiting:
            if batch := [(ask, answer) for ask, answer in self._leaving() if not answer.done()]:  # some hung up
                await self._settle(batch)

    def _leaving(self) -> list[tuple[A, "asyncio.Future[R]"]]:
        """Those who share the next transaction; a large ask has it for itself."""
        leaving, rows = [self._waiting.popleft()], 0
        while self._waiting and len(leaving) < self._most:
            rows += self._size(leaving[-1][0])
            if rows + self._size(self._waiting[0][0]) > _MOST_ROWS:
                break
            leaving.append(self._waiting.popleft())
        return leaving

    async def _settle(self, batch: list[tuple[A, "asyncio.Future[R]"]]) -> None:
        """Run a batch. One that is refused as a whole is replayed in halves, down to the guilty, who fails alone."""
        try:
            results = await self._run([ask for ask, _ in batch])
        except (OutcomeUnknown, DatabaseAway) as error:  # nobody's fault: all hear it
            for _, answer in batch:
                _answer(answer, type(error)())
        except Exception as error:
            if len(batch) == 1:
                _answer(batch[0][1], error)
                return
            half = len(batch) // 2
            await self._settle(batch[:half])
            await self._settle(batch[half:])
        else:
            for (_, answer), result in zip(batch, results, strict=True):
                _answer(answer, result)

    async def _run(self, asks: Sequence[A]) -> Sequence[R | Failure]:
        """One transaction; again while it is nobody's fault and nothing was written."""
        for pause in _PAUSES_SECONDS:
            try:
                return await self._once(asks)
            except DatabaseAway:
                await asyncio.sleep(pause)
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                if len(asks) > 1:
                    raise  # smaller batches get in each other's way less
        return await self._once(asks)

    async def _in_transaction(self, asks: Sequence[A]) -> Sequence[R | Failure]:
        async with self._database.transaction() as tx:
            results = await self._verb(tx, asks)
            assert len(results) == len(asks), f"{len(results)} results for {len(asks)} asks"
            return results


def _answer(answer: "asyncio.Future[R]", result: R | BaseException) -> None:
    """Hand a result to the one who waits, if they still do."""
    if answer.done():
        return
    if isinstance(result, BaseException):
        answer.set_exception(result)
    else:
        answer.set_result(result)
