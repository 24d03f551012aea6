"""Law of this room's feed: the old snapshot and the entries since make the new snapshot, also for a client whose
connection loses, repeats and reorders them."""

import random
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chat.conftest import Enrol, Open, ref, text

from tuppence import chat, outbox, people
from tuppence.chat.sync import Snapshot
from tuppence.core import uuid7
from tuppence.db import Database, Tx
from tuppence.outbox import Entry

PEOPLE = 3
who = st.integers(0, PEOPLE - 1)
often, seldom = ("text", "hidden", "reveal", "read"), ("delivered", "block", "unblock", "rename", "open")
what = st.sampled_from((*often, *often, *seldom))
steps = st.lists(st.tuples(what, who, who, st.integers(1, 12)), max_size=25)
Step = tuple[str, int, int, int]


@dataclass
class Crowd:
    """Three friends, and the things that were referred to and not yet revealed."""

    people: list[UUID]
    hidden: list[UUID] = field(default_factory=list)


async def do(tx: Tx, step: Step, crowd: Crowd) -> None:
    """One command by one person concerning another; refusals are answers too."""
    verb, one, other, number = step
    person, friend = crowd.people[one], crowd.people[other]
    if person == friend:
        return
    room = chat.conversation_id(person, friend)
    if verb == "open":
        await chat.ensure_conversations(tx, [(person, friend)])
    elif verb == "text":
        await chat.say(tx, [text(room, person, f"Message {number}") for _ in range(number % 3)])
    elif verb == "hidden":
        crowd.hidden.append(uuid7())
        await chat.say(tx, [ref(room, person, crowd.hidden[-1], only_for=person)])
    elif verb == "reveal":
        await chat.reveal(tx, [("thing", thing) for thing in crowd.hidden[: number % 3]])
        del crowd.hidden[: number % 3]
    elif verb == "read":
        await chat.mark_read(tx, [chat.Mark(room, person, number)])
    elif verb == "delivered":
        await chat.mark_delivered(tx, [chat.Mark(room, person, number)])
    elif verb == "rename":
        await people.change_me(tx, [people.ChangeMe(person, name=f"Name {number}")])
    else:
        await (people.block if verb == "block" else people.unblock)(tx, [people.Block(person, friend)])


async def snapshots(database: Database, crowd: Crowd) -> list[tuple[int, Snapshot]]:
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        return [(await outbox.last_seq(tx, one), await chat.sync.snapshot(tx, one)) for one in crowd.people]


@dataclass
class Client:
    """A device: one number, a snapshot, and what to do about frames that come twice, late, or not at all."""

    feed: list[Entry]  # what GET /sync would read
    feed_seq: int
    snapshot: Snapshot

    def hear(self, frame: Entry) -> None:
        if frame.feed_seq == self.feed_seq + 1:
            self.take([frame])
        elif frame.feed_seq > self.feed_seq:
            self.read_again()

    def read_again(self) -> None:
        self.take([entry for entry in self.feed if entry.feed_seq > self.feed_seq])

    def take(self, entries: list[Entry]) -> None:
        self.snapshot = chat.sync.apply(self.snapshot, entries)
        self.feed_seq += len(entries)


class Trusting(Client):
    """A seeded bug: believes that frames come once each and in order."""

    def hear(self, frame: Entry) -> None:
        self.take([frame])


def mangled(frames: list[Entry], chance: random.Random) -> list[Entry]:
    """What a bad connection makes of some frames."""
    kept = [frame for frame in frames if chance.random() > 0.2]
    twice = kept + [frame for frame in kept if chance.random() < 0.2]
    return sorted(twice, key=lambda frame: frame.feed_seq + chance.uniform(-3, 3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=steps, after=steps, chance=st.randoms(use_true_random=False))
async def test_old_snapshot_and_entries_make_the_new_snapshot(
    database: Database, enrol: Enrol, open_room: Open, before: list[Step], after: list[Step], chance: random.Random
) -> None:
    """After any history of words, refs, reveals, receipts, blocks and new names, for each of three people, and however
    badly their connection behaves."""
    crowd = Crowd(await enrol(PEOPLE))
    for one, other in ((0, 1), (1, 2), (0, 2)):
        await open_room(crowd.people[one], crowd.people[other])
    for step in before:
        async with database.transaction() as tx:
            await do(tx, step, crowd)
    old = await snapshots(database, crowd)
    for step in after:
        async with database.transaction() as tx:
            await do(tx, step, crowd)
    for person, (since, snapshot), (_, expected) in zip(
        crowd.people, old, await snapshots(database, crowd), strict=True
    ):
        async with database.transaction(read_only=True) as tx:
            entries = (await outbox.read_feed(tx, person, since, 1000)).entries
        assert expected == chat.sync.apply(snapshot, entries)
        client = Client(entries, since, snapshot)
        for frame in mangled(entries, chance):
            client.hear(frame)
        client.read_again()  # as every client does after a while of silence
        assert expected == client.snapshot


async def test_the_test_sees_a_client_that_trusts_its_connection(
    database: Database, enrol: Enrol, open_room: Open
) -> None:
    """The seeded bug, applying every frame that comes, counts a repeated message twice."""
    ada, bob = await enrol(2)
    room = await open_room(ada, bob)
    crowd = Crowd([bob])
    ((since, snapshot),) = await snapshots(database, crowd)
    async with database.transaction() as tx:
        await chat.say(tx, [text(room, ada)])
        entries = (await outbox.read_feed(tx, bob, since, 10)).entries
    ((_, expected),) = await snapshots(database, crowd)

    for client, right in ((Client(entries, since, snapshot), True), (Trusting(entries, since, snapshot), False)):
        for frame in (*entries, entries[-1]):
            client.hear(frame)
        assert right == (expected == client.snapshot)


async def test_the_snapshot_has_the_fifty_latest(database: Database, enrol: Enrol, open_room: Open) -> None:
    """With more conversations than that the latest come first, and a message in another one says: read again."""
    me, *friends = await enrol(53)
    for friend in friends:
        room = await open_room(friend, me)
        async with database.transaction() as tx:
            await chat.say(tx, [text(room, friend)])
    crowd = Crowd([me])
    ((since, snapshot),) = await snapshots(database, crowd)
    assert [str(friend) for friend in friends[:1:-1]] == [
        view["person"]["id"] for view in snapshot.conversations.values()
    ]

    async with database.transaction() as tx:
        await chat.say(tx, [text(chat.conversation_id(me, friends[0]), friends[0])])
        entries = (await outbox.read_feed(tx, me, since, 10)).entries
    assert not snapshot.stale
    assert chat.sync.apply(snapshot, entries).stale
