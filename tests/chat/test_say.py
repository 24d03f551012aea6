"""Saying things on the database: once each, in order, to whom it concerns, in few statements."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from tests.chat.conftest import Enrol, Open, ref, text

from tuppence import chat, outbox, people
from tuppence.chat import errors
from tuppence.core import Failure, uuid7
from tuppence.db import Database, GroupCommit, Statement, Tx


async def feed(database: Database, person: UUID) -> list[outbox.Entry]:
    async with database.transaction(read_only=True) as tx:
        return (await outbox.read_feed(tx, person, 0, 10_000)).entries


async def history(database: Database, person: UUID, room: UUID, **where: int) -> list[chat.Message]:
    async with database.transaction(read_only=True) as tx:
        return list((await chat.access_history(tx, person, room, **where)).messages)


async def block(database: Database, person: UUID, other: UUID, *, on: bool = True) -> None:
    async with database.transaction() as tx:
        await (people.block if on else people.unblock)(tx, [people.Block(person, other)])


async def test_a_message_reaches_both(enrol: Enrol, open_room: Open, together: GroupCommit, database: Database) -> None:
    """Both feeds get the conversation, then the message, with the same number; the history shows it."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    said = await together(chat.say, text(room, ada, "Cafe\u0301?"))

    assert (1, "Café?", False) == (said.seq, said.body, said.replayed)
    for person in (ada, bob):
        kinds = [(one.kind, one.payload.get("seq")) for one in await feed(database, person) if one.kind != "friend"]
        assert [("conversation", None), ("message", 1)] == kinds
        assert [said] == await history(database, person, room)
    assert said.wire() == (await feed(database, bob))[-1].payload


async def test_fifty_identical_messages_are_said_once(enrol: Enrol, open_room: Open, database: Database) -> None:
    """Released together over two processes' group commits, all fifty get the one message."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    ask, lines = text(room, ada), [GroupCommit(database), GroupCommit(database), GroupCommit(database, most=1)]
    results = await asyncio.gather(*(lines[n % 3](chat.say, ask) for n in range(50)))

    assert 1 == len({one.id for one in results})
    assert 1 == sum(not one.replayed for one in results)
    assert 1 == len(await history(database, bob, room))


async def test_many_at_once_are_numbered_without_gap(enrol: Enrol, open_room: Open, database: Database) -> None:
    """Two hundred messages from both sides over several connections: no number is missing or given twice, and each
    feed tells them in the order of their numbers."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    lines = [GroupCommit(database, most=n) for n in (1, 7, 100)]
    asks = [text(room, (ada, bob)[n % 2], f"Message {n}") for n in range(200)]
    await asyncio.gather(*(lines[n % 3](chat.say, ask) for n, ask in enumerate(asks)))

    assert list(range(1, 201)) == [one.seq for one in await history(database, ada, room, after_seq=0, limit=200)]
    for person in (ada, bob):
        entries = await feed(database, person)
        assert list(range(1, 201)) == [one.payload["seq"] for one in entries if one.kind == "message"]
        assert list(range(1, len(entries) + 1)) == [one.feed_seq for one in entries]


async def test_refusals(enrol: Enrol, open_room: Open, database: Database) -> None:
    """Each item of a batch has its own answer; what belongs to others reads like what is not there."""
    ada, bob, eve = await enrol(3)
    room = await open_room(ada, bob)
    first = text(room, ada, "First")
    asks = [
        first,
        text(room, ada, "Another", first.client_id),
        text(room, ada, "\0"),
        text(room, eve, "Hi"),
        text(chat.conversation_id(ada, eve), ada, "Hi"),
        text(uuid7(), ada, "Hi"),
        first,
        text(room, bob, "Mine", first.client_id),
    ]
    async with database.transaction() as tx:
        results = await chat.say(tx, asks)

    missing = [errors.ConversationNotFound] * 3
    kinds = [chat.Message, errors.ClientIdTaken, errors.BodyRefused, *missing, chat.Message, chat.Message]
    assert kinds == [type(one) for one in results]
    assert results[0] == results[6]
    assert ["First", "Mine"] == [one.body for one in await history(database, ada, room)]


async def test_opening_takes_friendship(enrol: Enrol, open_room: Open, database: Database) -> None:
    """Strangers can't open one; between friends it has one id, whoever opens it, and opening tells nobody."""
    ada, bob, eve = await enrol(3)
    async with database.transaction() as tx:
        assert [errors.NotFriends()] * 3 == await chat.ensure_conversations(
            tx, [(eve, ada), (eve, uuid7()), (eve, eve)]
        )
    room = await open_room(ada, bob)
    async with database.transaction() as tx:
        opened = await chat.ensure_conversations(tx, [(ada, bob), (bob, ada), (ada, bob)])
    assert [chat.Conversation(room, (min(ada, bob), max(ada, bob)))] * 3 == opened
    assert ["friend"] == [one.kind for one in await feed(database, ada)]


