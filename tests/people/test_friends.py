"""Friends and blocks on the database: crossing requests, what is told to whom, and what stays hidden."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from tests.people.conftest import Enrol

from tuppence import outbox, people
from tuppence.core import Failure, uuid7
from tuppence.db import Database, GroupCommit
from tuppence.people import errors
from tuppence.people.model import Relation, Tie

Befriend = Callable[[people.Person, people.Person], Awaitable[None]]


async def told(database: Database, person: people.Person) -> list[tuple[str, str]]:
    """(handle, relation) of every `friend` entry in somebody's feed."""
    async with database.transaction(read_only=True) as tx:
        feed = await outbox.read_feed(tx, person.id, 0, 1000)
    friends = [entry.payload for entry in feed.entries if entry.kind == "friend"]
    return [(one["person"]["handle"], one["relation"]) for one in friends]


async def relation(database: Database, viewer: people.Person, other: people.Person) -> Relation:
    async with database.transaction(read_only=True) as tx:
        return (await people.find_by_handle(tx, viewer.id, other.handle)).relation


async def test_ask_and_accept(enrol: Enrol, together: GroupCommit, database: Database) -> None:
    """Both sides see each step, once, however often it is repeated."""
    ada, bob = await enrol("ada", "bob")
    ask = people.AskFriend(uuid7(), ada.id, "https://pay.example/add/bob")
    for _ in range(2):
        assert "asked" == (await together(people.ask_friend, ask)).relation
    assert ("asked", "asks_you") == (await relation(database, ada, bob), await relation(database, bob, ada))
    for _ in range(2):
        assert "friends" == (await together(people.answer_friend, people.AnswerFriend(ask.id, bob.id, True))).relation
    assert [("bob", "asked"), ("bob", "friends")] == await told(database, ada)
    assert [("ada", "asks_you"), ("ada", "friends")] == await told(database, bob)
    with pytest.raises(errors.FriendRequestAnswered):
        await together(people.answer_friend, people.AnswerFriend(ask.id, bob.id, False))


async def test_a_decline_is_not_told(enrol: Enrol, together: GroupCommit, database: Database) -> None:
    """Who asked still sees a request that waits, and hears nothing more."""
    ada, bob = await enrol("ada", "bob")
    ask = people.AskFriend(uuid7(), ada.id, "bob")
    await together(people.ask_friend, ask)
    await together(people.answer_friend, people.AnswerFriend(ask.id, bob.id, False))

    assert ("asked", "none") == (await relation(database, ada, bob), await relation(database, bob, ada))
    assert [("bob", "asked")] == await told(database, ada)
    again = await together(people.ask_friend, people.AskFriend(uuid7(), ada.id, "bob"))
    assert "asked" == again.relation
    assert [("ada", "asks_you"), ("ada", "none")] == await told(database, bob)


async def test_refusals(enrol: Enrol, together: GroupCommit) -> None:
    """Unknown people, oneself, used ids, somebody else's requests: each has its answer, absent ones all the same."""
    ada, bob, eve = await enrol("ada", "bob", "eve")
    request = people.AskFriend(uuid7(), ada.id, "bob")
    await together(people.ask_friend, request)
    asks: list[tuple[people.AskFriend, type[Failure]]] = [
        (people.AskFriend(uuid7(), ada.id, "nobody_here"), errors.PersonNotFound),
        (people.AskFriend(uuid7(), ada.id, "not a handle \ud800"), errors.PersonNotFound),
        (people.AskFriend(uuid7(), ada.id, "ada"), errors.ThatIsYou),
        (people.AskFriend(request.id, ada.id, "eve"), errors.IdTaken),
        (people.AskFriend(request.id, eve.id, "bob"), errors.IdTaken),
    ]
    answers = await asyncio.gather(*(together(people.ask_friend, ask) for ask, _ in asks), return_exceptions=True)
    assert [failure for _, failure in asks] == [type(answer) for answer in answers]
    for person, request_id in ((eve, request.id), (ada, request.id), (bob, uuid7())):
        with pytest.raises(errors.FriendRequestNotFound):
            await together(people.answer_friend, people.AnswerFriend(request_id, person.id, True))
    for other, failure in ((uuid7(), errors.PersonNotFound), (ada.id, errors.ThatIsYou)):
        with pytest.raises(failure):
            await together(people.block, people.Block(ada.id, other))


async def test_crossing_requests_make_friends(enrol: Enrol, database: Database) -> None:
    """Two who ask each other at the same moment, in transactions of their own, are friends; thirty pairs of them."""
    everybody = await enrol(*(f"person_{n}" for n in range(60)))
    pairs = list(zip(everybody[::2], everybody[1::2], strict=True))

    async def ask(one: people.Person, other: people.Person) -> None:
        async with database.transaction() as tx:
            (answer,) = await people.ask_friend(tx, [people.AskFriend(uuid7(), one.id, other.handle)])
            assert isinstance(answer, Tie)

    for one, other in pairs:
        await asyncio.gather(ask(one, other), ask(other, one), ask(one, other), ask(other, one))
    async with database.transaction(read_only=True) as tx:
        between = await people.between(tx, [(one.id, other.id) for one, other in pairs])
    assert all(one.friends for one in between)


