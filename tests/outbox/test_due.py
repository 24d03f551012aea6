"""What is due, by which somebody sees that a house is at rest."""

from datetime import timedelta

from tuppence import outbox
from tuppence.db import Database, Statement
from tuppence.outbox import Job

FAILED_BEFORE = Statement(
    "failed_before", "UPDATE outbox.job SET run_at = clock_timestamp() + '1 hour' WHERE key = 'later'"
)


async def test_what_is_due_is_counted_by_the_sandbox_clock(database: Database) -> None:
    """Soon counts at once, a timer when its time has come, what waits after a failure not at all."""
    async with database.transaction() as tx:
        now = await outbox.now(tx)
        timer = Job("test", "timer", due_at=now + timedelta(hours=1))
        await outbox.enqueue(tx, [Job("test", "soon"), Job("test", "later"), timer])
        await tx.execute(FAILED_BEFORE)
    async with database.transaction() as tx:
        before = await outbox.due(tx)
        await outbox.move_clock(tx, [now + timedelta(hours=2)])
    async with database.transaction() as tx:
        after = await outbox.due(tx)

    assert (1, 2) == (before, after)
