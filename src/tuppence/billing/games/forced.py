"""How a tester's purchase ends as the developer wants to see it. No rail is called and nothing is booked.

The steps that take time take the sandbox's: a purchase that is `initiated` goes on half a minute later, and the late
chargeback comes a day after.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tuppence.billing.games.actions import refund
from tuppence.billing.games.model import AskRefund, Outcome
from tuppence.billing.games.moving import FORCED, Move, World, move, open_world, write
from tuppence.billing.games.states import Event
from tuppence.core import Policy
from tuppence.core.ids import derived_id
from tuppence.db import Tx
from tuppence.outbox import Job

_STEPS: dict[Outcome, tuple[tuple[Event, timedelta], ...]] = {
    "ok": ((Event.CHARGED, timedelta()),),
    "fail": ((Event.DECLINED, timedelta()),),
    "async_ok": ((Event.WAITS, timedelta()), (Event.CHARGED, timedelta(seconds=30))),
    "async_fail": ((Event.WAITS, timedelta()), (Event.DECLINED, timedelta(seconds=30))),
    "timeout_unknown": ((Event.WAITS, timedelta()), (Event.DECLINED, timedelta(minutes=2))),
    "duplicate_webhook": ((Event.CHARGED, timedelta()),),
    "late_chargeback": ((Event.CHARGED, timedelta()), (Event.CHARGED_BACK, timedelta(days=1))),
    "refund_race": ((Event.CHARGED, timedelta()),),
}
_WHY = {Event.DECLINED: "insufficient_funds", Event.CHARGED_BACK: "forced", Event.WAITS: None}


async def go_on(tx: Tx, jobs: Sequence[Job], *, policy: Policy) -> None:
    """Take the next step of each, and ask to be called for the one after it."""
    world = await open_world(tx, [_purchase(job) for job in jobs], policy)
    racing = [one for job in jobs for one in _step(world, job)]
    await write(tx, world)
    if racing:
        await refund(tx, racing, policy=policy)


def _purchase(job: Job) -> UUID:
    return UUID(job.key.partition(":")[0])


def _step(world: World, job: Job) -> list[AskRefund]:
    purchase = world.purchases[_purchase(job)]
    n = int(job.key.partition(":")[2] or 0)
    assert purchase.outcome
    steps = _STEPS[purchase.outcome]
    event, _ = steps[n]
    why = "no_answer" if purchase.outcome == "timeout_unknown" else _WHY.get(event)
    moved = move(world, Move(purchase.id, event, why))
    if isinstance(moved, Exception):  # done before
        return []
    if n + 1 < len(steps):
        world.jobs.append(Job(FORCED, f"{purchase.id}:{n + 1}", due_at=world.now + steps[n + 1][1]))
    if purchase.outcome == "duplicate_webhook":
        world.tell(moved, "completed")
    if purchase.outcome == "refund_race":
        return [AskRefund(derived_id(purchase.id, b"games/race"), purchase.id, None, "forced")]
    return []
