"""Signing up and in: ids that may be repeated, secrets that are looked at seldom, sessions that end at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.people.conftest import PASSWORD, CountingHasher, Enrol

from tuppence import people
from tuppence.core import Failure, uuid7
from tuppence.db import Database, GroupCommit, Statement
from tuppence.people import errors
from tuppence.people.model import Transport

LAPTOP = people.Device("Laptop", "bearer")

AGE_SESSION = Statement(
    "age_session",
    "UPDATE people.session SET last_seen_at = last_seen_at - %(by)s::interval, ends_at = ends_at - %(by)s::interval"
    " WHERE id = %(id)s",
)
SEEN_AGO = Statement("seen_ago", "UPDATE people.session SET last_seen_at = last_seen_at - %(by)s::interval")
STORED = Statement("stored", "SELECT token_hash FROM people.session")
COUNT = Statement("count", "SELECT count(*) FROM people.person")
DISABLE = Statement("disable", "UPDATE people.person SET enabled = false WHERE id = %(id)s")


def newcomer(
    id_: UUID | None = None, handle: str = "ada", name: str = "Ada", password: str = PASSWORD
) -> people.Newcomer:
    return people.Newcomer(id_ or uuid7(), handle, name, password, "en", LAPTOP, "192.0.2.1")


async def settled(*calls: Awaitable[object]) -> list[object]:
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_a_sign_up_may_be_repeated(entrance: people.Entrance) -> None:
    """The same id and body give the same person, signed in anew; another body is refused, whatever differs."""
    ask = newcomer()
    first = await entrance.sign_up(ask)
    again = await entrance.sign_up(ask)

    assert first.person == again.person
    assert first.token != again.token
    for other in (
        newcomer(ask.id, name="Bo"),
        newcomer(ask.id, handle="bob"),
        newcomer(ask.id, password="quite another one"),
    ):
        with pytest.raises(errors.IdTaken):
            await entrance.sign_up(other)


async def test_fifty_identical_sign_ups_make_one_person(entrance: people.Entrance, database: Database) -> None:
    """Released together, all fifty get the same person, and there is one."""
    ask = newcomer()
    results = await settled(*(entrance.sign_up(ask) for _ in range(50)))

    assert {ask.id} == {one.person.id for one in results if isinstance(one, people.Signed)}
    assert 50 == sum(isinstance(one, people.Signed) for one in results), results
    async with database.transaction() as tx:
        assert [1] == await tx.scalars(COUNT)


async def test_fifty_people_want_one_handle(entrance: people.Entrance) -> None:
    """Released together, one gets it and forty-nine are told that it is taken."""
    results = await settled(*(entrance.sign_up(newcomer(handle="the.one")) for _ in range(20)))

    assert {people.Signed: 1, errors.HandleTaken: 19} == Counter(map(type, results))


@pytest.mark.parametrize(
    ("ask", "failure"),
    [
        (newcomer(handle="A D A"), errors.HandleRefused),
        (newcomer(handle="admin"), errors.HandleTaken),
        (newcomer(name="Ali\u202eecilA"), errors.NameRefused),
        (newcomer(password="password"), errors.PasswordRefused),
        (newcomer(password="\ud800\ud800 long enough"), errors.PasswordRefused),
        (people.Newcomer(uuid7(), "ada", "Ada", PASSWORD, "../en", LAPTOP), errors.LocaleRefused),
        (people.Newcomer(uuid7(), "ada", "Ada", PASSWORD, "en", people.Device("a\0b", "bearer")), errors.NameRefused),
    ],
)
async def test_bad_sign_ups_write_nothing(
    entrance: people.Entrance, database: Database, ask: people.Newcomer, failure: type[Failure]
) -> None:
    """Each member is checked before anything is hashed or written."""
    with pytest.raises(failure):
        await entrance.sign_up(ask)
    async with database.transaction() as tx:
        assert [0] == await tx.scalars(COUNT)


async def test_handles_that_look_alike_are_one(enrol: Enrol, entrance: people.Entrance) -> None:
    """Who looks like somebody else can't sign up."""
    await enrol("b0b_pays")
    for handle in ("bob_pays", "BOB.PAYS", "b0b.pays"):
        with pytest.raises(errors.HandleTaken):
            await entrance.sign_up(newcomer(handle=handle))


async def test_in_bulk_each_gets_an_answer(database: Database, password_hash: str) -> None:
    """A bad item does not spoil its neighbours, and a repeat in the same batch is the same person."""
    ada = people.SignUp(uuid7(), "ada", "Ada", "en", password_hash)
    asks = [
        ada,
        ada,
        people.SignUp(uuid7(), "ada", "Another", "en", password_hash),
        people.SignUp(ada.id, "bob", "Bo", "en", password_hash),
        people.SignUp(uuid7(), "!", "Bo", "en", password_hash),
        people.SignUp(uuid7(), "bob", "Bo", "en", password_hash),
    ]
    async with database.transaction() as tx:
        results = await people.sign_up(tx, asks)

    kinds = [people.Person, people.Person, errors.HandleTaken, errors.IdTaken, errors.HandleRefused, people.Person]
    assert kinds == [type(one) for one in results]


