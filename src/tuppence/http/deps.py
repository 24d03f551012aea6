"""What endpoints ask for: the house, and who is calling."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends
from pydantic import TypeAdapter, ValidationError
from starlette.requests import HTTPConnection, Request

from tuppence import people
from tuppence.billing import apps, businesses
from tuppence.core.versions import NEWEST_VERSION
from tuppence.http import versions
from tuppence.http.errors import BusinessUnnamed, ForeignOrigin, NotForApps, NotSignedIn, ScopeMissing
from tuppence.http.fields import Id
from tuppence.http.house import House
from tuppence.http.request_log import ASKER
from tuppence.http.versions import VERSION

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def house_of(connection: HTTPConnection) -> House:
    """What the composition root put together."""
    return cast(House, connection.app.state.house)


async def _house(connection: HTTPConnection) -> House:
    return house_of(connection)  # a plain function as dependency would be run in a thread


TheHouse = Annotated[House, Depends(_house)]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in, and how they said so; `app_id` if it is an app that acts for them."""

    session: people.Session
    token: str
    app_id: UUID | None = None

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
    """Who is calling, in person.

    Raises: NotSignedIn, ForeignOrigin, TooManyRequests, NotForApps, and what people raises for a session.
    """
    token = credentials(request, house)
    if token.startswith(apps.ACCESS_PREFIX):
        await house.connections.of(token)
        raise NotForApps
    session = await house.sessions.of(token)
    house.limits.take("read" if request.method in _SAFE else "write", session.person_id)
    return Caller(session, token)


def permitted(scope: str) -> Callable[[Request, House], Awaitable[Caller]]:
    """Who is calling: a person, or an app that they let do this. A connection stands for the session of an app.

    Raises: ScopeMissing, TooManyRequests, AccessEnded, and what `caller_of` raises for whoever is no app.
    """

    async def caller(request: Request, house: TheHouse) -> Caller:
        token = credentials(request, house)
        if not token.startswith(apps.ACCESS_PREFIX):
            return await caller_of(request, house)
        access = await house.connections.of(token)
        house.limits.take("read" if request.method in _SAFE else "write", access.connection_id)
        versions.pin(request.scope, access.api_version)
        if not access.allows(scope):
            raise ScopeMissing(scope=scope)
        return Caller(_session_of(access), token, access.app_id)

    return caller


def _session_of(access: apps.Access) -> people.Session:
    """A connection as the device that it is: as old as the one on which the person said yes, good for its scopes."""
    return people.Session(
        id=access.connection_id,
        person_id=access.person_id,
        device_id=access.connection_id,
        device_name=access.app_name,
        device_since=access.device_since,
        transport="bearer",
        created_at=access.created_at,
        last_seen_at=access.last_used_at or access.created_at,
    )


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
        versions.pin(request.scope, key.api_version)
        house.limits.take("ledger", key.id)
        if not key.allows(scope):
            raise ScopeMissing(scope=scope)
        return key

    return key_of


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts for a business: one of its members, or a key of its own."""

    business_id: UUID
    person_id: UUID | None
    key_id: UUID | None

    @property
    def by(self) -> UUID:
        """The member, or the key."""
        one = self.person_id or self.key_id
        assert one
        return one


def businessed(scope: str | None, *roles: businesses.Role) -> Callable[..., Awaitable[Actor]]:
    """Who is calling for a business: a key of it with the scope, or a member with one of the roles (none: any member).

    A scope of None: members only. The business is the path's `business_id`; else a key's own, or the one that a member
    names in `Tuppence-Business`.
    Raises: BusinessNotFound, RoleMissing, BusinessUnnamed, ScopeMissing, KeyEnded, and what `caller_of` raises.
    """

    async def actor_of(request: Request, house: TheHouse) -> Actor:
        token = credentials(request, house)
        if scope is not None and token.startswith(people.keys.PREFIX):
            return await _key_of_business(request, house, token, scope)
        caller = await caller_of(request, house)
        business_id = named_business(request)
        if business_id is None:
            raise BusinessUnnamed
        async with house.database.transaction(read_only=True) as tx:
            await businesses.access(tx, caller.person_id, business_id, *roles)
        return Actor(business_id, caller.person_id, None)

    return actor_of


async def _key_of_business(request: Request, house: House, token: str, scope: str) -> Actor:
    """Raises: KeyEnded, ScopeMissing, BusinessNotFound, TooManyRequests."""
    if not token.startswith(house.key_prefix):  # the other mode's
        raise people.errors.KeyEnded
    key = await house.together(people.keys.access, token)
    if key.business_id:
        request.scope[ASKER] = key.business_id, key.id
    versions.pin(request.scope, key.api_version)
    house.limits.take("business_key", key.id)
    if key.business_id is None or not key.allows(scope):
        raise ScopeMissing(scope=scope)
    if named_business(request) not in (None, key.business_id):
        raise businesses.BusinessNotFound
    return Actor(key.business_id, None, key.id)


async def version_of(request: Request) -> str:
    """The version in which a request is answered, before anything else of it is looked at."""
    house, token = house_of(request), request.headers.get("authorization", "").rpartition(" ")[2]
    if VERSION not in request.scope and token.startswith(house.key_prefix):
        with suppress(people.errors.KeyEnded):  # the endpoint says so
            versions.pin(request.scope, (await house.together(people.keys.access, token)).api_version)
    found: str = request.scope.get(VERSION, NEWEST_VERSION)
    return found


def named_business(request: Request) -> UUID | None:
    """The business that a request names, in its path or else in its header. Raises: BusinessUnnamed."""
    named = request.path_params.get("business_id") or request.headers.get("tuppence-business")
    if named is None:
        return None
    try:
        return TypeAdapter[UUID](Id).validate_python(named)
    except ValidationError:
        raise BusinessUnnamed from None


ReadsLedger = Annotated[people.keys.Key, Depends(scoped("ledger:read"))]
WritesLedger = Annotated[people.keys.Key, Depends(scoped("ledger:write"))]
CorrectsLedger = Annotated[people.keys.Key, Depends(scoped("ledger:correct"))]
Signed = Annotated[Caller, Depends(caller_of)]
_OF_APPS = {scope: permitted(scope) for scope in apps.SCOPES}
ReadsProfile = Annotated[Caller, Depends(_OF_APPS["profile:read"])]
ReadsPayments = Annotated[Caller, Depends(_OF_APPS["payments:read"])]
SendsPayments = Annotated[Caller, Depends(_OF_APPS["payments:send"])]
CALLERS: Mapping[Any, Callable[[Request, House], Awaitable[Caller]]] = {
    Signed: caller_of,
    ReadsProfile: _OF_APPS["profile:read"],
    ReadsPayments: _OF_APPS["payments:read"],
    SendsPayments: _OF_APPS["payments:send"],
}
SIGNED_IN = Depends(caller_of)  # for endpoints that do not ask who
