"""What travels about events, endpoints, deliveries and the log of requests."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, Moment, example

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Description = Annotated[str, StringConstraints(max_length=200)]
Types = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)]
Scheme = Literal["v1", "v1a"]


class EndpointBody(
    Body, json_schema_extra=example({"url": "https://example.com/hooks", "types": ["charge.succeeded"], "scheme": "v1"})
):
    url: Url
    description: Description = ""
    types: Types = Field(default_factory=list, description="None: every type, those of the future too.")
    scheme: Scheme = Field("v1", description="v1: HMAC-SHA256 with a shared secret. v1a: Ed25519, by a public key.")


class EndpointChange(Body, json_schema_extra=example({"paused": True})):
    url: Url | None = None
    description: Description | None = None
    types: Types | None = None
    paused: bool | None = Field(None, description="false enables it again, also where it was disabled.")


class WebhookEndpoint(Answer):
    id: Id
    url: str
    description: str
    types: list[str]
    scheme: Scheme
    api_version: str
    state: Literal["enabled", "paused", "disabled"]
    why: Literal["gone", "failing"] | None = Field(description="It is disabled: it answered 410, or failed to the end.")
    created_at: Moment
    failures: int = Field(description="Failures in a row.")
    succeeded_at: Moment | None
    rest_until: Moment | None = Field(description="Nothing is sent before: it fails, or asked for patience.")
    public_keys: list[str] = Field(description="Of v1a: what to verify with.")


class WebhookEndpoints(Answer):
    data: list[WebhookEndpoint]


class MadeEndpoint(Answer):
    endpoint: WebhookEndpoint
    secret: str | None = Field(description="Shown this once: `whsec_…`, or `whpk_…` of v1a. Null when repeated.")


class RotateBody(Body, json_schema_extra=example({"overlap_hours": 24})):
    overlap_hours: Annotated[int, Field(ge=0, le=168)] = Field(24, description="How long the old one signs beside it.")


class ReplayBody(Body, json_schema_extra=example({"event_ids": ["0192a0e0-0000-7000-8000-00000000000e"]})):
    """Give `event_ids`, or `since` and perhaps `until`: business time, as events have it."""

    event_ids: Annotated[list[Id], Field(min_length=1, max_length=100)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    only_undelivered: bool = False


class Replayed(Answer):
    replayed: int


class Event(Answer):
    """Something that happened. `type`, `timestamp` and `data` are what endpoints are sent."""

    id: Id
    seq: int = Field(description="Its place in your business's line, without gaps.")
    subject_id: Id
    type: str
    timestamp: Moment
    data: dict[str, Any]


class Events(Answer):
    data: list[Event]
    next_cursor: str | None
    has_more: bool


class Delivery(Answer):
    event_id: Id
    type: str
    at: Moment
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    tries: int = Field(description="Attempts since it was last asked for; after ten it is dead.")
    due_at: Moment | None
    delivered_at: Moment | None
    status: int | None = Field(description="Of the last attempt.")
    error: str | None = Field(
        description="Why there was no status: address_refused, not_reached, timed_out, broken_off."
    )


class Deliveries(Answer):
    data: list[Delivery]
    next_cursor: str | None
    has_more: bool


class Attempt(Answer):
    n: int
    at: Moment
    took_ms: int
    status: int | None
    error: str | None
    answer: str = Field(description="The beginning of what came back.")


class Attempts(Answer):
    event: Event
    data: list[Attempt]


class TallyHour(Answer):
    hour: Moment
    delivered: int
    failed: int


class Tally(Answer):
    data: list[TallyHour]


class EventType(Answer):
    type: str
    about: str


class EventTypes(Answer):
    data: list[EventType]


class TriggerBody(Body, json_schema_extra=example({"type": "charge.succeeded", "data": {"amount_minor": 500}})):
    type: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    data: dict[str, Any] = Field(default_factory=dict, description="What the event carries beside `example: true`.")


class LoggedRequest(Answer):
    id: Id = Field(description="The `Request-Id` that its answer had.")
    key_id: Id
    method: str
    path: str
    status: int
    code: str | None = Field(description="Of a refusal.")
    took_ms: int
    at: Moment


class LoggedRequests(Answer):
    data: list[LoggedRequest]
    next_cursor: str | None
    has_more: bool


class TestClock(Answer):
    id: Literal["sandbox"]
    now: Moment
    offset_seconds: int


class TestClocks(Answer):
    data: list[TestClock]


class WebhookPayload(Answer):
    """What an endpoint is sent: signed as Standard Webhooks 1.0 has it, with `webhook-id`, `webhook-timestamp` and
    `webhook-signature`."""

    type: str
    timestamp: Moment
    data: dict[str, Any]
