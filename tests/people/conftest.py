"""People to test with: a cheap way to write them, and a house that evaluates secrets for real."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import pytest

from tuppence import people
from tuppence.core import Policy, uuid7
from tuppence.db import Database, GroupCommit
from tuppence.people.hashing import Hasher, Pepper

PASSWORD = "correct horse battery"
Enrol = Callable[..., Awaitable[list[people.Person]]]


class CountingHasher(Hasher):
    """Counts how often a secret was really looked at."""

    def __init__(self, at_once: int = 4) -> None:
        super().__init__(at_once)
        self.verified = 0

    async def verify(self, stored: str | None, secret: str) -> bool:
        self.verified += 1
        return await super().verify(stored, secret)


@pytest.fixture(scope="session")
async def password_hash() -> str:
    """PASSWORD, hashed once."""
    return await people.hash_password(PASSWORD)


@pytest.fixture
def enrol(database: Database, password_hash: str) -> Enrol:
    """Write people with these handles; all of them have PASSWORD."""

    async def write(*handles: str) -> list[people.Person]:
        asks = [people.SignUp(uuid7(), one, one.capitalize(), "en", password_hash) for one in handles]
        async with database.transaction() as tx:
            results = await people.sign_up(tx, asks)
        assert all(isinstance(one, people.Person) for one in results), results
        return [one for one in results if isinstance(one, people.Person)]

    return write


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def pepper() -> Pepper:
    return Pepper(bytes(range(32)))


@pytest.fixture
def entrance(database: Database, hasher: CountingHasher, pepper: Pepper) -> people.Entrance:
    return people.Entrance(database, pepper, Policy.load().pin, hasher)


@pytest.fixture
def together(database: Database) -> GroupCommit:
    return GroupCommit(database)


@pytest.fixture
def session_of(database: Database) -> Callable[[UUID], Awaitable[people.Signed]]:
    """Sign somebody in without asking."""

    async def open_one(person_id: UUID) -> people.Signed:
        async with database.transaction() as tx:
            device = people.Device("Laptop", "bearer")
            return (await people.open_sessions(tx, [people.OpenSession(person_id, device)]))[0]

    return open_one


@pytest.fixture
def befriend(database: Database) -> Callable[[people.Person, people.Person], Awaitable[None]]:
    """Make two people friends by both asking."""

    async def both_ask(one: people.Person, other: people.Person) -> None:
        async with database.transaction() as tx:
            asks: Sequence[people.AskFriend] = [
                people.AskFriend(uuid7(), one.id, other.handle),
                people.AskFriend(uuid7(), other.id, one.handle),
            ]
            await people.ask_friend(tx, asks)

    return both_ask
