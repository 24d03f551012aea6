import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.db import Database, DatabaseAway, OutcomeUnknown, Outdated, Statement, Tx, in_transaction, pool, violated
from tuppence.db.embedded import Urls

Kill = Callable[[str], int]
Write = Callable[[Database, str], Coroutine[Any, Any, None]]
SilentReplica = Callable[[], AbstractAsyncContextManager[Callable[..., Awaitable[int]]]]

MAKE = Statement("make", "INSERT INTO outbox.worker (name, seen_at) VALUES (%(name)s, now())")
MAKE_AND_TELL = Statement("make and tell", MAKE.text + " RETURNING name")
COUNT = Statement("count", "SELECT count(*) FROM outbox.worker WHERE name = %(name)s")


@dataclass(frozen=True, slots=True)
class Pair:
    first: int
    second: str
    third: str = "none"


async def is_written(database: Database, name: str) -> bool:
    async with database.transaction(read_only=True) as tx:
        return [1] == await tx.scalars(COUNT, name=name)


async def test_rows_become_values_whatever_the_order_of_columns(tx: Tx) -> None:
    """Columns are a dataclass's fields: in their order, in another, or without those that have defaults."""
    ordered = await tx.fetch(Statement("a", "SELECT 1 AS first, 'x' AS second, 'y' AS third"), Pair)
    mixed = await tx.fetch(Statement("b", "SELECT 'y' AS third, 1 AS first, 'x' AS second"), Pair)
    fewer = await tx.fetch(Statement("c", "SELECT 1 AS first, 'x' AS second"), Pair)

    assert [Pair(1, "x", "y")] == ordered == mixed
    assert [Pair(1, "x")] == fewer
    assert await tx.fetch_one(Statement("d", "SELECT 1 AS first, 'x' AS second WHERE false"), Pair) is None
    with pytest.raises(AssertionError, match="Pair"):
        await tx.fetch(Statement("e", "SELECT 1 AS first, 2 AS unknown"), Pair)


KINDS: list[tuple[str, st.SearchStrategy[Any]]] = [
    ("uuid", st.uuids()),
    ("bigint", st.integers(-(2**63), 2**63 - 1)),
    ("numeric", st.integers(0, 2**64) | st.just(0)),
    ("text", st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))),
    ("bytea", st.binary(max_size=20)),
    ("boolean", st.booleans()),
    ("timestamptz", st.datetimes(timezones=st.just(UTC))),
    ("date", st.dates()),
    ("interval", st.timedeltas(timedelta(days=-(10**5)), timedelta(days=10**5))),
    ("numeric", st.decimals(allow_nan=False, allow_infinity=False)),
    ("jsonb", st.dictionaries(st.text("ab\"\\{},'é "), st.integers() | st.text("ab\"\\{},'é \n"), max_size=3)),
]


@pytest.mark.parametrize(("kind", "items"), KINDS)
async def test_what_goes_as_an_array_comes_back_the_same(tx: Tx, kind: str, items: st.SearchStrategy[Any]) -> None:
    """Every kind of value that a batch carries survives the way there and back, NULLs and odd texts included."""
    loop = asyncio.get_running_loop()
    statement = Statement("echo", f"SELECT item FROM unnest(%(items)s::{kind}[]) AS item")

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.none() | items, max_size=8))
    def comes_back(values: list[Any]) -> None:
        echoed = asyncio.run_coroutine_threadsafe(tx.scalars(statement, items=values), loop).result(10)
        assert values == echoed

    await asyncio.to_thread(comes_back)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_what_is_no_text_is_refused_before_it_is_sent(tx: Tx, text: str) -> None:
    """A NUL would silently end the text on its way, a lone surrogate has no bytes: both are errors, not other texts."""
    with pytest.raises(psycopg.DataError):
        await tx.scalars(Statement("echo", "SELECT unnest(%(items)s::text[])"), items=["fine", text])


async def test_one_statement_is_prepared_once_whatever_its_numbers(tx: Tx) -> None:
    """The size of a batch's numbers does not make another statement of it: the server plans it once."""
    statement = Statement("sizes", "SELECT count(*) FROM unnest(%(a)s::bigint[], %(b)s::bigint[]) AS t (a, b)")
    for a, b in (([1], [1]), ([2**40], [1]), ([], []), ([None, 2**20], [1, 2])):
        await tx.scalars(statement, a=a, b=b)

    prepared = Statement("prepared", "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %(like)s")
    assert [1] == await tx.scalars(prepared, like="SELECT count(*) FROM unnest($1::bigint[], $2%")


