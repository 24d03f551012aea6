"""Webhook endpoints: where a business's programs hear, what was delivered there, and again."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query, Response

from tuppence.http.answers import answer, nothing, replayed
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import CursorInvalid, InvalidRequest, exactly_one
from tuppence.http.fields import Count, Id, MintedId
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.webhook_schemas import (
    Attempts,
    Deliveries,
    EndpointBody,
    EndpointChange,
    MadeEndpoint,
    ReplayBody,
    Replayed,
    RotateBody,
    Tally,
    WebhookEndpoint,
    WebhookEndpoints,
)
from tuppence.outbox import hooks
from tuppence.outbox.hooks import errors, queries

router = room("webhooks", prefix="/v1/webhook-endpoints")

Reader = Annotated[Actor, Depends(businessed("webhooks:read", "owner", "developer", "analyst"))]
Writer = Annotated[Actor, Depends(businessed("webhooks:write", "owner", "developer"))]
_NOT_FOUND = refuses(errors.EndpointNotFound)
_PAUSED: dict[bool, Literal["enabled", "paused"]] = {True: "paused", False: "enabled"}
_ON_WRITE = errors.UrlRefused, errors.TypeRefused


@router.get("", response_model=WebhookEndpoints, openapi_extra=FOR_BUSINESS)
async def list_endpoints(actor: Reader, house: TheHouse) -> Response:
    """Where your programs hear, and how each endpoint fares."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": [one.wire() for one in await queries.endpoints(tx, actor.business_id)]})


