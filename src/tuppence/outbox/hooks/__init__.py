"""Events for programs: what happened to a business, and how its endpoints hear of it."""

from tuppence.outbox.hooks.actions import EVENT_CHANNEL, publish
from tuppence.outbox.hooks.deliverer import Deliverer
from tuppence.outbox.hooks.endpoints import Bounds, change, create, ping, replay, rotate
from tuppence.outbox.hooks.model import ChangeEndpoint, Endpoint, Event, Happened, Made, NewEndpoint, Replay, Rotate
from tuppence.outbox.hooks.seals import Seals
from tuppence.outbox.hooks.sending import Sender
from tuppence.outbox.hooks.types import TYPES

__all__ = [
    "EVENT_CHANNEL",
    "TYPES",
    "Bounds",
    "ChangeEndpoint",
    "Deliverer",
    "Endpoint",
    "Event",
    "Happened",
    "Made",
    "NewEndpoint",
    "Replay",
    "Rotate",
    "Seals",
    "Sender",
    "change",
    "create",
    "ping",
    "publish",
    "replay",
    "rotate",
]