async def test_a_plan_made_on_an_empty_table_does_not_read_the_table_whole(tx: Tx) -> None:
    """Its index is used from the first row on; who reads everything says so, and is planned for that."""
    plan = Statement("plan", "EXPLAIN (COSTS false) SELECT id FROM chat.conversation WHERE id = gen_random_uuid()")
    everything = Statement("everything", "EXPLAIN (COSTS false) SELECT sum(last_seq) FROM chat.conversation")

    assert not [line for line in await tx.scalars(plan) if "Seq Scan" in line]
    await tx.read_everything()
    assert [line for line in await tx.scalars(everything) if "Seq Scan" in line]


async def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    """What was written stays when it ends well and is gone when it does not."""
    async with database.transaction() as tx:
        await tx.execute(MAKE, name="kept")

    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.execute(MAKE, name="dropped")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    assert await is_written(database, "kept")
    assert not await is_written(database, "dropped")


async def test_who_holds_a_transaction_knows(database: Database) -> None:
    """The mark that keeps rails from being called is there exactly as long as the transaction, and in its task only."""
    assert not in_transaction()
    elsewhere = asyncio.Event()

    async def bystander() -> bool:
        await elsewhere.wait()
        return in_transaction()

    watching = asyncio.create_task(bystander())
    async with database.transaction():
        assert in_transaction()
        elsewhere.set()
        assert not await watching
        with pytest.raises(AssertionError, match="inside"):
            async with database.transaction():
                pass
    assert not in_transaction()


async def test_the_constraint_that_refused_is_named(database: Database) -> None:
    """Rooms map the name to their failure; what is no refusal has none."""

    async def write_twice() -> None:
        async with database.transaction() as tx:
            await tx.execute(MAKE, name="twice")
            await tx.execute(MAKE, name="twice")

    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        await write_twice()

    assert "worker_pkey" == violated(refused.value)
    assert violated(ValueError()) is None


async def test_read_only_means_it(database: Database) -> None:
    """A read path that writes is a defect that the database names."""
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with database.transaction(read_only=True) as tx:
            await tx.execute(MAKE, name="no")


async def test_repeatable_read_sees_one_moment(database: Database) -> None:
    """A snapshot does not change under its reader, as it would in an ordinary transaction."""

    async def seen_by(isolation: Any) -> list[int]:
        name = str(uuid4())
        async with database.transaction(isolation=isolation) as tx:
            before = await tx.scalars(COUNT, name=name)
            await asyncio.create_task(write(name), context=Context())
            return before + await tx.scalars(COUNT, name=name)

    async def write(name: str) -> None:
        async with database.transaction() as tx:
            await tx.execute(MAKE, name=name)

    assert [0, 0] == await seen_by("repeatable read")
    assert [0, 1] == await seen_by("read committed")


# - losing the server ------------------------------------------------------------------------------------------------


async def test_a_connection_lost_before_commit_is_said_so_and_the_pool_recovers(kill: Kill, database: Database) -> None:
    """The server going away in the middle means nothing was written; the next transaction gets a sound connection."""

    async def lose() -> None:
        async with database.transaction() as tx:
            await tx.execute(MAKE, name="lost")
            assert 1 <= kill("application_name = 'tuppence test'")
            await tx.scalars(COUNT, name="lost")

    with pytest.raises(DatabaseAway):
        await lose()

    assert not await is_written(database, "lost")


async def test_a_pool_with_nothing_to_give_says_away(urls: Urls) -> None:
    """Waiting for a connection ends; the caller hears that nothing was written."""
    database = await Database.open(urls.app, name="small", max_size=1)
    database._pool.timeout = 0.2

    async def second() -> None:
        async with database.transaction():
            pass

    try:
        async with database.transaction():
            with pytest.raises(DatabaseAway):
                await asyncio.create_task(second(), context=Context())
    finally:
        await database.close()


@pytest.mark.parametrize("careful", [True, False])
async def test_a_cancellation_is_not_lost_while_waiting_for_a_connection(
    urls: Urls, monkeypatch: pytest.MonkeyPatch, careful: bool
) -> None:
    """Cancelled in the moment in which a connection comes free, a task ends; the pool alone would let it run on."""
    if not careful:
        monkeypatch.setattr(pool, "_cancellations", lambda: 0)  # the seeded bug
    database = await Database.open(urls.app, name="small", max_size=1)
    ran_on = []

    async def second() -> None:
        async with database.transaction():
            ran_on.append(True)

    try:
        async with database.transaction():
            waiting = asyncio.create_task(second(), context=Context())
            await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.wait({waiting})

        assert careful == waiting.cancelled()
        assert ([] if careful else [True]) == ran_on
        await second()  # and the connection is not lost either
    finally:
        await database.close()