async def test_signing_in_takes_the_handle_as_it_is_typed(enrol: Enrol, entrance: people.Entrance) -> None:
    """Capitals, full-width letters and the @ sign make no difference; the password does."""
    (ada,) = await enrol("ada")
    for handle in ("ada", "@ADA", "ａｄａ"):
        signed = await entrance.sign_in(people.SignIn(handle, PASSWORD, LAPTOP))
        assert ada == signed.person


@pytest.mark.parametrize("handle", ["ada", "nobody_here", "no handle at all", "\ud800", ""])
async def test_every_wrong_sign_in_costs_the_same(
    enrol: Enrol, entrance: people.Entrance, hasher: CountingHasher, handle: str
) -> None:
    """A wrong password, an unknown handle and what can't be a handle: one slow hash and one answer each."""
    await enrol("ada")
    with pytest.raises(errors.SignInRefused):
        await entrance.sign_in(people.SignIn(handle, "not the password", LAPTOP))

    assert 1 == hasher.verified


async def test_wrong_passwords_at_once_are_looked_at_ten_times(
    enrol: Enrol, entrance: people.Entrance, hasher: CountingHasher
) -> None:
    """Forty wrong ones released together against one handle: ten are looked at, the rest are told to wait."""
    await enrol("ada")
    calls = (entrance.sign_in(people.SignIn("ada", f"wrong {n:03}", LAPTOP, f"192.0.2.{n}")) for n in range(40))
    results = await settled(*calls)

    assert {errors.SignInRefused: 10, errors.TooManyTries: 30} == Counter(map(type, results))
    assert 10 == hasher.verified
    assert all(0 < one.facts["retry_after_seconds"] <= 60 for one in results if isinstance(one, errors.TooManyTries))


async def test_right_passwords_at_once_all_pass(enrol: Enrol, entrance: people.Entrance) -> None:
    """Being counted before being looked at costs nobody who knows the password anything."""
    await enrol("ada")
    results = await settled(*(entrance.sign_in(people.SignIn("ada", PASSWORD, LAPTOP, "192.0.2.1")) for _ in range(20)))

    assert {people.Signed: 20} == Counter(map(type, results))


async def test_one_address_cannot_try_everybody(entrance: people.Entrance, hasher: CountingHasher) -> None:
    """Sixty handles tried from one address: fifty are looked at."""
    calls = (entrance.sign_in(people.SignIn(f"person_{n}", "wrong password", LAPTOP, "192.0.2.9")) for n in range(60))
    results = await settled(*calls)

    assert 50 <= hasher.verified <= 51  # one more may have been earned meanwhile
    assert errors.TooManyTries in Counter(map(type, results))


async def test_a_session_is_known_by_its_token(
    enrol: Enrol, session_of: Callable[[UUID], Awaitable[people.Signed]], database: Database
) -> None:
    """Tokens are looked up together; what is unknown, malformed or repeated gets its own answer."""
    ada, bo = await enrol("ada", "bob")
    one, other = await session_of(ada.id), await session_of(bo.id)
    async with database.transaction(read_only=True) as tx:
        found = await people.access_session(tx, [one.token, "wrong", "", "\ud800", other.token, one.token])
        stored = await tx.scalars(STORED)

    assert [one.session, errors.SessionEnded(), errors.SessionEnded(), errors.SessionEnded(), other.session] == found[
        :5
    ]
    assert found[0] == found[5]
    assert not any(one.token.encode() in bytes(row) for row in stored)
    assert one.token not in repr(one)


@pytest.mark.parametrize(
    ("transport", "after", "lives"),
    [
        ("cookie", timedelta(hours=11), True),
        ("cookie", timedelta(hours=13), False),
        ("bearer", timedelta(days=29), True),
        ("bearer", timedelta(days=31), False),
    ],
)
async def test_sessions_end_by_themselves(
    enrol: Enrol, database: Database, transport: Transport, after: timedelta, lives: bool
) -> None:
    """A browser's after half a day without use, any after thirty days."""
    (ada,) = await enrol("ada")
    async with database.transaction() as tx:
        (signed,) = await people.open_sessions(tx, [people.OpenSession(ada.id, people.Device("Phone", transport))])
        await tx.execute(AGE_SESSION, id=signed.session.id, by=after)
    async with database.transaction(read_only=True) as tx:
        (found,) = await people.access_session(tx, [signed.token])
        listed = await people.access_sessions(tx, ada.id)

    assert lives == isinstance(found, people.Session)
    assert lives == bool(listed)


