"""The verbs of orders: ask for them, look at them when something is told of their entries, try again, give up.

After every change of state the owner hears `Job(f"{owner}.bank_changed", order id)`, and reads what the order says now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure, Leg, Policy, step_id
from tuppence.db import Tx, columns
from tuppence.ledger import chart
from tuppence.outbox import Job
from tuppence.payments import mandates
from tuppence.payments.ach import books, breaks, entries, rates
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.ach.orders import queries, rules
from tuppence.payments.ach.orders.model import Credit, Debit, Order
from tuppence.payments.ach.orders.rules import Facts
from tuppence.payments.ach.orders.states import State
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.banks.rules import UNAUTHORISED_CODES
from tuppence.payments.mandates import queries as mandate_queries

SQL = queries.SQL

CLEAR = "payments.bank_order_clear"
RETRY = "payments.bank_order_retry"

_NEW = (
    "id",
    "owner",
    "direction",
    "account_id",
    "mandate_id",
    "amount_minor",
    "currency",
    "sec",
    "description",
    "says",
    "clearing",
)
_WRITTEN = ("id", "state", "tries", "return_code", "first_settled_on", "settles_on", "clears_at", "updated_at")


@dataclass(frozen=True, slots=True)
class _Step:
    """An order before and after."""

    before: Order
    after: Order

    @property
    def moved(self) -> bool:
        return (self.before.state, self.before.tries) != (self.after.state, self.after.tries)


async def put(tx: Tx, asks: Sequence[Debit | Credit], *, policy: Policy) -> list[Order | Failure]:
    """Ask for debits and credits; they go with the next file. A repeat tells what is.

    Locks: the mandates, in id order, until the transaction ends.
    """
    allowed = await mandate_queries.lock(tx, [ask.mandate_id for ask in asks if isinstance(ask, Debit)])
    facts = Facts(
        known=await queries.orders(tx, [ask.id for ask in asks]),
        accounts=await banks.by_id(tx, [ask.account_id for ask in asks]),
        mandates=allowed,
        used=await queries.uses(tx, sorted(allowed)),
    )
    now = await outbox.now(tx)
    results: list[Order | Failure] = []
    new: dict[UUID, Order] = {}
    for ask in asks:
        try:
            order = rules.plan(ask, facts.with_new(new), now=now, policy=policy)
        except Failure as failure:
            results.append(failure)
            continue
        if order.id not in facts.known:
            new.setdefault(order.id, order)
        results.append(order)
    if new:
        await tx.execute(SQL.insert_orders, now=now, **columns(list(new.values()), *_NEW))
        await _enter(tx, list(new.values()), facts.accounts, allowed, now=now, policy=policy)
    return results


async def _enter(
    tx: Tx,
    orders: Sequence[Order],
    accounts: Mapping[UUID, BankAccount],
    allowed: Mapping[UUID, mandates.Mandate],
    *,
    now: datetime,
    policy: Policy,
) -> None:
    """Let the latest try of each wait for the next file."""
    new = [
        rules.entry_of(
            one,
            accounts[one.account_id],
            standing=one.mandate_id is not None and allowed[one.mandate_id].scope == "standing",
            now=now,
        )
        for one in orders
    ]
    await entries.put(tx, new, now=now, policy=policy)


async def note(tx: Tx, looked_at: Sequence[Entry], files: Mapping[UUID, File], *, policy: Policy) -> None:
    """Look at orders whose entries have news. Looking again changes nothing.

    Locks: the orders, in id order, then their mandates, then the ledger.
    """
    known = await queries.lock(tx, [one.order_id for one in looked_at if one.order_id])
    now = await outbox.now(tx)
    steps: list[_Step] = []
    for entry in looked_at:
        assert entry.order_id
        before = known[entry.order_id]
        file = files[entry.file_id] if entry.file_id else None
        known[before.id] = rules.noted(before, entry, file, now=now, policy=policy.bank)
        steps.append(_Step(before, known[before.id]))
    await _write(tx, steps)
    moved = [one.after for one in steps if one.moved]
    await outbox.enqueue(tx, [job for one in steps for job in _timers(one, policy)])
    if any(one.return_code and one.direction == "debit" for one in moved):
        await outbox.enqueue(tx, [Job(rates.RATES, rates.KEY)])
    await _heed_refusals(tx, moved, now=now, policy=policy)
    await _book(tx, moved)


def _timers(step: _Step, policy: Policy) -> list[Job]:
    """A debit is looked at again when it has cleared, or when it may be tried again."""
    order = step.after
    if step.moved and order.state == State.RETRYING:
        return [Job(RETRY, str(order.id), {}, rules.retries_at(order, policy.bank))]
    if order.clears_at and order.state == State.ACCEPTED and order.clears_at != step.before.clears_at:
        return [Job(CLEAR, str(order.entry_id), {}, order.clears_at)]
    return []


async def _heed_refusals(tx: Tx, moved: Sequence[Order], *, now: datetime, policy: Policy) -> None:
    """Whose holder says that they did not agree: nothing more is taken by that mandate, and somebody looks."""
    refused = [one for one in moved if one.direction == "debit" and one.return_code in UNAUTHORISED_CODES]
    if not refused:
        return
    await mandates.withdrawn(tx, [one.mandate_id for one in refused if one.mandate_id])
    cases = [
        Break(
            "unauthorised_debit", f"order:{one.id}", {"order": str(one.id), "owner": one.owner, "code": one.return_code}
        )
        for one in refused
    ]
    await breaks.open_all(tx, cases, now, policy)


async def retry(tx: Tx, ids: Sequence[UUID], *, policy: Policy) -> None:
    """Try debits again whose time has come. Locks: the orders, in id order, then their mandates."""
    held = await queries.lock(tx, ids)
    allowed = await mandate_queries.lock(tx, [one.mandate_id for one in held.values() if one.mandate_id])
    accounts = await banks.by_id(tx, [one.account_id for one in held.values()])
    now = await outbox.now(tx)
    steps = [
        _Step(one, rules.again(one, accounts[one.account_id], allowed[one.mandate_id], now=now))
        for one in held.values()
        if one.mandate_id and one.state == State.RETRYING
    ]
    await _write(tx, steps)
    await _enter(
        tx, [one.after for one in steps if one.after.state == State.WAITING], accounts, allowed, now=now, policy=policy
    )


async def give_up(tx: Tx, ids: Sequence[UUID]) -> list[Order]:
    """Wait for no other try of these; what waits for a file or is on its way stays. Locks: the orders, in id order."""
    held, now = await queries.lock(tx, ids), await outbox.now(tx)
    steps = [_Step(held[one], rules.given_up(held[one], now=now)) for one in ids]
    await _write(tx, steps)
    await outbox.forget(tx, RETRY, [str(one) for one in ids])
    return [one.after for one in steps]


async def _write(tx: Tx, steps: Sequence[_Step]) -> None:
    """Write what changed, and tell the owners of what moved."""
    changed = {one.after.id: one.after for one in steps if one.before != one.after}
    await tx.execute(SQL.write_orders, **columns(list(changed.values()), *_WRITTEN))
    told = [one.after for one in steps if one.moved]
    await outbox.enqueue(tx, [Job(f"{one.owner}.bank_changed", str(one.id), {"state": one.state}) for one in told])


async def _book(tx: Tx, moved: Sequence[Order]) -> None:
    """A debit that had counted and is taken away again: what it leaves in clearing is owed to us by somebody, and its
    owner says by whom. The last call before the commit.
    """
    owed, step = ("chargeback_receivable", "bank_clearing"), chart.Step.CHARGEBACK
    back = [
        books.pair(step_id(one.id, Leg.REFUND, 1), owed, one.amount_minor, one.currency, step, about=one.id)
        for one in moved
        if one.direction == "debit" and one.state == State.RETURNED
    ]
    await books.book(tx, back)
