"""People who talk: written without secrets, befriended, with their conversations open."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tuppence import chat, people
from tuppence.core import uuid7
from tuppence.db import Database, GroupCommit

Enrol = Callable[[int], Awaitable[list[UUID]]]
Open = Callable[[UUID, UUID], Awaitable[UUID]]


@pytest.fixture
def together(database: Database) -> GroupCommit:
    return GroupCommit(database)


@pytest.fixture
def enrol(database: Database) -> Enrol:
    """Write some people; their ids."""

    async def write(number: int) -> list[UUID]:
        asks = [people.SignUp(uuid7(), f"p{uuid7().hex[-12:]}", "Person", "en", "no password") for _ in range(number)]
        async with database.transaction() as tx:
            await people.sign_up(tx, asks)
        return [ask.id for ask in asks]

    return write


@pytest.fixture
def befriend(database: Database) -> Callable[[UUID, UUID], Awaitable[None]]:
    async def both_ask(one: UUID, other: UUID) -> None:
        async with database.transaction() as tx:
            names = await people.profiles(tx, [one, other])
            asks = [(one, other), (other, one)]
            await people.ask_friend(tx, [people.AskFriend(uuid7(), who, names[whom].handle) for who, whom in asks])

    return both_ask


@pytest.fixture
def open_room(database: Database, befriend: Callable[[UUID, UUID], Awaitable[None]]) -> Open:
    """Befriend two people and open their conversation for both; its id."""

    async def open_one(one: UUID, other: UUID) -> UUID:
        await befriend(one, other)
        async with database.transaction() as tx:
            results = await chat.ensure_conversations(tx, [(one, other), (other, one)])
        assert {chat.conversation_id(one, other)} == {
            result.id for result in results if isinstance(result, chat.Conversation)
        }
        return chat.conversation_id(one, other)

    return open_one


def text(room: UUID, sender: UUID, body: str = "Hi", client_id: UUID | None = None) -> chat.Say:
    return chat.Say(room, sender, client_id or uuid7(), "text", body)


def ref(room: UUID, sender: UUID, ref_id: UUID, only_for: UUID | None = None) -> chat.Say:
    return chat.Say(room, sender, ref_id, "ref", None, "thing", ref_id, only_for)