async def test_use_is_remembered_lazily(enrol: Enrol, database: Database) -> None:
    """A session that was seen just now needs no write; one that was not is as good as new after one."""
    (ada,) = await enrol("ada")
    async with database.transaction() as tx:
        (signed,) = await people.open_sessions(tx, [people.OpenSession(ada.id, LAPTOP)])
        assert not signed.session.seen_long_ago(signed.session.last_seen_at)
        await tx.execute(SEEN_AGO, by=timedelta(hours=11))
        (before,) = await people.access_sessions(tx, ada.id)
        await people.touch(tx, [signed.session.id])
        (after,) = await people.access_sessions(tx, ada.id)

    assert before.seen_long_ago(after.last_seen_at)
    assert timedelta(hours=11) <= after.last_seen_at - before.last_seen_at


async def test_a_session_ends_at_once_and_everywhere(
    enrol: Enrol, session_of: Callable[[UUID], Awaitable[people.Signed]], database: Database
) -> None:
    """Signing a device out is heard by every process, and the token is dead; one can't sign out others."""
    ada, bo = await enrol("ada", "bob")
    mine, theirs = await session_of(ada.id), await session_of(bo.id)
    notices = database.listen(people.SESSION_CHANNEL)
    assert "" == await anext(notices)
    async with database.transaction() as tx:
        asks = [people.EndSession(ada.id, mine.session.id), people.EndSession(ada.id, theirs.session.id)]
        results = await people.end_sessions(tx, [*asks, people.EndSession(ada.id, uuid7())])

    assert [None, errors.SessionNotFound(), errors.SessionNotFound()] == results
    assert str(mine.session.id) == await asyncio.wait_for(anext(notices), 5)
    async with database.transaction() as tx:
        assert [errors.SessionEnded(), theirs.session] == await people.access_session(tx, [mine.token, theirs.token])


async def test_a_device_is_known_again(enrol: Enrol, entrance: people.Entrance, database: Database) -> None:
    """Who still holds a session's token keeps the device's age, and the old session ends; somebody else's token, or a
    signed-out one, counts for nothing."""
    await enrol("ada", "bob")

    async def sign_in(handle: str, before: str | None) -> people.Signed:
        return await entrance.sign_in(people.SignIn(handle, PASSWORD, people.Device("Laptop", "cookie", before)))

    first = await sign_in("ada", None)
    again = await sign_in("ada", first.token)
    assert (first.session.device_id, first.session.device_since) == (
        again.session.device_id,
        again.session.device_since,
    )

    stranger = await sign_in("bob", again.token)
    assert stranger.session.device_id != again.session.device_id
    async with database.transaction() as tx:
        found = await people.access_session(tx, [first.token, again.token])
        assert [errors.SessionEnded(), again.session] == found
        await people.end_sessions(tx, [people.EndSession(again.person.id, again.session.id)])
    assert first.session.device_id != (await sign_in("ada", again.token)).session.device_id


async def test_a_person_keeps_fifty_sessions(enrol: Enrol, database: Database) -> None:
    """Signing in for ever fills no table: the longest unused sessions make room."""
    (ada,) = await enrol("ada")
    async with database.transaction() as tx:
        await people.open_sessions(tx, [people.OpenSession(ada.id, LAPTOP)] * 60)
        assert 50 == len(await people.access_sessions(tx, ada.id))


async def test_who_is_disabled_is_out(enrol: Enrol, entrance: people.Entrance, database: Database) -> None:
    """Their sessions end, they can't sign in, and nobody finds them."""
    ada, bo = await enrol("ada", "bob")
    signed = await entrance.sign_in(people.SignIn("ada", PASSWORD, LAPTOP))
    async with database.transaction() as tx:
        await tx.execute(DISABLE, id=ada.id)
        assert [errors.SessionEnded()] == await people.access_session(tx, [signed.token])
        with pytest.raises(errors.PersonNotFound):
            await people.find_by_handle(tx, bo.id, "ada")
    with pytest.raises(errors.SignInRefused):
        await entrance.sign_in(people.SignIn("ada", PASSWORD, LAPTOP))


async def test_changing_a_name(enrol: Enrol, together: GroupCommit, database: Database) -> None:
    """What is None stays; a bad name is refused and changes nothing."""
    (ada,) = await enrol("ada")
    changed = await together(people.change_me, people.ChangeMe(ada.id, name=" Ada  L "))
    assert ("Ada L", "en") == (changed.name, changed.locale)
    changed = await together(people.change_me, people.ChangeMe(ada.id, locale="fr"))
    assert ("Ada L", "fr") == (changed.name, changed.locale)
    with pytest.raises(errors.NameRefused):
        await together(people.change_me, people.ChangeMe(ada.id, name="\u202e", locale="de"))
    async with database.transaction() as tx:
        assert changed == (await people.access_me(tx, ada.id)).person
