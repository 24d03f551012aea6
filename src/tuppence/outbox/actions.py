"""Tell people, ask for work, move the sandbox clock: rows in the caller's transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tuppence.core import Failure
from tuppence.db import Statements, Tx, columns
from tuppence.outbox.errors import ClockGoesForward
from tuppence.outbox.model import Event, Job

SQL = Statements(__package__)

FEED_CHANNEL = "tuppence_feed"
JOB_CHANNEL = "tuppence_job"
_NOTICE_MOST = (
    200  # people named in one notice (its payload holds 8,000 bytes); more, and listeners look for themselves
)


@dataclass(frozen=True, slots=True)
class _End:
    person_id: UUID
    feed_seq: int


async def tell(tx: Tx, events: Sequence[Event]) -> None:
    """Append to feeds: each event gets the next number of its person's feed, with no gap.

    Locks: the feeds of everybody told, in id order, until the transaction ends. So feed order is commit order.
    """
    if not events:
        return
    people = sorted({event.person_id for event in events})
    last = await _lock(tx, people)
    numbers = []
    for event in events:
        last[event.person_id] += 1
        numbers.append(last[event.person_id])
    await tx.execute(SQL.append, feed_seq=numbers, **columns(events, "person_id", "kind", "payload"))
    await tx.notify(FEED_CHANNEL, ",".join(map(str, people)) if len(people) <= _NOTICE_MOST else "")


async def _lock(tx: Tx, people: list[UUID]) -> dict[UUID, int]:
    ends = await tx.fetch(SQL.lock_feeds, _End, people=people)
    if len(ends) < len(people):
        await tx.execute(SQL.open_feeds, people=people)
        ends = await tx.fetch(SQL.lock_feeds, _End, people=people)
    return defaultdict(int, {end.person_id: end.feed_seq for end in ends})


async def enqueue(tx: Tx, jobs: Sequence[Job]) -> None:
    """Ask for work. A job that is there already takes the new payload and due time; one that runs will run again."""
    if not jobs:
        return
    latest = {(job.kind, job.key): job for job in jobs}
    rows = sorted(latest.values(), key=lambda job: (job.kind, job.key))
    await tx.execute(SQL.enqueue, **columns(rows, "kind", "key", "payload"), due_at=[_due(job) for job in rows])
    if any(job.due_at is None for job in rows):
        await tx.notify(JOB_CHANNEL, "")


def _due(job: Job) -> datetime | str:
    return "-infinity" if job.due_at is None else job.due_at.isoformat()


async def forget(tx: Tx, kind: str, keys: Sequence[str]) -> None:
    """Drop timers that have not fired. One that is firing re-checks the state anyway."""
    if keys:
        await tx.execute(SQL.forget, kind=kind, keys=list(keys))


async def revive(tx: Tx, kind: str, keys: Sequence[str]) -> int:
    """Put dead letters back in the queue; how many."""
    return await tx.execute(SQL.revive, kind=kind, keys=list(keys))


async def now(tx: Tx) -> datetime:
    """Business time, UTC: real time plus what the sandbox clock is ahead."""
    moment: datetime = (await tx.scalars(SQL.now))[0]
    return moment.astimezone(UTC)


async def move_clock(tx: Tx, moments: Sequence[datetime]) -> list[datetime | Failure]:
    """Set the sandbox clock, forward only. Timers that fall due fire as fast as the worker can."""
    return [await _move(tx, to) for to in moments]


async def _move(tx: Tx, to: datetime) -> datetime | Failure:
    before = (await tx.scalars(SQL.lock_clock))[0]
    if to < before:
        return ClockGoesForward(now=before)
    await tx.execute(SQL.move_clock, to=to)
    await tx.notify(JOB_CHANNEL, "")
    return to
