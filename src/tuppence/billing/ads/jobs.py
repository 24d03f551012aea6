"""What the worker does for ads: makes bills, fires timers, hears what became of charges and refunds."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from tuppence.billing.ads import collecting, holds, refunding, writing
from tuppence.billing.ads.drafts import Draft, Timer
from tuppence.billing.ads.model import Charge, Refund
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import AccountEvent, CycleEvent, CycleState
from tuppence.billing.ads.world import lock, worlds
from tuppence.core import Failure, Policy
from tuppence.db import Database, Tx
from tuppence.outbox import Handler, Job
from tuppence.payments import charges, disputes

DISPUTE_CHANGED = "ads.dispute_changed"

# What a job may find when it comes: each looks again, and does nothing where somebody was faster.
_BILLS: Mapping[Timer, tuple[CycleState, CycleEvent]] = {
    Timer.BILL: (CycleState.CLOSING, CycleEvent.BILL),
    Timer.RETRY: (CycleState.RETRYING, CycleEvent.RETRY),
    Timer.OVERDUE: (CycleState.INVOICED, CycleEvent.OVERDUE),
}


def handlers(database: Database, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    return {
        **{timer: partial(_run, database, partial(_bills, timer), policy) for timer in _BILLS},
        Timer.DATE: partial(_run, database, _dates, policy),
        Timer.DISABLE: partial(_run, database, _disable, policy),
        Timer.WATCH: partial(_run, database, _watch, policy),
        Timer.GIVE_BACK: partial(_run, database, _give_back, policy),
        writing.CHARGE_CHANGED: partial(_run, database, _charges, policy),
        DISPUTE_CHANGED: partial(_run, database, _disputes, policy),
        writing.REFUND_CHANGED: partial(_run, database, _refunds, policy),
    }


Act = Callable[[Tx, Sequence[Job], Policy], Awaitable[None]]


async def _run(database: Database, act: Act, policy: Policy, jobs: Sequence[Job]) -> list[None]:
    async with database.transaction() as tx:
        await act(tx, jobs, policy)
    return [None for _ in jobs]


async def _drafts(
    tx: Tx, account_ids: Sequence[UUID], policy: Policy, cycle_ids: Sequence[UUID] = ()
) -> dict[UUID, Draft]:
    """Locks: the accounts, in id order."""
    await lock(tx, account_ids)
    found = await worlds(tx, account_ids, cycle_ids=cycle_ids)
    return {id_: Draft(world, policy.ads) for id_, world in found.items()}


async def _bills(timer: Timer, tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    """Something falls due for bills, each by its id."""
    before, event = _BILLS[timer]
    drafts = await _drafts(tx, [UUID(job.payload["account_id"]) for job in jobs], policy)
    for job in jobs:
        draft = drafts[UUID(job.payload["account_id"])]
        cycle = draft.cycles.get(UUID(job.key))
        if cycle is not None and cycle.state == before:
            collecting.step(draft, cycle, event)
    await writing.write(tx, list(drafts.values()), policy=policy)


async def _dates(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    """The monthly date of accounts."""
    drafts = await _drafts(tx, [UUID(job.key) for job in jobs], policy)
    for draft in drafts.values():
        collecting.close_what_is_ripe(draft)
    await writing.write(tx, list(drafts.values()), policy=policy)


async def _disable(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    drafts = await _drafts(tx, [UUID(job.key) for job in jobs], policy)
    for draft in drafts.values():
        collecting.happen(draft, AccountEvent.DISABLE)
    await writing.write(tx, list(drafts.values()), policy=policy)


async def _watch(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    await holds.watch(tx, [UUID(job.key) for job in jobs], policy=policy)


async def _give_back(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    """Ended accounts that something was given back to: as a refund of what paid their bills, or of their top-ups."""
    ids = [UUID(job.key) for job in jobs]
    drafts = await _drafts(tx, ids, policy)
    bills, top_ups = await refunding.sources(tx, ids, bills=True), await refunding.sources(tx, ids)
    for id_, draft in drafts.items():
        if draft.world.accruing and draft.world.accruing.due_minor <= 0:
            collecting.close(draft, draft.world.accruing, CycleEvent.ENOUGH)
        refunding.owe_back(draft, bills.get(id_, ()))
        if draft.world.prepaid_minor > 0:
            refunding.plan(draft, next(iter(draft.cycles)), draft.world.prepaid_minor, top_ups.get(id_, ()))
    await writing.write(tx, list(drafts.values()), policy=policy)


async def _charges(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    """Hear what became of charges, by reading what they say now."""
    known = await tx.fetch(SQL.charges, Charge, ids=[UUID(job.key) for job in jobs])
    cycles = [one.cycle_id for one in known if one.cycle_id]
    drafts = await _drafts(tx, [one.account_id for one in known], policy, cycles)
    told = await charges.charges(tx, [one.id for one in known])
    refused = {UUID(job.key): job.payload["refused"] for job in jobs if "refused" in job.payload}
    for one in known:
        draft = drafts[one.account_id]
        draft.charges.setdefault(one.id, one)
        if one.state == "charged_back":  # its dispute says what becomes of it
            continue
        if one.id in told:
            says = told[one.id]
            heard = replace(one, state=str(says.state), decline_code=says.decline_code, may_retry=says.may_retry)
        elif one.id in refused:  # it was refused before any bank was asked
            heard = replace(one, state="declined", decline_code=refused[one.id], may_retry=False)
        else:
            continue
        collecting.hear(draft, one.id, heard)
    await writing.write(tx, list(drafts.values()), policy=policy)


async def _disputes(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    """A bank took a charge back, or gave it back: the advertiser bears it, by owing it again. What a top-up's balance
    does not hold any more, or what is contested in part, the house bears.
    """
    told = await disputes.disputes(tx, [UUID(job.key) for job in jobs])
    contested = {one.subject_id: one for one in told.values() if one.kind == disputes.Kind.CHARGEBACK}
    known = await tx.fetch(SQL.charges, Charge, ids=list(contested))
    cycles = [one.cycle_id for one in known if one.cycle_id]
    drafts = await _drafts(tx, [one.account_id for one in known], policy, cycles)
    bearing = []
    for one in known:
        draft, dispute = drafts[one.account_id], contested[one.id]
        draft.charges.setdefault(one.id, one)
        if dispute.state == disputes.State.WON:
            if one.state == "charged_back":
                collecting.hear(draft, one.id, replace(one, state="charged"))
        elif one.state == "charged" and _can_bear(draft, one, dispute.amount_minor):
            bearing.append(one)
    asks = [disputes.Ask(contested[one.id].id, disputes.Event.BORNE) for one in bearing]
    moved = await disputes.move(tx, asks, policy=policy)
    for one, borne in zip(bearing, moved, strict=True):
        if not isinstance(borne, Failure):  # else somebody bears it already
            collecting.hear(drafts[one.account_id], one.id, replace(one, state="charged_back"))
    await writing.write(tx, list(drafts.values()), policy=policy)


def _can_bear(draft: Draft, charge: Charge, contested_minor: int) -> bool:
    whole = contested_minor == charge.amount_minor
    return whole and (charge.cycle_id is not None or draft.world.prepaid_minor >= charge.amount_minor)


async def _refunds(tx: Tx, jobs: Sequence[Job], policy: Policy) -> None:
    known = await tx.fetch(SQL.refunds, Refund, ids=[UUID(job.key) for job in jobs])
    cycles = [one.cycle_id for one in known if one.cycle_id]
    drafts = await _drafts(tx, [one.account_id for one in known], policy, cycles)
    told = await charges.refunds(tx, [one.id for one in known])
    refused = {UUID(job.key): job.payload["refused"] for job in jobs if "refused" in job.payload}
    for one in known:
        draft = drafts[one.account_id]
        draft.refunds.setdefault(one.id, one)
        if one.id in told:
            says = told[one.id]
            heard = replace(one, state=str(says.state), failed_why=says.failed_why)
        elif one.id in refused:
            heard = replace(one, state="refund_failed", failed_why=refused[one.id])
        else:
            continue
        refunding.hear(draft, one.id, heard)
    await writing.write(tx, list(drafts.values()), policy=policy)