async def test_both_open_at_once(enrol: Enrol, database: Database, befriend: Any, together: GroupCommit) -> None:
    """Friends who open their conversation at the same moment open the same one, and both can talk."""
    everybody = await enrol(20)
    pairs = list(zip(everybody[::2], everybody[1::2], strict=True))
    for pair in pairs:
        await befriend(*pair)
    lines = GroupCommit(database, most=1), GroupCommit(database)
    calls = [line(chat.ensure_conversations, ask) for line in lines for a, b in pairs for ask in ((a, b), (b, a))]
    opened = await asyncio.gather(*calls)

    assert {4} == set(Counter(one.id for one in opened).values())
    for one, other in pairs:
        for person in (one, other):
            assert isinstance(await together(chat.say, text(chat.conversation_id(one, other), person)), chat.Message)


async def test_a_conversation_that_the_other_opened_is_not_there_yet(
    enrol: Enrol, befriend: Any, database: Database, together: GroupCommit
) -> None:
    """Until something in it is for them, a member reads and says what they would of one that is not there."""
    ada, bob = await enrol(2)
    await befriend(ada, bob)
    opened = await together(chat.ensure_conversations, (ada, bob))
    await together(chat.say, ref(opened.id, ada, uuid7(), only_for=ada))
    with pytest.raises(errors.ConversationNotFound):
        await together(chat.say, text(opened.id, bob))
    with pytest.raises(errors.ConversationNotFound):
        await together(chat.mark_read, chat.Mark(opened.id, bob, 1))
    async with database.transaction(read_only=True) as tx:
        for absent in (opened.id, uuid7()):
            with pytest.raises(errors.ConversationNotFound):
                await chat.access_conversation(tx, bob, absent)
            with pytest.raises(errors.ConversationNotFound):
                await chat.access_history(tx, bob, absent)
        assert [] == await chat.access_conversations(tx, bob)
    assert ["friend"] == [one.kind for one in await feed(database, bob)]


async def test_whoever_is_blocked_sees_it_sent(
    enrol: Enrol, open_room: Open, together: GroupCommit, database: Database
) -> None:
    """Their message has a place and an echo like any other; the other never hears of it, even after unblocking."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    await block(database, bob, ada)
    hidden = await together(chat.say, text(room, ada, "Are you there?"))
    assert [hidden] == await history(database, ada, room)
    assert ["conversation", "message"] == [one.kind for one in (await feed(database, ada))[-2:]]
    assert hidden.wire() == (await feed(database, ada))[-1].payload
    assert "only_for" not in hidden.wire()
    assert {"friend"} == {one.kind for one in await feed(database, bob)}
    with pytest.raises(errors.YouBlockedThem):
        await together(chat.say, text(room, bob, "Go away"))

    await block(database, bob, ada, on=False)
    seen = await together(chat.say, text(room, ada, "Hello again"))
    assert [hidden, seen] == await history(database, ada, room)
    assert [seen] == await history(database, bob, room)
    async with database.transaction(read_only=True) as tx:
        view = await chat.access_conversation(tx, bob, room)
    assert (1, seen) == (view.unread, view.last_message)


async def test_a_hidden_message_is_revealed_at_the_end(
    enrol: Enrol, open_room: Open, together: GroupCommit, database: Database
) -> None:
    """It moves behind what was said since, once, for everyone, and keeps its id."""
    ada, bob = await enrol(2)
    room, thing = await open_room(ada, bob), uuid7()
    hidden = await together(chat.say, ref(room, ada, thing, only_for=ada))
    await together(chat.say, text(room, bob, "Meanwhile"))
    assert [2] == [one.seq for one in await history(database, bob, room)]

    async def reveal() -> None:
        async with database.transaction() as tx:
            await chat.reveal(tx, [("thing", thing), ("thing", uuid7()), ("other", thing)])

    await asyncio.gather(*(reveal() for _ in range(6)))
    for person in (ada, bob):
        assert [2, 3] == [one.seq for one in await history(database, person, room)]
        told = [one.payload for one in await feed(database, person) if one.kind == "message"]
        assert (str(hidden.id), 3) == (told[-1]["id"], told[-1]["seq"])
    assert 2 == len([one for one in await feed(database, bob) if one.kind == "message"])
    again = await together(chat.say, ref(room, ada, thing, only_for=ada))
    assert (hidden.id, 3, True) == (again.id, again.seq, again.replayed)


async def test_a_text_and_a_ref_may_share_a_client_id(enrol: Enrol, open_room: Open, together: GroupCommit) -> None:
    """Nobody can spoil a payment's bubble by saying something under its id beforehand."""
    ada, bob = await enrol(2)
    room, shared = await open_room(ada, bob), uuid7()
    await together(chat.say, text(room, ada, "Mine", shared))

    assert isinstance(await together(chat.say, ref(room, ada, shared)), chat.Message)