async def test_a_server_that_is_not_there_is_named(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting without a database ends with a sentence, not with a driver's traceback."""
    monkeypatch.setattr(pool, "_WAIT_SECONDS", 0.2)
    with pytest.raises(OSError, match="bank: the database does not answer"):
        await Database.open(urls.app.replace("/test_", "/nowhere_"), name="bank")


async def in_a_transaction(database: Database, name: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(MAKE, name=name)


async def at_once(database: Database, name: str) -> None:
    await database.at_once(MAKE, name=name)


either_way = pytest.mark.parametrize("write", [in_a_transaction, at_once])


SLOW_COMMIT = """
CREATE FUNCTION outbox.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON outbox.worker DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION outbox.slow();
"""


@either_way
async def test_a_connection_lost_in_commit_is_an_unknown_outcome(
    kill: Kill, urls: Urls, database: Database, write: Write
) -> None:
    """When COMMIT's answer does not come nobody may say "nothing was written"."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(SLOW_COMMIT.encode())
    writing = asyncio.create_task(write(database, "perhaps"))
    for _ in range(500):
        if await asyncio.to_thread(kill, "wait_event = 'PgSleep'"):
            break

    with pytest.raises(OutcomeUnknown):
        await writing


@either_way
async def test_a_commit_without_the_replicas_word_is_an_unknown_outcome(
    silent_replica: SilentReplica, database: Database, write: Write
) -> None:
    """PostgreSQL answers COMMIT with success and a warning when its wait is cancelled: we do not call that written."""
    async with silent_replica() as waiting:
        writing = asyncio.create_task(write(database, "half"))
        await waiting(cancel=True)
        with pytest.raises(OutcomeUnknown):
            await writing

    assert await is_written(database, "half")  # and that is why it would be wrong to say it was not


@either_way
async def test_a_cancelled_caller_does_not_cancel_a_commit_under_way(
    silent_replica: SilentReplica, database: Database, write: Write
) -> None:
    """Whoever hangs up while COMMIT waits gets no answer, but the replica is still waited for: no cancel is sent."""
    async with silent_replica() as waiting:
        writing = asyncio.create_task(write(database, "hung up"))
        pid = await waiting(cancel=False)
        writing.cancel()
        await asyncio.sleep(0.2)
        assert pid == await waiting(cancel=False)
        assert not writing.done()

    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await is_written(database, "hung up")


async def test_a_statement_by_itself_is_written_when_it_answers(kill: Kill, database: Database) -> None:
    """Its rows come back, and it is there; if the server said good-bye before, another connection is taken; if it says
    that it was decided on something else, nothing is there."""
    outdated = Statement(
        "outdated",
        """WITH made AS (INSERT INTO outbox.worker (name, seen_at) VALUES ('late', now()) RETURNING name)
        SELECT ledger.write('{}', '{}', '{}', '{}', '{}', '{}', 1, 2) FROM made""",
    )

    assert [("first",)] == await database.at_once(MAKE_AND_TELL, name="first")
    assert await is_written(database, "first")
    assert 0 < await asyncio.to_thread(kill, "state = 'idle'")
    assert [("second",)] == await database.at_once(MAKE_AND_TELL, name="second")
    with pytest.raises(Outdated):
        await database.at_once(outdated)
    assert not await is_written(database, "late")


async def test_a_listener_hears_what_is_committed_and_survives_a_lost_connection(
    kill: Kill, database: Database
) -> None:
    """A notice arrives after the commit only; after a reconnect an empty one says: look for yourself."""
    heard = database.listen("test_channel")
    try:
        assert "" == await anext(heard)
        with contextlib.suppress(ZeroDivisionError):
            async with database.transaction() as tx:
                await tx.notify("test_channel", "rolled back")
                raise ZeroDivisionError
        async with database.transaction() as tx:
            await tx.notify("test_channel", "committed")
        assert "committed" == await anext(heard)

        assert 1 == kill("starts_with(query, 'LISTEN')")
        assert "" == await asyncio.wait_for(anext(heard), 5)
    finally:
        await heard.aclose()  # type: ignore[attr-defined]
