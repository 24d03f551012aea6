"""Writing down what steps of payouts decided, in a constant number of statements; the ledger last."""

from collections.abc import Sequence
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Failure
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus
from tuppence.outbox import Job, hooks
from tuppence.payments.ach import breaks, orders
from tuppence.payments.ach.breaks import Break
from tuppence.payments.payouts import books, queries
from tuppence.payments.payouts.model import Destination, PaidOut
from tuppence.payments.payouts.rules import Plan
from tuppence.payments.payouts.states import State
from tuppence.payments.payouts.world import World

SQL = queries.SQL

OWNER = "payouts"  # of its orders
DUE = "payments.payout_due"
UNANSWERED = "payments.payout_unanswered"
BANK_CHANGED = "businesses.payout_bank_changed"  # for whoever knows the business's members
_DESCRIPTION = "PAYOUT"
_TYPES = {State.PAID: "payout.paid", State.HELD: "payout.held", State.BLOCKED: "payout.held"}

_PAYOUT = ("id", "state", "why", "bank_id", "tries", "order_id", "settles_on", "submitted_at", "updated_at")
_NEW = (
    "id",
    "owner",
    "business_id",
    "payee_id",
    "bank_id",
    "amount_minor",
    "currency",
    "account",
    "entries",
    "asked_on",
    "pays_on",
    "policy_version",
    "state",
    "why",
    "approvals_needed",
    "created_at",
    "updated_at",
)


async def insert(tx: Tx, plans: Sequence[Plan]) -> set[UUID]:
    """Write new payouts; which of them were new."""
    rows = sorted((plan.payout for plan in plans), key=lambda one: one.id)
    return set(await tx.scalars(SQL.insert_payouts, **columns(rows, *_NEW))) if rows else set()


async def write(tx: Tx, world: World) -> None:
    """Write payouts as the batch leaves them, and what follows; they are locked."""
    latest = {plan.payout.id: plan.payout for plan in world.plans}
    if not latest:
        return
    agreed = [plan.approval for plan in world.plans if plan.approval]
    if agreed:
        await tx.execute(SQL.insert_approvals, **columns(agreed, "payout_id", "bank_id", "person_id", "at"))
    await tx.execute(SQL.write_payouts, **columns(list(latest.values()), *_PAYOUT))
    await tell(tx, world)
    await _send(tx, world)
    await _cases(tx, world)
    await _book(tx, world.plans)


async def write_destinations(tx: Tx, world: World) -> None:
    """Where businesses are paid from now on; of a change, those who look after their money are told."""
    changed = {plan.place.business_id: plan.place for plan in world.plans if plan.place}.values()
    if changed:
        await tx.execute(SQL.insert_destinations, **columns(changed, "business_id", "n", "bank_id", "at", "good_at"))
        await outbox.enqueue(tx, [_bank_changed(one, world) for one in changed if one.n > 1])


def _bank_changed(place: Destination, world: World) -> Job:
    bank = world.banks[place.bank_id]
    payload = {"business_id": str(place.business_id), "bank": bank.bank, "last4": bank.last4}
    return Job(BANK_CHANGED, f"{place.business_id}:{place.n}", payload | {"good_at": place.good_at.isoformat()})


async def tell(tx: Tx, world: World) -> None:
    """Timers, and the owners."""
    jobs = []
    for plan in world.plans:
        payout_id = str(plan.payout.id)
        if plan.due_at:
            jobs.append(Job(DUE, payout_id, {}, plan.due_at))
        if plan.unanswered_at:
            jobs.append(Job(UNANSWERED, payout_id, {}, plan.unanswered_at))
        if plan.told:
            payload = {"payout_id": payout_id, "state": plan.payout.state}
            jobs.append(Job(f"{plan.payout.owner}.payout_changed", payout_id, payload))
    await outbox.enqueue(tx, jobs)
    await hooks.publish(tx, [one for plan in world.plans if (one := _happened(plan))])


def _happened(plan: Plan) -> hooks.Happened | None:
    """What programs of the business hear."""
    payout = plan.payout
    kind = "payout.created" if plan.is_new else "payout.returned" if plan.came_back else _TYPES.get(payout.state)
    if kind is None or not plan.told:
        return None
    data = {"state": payout.state, "amount_minor": payout.amount_minor, "currency": payout.currency, "why": payout.why}
    return hooks.Happened(payout.business_id, kind, payout.id, data | {"pays_on": payout.pays_on.isoformat()})


async def _send(tx: Tx, world: World) -> None:
    """Hand those that leave to our bank: they go with the next file."""
    leaving = [plan.payout for plan in world.plans if plan.payout.state == State.SUBMITTED]
    asked = await orders.put(tx, [_credit(one, world) for one in leaving], policy=world.policy) if leaving else []
    refused = [one for one in asked if isinstance(one, Failure)]
    assert not refused, refused  # the account was looked at in this transaction


def _credit(payout: PaidOut, world: World) -> orders.Credit:
    """CCD to a business's account, PPD to a person's."""
    assert payout.order_id is not None
    holder = world.banks[payout.bank_id].person_id
    return orders.Credit(
        id=payout.order_id,
        owner=OWNER,
        person_id=holder,
        account_id=payout.bank_id,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        says=f"{_DESCRIPTION} {payout.pays_on:%y%m%d}",
        clearing="payout_clearing",
        description=_DESCRIPTION,
        business=holder == payout.business_id,
    )


async def _cases(tx: Tx, world: World) -> None:
    """A payout of which our bank says nothing is somebody's case; it explains itself when there is news."""
    cases = [plan.payout for plan in world.plans if plan.is_case]
    detail = [{"payout": str(one.id), "order": str(one.order_id), "amount_minor": one.amount_minor} for one in cases]
    found = [Break("payout_unanswered", f"payout:{one.id}", told) for one, told in zip(cases, detail, strict=True)]
    await breaks.open_all(tx, found, world.now, world.policy)
    for plan in world.plans:
        if plan.answered:
            await breaks.explain(tx, [f"payout:{plan.payout.id}"], world.now, "answered")


async def _book(tx: Tx, plans: Sequence[Plan]) -> None:
    """The last call before the commit. A transfer that exists was written by an earlier try of the same step."""
    transfers = [books.transfer(plan.payout, plan.books) for plan in plans if plan.books]
    if transfers:
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused
