"""Law of this room's feed: the old snapshot and the entries since make the new snapshot, whoever looks."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.people.conftest import Enrol

from tuppence import outbox, people
from tuppence.core import uuid7
from tuppence.db import Database, Tx

PEOPLE = 4
who = st.integers(0, PEOPLE - 1)
steps = st.one_of(
    st.tuples(st.just("ask"), who, who),
    st.tuples(st.just("accept"), who, who),
    st.tuples(st.just("decline"), who, who),
    st.tuples(st.just("block"), who, who),
    st.tuples(st.just("unblock"), who, who),
    st.tuples(st.just("rename"), who, who),
)
Step = tuple[str, int, int]


async def do(tx: Tx, step: Step, crowd: list[people.Person], requests: dict[tuple[int, int], UUID]) -> None:
    """One command by one person concerning another."""
    what, one, other = step
    person, target = crowd[one], crowd[other]
    if what == "ask":
        requests[one, other] = uuid7()
        await people.ask_friend(tx, [people.AskFriend(requests[one, other], person.id, target.handle)])
    elif what in ("accept", "decline"):
        answer = people.AnswerFriend(requests.get((other, one), uuid7()), person.id, what == "accept")
        await people.answer_friend(tx, [answer])
    elif what == "rename":
        await people.change_me(tx, [people.ChangeMe(person.id, name=f"Name {uuid7().hex[-6:]}")])
    else:
        verb = people.block if what == "block" else people.unblock
        await verb(tx, [people.Block(person.id, target.id)])


async def snapshots(database: Database, crowd: list[people.Person]) -> list[tuple[dict[str, Any], int]]:
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        return [(await people.sync.snapshot(tx, one.id), await outbox.last_seq(tx, one.id)) for one in crowd]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(steps, max_size=10), after=st.lists(steps, min_size=1, max_size=10))
async def test_old_snapshot_and_entries_make_the_new_snapshot(
    database: Database, enrol: Enrol, before: list[Step], after: list[Step]
) -> None:
    """After any history of requests, answers, blocks and new names, for each of four people."""
    crowd = await enrol(*(f"p{uuid7().hex[-12:]}{n}" for n in range(PEOPLE)))
    requests: dict[tuple[int, int], UUID] = {}
    for step in before:
        async with database.transaction() as tx:
            await do(tx, step, crowd, requests)
    old = await snapshots(database, crowd)
    for step in after:
        async with database.transaction() as tx:
            await do(tx, step, crowd, requests)
    new = await snapshots(database, crowd)
    for person, (snapshot, since), (expected, _) in zip(crowd, old, new, strict=True):
        async with database.transaction(read_only=True) as tx:
            feed = await outbox.read_feed(tx, person.id, since, 1000)
        assert expected == people.sync.apply(snapshot, feed.entries)
