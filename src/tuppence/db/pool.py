"""Connections and transactions: the only place that knows the driver."""

import asyncio
import select
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import fields
from functools import lru_cache
from itertools import starmap
from typing import Any, Literal, LiteralString, TypeVar

import psycopg
from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tuppence.db.arrays import Array, ArrayDumper
from tuppence.db.errors import DatabaseAway, OutcomeUnknown, Outdated
from tuppence.db.statements import Statement

T = TypeVar("T")
Isolation = Literal["read committed", "repeatable read"]

_open: ContextVar[bool] = ContextVar("tuppence_in_transaction", default=False)
_WARNING = "01000"  # of a COMMIT: "canceling wait for synchronous replication due to user request"
_WAIT_SECONDS = 10.0  # for a connection
_BEGIN_TRIES = 3
# A plan is kept for as long as its connection lives. Made while a table was new and empty it would read the whole
# table, and go on doing so when there are thousands of rows: foreign-key checks most of all.
_OPTIONS = "-c enable_seqscan=off"
_LISTEN_AGAIN_SECONDS = 1.0


def in_transaction() -> bool:
    """Whether this task holds a transaction open; a rail may not be called while it does."""
    return _open.get()


def violated(error: BaseException) -> str | None:
    """The name of the constraint that refused a row, if that is what happened."""
    return error.diag.constraint_name if isinstance(error, psycopg.errors.IntegrityError) else None


class Tx:
    """An open transaction. Whoever opened it commits it; everybody else only reads and writes."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, into: type[T], /, **parameters: Any) -> list[T]:
        """Rows as values of ``into``, whose fields are the statement's columns in any order."""
        cursor = await self._run(statement, parameters)
        return _built(into, cursor, await cursor.fetchall())

    async def fetch_one(self, statement: Statement, into: type[T], /, **parameters: Any) -> T | None:
        """The only row, or None. More than one is a defect."""
        found = await self.fetch(statement, into, **parameters)
        assert len(found) <= 1, statement.name
        return found[0] if found else None

    async def scalars(self, statement: Statement, /, **parameters: Any) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in await (await self._run(statement, parameters)).fetchall()]

    async def rows(self, statement: Statement, /, **parameters: Any) -> list[tuple[Any, ...]]:
        """Rows as they come, for who knows the columns' order and counts microseconds."""
        return await (await self._run(statement, parameters)).fetchall()

    async def execute(self, statement: Statement, /, **parameters: Any) -> int:
        """Run it; how many rows it touched."""
        return (await self._run(statement, parameters)).rowcount

    async def read_everything(self) -> None:
        """Plan the rest of this transaction for whole tables, as checks and exports read them."""
        await self._connection.execute("SET LOCAL enable_seqscan = on")

    async def notify(self, channel: str, payload: str) -> None:
        """Wake whoever listens, when and if this transaction commits."""
        await self._connection.execute("SELECT pg_notify(%s, %s)", (channel, payload), prepare=True)

    async def _run(self, statement: Statement, parameters: dict[str, Any]) -> AsyncCursor[Any]:
        return await self._connection.execute(statement.text, _given(parameters), prepare=True)


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: _adapted(value) for name, value in parameters.items()}


def _adapted(value: Any) -> Any:
    """Lists go as arrays, JSON as jsonb; everything else the driver knows."""
    if isinstance(value, list):
        return Array.of(value)
    return Jsonb(value) if isinstance(value, dict) else value


def _built(into: Any, cursor: AsyncCursor[Any], rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Rows as values: by position where the columns come in the fields' order, else by name."""
    if not rows:
        return []
    result = cursor.pgresult
    assert result is not None
    names = tuple([result.fname(column) for column in range(result.nfields)])
    order = _order(into, names)
    return list(starmap(into, rows if order is None else map(order, rows)))


@lru_cache(maxsize=512)
def _order(into: Any, names: tuple[bytes, ...]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]] | None:
    """How to put a row's columns in the order of the fields; None if they are."""
    columns = [name.decode() for name in names]
    expected = [field.name for field in fields(into)]
    if columns == expected[: len(columns)]:  # what is left has defaults, or fails when it is made
        return None
    assert sorted(columns) == sorted(expected), f"{into.__name__}: {columns}"
    positions = [columns.index(name) for name in expected]
    return lambda row: tuple([row[position] for position in positions])


