"""Tell a business's programs what happened: rows in the caller's transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence.core import uuid7
from tuppence.db import Statements, Tx, columns
from tuppence.outbox.actions import now
from tuppence.outbox.hooks.model import Happened
from tuppence.outbox.hooks.types import TYPES

SQL = Statements(__package__)

EVENT_CHANNEL = "tuppence_event"


@dataclass(frozen=True, slots=True)
class _End:
    business_id: UUID
    last_seq: int


async def publish(tx: Tx, events: Sequence[Happened]) -> None:
    """Append to businesses' lines: each event gets the next number of its business, with no gap.

    Call it once in a transaction, after the feeds are told and before the ledger's call.
    Locks: the lines of the businesses, in id order, until the transaction ends. So the order of a line is commit order.
    """
    if not events:
        return
    unknown = {event.type for event in events} - TYPES.keys()
    assert not unknown, f"no such type of event: {unknown}"
    last = await _lock(tx, sorted({event.business_id for event in events}))
    numbers = []
    for event in events:
        last[event.business_id] += 1
        numbers.append(last[event.business_id])
    await tx.execute(
        SQL.append,
        channel=EVENT_CHANNEL,
        at=await now(tx),
        id=[uuid7() for _ in events],
        seq=numbers,
        **columns(events, "business_id", "type", "subject_id", "data"),
    )


async def _lock(tx: Tx, businesses: list[UUID]) -> Counter[UUID]:
    ends = await tx.fetch(SQL.lock_lines, _End, businesses=businesses)
    if len(ends) < len(businesses):
        await tx.execute(SQL.open_lines, businesses=businesses)
        ends = await tx.fetch(SQL.lock_lines, _End, businesses=businesses)
    return Counter({end.business_id: end.last_seq for end in ends})
