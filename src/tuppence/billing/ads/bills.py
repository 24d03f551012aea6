"""Bills as people read them: what was used, who paid what of it, the tax that is in it, how it was collected."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from tuppence.billing.ads import queries
from tuppence.billing.ads.errors import BillNotFound
from tuppence.billing.ads.model import Account, Charge, Cycle, Kind
from tuppence.billing.ads.queries import SQL
from tuppence.core import Policy
from tuppence.core.policy import AdsPolicy
from tuppence.db import Tx
from tuppence.payments.banks import queries as banks
from tuppence.payments.cards import queries as cards

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """What a bill says of one campaign."""

    cycle_id: UUID
    campaign_id: UUID
    name: str
    kind: Kind
    quantity: int
    amount_minor: int
    waived_minor: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some bills, the latest first."""

    data: list[View]
    following: int | None  # `before` of those that are older


async def access_bills(
    tx: Tx, business_id: UUID, account_id: UUID, *, limit: int, before: int | None, policy: Policy
) -> Page:
    """Bills of an account without their lines, the one that accrues first. Raises: AdsAccountNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    rows = await tx.fetch(SQL.latest_cycles, Cycle, account_id=account_id, before=before, limit=limit + 1)
    shown = rows[:limit]
    following = shown[-1].n if len(rows) > limit else None
    return Page([summary(account, one, policy.ads) for one in shown], following)


async def access_bill(tx: Tx, business_id: UUID, account_id: UUID, bill_id: UUID, *, policy: Policy) -> View:
    """A bill with everything that is on it. Raises: AdsAccountNotFound, BillNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    found = await tx.fetch(SQL.cycles_by_id, Cycle, ids=[bill_id])
    if not found or found[0].account_id != account_id:
        raise BillNotFound
    cycle = found[0]
    lines = await tx.fetch(SQL.lines_of_cycles, Line, ids=[bill_id])
    charged = await tx.fetch(SQL.charges_of, Charge, accounts=[], cycles=[bill_id])
    named = await instruments(tx, charged)
    return summary(account, cycle, policy.ads) | {
        "seller": {"name": policy.ads.seller, "tax_id": policy.ads.seller_tax_id},
        "billed_to": account.billed_to,
        "lines": [*map(_line, lines), *_not_charged(cycle)],
        "charges": [_charge(one, named) for one in charged],
    }


def summary(account: Account, cycle: Cycle, policy: AdsPolicy) -> View:
    """A bill without its lines. `used - credits - prepaid + carried = due`."""
    total = cycle.taxable_minor
    # Of a bill that still accrues the tax is not fixed yet.
    tax_minor = None if cycle.closed_at is None else cycle.tax_minor
    return {
        "id": cycle.id,
        "number": number(cycle),
        "n": cycle.n,
        "state": cycle.state,
        "currency": account.currency,
        "opened_at": cycle.opened_at,
        "bill_at": cycle.bill_at,
        "closed_at": cycle.closed_at,
        "why_closed": cycle.why_closed,
        "used_minor": cycle.usage_minor - cycle.given_back_minor - cycle.waived_minor,
        "credits_minor": cycle.credits_minor,
        "prepaid_minor": cycle.prepaid_minor,
        "carried_minor": cycle.carried_in_minor - cycle.carried_out_minor,
        "refunded_minor": cycle.refunded_minor,
        "due_minor": cycle.due_minor,
        "tax": {
            "taxable_minor": total,
            "basis_points": cycle.tax_basis_points,
            "tax_minor": tax_minor,
            "net_minor": None if tax_minor is None else total - tax_minor,
            "note": "included" if cycle.tax_basis_points else _untaxed(account, policy),
        },
        "due_at": cycle.due_at,
        "next_try_at": cycle.next_try_at,
        "settled_at": cycle.settled_at,
        "paid_by": cycle.paid_by,
        "reference": cycle.reference,
    }


def _untaxed(account: Account, policy: AdsPolicy) -> str:
    """Why there is no tax: none is levied here, or the buyer, abroad, owes it themselves."""
    return "reverse_charge" if policy.tax_basis_points and account.billed_to.get("tax_id") else "none"


def number(cycle: Cycle) -> str:
    """What people call a bill: unique, in order, and short enough for the phone."""
    return f"{str(cycle.account_id)[-6:].upper()}-{cycle.n:04d}"


def _line(one: Line) -> View:
    return {
        "campaign_id": one.campaign_id,
        "name": one.name,
        "kind": one.kind,
        "quantity": one.quantity,
        "amount_minor": one.amount_minor,
    }


def _not_charged(cycle: Cycle) -> list[View]:
    """What was delivered beyond a limit or an empty balance, and is not the advertiser's to pay."""
    if not cycle.waived_minor:
        return []
    return [
        {"campaign_id": None, "name": "", "kind": "not_charged", "quantity": 0, "amount_minor": -cycle.waived_minor}
    ]


def _charge(one: Charge, named: Mapping[UUID, View]) -> View:
    return {
        "id": one.id,
        "instrument": named.get(one.card_id or one.bank_id or one.id),
        "amount_minor": one.amount_minor,
        "state": one.state,
        "decline_code": one.decline_code,
        "asked_at": one.asked_at,
        "settled_at": one.settled_at,
    }


class _Names(Protocol):
    @property
    def card_id(self) -> UUID | None: ...
    @property
    def bank_id(self) -> UUID | None: ...


async def instruments(tx: Tx, rows: Sequence[_Names]) -> dict[UUID, View]:
    """Cards and bank accounts as people recognize them."""
    held = await cards.by_id(tx, _some(one.card_id for one in rows))
    accounts = await banks.by_id(tx, _some(one.bank_id for one in rows))
    found: dict[UUID, View] = {
        one.id: {"kind": "card", "brand": one.brand, "bank": one.bank, "last4": one.last4, "state": str(one.state)}
        for one in held.values()
    }
    found |= {
        one.id: {"kind": "bank", "brand": "bank", "bank": one.bank, "last4": one.last4, "state": str(one.state)}
        for one in accounts.values()
    }
    return found


def _some(ids: Iterable[UUID | None]) -> list[UUID]:
    return sorted({one for one in ids if one is not None})
