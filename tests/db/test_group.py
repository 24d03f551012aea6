import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import psycopg
import pytest

from tuppence.core import Failure, Kind
from tuppence.db import Database, DatabaseAway, GroupCommit, OutcomeUnknown, Overloaded, Statement, Tx, alone, group
from tuppence.db.embedded import Urls

WRITE = Statement("write", "INSERT INTO outbox.worker (name, seen_at) SELECT unnest(%(names)s::text[]), now()")
NAMES = Statement("names", "SELECT name FROM outbox.worker ORDER BY name")
LOCK = Statement("lock", "SELECT name FROM outbox.worker WHERE name = %(name)s FOR UPDATE")


class Unwelcome(Failure):
    """This name is not wanted. Nothing was written."""

    kind = Kind.REFUSED
    code = "unwelcome"


class Writer:
    """A verb that writes names, refuses "unwelcome", and remembers its batches."""

    def __init__(self, company: asyncio.Barrier | None = None) -> None:
        """`company` holds each batch back until so many are under way."""
        self.batches: list[list[str]] = []
        self.abreast = self.most_abreast = 0
        self.company = company

    async def __call__(self, tx: Tx, asks: Sequence[str]) -> list[str | Failure]:
        self.batches.append(list(asks))
        self.abreast += 1
        self.most_abreast = max(self.abreast, self.most_abreast)
        try:
            await tx.execute(WRITE, names=[ask for ask in asks if ask != "unwelcome"])
            if self.company:
                await self.company.wait()
        finally:
            self.abreast -= 1
        return [Unwelcome(name=ask) if ask == "unwelcome" else ask.upper() for ask in asks]


async def written(database: Database) -> set[str]:
    async with database.transaction(read_only=True) as tx:
        return set(await tx.scalars(NAMES))


async def all_of(together: GroupCommit, verb: Any, asks: Sequence[str]) -> list[Any]:
    return await asyncio.gather(*(together(verb, ask) for ask in asks), return_exceptions=True)


async def test_concurrent_asks_share_transactions_and_get_their_own_answers(database: Database) -> None:
    """A hundred asks leave in a few batches, one at a time, never more than the most; each answer is its ask's."""
    verb, names = Writer(), [f"n{number:03}" for number in range(100)]

    assert [name.upper() for name in names] == await all_of(GroupCommit(database, most=40), verb, names)
    assert [40, 40, 20] == list(map(len, verb.batches))
    assert 1 == verb.most_abreast
    assert set(names) == await written(database)


