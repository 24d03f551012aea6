"""The verbs of endpoints: make, change, rotate, try, replay. Each takes few at a time: people click them."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from tuppence.core import Failure, uuid7
from tuppence.core.versions import NEWEST_VERSION
from tuppence.db import Tx
from tuppence.outbox.hooks import rules
from tuppence.outbox.hooks.actions import SQL, publish
from tuppence.outbox.hooks.errors import EndpointIdTaken, EndpointNotFound, EventNotFound, TooManyEndpoints
from tuppence.outbox.hooks.model import ChangeEndpoint, Endpoint, Happened, Made, NewEndpoint, Replay, Rotate
from tuppence.outbox.hooks.queries import access_endpoint, endpoints
from tuppence.outbox.hooks.seals import Seals
from tuppence.outbox.hooks.signing import Secret

T = TypeVar("T")

ENDPOINTS_MOST = 20
REPLAYED_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where an endpoint may be, in this installation."""

    sandbox: bool
    loopback: bool


async def create(tx: Tx, asks: Sequence[NewEndpoint], *, seals: Seals, bounds: Bounds) -> list[Made | Failure]:
    """Make endpoints, each with a secret. Order in, order out; a repeat answers what is there, without the secret.

    Refuses: UrlRefused, TypeRefused, EndpointIdTaken, TooManyEndpoints.
    """
    return [await _attempted(_create(tx, ask, seals, bounds)) for ask in asks]


async def _create(tx: Tx, ask: NewEndpoint, seals: Seals, bounds: Bounds) -> Made:
    url = rules.clean_url(ask.url, sandbox=bounds.sandbox, loopback=bounds.loopback)
    types = rules.clean_types(ask.types)
    if len(await endpoints(tx, ask.business_id)) >= ENDPOINTS_MOST:
        raise TooManyEndpoints(most=ENDPOINTS_MOST)
    facts = {"business_id": ask.business_id, "url": url, "description": ask.description, "scheme": ask.scheme}
    if await tx.execute(SQL.insert_endpoint, id=ask.id, types=list(types), api_version=NEWEST_VERSION, **facts):
        secret = await _add_secret(tx, ask.id, Secret.new(ask.scheme), seals)
        return Made(await access_endpoint(tx, ask.business_id, ask.id), secret)
    try:
        known = await access_endpoint(tx, ask.business_id, ask.id)
    except EndpointNotFound:
        raise EndpointIdTaken from None
    if any(getattr(known, name) != fact for name, fact in {**facts, "types": types}.items()):
        raise EndpointIdTaken
    return Made(known, None)


async def _add_secret(tx: Tx, endpoint_id: UUID, secret: Secret, seals: Seals) -> str:
    sealed = seals.seal(endpoint_id, secret.raw)
    await tx.execute(SQL.insert_secret, id=uuid7(), endpoint_id=endpoint_id, sealed=sealed, public=secret.public)
    return secret.shown


async def change(tx: Tx, asks: Sequence[ChangeEndpoint], *, bounds: Bounds) -> list[Endpoint | Failure | None]:
    """Change endpoints; one that is removed is None. What waits for a paused one goes out when it is enabled again.

    Order in, order out. Refuses: EndpointNotFound, UrlRefused, TypeRefused.
    """
    return [await _attempted(_change(tx, ask, bounds)) for ask in asks]


async def _change(tx: Tx, ask: ChangeEndpoint, bounds: Bounds) -> Endpoint | None:
    known = await access_endpoint(tx, ask.business_id, ask.id)
    url = known.url
    if ask.url is not None:
        url = rules.clean_url(ask.url, sandbox=bounds.sandbox, loopback=bounds.loopback)
    await tx.execute(
        SQL.change_endpoint,
        id=ask.id,
        url=url,
        description=known.description if ask.description is None else ask.description,
        types=list(known.types if ask.types is None else rules.clean_types(ask.types)),
        state=ask.state or known.state,
    )
    if ask.state == "removed":
        await tx.execute(SQL.forget_secrets, endpoint_id=ask.id)
        return None
    return await access_endpoint(tx, ask.business_id, ask.id)


async def rotate(tx: Tx, asks: Sequence[Rotate], *, seals: Seals) -> list[Made | Failure]:
    """Give endpoints new secrets; the three newest old ones sign on for the overlap at most. Order in, order out.

    Refuses: EndpointNotFound.
    """
    return [await _attempted(_rotate(tx, ask, seals)) for ask in asks]


async def _rotate(tx: Tx, ask: Rotate, seals: Seals) -> Made:
    known = await access_endpoint(tx, ask.business_id, ask.endpoint_id)
    await tx.execute(SQL.end_secrets, endpoint_id=known.id, at=datetime.now(UTC) + ask.overlap)
    secret = await _add_secret(tx, known.id, Secret.new(known.scheme), seals)
    return Made(await access_endpoint(tx, ask.business_id, known.id), secret)


async def ping(tx: Tx, business_id: UUID, endpoint_id: UUID) -> None:
    """Send an endpoint an event to try it with. Raises: EndpointNotFound."""
    known = await access_endpoint(tx, business_id, endpoint_id)
    await publish(tx, [Happened(business_id, "webhook.ping", known.id, {"url": known.url})])


async def replay(tx: Tx, asks: Sequence[Replay]) -> list[int | Failure]:
    """Deliver again; how many. What an endpoint was never sent, such as while it was disabled, is sent now.

    Order in, order out. Refuses: EndpointNotFound, EventNotFound. At most `REPLAYED_MOST` at once.
    Locks: the endpoint, then its deliveries.
    """
    return [await _attempted(_replay(tx, ask)) for ask in asks]


async def _replay(tx: Tx, ask: Replay) -> int:
    known = await access_endpoint(tx, ask.business_id, ask.endpoint_id)
    await tx.execute(SQL.look_now, endpoint_id=known.id)  # first: whoever delivers locks it before its deliveries, too
    asked = {"business_id": ask.business_id, "endpoint_id": known.id, "types": list(known.types)}
    if ask.event_ids:
        done = await tx.execute(SQL.replay_events, event_ids=list(ask.event_ids), **asked)
        if done < len(set(ask.event_ids)):
            raise EventNotFound
    else:
        stretch = {"since": ask.since, "until": ask.until, "only": ask.only_undelivered, "most": REPLAYED_MOST}
        done = await tx.execute(SQL.replay_stretch, **stretch, **asked)
    return done


async def _attempted(doing: Awaitable[T]) -> T | Failure:
    """One ask's own result, whatever becomes of its neighbours."""
    try:
        return await doing
    except Failure as failure:
        return failure
