"""API keys: seen once, kept as a hash, good for what they say, for as long as they say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from tests.people.conftest import Enrol

from tuppence import people
from tuppence.db import Database, Statement
from tuppence.db.embedded import Urls
from tuppence.people import errors, keys

LONG_AGO = Statement("long ago", "UPDATE people.api_key SET last_used_at = %(at)s")


@pytest.fixture
async def owner(urls: Urls, database: Database) -> Database:
    """The same database as its owner sees it."""
    return await Database.open(urls.owner, name="owner", max_size=1)


async def made(owner: Database, person_id: UUID, *, days: int | None = None, scope: str = "ledger:read") -> keys.Made:
    async with owner.transaction() as tx:
        (one,) = await keys.make(tx, [keys.NewKey(person_id, "Nightly books", [scope], "test", days)])
    assert isinstance(one, keys.Made), one
    return one


async def accessed(database: Database, key: str) -> keys.Key | Exception:
    async with database.transaction() as tx:
        return (await keys.access(tx, [key]))[0]


async def test_a_key_is_known_by_its_hash_and_shown_by_its_prefix(
    database: Database, owner: Database, enrol: Enrol, urls: Urls
) -> None:
    """The key opens what it says; nothing that is stored, listed or printed gives it away."""
    (ann,) = await enrol("ann")
    one = await made(owner, ann.id, scope="ledger:write")
    found = await accessed(database, one.key)
    with psycopg.connect(urls.owner) as connection:
        row = str(connection.execute("SELECT * FROM people.api_key").fetchone())
    secret = one.key.removeprefix(found.prefix) if isinstance(found, keys.Key) else ""
    await owner.close()

    assert isinstance(found, keys.Key)
    assert (ann.id, "ann", ("ledger:write",)) == (found.person_id, found.handle, found.scopes)
    assert one.key.startswith("tup_test_")
    assert len(secret) > 30
    assert secret not in row + repr(one) + repr(found)


async def test_a_key_that_is_over_opens_nothing(database: Database, owner: Database, enrol: Enrol) -> None:
    """Expired, revoked, a stranger's, or of somebody who was disabled: all get the same answer."""
    ann, bo, carl = await enrol("ann", "bo_", "carl")
    expired, revoked, gone = [await made(owner, one.id, days=1) for one in (ann, bo, carl)]
    async with owner.transaction() as tx:
        await tx.execute(
            Statement("age", "UPDATE people.api_key SET expires_at = now() WHERE id = %(id)s"), id=expired.id
        )
        await tx.execute(Statement("gone", "UPDATE people.person SET enabled = false WHERE id = %(id)s"), id=carl.id)
    async with database.transaction() as tx:
        assert [None, None] == [*await keys.revoke(tx, [revoked.id]), *await keys.revoke(tx, [revoked.id])]
        (unknown,) = await keys.revoke(tx, [ann.id])
    answers = [await accessed(database, key) for key in (expired.key, revoked.key, gone.key, "tup_test_nobody")]
    await owner.close()

    assert isinstance(unknown, errors.KeyNotFound)
    assert [errors.KeyEnded] * 4 == [type(one) for one in answers]


async def test_use_is_noted_now_and_then(database: Database, owner: Database, enrol: Enrol) -> None:
    """The first use is written down, the next one only after a while: not every request is a write."""
    (ann,) = await enrol("ann")
    one = await made(owner, ann.id)
    before = datetime.now(UTC)
    await accessed(database, one.key)
    first = await accessed(database, one.key)
    async with owner.transaction() as tx:
        await tx.execute(LONG_AGO, at=before - timedelta(hours=1))
    await accessed(database, one.key)
    later = await accessed(database, one.key)
    await owner.close()

    assert isinstance(first, keys.Key)
    assert isinstance(later, keys.Key)
    assert first.last_used_at is not None
    assert later.last_used_at is not None
    assert before <= first.last_used_at < later.last_used_at


async def test_the_app_can_make_no_key_and_widen_none(database: Database, owner: Database, enrol: Enrol) -> None:
    """Whoever takes over a process of ours has the keys that there are, and cannot make or change one."""
    (ann,) = await enrol("ann")
    await made(owner, ann.id)
    await owner.close()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction() as tx:
            await keys.make(tx, [keys.NewKey(ann.id, "Mine", ["ledger:house"], "test")])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction() as tx:
            await tx.execute(Statement("widen", "UPDATE people.api_key SET scopes = '{ledger:house}'"))


@pytest.mark.parametrize("scopes", [[], ["ledger:everything"], ["ledger:read", "payments:send"]])
async def test_scopes_are_those_that_there_are(owner: Database, enrol: Enrol, scopes: list[str]) -> None:
    """A key without scopes, or with one that nobody checks, is not made."""
    (ann,) = await enrol("ann")
    async with owner.transaction() as tx:
        (refused,) = await keys.make(tx, [keys.NewKey(ann.id, "Key", scopes, "live")])
    await owner.close()

    assert isinstance(refused, errors.ScopeRefused)
    assert list(people.keys.SCOPES) == refused.facts["scopes"]