@router.get("/tally", response_model=Tally, openapi_extra=FOR_BUSINESS)
async def tally_attempts(actor: Reader, house: TheHouse) -> Response:
    """Attempts of the last 48 hours, by hour: those that were answered with 2xx, and the others."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": await queries.tally(tx, actor.business_id)})


@router.put(
    "/{endpoint_id}",
    response_model=MadeEndpoint,
    responses=refuses(*_ON_WRITE, errors.EndpointIdTaken, errors.TooManyEndpoints),
    openapi_extra=FOR_BUSINESS,
)
async def create_endpoint(endpoint_id: MintedId, body: EndpointBody, actor: Writer, house: TheHouse) -> Response:
    """Make an endpoint. Its secret is in this answer and never again; rotate it if the answer was lost.

    It is sent what happens from now on, in the API's version of today.
    """
    ask = hooks.NewEndpoint(
        endpoint_id, actor.business_id, body.url, body.description, tuple(sorted(set(body.types))), body.scheme
    )
    return _made(await house.together(house.hooks.create, ask))


@router.get("/{endpoint_id}", response_model=WebhookEndpoint, responses=_NOT_FOUND, openapi_extra=FOR_BUSINESS)
async def read_endpoint(endpoint_id: Id, actor: Reader, house: TheHouse) -> Response:
    """One endpoint."""
    async with house.database.transaction(read_only=True) as tx:
        return answer((await queries.access_endpoint(tx, actor.business_id, endpoint_id)).wire())


@router.patch(
    "/{endpoint_id}",
    response_model=WebhookEndpoint,
    responses=refuses(errors.EndpointNotFound, *_ON_WRITE),
    openapi_extra=FOR_BUSINESS,
)
async def change_endpoint(endpoint_id: Id, body: EndpointChange, actor: Writer, house: TheHouse) -> Response:
    """Change an endpoint; pause it, or enable it again. What happens meanwhile is not queued: replay it."""
    types = None if body.types is None else tuple(body.types)
    state = None if body.paused is None else _PAUSED[body.paused]
    ask = hooks.ChangeEndpoint(endpoint_id, actor.business_id, body.url, body.description, types, state)
    changed = await house.together(house.hooks.change, ask)
    assert changed is not None
    return answer(changed.wire())


@router.delete("/{endpoint_id}", status_code=204, responses=_NOT_FOUND, openapi_extra=FOR_BUSINESS)
async def remove_endpoint(endpoint_id: Id, actor: Writer, house: TheHouse) -> Response:
    """Remove an endpoint: nothing more is sent there, and its secrets are forgotten."""
    ask = hooks.ChangeEndpoint(endpoint_id, actor.business_id, state="removed")
    await house.together(house.hooks.change, ask)
    return nothing()


@router.post("/{endpoint_id}/rotate", response_model=MadeEndpoint, responses=_NOT_FOUND, openapi_extra=FOR_BUSINESS)
async def rotate_webhook_secret(endpoint_id: Id, body: RotateBody, actor: Writer, house: TheHouse) -> Response:
    """A new secret, shown this once. Old ones, three at most, sign beside it for as long as you say, none at all for 0.

    Did no answer come, ask again: what your receivers hold still signs.
    """
    ask = hooks.Rotate(endpoint_id, actor.business_id, timedelta(hours=body.overlap_hours))
    return _made(await house.together(house.hooks.rotate, ask))


@router.post("/{endpoint_id}/ping", status_code=204, responses=_NOT_FOUND, openapi_extra=FOR_BUSINESS)
async def ping_endpoint(endpoint_id: Id, actor: Writer, house: TheHouse) -> Response:
    """Send the endpoint a `webhook.ping`, to see it work."""
    house.limits.take("act", actor.by)
    async with house.database.transaction() as tx:
        await hooks.ping(tx, actor.business_id, endpoint_id)
    return nothing()


@router.post(
    "/{endpoint_id}/replay",
    response_model=Replayed,
    responses=refuses(errors.EndpointNotFound, errors.EventNotFound),
    openapi_extra=FOR_BUSINESS,
)
async def replay_events(endpoint_id: Id, body: ReplayBody, actor: Writer, house: TheHouse) -> Response:
    """Deliver events again: by id, or all of a stretch of time, ten thousand at most. Their ids stay the same."""
    if (body.event_ids is None) == (body.since is None):
        raise InvalidRequest(errors=[exactly_one("event_ids", "since")])
    ask = hooks.Replay(
        endpoint_id, actor.business_id, tuple(body.event_ids or ()), body.since, body.until, body.only_undelivered
    )
    return answer({"replayed": await house.together(hooks.replay, ask)})


@router.get(
    "/{endpoint_id}/deliveries",
    response_model=Deliveries,
    responses=refuses(errors.EndpointNotFound, CursorInvalid),
    openapi_extra=FOR_BUSINESS,
)
async def list_deliveries(
    endpoint_id: Id,
    actor: Reader,
    house: TheHouse,
    state: Annotated[Literal["pending", "delivered", "dead"] | None, Query()] = None,
    limit: Count = 50,
    cursor: Cursor = None,
) -> Response:
    """What was delivered to an endpoint, waits, or is dead; the latest first. Those delivered are kept for 30 days."""
    before = house.cursors.read("deliveries", cursor, int)
    of = actor.business_id, endpoint_id
    async with house.database.transaction(read_only=True) as tx:
        page = await queries.list_deliveries(tx, *of, state=state, limit=limit, before=before)
    return answer(house.cursors.page("deliveries", page.data, page.following))


@router.get(
    "/{endpoint_id}/deliveries/{event_id}",
    response_model=Attempts,
    responses=refuses(errors.EndpointNotFound, errors.EventNotFound),
    openapi_extra=FOR_BUSINESS,
)
async def read_attempts(endpoint_id: Id, event_id: Id, actor: Reader, house: TheHouse) -> Response:
    """Each attempt to deliver an event: when, how long, what came back. Kept for 30 days."""
    async with house.database.transaction(read_only=True) as tx:
        event = await queries.access_event(tx, actor.business_id, event_id)
        attempts = await queries.access_attempts(tx, actor.business_id, endpoint_id, event_id)
    return answer({"event": event.wire(), "data": attempts})


def _made(made: hooks.Made) -> Response:
    view = {"endpoint": made.endpoint.wire(), "secret": made.secret}
    return answer(view, headers=replayed(made.secret is None))