async def test_watermarks_only_rise(enrol: Enrol, open_room: Open, together: GroupCommit, database: Database) -> None:
    """Reading says how far, never back and never past the end; what is read is delivered; only changes are told."""
    ada, bob, eve = await enrol(3)
    room = await open_room(ada, bob)
    for n in range(5):
        await together(chat.say, text(room, ada, f"Message {n}"))
    before = len(await feed(database, ada))
    for verb, seq in ((chat.mark_delivered, 2), (chat.mark_read, 1), (chat.mark_read, 4), (chat.mark_read, 3)):
        await together(verb, chat.Mark(room, bob, seq))
    await together(chat.mark_delivered, chat.Mark(room, bob, 10**12))
    for stranger, where in ((eve, room), (bob, uuid7())):
        with pytest.raises(errors.ConversationNotFound):
            await together(chat.mark_read, chat.Mark(where, stranger, 1))

    receipts = [one.payload for one in (await feed(database, ada))[before:]]
    assert [(2, 0), (2, 1), (4, 4), (5, 4)] == [(one["delivered_seq"], one["read_seq"]) for one in receipts]
    assert [5, 4, 1, 1] == [one.payload["unread"] for one in await feed(database, bob) if one.kind == "receipt"]
    async with database.transaction(read_only=True) as tx:
        view = await chat.access_conversation(tx, ada, room)
    assert (0, 0, 4, 5) == (view.unread, view.read_seq, view.their_read_seq, view.their_delivered_seq)


async def test_pages_of_history(enrol: Enrol, open_room: Open, together: GroupCommit, database: Database) -> None:
    """Backwards and forwards every message is met once, in order, and the last page says so."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    async with database.transaction() as tx:
        await chat.say(tx, [text(room, ada, f"Message {n}") for n in range(23)])

        async def page(**where: int) -> tuple[list[int], bool]:
            found = await chat.access_history(tx, bob, room, limit=10, **where)
            return [one.seq for one in found.messages], found.more

        assert (list(range(14, 24)), True) == await page()
        assert (list(range(4, 14)), True) == await page(before_seq=14)
        assert ([1, 2, 3], False) == await page(before_seq=4)
        assert (list(range(1, 11)), True) == await page(after_seq=0)
        assert ([21, 22, 23], False) == await page(after_seq=20)
        assert (list(range(11, 15)), False) == await page(after_seq=10, before_seq=15)
        assert ([], False) == await page(after_seq=23)
        assert (list(range(14, 24)), True) == await page(before_seq=2**63 - 1)


class CountingTx(Tx):
    """A transaction that counts its statements."""

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx._connection)
        self.statements = 0

    async def _run(self, statement: Statement, parameters: dict[str, Any]) -> Any:
        self.statements += 1
        return await super()._run(statement, parameters)


async def test_a_batch_takes_as_many_statements_as_one(enrol: Enrol, open_room: Open, database: Database) -> None:
    """Opening, saying, revealing and reading cost a constant number of statements, whatever the batch."""
    everybody = await enrol(60)
    rooms = [(a, b, await open_room(a, b)) for a, b in zip(everybody[::2], everybody[1::2], strict=True)]

    async def statements(some: Sequence[tuple[UUID, UUID, UUID]]) -> tuple[int, ...]:
        things = [uuid7() for _ in some]
        counts = []
        async with database.transaction() as tx:
            for verb, asks in (
                (chat.ensure_conversations, [(a, b) for a, b, _ in some]),
                (chat.say, [ref(room, a, thing, a) for (a, _, room), thing in zip(some, things, strict=True)]),
                (chat.say, [text(room, b) for _, b, room in some]),
                (chat.reveal, [("thing", thing) for thing in things]),
                (chat.mark_read, [chat.Mark(room, b, 1_000) for _, b, room in some]),
            ):
                counting = CountingTx(tx)
                results = await verb(counting, asks)  # type: ignore[arg-type]
                assert not any(isinstance(one, Failure) for one in results or [])
                counts.append(counting.statements)
        return tuple(counts)

    await statements(rooms)  # from now on everybody has seen their conversation
    one, many = await statements(rooms[:1]), await statements(rooms)
    assert one == many
    assert (1, 7, 8) == one[:3]
