import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence import outbox
from tuppence.db import Database, Statement, Tx
from tuppence.db.embedded import Urls
from tuppence.outbox import Entry, Event, FeedTooFarBehind

ANN, BOB, CAT = sorted(uuid4() for _ in range(3))


def age(urls: Urls, person_id: UUID, upto: int) -> None:
    """Let entries have been written a month ago; only the owner can."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        statement = "UPDATE outbox.feed_entry SET at = at - interval '31 days' WHERE person_id = %s AND feed_seq <= %s"
        owner.execute(statement, (person_id, upto))


def event(person_id: UUID, number: int = 0) -> Event:
    return Event(person_id, "test", {"number": number})


async def feed(database: Database, person_id: UUID, since: int = 0, limit: int = 1000) -> outbox.Feed:
    async with database.transaction(read_only=True) as tx:
        return await outbox.read_feed(tx, person_id, since, limit)


def numbered(page: outbox.Feed) -> list[tuple[int, int]]:
    return [(entry.feed_seq, entry.payload["number"]) for entry in page.entries]


async def tell(database: Database, *events: Event) -> None:
    async with database.transaction() as tx:
        await outbox.tell(tx, events)


async def test_each_feed_counts_for_itself(database: Database) -> None:
    """Two people told in one batch each get the next numbers of their own feed, in the order told."""
    await tell(database, event(ANN, 1), event(BOB, 2), event(ANN, 3))
    await tell(database, event(ANN, 4))

    assert [(1, 1), (2, 3), (3, 4)] == numbered(await feed(database, ANN))
    assert [(1, 2)] == numbered(await feed(database, BOB))
    async with database.transaction() as tx:
        assert {ANN: 3, BOB: 1} == await outbox.last_seqs(tx, [ANN, BOB, CAT])
        assert 0 == await outbox.last_seq(tx, CAT)


async def test_a_feed_is_read_in_pages(database: Database) -> None:
    """Reading from where the last page ended meets every entry once; the last page says that it is."""
    await tell(database, *(event(ANN, number) for number in range(1, 8)))
    since, pages = 0, []
    while True:
        page = await feed(database, ANN, since, 3)
        pages.append([entry.feed_seq for entry in page.entries])
        since = page.entries[-1].feed_seq
        assert 7 == page.last_seq
        if not page.more:
            break

    assert [[1, 2, 3], [4, 5, 6], [7]] == pages
    assert outbox.Feed([], 7, more=False) == await feed(database, ANN, 7)


async def test_a_rolled_back_event_leaves_no_gap(database: Database) -> None:
    """A number belongs to what was committed: one that was not is given to the next."""
    await tell(database, event(ANN, 1))

    async def fail() -> None:
        async with database.transaction() as tx:
            await outbox.tell(tx, [event(ANN, 2)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await tell(database, event(ANN, 3))

    assert [(1, 1), (2, 3)] == numbered(await feed(database, ANN))


class Feeds:
    """What a reader sees who polls all the time."""

    def __init__(self) -> None:
        self.seen: dict[UUID, list[Entry]] = {ANN: [], BOB: [], CAT: []}

    async def poll(self, database: Database) -> None:
        for person_id, seen in self.seen.items():
            page = await feed(database, person_id, len(seen))
            assert [entry.feed_seq for entry in page.entries] == list(range(len(seen) + 1, page.last_seq + 1))
            seen.extend(page.entries)


async def test_any_interleaving_of_tells_gives_gapless_feeds(database: Database) -> None:
    """Whoever tells whom at the same time, in whatever order, committed or not: a reader never meets a gap, not for a
    moment, and nothing comes twice.
    """
    loop, names = asyncio.get_running_loop(), itertools.count()
    people = st.lists(st.sampled_from([ANN, BOB, CAT]), min_size=1, max_size=4)
    feeds, expected = Feeds(), {ANN: set[int](), BOB: set[int](), CAT: set[int]()}

    async def one(told: list[UUID], pause_ms: int, fails: bool) -> None:
        events = [event(person, next(names)) for person in told]
        try:
            async with database.transaction() as tx:
                await outbox.tell(tx, events)
                await asyncio.sleep(pause_ms / 1000)
                assert not fails
        except AssertionError:
            return
        for given_ in events:
            expected[given_.person_id].add(given_.payload["number"])

    async def all_at_once(tells: list[tuple[list[UUID], int, bool]]) -> None:
        telling = asyncio.gather(*(one(*args) for args in tells))
        while not telling.done():
            await feeds.poll(database)
        await telling
        await feeds.poll(database)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.tuples(people, st.integers(0, 3), st.booleans()), min_size=2, max_size=6))
    def never_a_gap(tells: list[tuple[list[UUID], int, bool]]) -> None:
        asyncio.run_coroutine_threadsafe(all_at_once(tells), loop).result(30)

    await asyncio.to_thread(never_a_gap)

    for person_id, seen in feeds.seen.items():
        assert expected[person_id] == {entry.payload["number"] for entry in seen}
        assert len(expected[person_id]) == len(seen)


async def tell_by_counting(tx: Tx, events: Sequence[Event]) -> None:
    """A seeded bug: the next number is looked up without a lock."""
    last = await outbox.last_seqs(tx, [one.person_id for one in events])
    await asyncio.sleep(0.02)
    append = Statement(
        "append", "INSERT INTO outbox.feed_entry (person_id, feed_seq, kind, payload) VALUES (%(p)s, %(n)s, '', '{}')"
    )
    for one in events:
        await tx.execute(append, p=one.person_id, n=last.get(one.person_id, 0) + 1)


async def test_the_feed_lock_is_what_keeps_numbers_apart(database: Database) -> None:
    """Without it two tells that meet take the same number: the primary key is the net that catches the seeded bug."""

    async def told_twice(by: Callable[[Tx, Sequence[Event]], Awaitable[None]]) -> list[str]:
        async def one() -> None:
            async with database.transaction() as tx:
                await by(tx, [event(ANN)])

        answers = await asyncio.gather(one(), one(), return_exceptions=True)
        return sorted(type(answer).__name__ for answer in answers)

    await tell(database, event(ANN))
    assert ["NoneType", "NoneType"] == await told_twice(outbox.tell)
    assert ["NoneType", "UniqueViolation"] == await told_twice(tell_by_counting)


async def test_many_may_be_told_at_once(database: Database) -> None:
    """A notice has room for so many names; beyond that it names nobody and listeners look for themselves."""
    heard = database.listen(outbox.FEED_CHANNEL)
    try:
        await anext(heard)
        few = [uuid4() for _ in range(3)]
        await tell(database, *map(event, few))
        assert sorted(few) == [UUID(name) for name in (await anext(heard)).split(",")]
        await tell(database, *(event(uuid4()) for _ in range(500)))
        assert "" == await anext(heard)
    finally:
        await heard.aclose()  # type: ignore[attr-defined]


async def test_what_was_swept_away_is_said_to_be_gone(urls: Urls, database: Database) -> None:
    """Below the floor, or beyond the end, a device must read everything anew; from the floor on it may go on."""
    await tell(database, *(event(ANN, number) for number in range(1, 6)))
    age(urls, ANN, upto=3)
    async with database.transaction() as tx:
        assert 3 == await outbox.sweep(tx)
        assert 0 == await outbox.sweep(tx)

    with pytest.raises(FeedTooFarBehind) as gone:
        await feed(database, ANN, 2)
    assert {"floor": 3, "feed_seq": 5} == gone.value.facts
    assert [4, 5] == [entry.feed_seq for entry in (await feed(database, ANN, 3)).entries]
    with pytest.raises(FeedTooFarBehind):
        await feed(database, ANN, 6)
    await tell(database, event(ANN, 6))
    assert [6] == [entry.feed_seq for entry in (await feed(database, ANN, 5)).entries]


async def test_a_sweep_between_two_reads_is_noticed(urls: Urls, database: Database) -> None:
    """The end of a feed and its entries are two reads; when a sweep comes between them no entry is silently missing."""
    await tell(database, *(event(ANN, number) for number in range(1, 4)))

    class SweptMeanwhile(Tx):
        async def fetch(self, statement, into, /, **parameters):  # type: ignore[no-untyped-def]
            if into is Entry:
                await asyncio.create_task(sweep(), context=Context())
            return await super().fetch(statement, into, **parameters)

    async def sweep() -> None:
        age(urls, ANN, upto=2)
        async with database.transaction() as tx:
            await outbox.sweep(tx)

    async with database.transaction() as tx:
        with pytest.raises(FeedTooFarBehind):
            await outbox.read_feed(SweptMeanwhile(tx._connection), ANN, 0, 10)