async def test_one_id_for_two_requests_at_once(enrol: Enrol, database: Database) -> None:
    """Two people who use one id together: one has it, the other is told so."""
    ada, cleo, *_ = await enrol("ada", "cleo", "bob", "dan")
    shared = uuid7()
    asks = [people.AskFriend(shared, ada.id, "bob"), people.AskFriend(shared, cleo.id, "dan")]
    lines = [GroupCommit(database), GroupCommit(database)]
    calls = (line(people.ask_friend, ask) for line, ask in zip(lines, asks, strict=True))
    results = await asyncio.gather(*calls, return_exceptions=True)

    assert {Tie, errors.IdTaken} == set(map(type, results))


async def test_a_block_stops_and_does_not_show(
    enrol: Enrol, befriend: Befriend, together: GroupCommit, database: Database
) -> None:
    """Whoever is blocked sees a friend as before, hears nothing, and may still ask others; money and words stop."""
    ada, bob = await enrol("ada", "bob")
    await befriend(ada, bob)
    before = await told(database, ada)
    await together(people.block, people.Block(bob.id, ada.id))

    async with database.transaction(read_only=True) as tx:
        forth, back, own = await people.between(tx, [(ada.id, bob.id), (bob.id, ada.id), (ada.id, ada.id)])
        seen_by_ada, seen_by_bob = await people.access_friends(tx, ada.id), await people.access_friends(tx, bob.id)
    assert people.Between(True, False, True, True) == forth
    assert people.Between(True, True, False, True) == back
    assert not own.friends
    assert [bob.profile] == seen_by_ada.friends
    assert ([], [ada.profile]) == (seen_by_bob.friends, seen_by_bob.blocked)
    assert before == await told(database, ada)

    await together(people.unblock, people.Block(bob.id, ada.id))
    async with database.transaction(read_only=True) as tx:
        assert [ada.profile] == (await people.access_friends(tx, bob.id)).friends
    assert before == await told(database, ada)


async def test_a_blocked_stranger_may_ask_in_vain(enrol: Enrol, together: GroupCommit, database: Database) -> None:
    """Their request looks sent; who blocked them sees it only after unblocking."""
    ada, bob = await enrol("ada", "bob")
    await together(people.block, people.Block(bob.id, ada.id))
    ask = people.AskFriend(uuid7(), ada.id, "bob")
    assert "asked" == (await together(people.ask_friend, ask)).relation

    async with database.transaction(read_only=True) as tx:
        assert [] == (await people.access_friends(tx, bob.id)).incoming
        assert [ask.id] == [one.id for one in (await people.access_friends(tx, ada.id)).outgoing]
    with pytest.raises(errors.FriendRequestNotFound):
        await together(people.answer_friend, people.AnswerFriend(ask.id, bob.id, True))
    with pytest.raises(errors.YouBlockedThem):
        await together(people.ask_friend, people.AskFriend(uuid7(), bob.id, "ada"))
    await together(people.unblock, people.Block(bob.id, ada.id))
    async with database.transaction(read_only=True) as tx:
        assert [ask.id] == [one.id for one in (await people.access_friends(tx, bob.id)).incoming]


async def test_everybody_is_found_alike(enrol: Enrol, together: GroupCommit, database: Database) -> None:
    """Somebody who blocks one is found like anybody; nobody is found by half a handle."""
    ada, bob, cleo = await enrol("ada", "bob", "cleo")
    await together(people.block, people.Block(bob.id, ada.id))
    async with database.transaction(read_only=True) as tx:
        assert Tie(bob.profile, "none") == await people.find_by_handle(tx, ada.id, "BOB")
        assert Tie(cleo.profile, "none") == await people.find_by_handle(tx, ada.id, "cleo")
        assert Tie(ada.profile, "you") == await people.find_by_handle(tx, ada.id, "ada")
        for text in ("bo", "b%", "nobody", "", "\ud800", "\0"):
            with pytest.raises(errors.PersonNotFound):
                await people.find_by_handle(tx, ada.id, text)


async def test_a_batch_of_wishes_is_decided_in_order(enrol: Enrol, database: Database) -> None:
    """Wishes of one batch see each other, bad ones spoil nothing, and each pair is told once how it ended."""
    ada, bob, cleo = await enrol("ada", "bob", "cleo")
    asks = [
        people.AskFriend(uuid7(), ada.id, "bob"),
        people.AskFriend(uuid7(), ada.id, "nobody"),
        people.AskFriend(uuid7(), bob.id, "ada"),
        people.AskFriend(uuid7(), cleo.id, "ada"),
    ]
    async with database.transaction() as tx:
        results = await people.ask_friend(tx, asks)

    assert errors.PersonNotFound() == results[1]
    assert ["friends", "friends", "asked"] == [one.relation for one in results if isinstance(one, Tie)]
    assert [("bob", "friends"), ("cleo", "asks_you")] == sorted(await told(database, ada))


async def test_between_answers_in_order_for_anybody(enrol: Enrol, befriend: Befriend, database: Database) -> None:
    """Pairs come back in the order asked, repeats and people who are not there included."""
    ada, bob, cleo = await enrol("ada", "bob", "cleo")
    await befriend(ada, bob)
    nobody: UUID = uuid7()
    pairs = [(cleo.id, ada.id), (ada.id, bob.id), (bob.id, ada.id), (ada.id, nobody), (ada.id, bob.id)]
    async with database.transaction(read_only=True) as tx:
        results = await people.between(tx, pairs)
        assert [] == await people.between(tx, [])
        names = await people.profiles(tx, [bob.id, nobody, bob.id])

    assert [False, True, True, False, True] == [one.friends for one in results]
    assert [True, True, True, False, True] == [one.both_enabled for one in results]
    assert {bob.id: bob.profile} == names
    assert 0 <= bob.profile.hue < 360
