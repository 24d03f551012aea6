"""Reading feeds and the dead-letter list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.db import Tx
from tuppence.outbox.actions import SQL
from tuppence.outbox.errors import FeedTooFarBehind
from tuppence.outbox.model import DeadJob, Entry, Feed


@dataclass(frozen=True, slots=True)
class _Ends:
    person_id: UUID
    floor: int
    feed_seq: int


async def read_feed(tx: Tx, person_id: UUID, since: int, limit: int) -> Feed:
    """What came after `since`, oldest first. Raises FeedTooFarBehind when some of it is gone."""
    ends = await tx.fetch_one(SQL.feed_ends, _Ends, people=[person_id])
    floor, last = (ends.floor, ends.feed_seq) if ends else (0, 0)
    if since < floor or since > last:
        raise FeedTooFarBehind(floor=floor, feed_seq=last)
    entries = await tx.fetch(SQL.read_feed, Entry, person_id=person_id, since=since, limit=limit)
    end = entries[-1].feed_seq if entries else since
    if end - since > len(entries):  # swept away between the two reads
        raise FeedTooFarBehind(floor=entries[0].feed_seq - 1, feed_seq=last)
    return Feed(entries, max(end, last), more=end < last)  # what was told between the two reads is in it


async def last_seqs(tx: Tx, people: Sequence[UUID]) -> dict[UUID, int]:
    """Where each feed ends."""
    return {end.person_id: end.feed_seq for end in await tx.fetch(SQL.feed_ends, _Ends, people=list(people))}


async def last_seq(tx: Tx, person_id: UUID) -> int:
    """Where this person's feed ends; 0 if nothing was ever told."""
    return (await last_seqs(tx, [person_id])).get(person_id, 0)


async def dead(tx: Tx, limit: int = 100) -> list[DeadJob]:
    """Jobs that failed too often, latest first."""
    return await tx.fetch(SQL.dead, DeadJob, limit=limit)


async def due(tx: Tx) -> int:
    """How many jobs are due or being done: none while a house is at rest."""
    count: int = (await tx.scalars(SQL.due))[0]
    return count


async def worker_seen(tx: Tx) -> datetime | None:
    """When a worker last gave a sign of life."""
    seen: datetime | None = (await tx.scalars(SQL.worker_seen))[0]
    return seen
