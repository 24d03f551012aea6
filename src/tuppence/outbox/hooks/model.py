"""What programs of a business hear."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that a business's programs must learn. Data is thin: ids, states, amounts; no names, no notes."""

    business_id: UUID
    type: str
    subject_id: UUID
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in its place in a business's line; `at` is business time."""

    id: UUID
    business_id: UUID
    seq: int
    type: str
    subject_id: UUID
    data: dict[str, Any]
    at: datetime

    def wire(self) -> dict[str, Any]:
        """As the API shows it: what is delivered, and where it stands."""
        return {"id": self.id, "seq": self.seq, "subject_id": self.subject_id} | self.payload()

    def payload(self) -> dict[str, Any]:
        """What is delivered. Source: Standard Webhooks 1.0, "payload structure"."""
        return {"type": self.type, "timestamp": self.at, "data": {"id": self.subject_id} | self.data}

    def body(self) -> bytes:
        """The very bytes that are signed and sent, the same at each attempt."""
        return json.dumps(self.payload(), default=_plain, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> str:
    """What JSON has no word for."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


Scheme = Literal["v1", "v1a"]
EndpointState = Literal["enabled", "paused", "disabled", "removed"]
DeliveryState = Literal["pending", "delivered", "dead"]


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """Where a business's programs want to hear. No types: all of them."""

    id: UUID
    business_id: UUID
    url: str
    description: str
    types: tuple[str, ...]
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class ChangeEndpoint:
    """What is None stays as it is."""

    id: UUID
    business_id: UUID
    url: str | None = None
    description: str | None = None
    types: tuple[str, ...] | None = None
    state: Literal["enabled", "paused", "removed"] | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a business's programs hear, and how it fares."""

    id: UUID
    business_id: UUID
    url: str
    description: str
    types: tuple[str, ...]
    scheme: Scheme
    api_version: str
    state: EndpointState
    why: str | None
    created_at: datetime
    failures: int
    succeeded_at: datetime | None
    rest_until: datetime | None
    public_keys: tuple[str, ...]

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "business_id"}


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint with a secret that is seen this once; none where a repeat found it there."""

    endpoint: Endpoint
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotate:
    """A new secret; the old one signs on beside it for a while."""

    endpoint_id: UUID
    business_id: UUID
    overlap: timedelta


@dataclass(frozen=True, slots=True)
class Replay:
    """Deliver again: these events, or all of a stretch of time; of those, only what was not delivered if so asked."""

    endpoint_id: UUID
    business_id: UUID
    event_ids: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    only_undelivered: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is not done. `first_tried_at` counts since it was last asked for."""

    seq: int
    event_id: UUID
    tries: int
    attempts: int
    first_tried_at: datetime | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt: a status, or why there was none. `answer` is the beginning of the body."""

    status: int | None
    error: str | None
    answer: str
    took_ms: int
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
