"""Reading events, endpoints, deliveries, attempts: always a business's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.db import Tx
from tuppence.outbox.hooks.actions import SQL
from tuppence.outbox.hooks.errors import EndpointNotFound, EventNotFound
from tuppence.outbox.hooks.model import DeliveryState, Endpoint, EndpointState, Event, Scheme


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, the newest first."""

    data: list[dict[str, Any]]
    following: int | None  # `before` of the next stretch


async def endpoints(tx: Tx, business_id: UUID) -> list[Endpoint]:
    """A business's endpoints, the oldest first."""
    return [row.endpoint for row in await tx.fetch(SQL.endpoints, _Endpoint, business_id=business_id, id=None)]


async def access_endpoint(tx: Tx, business_id: UUID, endpoint_id: UUID) -> Endpoint:
    """Raises: EndpointNotFound."""
    found = await tx.fetch_one(SQL.endpoints, _Endpoint, business_id=business_id, id=endpoint_id)
    if found is None:
        raise EndpointNotFound
    return found.endpoint


async def access_event(tx: Tx, business_id: UUID, event_id: UUID) -> Event:
    """Raises: EventNotFound."""
    found = await tx.fetch_one(SQL.event, Event, business_id=business_id, id=event_id)
    if found is None:
        raise EventNotFound
    return found


async def list_events(
    tx: Tx,
    business_id: UUID,
    *,
    types: Sequence[str] = (),
    subject_id: UUID | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Page:
    """The latest first; those of some types or about one subject, if asked."""
    asked = {"types": list(types), "subject_id": subject_id, "before": before, "limit": limit + 1}
    rows = await tx.fetch(SQL.events, Event, business_id=business_id, **asked)
    return Page([one.wire() for one in rows[:limit]], _next([one.seq for one in rows], limit))


async def events_after(tx: Tx, business_id: UUID, seq: int, limit: int = 100) -> list[Event]:
    """What came after a number of the line, in order."""
    return await tx.fetch(SQL.events_after, Event, business_id=business_id, after=seq, limit=limit)


async def last_seq(tx: Tx, business_id: UUID) -> int:
    """Where a business's line ends."""
    return next(iter(await tx.scalars(SQL.last_seq, business_id=business_id)), 0)


async def list_deliveries(
    tx: Tx,
    business_id: UUID,
    endpoint_id: UUID,
    *,
    state: DeliveryState | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Page:
    """What was delivered to an endpoint, or is to be; the latest first. Raises: EndpointNotFound."""
    await access_endpoint(tx, business_id, endpoint_id)
    asked = {"endpoint_id": endpoint_id, "state": state, "before": before, "limit": limit + 1}
    rows = await tx.fetch(SQL.deliveries, _Delivery, business_id=business_id, **asked)
    return Page([_wire(one) for one in rows[:limit]], _next([one.seq for one in rows], limit))


async def access_attempts(tx: Tx, business_id: UUID, endpoint_id: UUID, event_id: UUID) -> list[dict[str, Any]]:
    """Every attempt to deliver an event to an endpoint, the latest first. Raises: EndpointNotFound, EventNotFound."""
    await access_endpoint(tx, business_id, endpoint_id)
    event = await access_event(tx, business_id, event_id)
    rows = await tx.fetch(SQL.attempts, _Attempt, endpoint_id=endpoint_id, seq=event.seq)
    return [_wire(one) for one in rows]


async def tally(tx: Tx, business_id: UUID) -> list[dict[str, Any]]:
    """Attempts of the last 48 hours by hour, those that were answered well and the others; for a picture."""
    return [_wire(one) for one in await tx.fetch(SQL.tally, _Hour, business_id=business_id)]


def _wire(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__ if name != "seq"}


def _next(seqs: Sequence[int], limit: int) -> int | None:
    return seqs[limit - 1] if len(seqs) > limit else None


@dataclass(slots=True)
class _Endpoint:
    id: UUID
    business_id: UUID
    url: str
    description: str
    types: list[str]
    scheme: Scheme
    api_version: str
    state: EndpointState
    why: str | None
    created_at: datetime
    failures: int
    succeeded_at: datetime | None
    rest_until: datetime | None
    public_keys: list[str]

    @property
    def endpoint(self) -> Endpoint:
        told = {name: getattr(self, name) for name in self.__slots__}
        return Endpoint(**told | {"types": tuple(self.types), "public_keys": tuple(self.public_keys)})


@dataclass(slots=True)
class _Delivery:
    seq: int
    event_id: UUID
    type: str
    at: datetime
    state: DeliveryState
    attempts: int
    tries: int
    due_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    error: str | None


@dataclass(slots=True)
class _Attempt:
    n: int
    at: datetime
    took_ms: int
    status: int | None
    error: str | None
    answer: str


@dataclass(slots=True)
class _Hour:
    hour: datetime
    delivered: int
    failed: int
