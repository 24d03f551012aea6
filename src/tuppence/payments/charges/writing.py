"""Writing down what steps decided, in a constant number of statements, however many charges."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus
from tuppence.outbox import Job
from tuppence.payments.ach import orders
from tuppence.payments.banks import queries as banks
from tuppence.payments.cards import actions as cards
from tuppence.payments.charges import books, queries
from tuppence.payments.charges.by_bank import order_of
from tuppence.payments.charges.model import Charged, Refunded
from tuppence.payments.charges.plans import Call, Facts, Plan
from tuppence.payments.sends.model import SETTLED, Fate

SQL = queries.SQL

USE = "payments.charge_use"
INQUIRE = "payments.charge_inquire"

_CHARGE = ("id", "state", "decline_code", "refunding_minor", "refunded_minor", "updated_at", "charged_at")
_REFUND = ("id", "charge_id", "amount_minor", "shares", "reason", "state", "failed_why", "created_at", "updated_at")
_ATTEMPT = (
    "id",
    "payment_id",
    "leg",
    "n",
    "kind",
    "card_id",
    "of",
    "fate",
    "marked_at",
    "recorded_at",
    "unknown_at",
    "decline_code",
    "approval",
    "trace",
    "rrn",
    "network_at",
    "returned_at",
    "bank_id",
    "charge_id",
    "amount_minor",
    "currency",
)


async def write(tx: Tx, plans: Sequence[Plan], facts: Facts, *, held: bool = False) -> None:
    """Write plans and tell their owners. The charges are locked; the ledger call comes last, unless it was made."""
    charges = {plan.charge.id: plan.charge for plan in plans}
    refunds = {plan.refund.id: plan.refund for plan in plans if plan.refund}
    await tx.execute(SQL.write_charges, **columns(list(charges.values()), *_CHARGE))
    if refunds:
        await tx.execute(SQL.write_refunds, **columns(list(refunds.values()), *_REFUND))
    await write_attempts(tx, plans)
    told = await cards.heed(tx, _refusals(plans), now=facts.now)
    await write_jobs(tx, plans)
    await _order(tx, plans, facts.policy)
    await outbox.tell(tx, told)
    if not held:
        await _book(tx, plans, facts.policy.currency)


async def write_attempts(tx: Tx, plans: Sequence[Plan]) -> None:
    """Settled ones first: only then may another live."""
    latest = {one.id: one for plan in plans for one in plan.attempts}
    rows = sorted(latest.values(), key=lambda one: (one.fate not in SETTLED, one.id))
    if rows:
        await tx.execute(SQL.write_attempts, **columns(rows, *_ATTEMPT))


async def write_jobs(tx: Tx, plans: Iterable[Plan]) -> None:
    """Ask the card rail, and let owners hear: each of how it ends up in this batch."""
    calls = [_call(call) for plan in plans for call in plan.calls if call.attempt.card_id]
    await outbox.enqueue(tx, calls + [_owner_hears(plan, one) for plan in plans for one in plan.told])


async def _order(tx: Tx, plans: Sequence[Plan], policy: Policy) -> None:
    """Ask our bank for refunds to bank accounts; whether those can receive was looked at in this transaction."""
    calls = [(call.attempt, plan.charge) for plan in plans for call in plan.calls if call.attempt.bank_id]
    if calls:
        found = await banks.by_id(tx, [charge.bank_id for _, charge in calls if charge.bank_id])
        asks = [order_of(attempt, charge, found[attempt.bank_id]) for attempt, charge in calls if attempt.bank_id]
        refused = [one for one in await orders.put(tx, asks, policy=policy) if isinstance(one, Failure)]
        assert not refused, refused


def _call(call: Call) -> Job:
    """The attempt's row says everything else."""
    return Job(INQUIRE if call.inquire else USE, str(call.attempt.id), {}, call.at)


def _owner_hears(plan: Plan, one: Charged | Refunded) -> Job:
    owner, charge_id = plan.charge.owner, str(plan.charge.id)
    if isinstance(one, Charged):
        return Job(f"{owner}.charge_changed", charge_id, {"charge_id": charge_id, "state": one.state})
    payload = {"refund_id": str(one.id), "charge_id": charge_id, "state": one.state}
    return Job(f"{owner}.refund_changed", str(one.id), payload)


def _refusals(plans: Sequence[Plan]) -> list[tuple[UUID, str | None]]:
    """Cards that said no, and why."""
    heard = [one for plan in plans for one in plan.attempts]
    return [(one.card_id, one.decline_code) for one in heard if one.card_id and one.fate == Fate.DECLINED]


async def _book(tx: Tx, plans: Sequence[Plan], currency: str) -> None:
    """The last call before the commit. A transfer that exists was written by an earlier try of the same step."""
    bookings = [one for plan in plans for one in plan.bookings]
    if accounts := books.parked_accounts(bookings):
        await ledger.create_accounts(tx, accounts)
    if transfers := books.transfers(bookings, currency):
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused
