"""What endpoints ask for: the house, and who is calling."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from tuppence import people
from tuppence.http.errors import ForeignOrigin, NotSignedIn, ScopeMissing
from tuppence.http.house import House

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def house_of(connection: HTTPConnection) -> House:
    """What the composition root put together."""
    return cast(House, connection.app.state.house)


async def _house(connection: HTTPConnection) -> House:
    return house_of(connection)  # a plain function as dependency would be run in a thread


TheHouse = Annotated[House, Depends(_house)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in, and how they said so."""

    session: people.Session
    token: str

    @property
    def person_id(self) -> UUID:
        return self.session.person_id


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from; behind a trusted proxy, what the proxy says."""
    return connection.client.host if connection.client else "unknown"


def held_token(connection: HTTPConnection, house: House) -> str | None:
    """The session token that a device still holds, if any: by it we know the device again."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token if token and scheme.lower() == "bearer" else connection.cookies.get(house.cookie)


def credentials(connection: HTTPConnection, house: House) -> str:
    """The session token. A cookie is believed only where a page of ours sent it.

    The shell has refused foreign origins; a write by cookie must prove that it comes from ours, and so must every
    WebSocket by cookie, since browsers let any page open one. Raises: NotSignedIn, ForeignOrigin.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        return token
    token = connection.cookies.get(house.cookie, "")
    if not token:
        raise NotSignedIn
    method = connection.scope.get("method", "WEBSOCKET")
    if method not in _SAFE and connection.headers.get("origin") != house.origin:
        raise ForeignOrigin
    return token


async def caller_of(request: Request, house: TheHouse) -> Caller:
    """Who is calling. Raises: NotSignedIn, ForeignOrigin, TooManyRequests, and what people raises for a session."""
    token = credentials(request, house)
    session = await house.sessions.of(token)
    house.limits.take("read" if request.method in _SAFE else "write", session.person_id)
    return Caller(session, token)


def scoped(scope: str) -> Callable[..., Awaitable[people.keys.Key]]:
    """Who is calling, if what they bring allows this. A key is asked for its scopes; a session has none.

    Raises: ScopeMissing, TooManyRequests, KeyEnded, and what `caller_of` raises for whoever brings no key.
    """

    async def key_of(request: Request, house: TheHouse) -> people.keys.Key:
        token = credentials(request, house)
        if not token.startswith(people.keys.PREFIX):
            await caller_of(request, house)
            raise ScopeMissing(scope=scope)
        if not token.startswith(house.key_prefix):  # the other mode's
            raise people.errors.KeyEnded
        key = await house.together(people.keys.access, token)
        house.limits.take("ledger", key.id)
        if not key.allows(scope):
            raise ScopeMissing(scope=scope)
        return key

    return key_of


ReadsLedger = Annotated[people.keys.Key, Depends(scoped("ledger:read"))]
WritesLedger = Annotated[people.keys.Key, Depends(scoped("ledger:write"))]
CorrectsLedger = Annotated[people.keys.Key, Depends(scoped("ledger:correct"))]
Signed = Annotated[Caller, Depends(caller_of)]
SIGNED_IN = Depends(caller_of)  # for endpoints that do not ask who
