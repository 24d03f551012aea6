"""What happened to a business, as its programs hear it; and what those programs asked of us."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import StringConstraints
from starlette.responses import StreamingResponse

from tuppence.billing.businesses import requests
from tuppence.billing.businesses.errors import RequestNotFound
from tuppence.http.answers import answer
from tuppence.http.cursors import Cursor
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import CursorInvalid
from tuppence.http.fields import Count, Id, Seq
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.webhook_schemas import Event, Events, EventTypes, LoggedRequest, LoggedRequests
from tuppence.outbox import hooks
from tuppence.outbox.hooks import errors, queries

router = room("events")

Reader = Annotated[Actor, Depends(businessed("events:read", "owner", "developer", "analyst"))]
LogReader = Annotated[Actor, Depends(businessed("logs:read", "owner", "developer"))]
Type = Annotated[str, StringConstraints(pattern=r"^[a-z_.]+$", max_length=100)]
_LOOK_SECONDS = 0.5
_SILENCE_SECONDS = 15.0  # after which a stream says that it is still there
_STREAM_SECONDS = 3600.0


@router.get("/events", response_model=Events, responses=refuses(CursorInvalid), openapi_extra=FOR_BUSINESS)
async def list_events(
    actor: Reader,
    house: TheHouse,
    types: Annotated[list[Type] | None, Query(alias="type", max_length=50)] = None,
    subject_id: Annotated[Id | None, Query()] = None,
    limit: Count = 50,
    cursor: Cursor = None,
) -> Response:
    """Everything that happened, the latest first; of some types, or about one subject, if you say so."""
    before = house.cursors.read("events", cursor, int)
    asked: dict[str, Any] = {"types": types or (), "subject_id": subject_id, "limit": limit}
    async with house.database.transaction(read_only=True) as tx:
        page = await queries.list_events(tx, actor.business_id, before=before, **asked)
    return answer(house.cursors.page("events", page.data, page.following))


@router.get("/event-types", response_model=EventTypes, openapi_extra=FOR_BUSINESS)
async def list_event_types(actor: Reader) -> Response:  # noqa: ARG001 - whoever may read events
    """Every type of event that there is, and what it says."""
    return answer({"data": [{"type": name, "about": about} for name, about in sorted(hooks.TYPES.items())]})


@router.get(
    "/events/stream",
    responses={200: {"description": "An endless text/event-stream.", "content": {"text/event-stream": {}}}},
    openapi_extra=FOR_BUSINESS,
)
async def stream_events(
    actor: Reader, house: TheHouse, after: Annotated[Seq | None, Query()] = None
) -> StreamingResponse:
    """Events as they happen, as server-sent events.

    `id` is the place in the line, `data` has the event's id and the very body that endpoints are sent. Without `after`
    it begins with what happens next. It ends after an hour: go on from the last `id`.
    """
    async with house.database.transaction(read_only=True) as tx:
        since = await queries.last_seq(tx, actor.business_id) if after is None else after
    return StreamingResponse(_stream(house, actor.business_id, since), media_type="text/event-stream")


async def _stream(house: House, business_id: UUID, seq: int) -> AsyncIterator[str]:
    yield ": here\n\n"
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + _STREAM_SECONDS
    said_s = loop.time()
    while not house.hub.closing and loop.time() < ends_s:
        async with house.database.transaction(read_only=True) as tx:
            found = await queries.events_after(tx, business_id, seq)
        for one in found:
            seq = one.seq
            told = json.dumps({"id": str(one.id), "body": one.body().decode()}, ensure_ascii=False)
            yield f"id: {seq}\nevent: {one.type}\ndata: {told}\n\n"
        if found or loop.time() > said_s + _SILENCE_SECONDS:
            said_s = loop.time()
            if not found:
                yield ": still here\n\n"
        if not found:
            await asyncio.sleep(_LOOK_SECONDS)


@router.get(
    "/events/{event_id}", response_model=Event, responses=refuses(errors.EventNotFound), openapi_extra=FOR_BUSINESS
)
async def read_event(event_id: Id, actor: Reader, house: TheHouse) -> Response:
    """One event."""
    async with house.database.transaction(read_only=True) as tx:
        return answer((await queries.access_event(tx, actor.business_id, event_id)).wire())


@router.get("/requests", response_model=LoggedRequests, responses=refuses(CursorInvalid), openapi_extra=FOR_BUSINESS)
async def list_requests(
    actor: LogReader,
    house: TheHouse,
    failed: Annotated[bool, Query(description="Only those that were refused.")] = False,
    limit: Count = 50,
    cursor: Cursor = None,
) -> Response:
    """What your keys asked, the latest first: seven days, ten thousand at most. Bodies and queries are never kept."""
    before = house.cursors.read("requests", cursor, UUID)
    asked: dict[str, Any] = {"failed": failed, "limit": limit, "before": before}
    async with house.database.transaction(read_only=True) as tx:
        found, following = await requests.list_requests(tx, actor.business_id, **asked)
    return answer(house.cursors.page("requests", [one.wire() for one in found], following))


@router.get(
    "/requests/{logged_id}",
    response_model=LoggedRequest,
    responses=refuses(RequestNotFound),
    openapi_extra=FOR_BUSINESS,
)
async def read_request(logged_id: Id, actor: LogReader, house: TheHouse) -> Response:
    """One request, by the `Request-Id` that its answer had."""
    async with house.database.transaction(read_only=True) as tx:
        return answer((await requests.access_request(tx, actor.business_id, logged_id)).wire())
