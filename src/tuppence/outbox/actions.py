"""Tell people, ask for work, move the sandbox clock: rows in the caller's transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence.core import Failure
from tuppence.db import Statements, Tx, columns
from tuppence.outbox.errors import ClockGoesForward
from tuppence.outbox.model import Event, Job

SQL = Statements(__package__)

FEED_CHANNEL = "tuppence_feed"
JOB_CHANNEL = "tuppence_job"
FEED_KEPT = timedelta(days=30)  # real time: a device that was away for longer reads everything anew
_NOTICE_MOST = (
    200  # people named in one notice, whose payload holds 8,000 bytes; if more, listeners look for themselves
)
_SWEPT_MOST = 10_000  # entries, so that no sweep holds its locks for long


@dataclass(frozen=True, slots=True)
class _End:
    person_id: UUID
    feed_seq: int


async def tell(tx: Tx, events: Sequence[Event]) -> None:
    """Append to feeds: each event gets the next number of its person's feed, with no gap.

    Call it once in a transaction, after the room's own locks and before the ledger's.
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
    await tx.execute(
        SQL.append,
        feed_seq=numbers,
        channel=FEED_CHANNEL,
        people=",".join(map(str, people)) if len(people) <= _NOTICE_MOST else "",
        **columns(events, "person_id", "kind", "payload"),
    )


async def _lock(tx: Tx, people: list[UUID]) -> dict[UUID, int]:
    ends = await tx.fetch(SQL.lock_feeds, _End, people=people)
    if len(ends) < len(people):
        await tx.execute(SQL.open_feeds, people=people)
        ends = await tx.fetch(SQL.lock_feeds, _End, people=people)
    return defaultdict(int, {end.person_id: end.feed_seq for end in ends})


async def enqueue(tx: Tx, jobs: Sequence[Job]) -> None:
    """Ask for work, which starts after the commit.

    What waits already takes the new payload and due time, and waits no longer for a back-off; asked for as it was, it
    stays as it is. What runs already will run again: it may have read the state before this transaction changed it.
    Locks: the jobs that are there already, in (kind, key) order.
    """
    if not jobs:
        return
    latest = {(job.kind, job.key): job for job in jobs}
    rows = sorted(latest.values(), key=lambda job: (job.kind, job.key))
    await tx.execute(
        SQL.enqueue,
        channel=JOB_CHANNEL,
        due_at=[_due(job) for job in rows],
        **columns(rows, "kind", "key", "payload"),
    )


def _due(job: Job) -> datetime | str:
    return "-infinity" if job.due_at is None else job.due_at.isoformat()


async def forget(tx: Tx, kind: str, keys: Sequence[str]) -> None:
    """Drop timers that have not fired. One that is firing re-checks the state anyway."""
    if keys:
        await tx.execute(SQL.forget, kind=kind, keys=list(keys))


async def revive(tx: Tx, kind: str, keys: Sequence[str]) -> int:
    """Put dead letters back in the queue; how many."""
    await tx.notify(JOB_CHANNEL, "")
    return await tx.execute(SQL.revive, kind=kind, keys=list(keys))


async def sweep(tx: Tx, *, keep: timedelta = FEED_KEPT) -> int:
    """Drop old entries and raise their feeds' floors; how many were dropped. The worker does this now and then."""
    ends = await tx.fetch(SQL.old_ends, _End, keep=keep, most=_SWEPT_MOST)
    if not ends:
        return 0
    await tx.fetch(SQL.lock_feeds, _End, people=[end.person_id for end in ends])
    return await tx.execute(SQL.sweep, **columns(ends, "person_id", "feed_seq"))


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
