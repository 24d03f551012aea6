"""Reading the room that is taken, and showing what is left."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Statements, Tx
from tuppence.payments.limits.rules import Room, Use, Used, rooms, used_of, windows

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Row:
    person_id: UUID
    amount_minor: int
    at: datetime


async def uses(tx: Tx, people: Sequence[UUID], *, now: datetime, policy: Policy) -> dict[UUID, list[Use]]:
    """What each person has taken of the windows that reach back from now."""
    found: dict[UUID, list[Use]] = defaultdict(list)
    if people:
        since = now - max(window.length for window in windows(policy.send))
        for row in await tx.fetch(SQL.uses, _Row, people=list(people), since=since):
            found[row.person_id].append(Use(row.amount_minor, row.at))
    return found


async def views(tx: Tx, people: Sequence[UUID], *, now: datetime, policy: Policy) -> dict[UUID, dict[str, Any]]:
    """Everybody's limits as the API tells them."""
    found = await uses(tx, people, now=now, policy=policy)
    return {person: view(used_of(found[person], policy.send, now), policy) for person in people}


async def access_limits(tx: Tx, person_id: UUID, *, policy: Policy) -> dict[str, Any]:
    """How much somebody may still send, and when there will be more room."""
    now = await outbox.now(tx)
    return (await views(tx, [person_id], now=now, policy=policy))[person_id]


def view(used: Sequence[Used], policy: Policy) -> dict[str, Any]:
    """Limits on the wire."""
    return {
        "currency": policy.currency,
        "per_payment_minor": policy.send.limit_payment_minor,
        "windows": [_window(room) for room in rooms(used, policy.send)],
    }


def _window(room: Room) -> dict[str, Any]:
    again_at = room.again_at.astimezone(UTC).isoformat().replace("+00:00", "Z") if room.again_at else None
    return {
        "name": room.name,
        "cap_minor": room.cap_minor,
        "used_minor": room.used_minor,
        "room_minor": room.room_minor,
        "again_at": again_at,
    }
