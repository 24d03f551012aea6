"""Booking what attempts cost, and correcting it by what networks bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from tuppence import ledger, outbox
from tuppence.core import CURRENCIES, Policy
from tuppence.db import Statements, Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.payments import attempts
from tuppence.payments.costs import rules

SQL = Statements(__package__)

_NAMES = UUID("c1f4d9d2-53b0-4f0e-9d86-2f6f0f6f3a11")  # our own name space; any constant would do


@dataclass(frozen=True, slots=True)
class _Unbooked:
    id: UUID
    payment_id: UUID
    kind: str
    amount_minor: int
    currency: str
    regulated: bool


@dataclass(frozen=True, slots=True)
class _Cost:
    attempt_id: UUID
    payment_id: UUID
    item: str
    booked_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class _Differing:
    attempt_id: UUID
    payment_id: UUID
    kind: str
    currency: str
    booked_minor: int | None
    billed_minor: int | None
    fee_minor: int
    lines: int

    @property
    def difference_minor(self) -> int:
        """What is billed beyond what the books have so far."""
        so_far = self.booked_minor if self.billed_minor is None else self.billed_minor
        return self.fee_minor - (so_far or 0)


@dataclass(frozen=True, slots=True)
class Item:
    """What a kind of attempt has cost: as booked, as billed so far, and the best that is known."""

    item: str
    attempts: int
    booked_minor: int
    billed_minor: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What payments cost: by item, and how many were delivered for it."""

    items: list[Item]
    delivered: int

    @property
    def cost_minor(self) -> int:
        return sum(one.cost_minor for one in self.items)

    @property
    def per_payment_minor(self) -> int | None:
        """Rounded half up; None where nothing was delivered."""
        return (2 * self.cost_minor + self.delivered) // (2 * self.delivered) if self.delivered else None


async def accrue(tx: Tx, *, since: datetime, policy: Policy, after: UUID = attempts.FIRST) -> UUID | None:
    """Book a page of attempts that a rail performed; after which the next page comes, None if none. Safe to repeat.

    The caller holds reconciliation's lock.
    """
    page = await attempts.page(tx, since=since, after=after)
    found = await tx.fetch(SQL.unbooked, _Unbooked, ids=page)
    costs = [_cost(one, policy) for one in found]
    if costs:
        names = ("attempt_id", "payment_id", "item", "booked_minor", "currency")
        await tx.execute(SQL.insert_costs, now=await outbox.now(tx), **columns(costs, *names))
    await _book(tx, [_transfer(f"{one.attempt_id}", one.payment_id, one.booked_minor, one.currency) for one in costs])
    return attempts.after(page)


def _cost(one: _Unbooked, policy: Policy) -> _Cost:
    item = rules.item_of(one.kind, regulated=one.regulated)
    return _Cost(one.id, one.payment_id, item, rules.cost_minor(item, one.amount_minor, policy.cost), one.currency)


async def adjust(tx: Tx, *, since: datetime, after: UUID = attempts.FIRST) -> UUID | None:
    """Bring a page of costs to what files bill; after which the next page comes, None if none. Safe to repeat.

    The caller holds reconciliation's lock.
    """
    page = await attempts.page(tx, since=since, after=after)
    found = await tx.fetch(SQL.differing, _Differing, ids=page)
    if found:
        names = ("attempt_id", "payment_id", "fee_minor", "currency")
        await tx.execute(SQL.bill_costs, now=await outbox.now(tx), **columns(found, *names))
    await _book(tx, [_adjustment(one) for one in found])
    return attempts.after(page)


def _adjustment(one: _Differing) -> Transfer | None:
    """Lines are only ever added, so how many there are names what was seen."""
    name, code = f"{one.attempt_id}/{one.lines}", chart.Step.COST_ADJUSTMENT
    return _transfer(name, one.payment_id, one.difference_minor, one.currency, code)


async def unit_cost(tx: Tx, *, since: datetime, currency: str) -> UnitCost:
    """What payments have cost since an instant."""
    items = await tx.fetch(SQL.unit_cost, Item, since=since, currency=currency)
    return UnitCost(items, (await tx.scalars(SQL.delivered, since=since, currency=currency))[0])


def _transfer(
    name: str, payment_id: UUID, minor: int, currency: str, code: chart.Step = chart.Step.COST
) -> Transfer | None:
    """Dr rail_cost Cr rail_payable, or the other way round; None for nothing."""
    accounts = [chart.house(one, currency) for one in ("rail_cost", "rail_payable")]
    debit, credit = accounts if minor > 0 else accounts[::-1]
    if minor == 0:
        return None
    return Transfer(
        uuid5(_NAMES, name),
        debit,
        credit,
        abs(minor),
        ledger=CURRENCIES[currency].numeric,
        code=code,
        user_data_128=payment_id,
    )


async def _book(tx: Tx, wanted: Sequence[Transfer | None]) -> None:
    """The last call before the commit."""
    transfers = [one for one in wanted if one]
    if transfers:
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused
