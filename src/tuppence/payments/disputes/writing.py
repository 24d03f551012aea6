"""Writing down what steps decided, and telling whom it concerns; the ledger last."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Policy, uuid7
from tuppence.db import Tx, columns
from tuppence.outbox import Event as Told
from tuppence.outbox import Job
from tuppence.outbox.hooks import Happened, publish
from tuppence.payments.disputes import books, evidence, queries, redress, views
from tuppence.payments.disputes.model import Dispute, Moment, Plan
from tuppence.payments.disputes.states import TERMINAL, Event, Kind
from tuppence.payments.sends.sync import when
from tuppence.payments.sends.writing import Rest

SQL = queries.SQL
ANSWER = "payments.dispute_answer"

_DISPUTE = tuple(Dispute.__dataclass_fields__)
_MOMENT = tuple(Moment.__dataclass_fields__)


async def write(tx: Tx, plans: Sequence[Plan], rest: Rest, *, now: datetime, policy: Policy) -> None:
    """Write plans and tell. Payments and disputes are locked. `rest` is what is left to do of payments."""
    last = {plan.dispute.id: plan.dispute for plan in plans}
    after = [last[one] for one in sorted(last)]
    await tx.execute(SQL.write, **columns(after, *_DISPUTE))
    await tx.execute(SQL.write_moments, **columns([plan.moment for plan in plans], *_MOMENT))
    await _write_jobs(tx, plans, after)
    await _respond(tx, [plan for plan in plans if plan.response], now)
    charged_back = sorted({one.claimant_id for one in after if one.kind == Kind.CHARGEBACK})
    await tx.execute(SQL.pause, people=charged_back)
    owing = [plan.dispute for plan in plans if plan.pays_minor]
    held = await redress.begin(tx, owing, now=now)
    await outbox.tell(tx, [*await _told(tx, after), *rest.told])
    await publish(tx, [_happened(plan) for plan in plans if plan.dispute.about == "charge"])
    await redress.give_back(tx, owing, now=now, policy=policy)
    if accounts := [*books.claimants_accounts(owing), *rest.accounts]:
        await ledger.create_accounts(tx, accounts)
    booked = [one for plan in plans for one in books.transfers(plan.dispute, plan.books)]
    await redress.post(tx, [*booked, *held, *rest.transfers])


async def _write_jobs(tx: Tx, plans: Sequence[Plan], after: Sequence[Dispute]) -> None:
    """Timers, as the plans leave them in order; and the word to whom a charge belongs."""
    wanted: dict[tuple[str, str], Job | None] = {}
    for plan in plans:
        key = str(plan.dispute.id)
        wanted |= {(timer_kind(event), key): None for event in plan.forget}
        wanted |= {(timer_kind(one.event), key): Job(timer_kind(one.event), key, due_at=one.at) for one in plan.timers}
    for (kind, key), job in sorted(wanted.items()):
        if job is None:
            await outbox.forget(tx, kind, [key])
    told = [
        Job(f"{one.owner}.dispute_changed", str(one.id), {"dispute_id": str(one.id), "state": one.state})
        for one in after
        if one.owner
    ]
    await outbox.enqueue(tx, [*(job for job in wanted.values() if job), *told])


def timer_kind(event: str) -> str:
    return f"payments.dispute_{event}"


async def _respond(tx: Tx, plans: Sequence[Plan], now: datetime) -> None:
    """What the network is answered, with the evidence as it is now; it leaves after the commit."""
    if not plans:
        return
    known = await queries.evidence(tx, [plan.dispute.subject_id for plan in plans])
    ids = [uuid7() for _ in plans]
    await outbox.enqueue(tx, [Job(ANSWER, str(one)) for one in ids])
    await tx.execute(
        SQL.write_responses,
        id=ids,
        dispute_id=[plan.dispute.id for plan in plans],
        case_number=[plan.dispute.case_number for plan in plans],
        verdict=[plan.response for plan in plans],
        evidence=[
            evidence.packed(plan.dispute, known[plan.dispute.subject_id]) if plan.response == "represent" else ""
            for plan in plans
        ],
        now=now,
    )


def _happened(plan: Plan) -> Happened:
    """What the programs of a business hear."""
    one = plan.dispute
    over = plan.moment.state in TERMINAL and plan.moment.event not in (Event.BORNE, Event.RECOVER, Event.WRITE_OFF)
    kind = "dispute.opened" if one.version == 1 else "dispute.closed" if over else "dispute.updated"
    data = {
        "charge_id": str(one.subject_id),
        "kind": one.kind,
        "reason": one.reason,
        "state": plan.moment.state,
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "respond_by": when(one.respond_by),
    }
    return Happened(one.respondent_id, kind, one.id, data)


async def _told(tx: Tx, after: Sequence[Dispute]) -> list[Told]:
    """Each person on a side gets the dispute as they may see it."""
    lines = await queries.moments(tx, [one.id for one in after])
    return [
        Told(person, "dispute", views.view(one, person, lines[one.id]))
        for one in after
        for person in _people(one)
        if views.may_see(one, person)
    ]


def _people(dispute: Dispute) -> list[UUID]:
    return [dispute.claimant_id, *([dispute.respondent_id] if dispute.about == "payment" else [])]
