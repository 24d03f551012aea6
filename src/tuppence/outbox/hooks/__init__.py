"""Events for programs: what happened to a business, and how its endpoints hear of it."""

from tuppence.outbox.hooks.actions import EVENT_CHANNEL, publish
from tuppence.outbox.hooks.model import Event, Happened
from tuppence.outbox.hooks.types import TYPES

__all__ = ["EVENT_CHANNEL", "TYPES", "Event", "Happened", "publish"]