async def test_a_quiet_line_adds_no_wait(database: Database) -> None:
    """An ask that is alone leaves at once, alone; what comes while it commits leaves together as the next."""
    verb, together = Writer(), GroupCommit(database)
    await together(verb, "first")
    second = asyncio.create_task(together(verb, "second"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.gather(second, together(verb, "third"), together(verb, "fourth"))

    assert [["first"], ["second"], ["third", "fourth"]] == verb.batches


async def test_grouping_can_be_turned_off(database: Database) -> None:
    """`most=1` gives each ask its own transaction, several abreast: what the benchmark compares with."""
    verb = Writer(asyncio.Barrier(2))
    await all_of(GroupCommit(database, most=1), verb, [f"n{number}" for number in range(20)])

    assert [1] * 20 == list(map(len, verb.batches))
    assert 1 < verb.most_abreast <= 8


async def test_a_refused_item_does_not_spoil_its_neighbours(database: Database) -> None:
    """A returned Failure is raised to its caller alone, in the same transaction that keeps the others."""
    verb = Writer()
    answers = await all_of(GroupCommit(database), verb, ["a", "unwelcome", "b"])

    assert ["A", Unwelcome(name="unwelcome"), "B"] == answers
    assert 1 == len(verb.batches)
    assert {"a", "b"} == await written(database)


@pytest.mark.parametrize("guilty", [0, 7, 15])
async def test_a_poisoned_item_is_isolated_by_replay(database: Database, guilty: int) -> None:
    """A constraint nobody foresaw refuses the whole batch; replayed in halves, only the guilty fails, with its name."""
    verb, together = Writer(), GroupCommit(database)
    await together(verb, "taken")
    names = [f"n{number:02}" for number in range(16)]
    names[guilty] = "taken"
    answers = await all_of(together, verb, names)

    assert isinstance(answers.pop(guilty), psycopg.errors.UniqueViolation)
    del names[guilty]
    assert [name.upper() for name in names] == answers
    assert {"taken", *names} == await written(database)
    assert len(verb.batches) <= 1 + 1 + 2 * 4  # a binary search, not sixteen transactions


async def test_a_caller_who_hangs_up_cancels_nobody_else(database: Database) -> None:
    """Cancelled before its batch leaves, an ask is dropped; cancelled after, it is written; the others get answers."""
    verb, together = Writer(), GroupCommit(database)
    under_way = asyncio.create_task(together(verb, "under way"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = asyncio.create_task(together(verb, "waiting"))
    patient = asyncio.create_task(together(verb, "patient"))
    await asyncio.sleep(0)
    under_way.cancel()
    waiting.cancel()

    assert "PATIENT" == await patient
    assert {"under way", "patient"} == await written(database)


async def test_a_full_line_refuses_at_the_door(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many wait the next is told so at once, and those who wait are served."""
    monkeypatch.setattr(group, "MOST_WAITING", 10)
    verb = Writer()
    answers = await all_of(GroupCommit(database), verb, [f"n{number}" for number in range(12)])

    assert [Overloaded(), Overloaded()] == [answer for answer in answers if isinstance(answer, Exception)]
    assert 10 == len(await written(database))


async def test_a_deadlock_is_nobodys_fault(database: Database) -> None:
    """Two verbs that lock in opposite orders both get through: the one that PostgreSQL stops is run again."""
    met, over = asyncio.Barrier(2), asyncio.Event()
    tries: list[tuple[str, ...]] = []

    def locker(*order: str) -> Any:
        async def lock(tx: Tx, asks: Sequence[str]) -> list[str]:
            if len(tries) == 2:
                await over.wait()  # or the one that runs again may be quicker than the one that waits, and caught again
            await tx.scalars(LOCK, name=order[0])
            tries.append(order)
            if len(tries) <= 2:
                await met.wait()
            await tx.scalars(LOCK, name=order[1])
            over.set()
            return list(asks)

        return lock

    together = GroupCommit(database)
    await all_of(together, Writer(), ["a", "b"])

    answers = await asyncio.gather(together(locker("a", "b"), "x"), together(locker("b", "a"), "y"))

    assert ["x", "y"] == list(answers)
    assert 3 == len(tries)


async def test_a_verb_that_miscounts_is_a_defect(database: Database) -> None:
    """Answers belong to asks by their place, so a missing one must not be written."""

    async def forgetful(tx: Tx, asks: Sequence[str]) -> list[str]:
        await tx.execute(WRITE, names=list(asks))
        return []

    with pytest.raises(AssertionError, match="0 results for 1 asks"):
        await GroupCommit(database)(forgetful, "a")
    assert set() == await written(database)


async def test_a_verb_may_run_its_transactions_itself(database: Database) -> None:
    """Where a verb is all of its transaction it may do better: whole batches go to what it makes, one at a time. What
    is refused is replayed in halves as ever."""
    batches: list[list[str]] = []

    def make(database: Database) -> Callable[[Sequence[str]], Awaitable[list[str]]]:
        async def run(asks: Sequence[str]) -> list[str]:
            batches.append(list(asks))
            await database.at_once(WRITE, names=list(asks))
            return [ask.upper() for ask in asks]

        return run

    @alone(make, size=len)
    async def verb(tx: Tx, asks: Sequence[str]) -> list[str]:
        raise AssertionError("it is all of its transaction")

    answers = await all_of(GroupCommit(database), verb, ["a", "b", "a", "c"])

    assert {"A": 1, "B": 1, "C": 1} == {one: answers.count(one) for one in "ABC"}
    assert 1 == sum(isinstance(one, psycopg.errors.UniqueViolation) for one in answers)
    assert [["a", "b", "a", "c"], ["a", "b"], ["a", "c"], ["a"], ["c"]] == batches
    assert {"a", "b", "c"} == await written(database)


async def test_large_asks_do_not_share(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small asks leave together up to so many rows; one that is larger leaves by itself. Two batches are under way."""
    monkeypatch.setattr(group, "_MOST_ROWS", 4)
    batches: list[list[str]] = []
    abreast, most = 0, 0

    def make(_: Database) -> Callable[[Sequence[str]], Awaitable[list[str]]]:
        async def run(asks: Sequence[str]) -> list[str]:
            nonlocal abreast, most
            batches.append(list(asks))
            abreast += 1
            most = max(most, abreast)
            await asyncio.sleep(0.01)
            abreast -= 1
            return [ask.upper() for ask in asks]

        return run

    @alone(make, size=len)
    async def verb(tx: Tx, asks: Sequence[str]) -> list[str]:
        raise AssertionError("it is all of its transaction")

    asks = ["a", "b", "aa", "bb", "much more", "c", "dd"]
    answers = await all_of(GroupCommit(database), verb, asks)

    assert [ask.upper() for ask in asks] == answers
    assert [["a", "b", "aa"], ["bb"], ["much more"], ["c", "dd"]] == batches
    assert 2 == most


# - what an answer means ----------------------------------------------------------------------------------------------


class AnswersBeforeCommit(GroupCommit):
    """A seeded bug: the caller hears before COMMIT does."""

    async def __call__(self, verb: Any, ask: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()

        async def run() -> None:
            async with self._database.transaction() as tx:
                answer.set_result((await verb(tx, [ask]))[0])

        self._task = asyncio.create_task(run())
        return await answer


@pytest.mark.parametrize(("kind", "durable"), [(GroupCommit, True), (AnswersBeforeCommit, False)])
async def test_an_answer_is_given_after_the_commit(
    urls: Urls, database: Database, kind: type[GroupCommit], durable: bool
) -> None:
    """Whoever has an answer finds what was written, in any other connection; an eager variant is caught."""
    slow = """
        CREATE FUNCTION outbox.slow() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON outbox.worker DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION outbox.slow();"""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(slow.encode())
    together = kind(database)
    await together(Writer(), "mine")

    assert durable == ("mine" in await written(database))
    await asyncio.sleep(0 if durable else 0.4)  # let the eager one end


async def test_a_cancelled_commit_is_unknown_to_the_whole_batch(
    silent_replica: Callable[[], AbstractAsyncContextManager[Callable[..., Awaitable[int]]]], database: Database
) -> None:
    """COMMIT without the replica's word is no answer: everybody in the batch is told to repeat, and nobody twice."""
    verb = Writer()
    async with silent_replica() as waiting:
        asking = asyncio.create_task(all_of(GroupCommit(database), verb, ["a", "b"]))
        await waiting(cancel=True)
        answers = await asking

    assert [OutcomeUnknown(), OutcomeUnknown()] == answers
    assert answers[0] is not answers[1]
    assert [["a", "b"]] == verb.batches


async def test_acknowledged_means_kept_while_the_server_keeps_dying(
    kill: Callable[[str], int], database: Database
) -> None:
    """Connections are cut again and again under load: what was answered is there, what is unknown is resolved by id."""
    once = Statement(
        "once",
        "INSERT INTO outbox.worker (name, seen_at) SELECT unnest(%(names)s::text[]), now() ON CONFLICT DO NOTHING",
    )

    async def write(tx: Tx, asks: Sequence[str]) -> list[str]:
        await tx.execute(once, names=list(asks))
        await asyncio.sleep(0.003)
        return list(asks)

    together = GroupCommit(database, most=8)
    unknown = 0

    async def persist(name: str) -> str:
        nonlocal unknown
        while True:
            try:
                return await together(write, name)
            except (OutcomeUnknown, DatabaseAway):
                unknown += 1
                await asyncio.sleep(0.05)

    async def cut() -> None:
        for _ in range(6):
            await asyncio.sleep(0.1)
            await asyncio.to_thread(kill, "application_name = 'tuppence test'")

    names = [f"n{number:04}" for number in range(1000)]
    answers, _ = await asyncio.gather(asyncio.gather(*map(persist, names)), cut())

    assert names == answers
    assert set(names) == await written(database)


async def test_who_was_answered_may_ask_again_at_once(database: Database) -> None:
    """One caller after the other, with nobody else about: nobody waits for a batch that has just ended."""
    together, verb = GroupCommit(database), Writer()
    async with asyncio.timeout(5):
        assert ["A", "B", "C"] == [await together(verb, name) for name in ("a", "b", "c")]