class Database:
    """A pool of connections for one role."""

    def __init__(self, url: str, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self._url = url
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, name: str, max_size: int = 8) -> "Database":
        """Connect. Raises `OSError` naming the server if it does not answer within ten seconds."""
        pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=max_size,
            open=False,
            name=name,
            timeout=_WAIT_SECONDS,
            kwargs={"application_name": f"tuppence {name}", "options": _OPTIONS},
            configure=_configure,
        )
        try:
            await pool.open(wait=True, timeout=_WAIT_SECONDS)
        except psycopg.OperationalError as error:
            await pool.close()
            raise OSError(f"{name}: the database does not answer") from error
        return cls(url, pool)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, *, read_only: bool = False, isolation: Isolation = "read committed"
    ) -> AsyncIterator[Tx]:
        """Open a transaction; it commits on the way out and rolls back on an exception.

        Raises: DatabaseAway if the server is gone and nothing was written; OutcomeUnknown if the answer to COMMIT was
        lost, or came back without the replica's word.
        """
        assert not in_transaction(), "a transaction inside a transaction starves the pool"
        connection = await self._begin(_begin_statement(read_only, isolation))
        mark = _open.set(True)
        try:
            yield Tx(connection)
        except BaseException as error:
            await _roll_back(connection)
            if connection.closed and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
                raise DatabaseAway from error
            raise
        else:
            await _commit(connection)
        finally:
            _open.reset(mark)
            await self._give_back(connection)

    async def at_once(self, statement: Statement, /, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement that is a transaction by itself, there and back once instead of three times. Its rows.

        Raises: DatabaseAway if the server is gone and nothing was written; OutcomeUnknown if the answer was lost, or
        came back without the replica's word; Outdated if the statement says so, by `serialization_failure`.
        """
        assert not in_transaction(), "a transaction inside a transaction starves the pool"
        given = _given(parameters)
        connection = await self._begin(None)
        try:
            return await _commit(connection, statement.text, given)
        finally:
            await self._give_back(connection)

    async def _begin(self, statement: str | None) -> AsyncConnection[Any]:
        """A connection, and a transaction open if there is a statement for that. One that broke while it lay idle harms
        nobody: another is taken."""
        for _ in range(_BEGIN_TRIES):
            cancelled = _cancellations()
            try:
                connection = await self._pool.getconn()
            except PoolTimeout as error:
                raise DatabaseAway from error
            try:
                if _cancellations() > cancelled:  # the pool's wait_for can swallow one in Python 3.11
                    raise asyncio.CancelledError
                if statement is not None:
                    await connection.execute(statement)
                elif _was_told_something(connection):
                    raise psycopg.OperationalError
            except BaseException as error:
                await connection.close()
                await self._give_back(connection)
                if not isinstance(error, psycopg.OperationalError):
                    raise
            else:
                return connection
        raise DatabaseAway

    async def _give_back(self, connection: AsyncConnection[Any]) -> None:
        """Back to the pool. One that broke tells of others: the pool looks at those that lie idle."""
        broken = connection.closed
        await self._pool.putconn(connection)
        if broken:
            await self._pool.check()

    async def listen(self, channel: str) -> AsyncIterator[str]:
        """Payloads as they come, for ever. An empty one means: connected (again), look for yourself."""
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    yield ""
                    async for notice in connection.notifies():
                        yield notice.payload
            except psycopg.OperationalError:
                await asyncio.sleep(_LISTEN_AGAIN_SECONDS)


def _cancellations() -> int:
    """How often this task has been asked to end."""
    task = asyncio.current_task()
    return task.cancelling() if task else 0


async def _configure(connection: AsyncConnection[Any]) -> None:
    """We say BEGIN and COMMIT ourselves, so that the answer to COMMIT is ours to read."""
    await connection.set_autocommit(True)
    # A process that was stopped in the middle of a transaction must not hold its locks for ever.
    await connection.execute("SET idle_in_transaction_session_timeout = '30s'")
    connection.prepare_threshold = 0
    connection.prepared_max = 500
    connection.adapters.register_dumper(Array, ArrayDumper)


def _begin_statement(read_only: bool, isolation: Isolation) -> str:
    level = " ISOLATION LEVEL REPEATABLE READ" if isolation == "repeatable read" else ""
    return f"BEGIN{level}{' READ ONLY' if read_only else ''}"


async def _roll_back(connection: AsyncConnection[Any]) -> None:
    """Give up; a connection that can't even do that is closed, and the pool makes another."""
    try:
        await connection.execute("ROLLBACK")
    except (psycopg.Error, asyncio.CancelledError):
        await connection.close()


def _was_told_something(connection: AsyncConnection[Any]) -> bool:
    """Whether the server spoke while the connection lay idle: that is how it says good-bye."""
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


async def _commit(
    connection: AsyncConnection[Any], text: LiteralString = "COMMIT", given: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """COMMIT, or what commits by itself, to the end even if the caller is cancelled: better a late answer than half."""
    committing = asyncio.ensure_future(_commit_and_read(connection, text, given))
    try:
        return await asyncio.shield(committing)
    except asyncio.CancelledError:
        await asyncio.wait({committing})
        raise


async def _commit_and_read(
    connection: AsyncConnection[Any], text: LiteralString, given: dict[str, Any] | None
) -> list[tuple[Any, ...]]:
    warnings: list[str | None] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        warnings.append(notice.sqlstate)

    connection.add_notice_handler(hear)
    try:
        cursor = await connection.execute(text, given, prepare=True)
    except psycopg.errors.SerializationFailure as error:
        raise Outdated from error
    except psycopg.OperationalError as error:
        raise OutcomeUnknown from error
    finally:
        connection.remove_notice_handler(hear)
    if _WARNING in warnings:
        raise OutcomeUnknown
    assert text != "COMMIT" or cursor.statusmessage == "COMMIT", cursor.statusmessage  # or it was a ROLLBACK
    return await cursor.fetchall() if cursor.description else []
