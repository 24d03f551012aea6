"""What the outbox carries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person's devices must learn."""

    person_id: UUID
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place in somebody's feed."""

    feed_seq: int
    kind: str
    payload: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A stretch of a feed; `last_seq` is where the whole feed ends."""

    entries: list[Entry]
    last_seq: int
    more: bool


@dataclass(frozen=True, slots=True)
class Job:
    """Work for after the commit. (kind, key) names it: asking twice is asking once.

    `due_at` is business time and makes it a timer; None means soon.
    """

    kind: str
    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A handler's answer: not done, ask again after this many real seconds. Not an error, so never a dead letter."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DeadJob:
    kind: str
    key: str
    attempts: int
    error: str
    died_at: datetime
