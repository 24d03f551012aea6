"""The statement of a month: what was owed and in store before it, what was used, what paid, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuppence.billing.ads import bills, calendar, queries
from tuppence.billing.ads.model import Account, Cycle
from tuppence.billing.ads.queries import SQL
from tuppence.core import Policy
from tuppence.db import Tx

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an account owed, and had in store, at an instant."""

    unpaid_minor: int
    prepaid_minor: int


@dataclass(frozen=True, slots=True)
class _Used:
    campaign_id: UUID
    name: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Move:
    """Money that came or went: a bill that was settled, a top-up, a refund."""

    at: datetime
    what: str
    id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Month:
    first: date

    @property
    def following(self) -> date:
        return date(self.first.year + self.first.month // 12, self.first.month % 12 + 1, 1)


async def access_statement(tx: Tx, business_id: UUID, account_id: UUID, month: Month, *, policy: Policy) -> View:
    """A month of an account's own calendar. Raises: AdsAccountNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    begins, ends = (calendar.begins(day, account.clock) for day in (month.first, month.following))
    span = {"account_id": account_id, "begins_at": begins, "ends_at": ends}
    used = await tx.fetch(SQL.used_between, _Used, **span)
    moves = await tx.fetch(SQL.moves_between, Move, **span)
    cycles = await tx.fetch(SQL.cycles_closed_between, Cycle, **span)
    opening, closing = [await _standing(tx, account, at) for at in (begins, ends)]
    return {
        "account": {"id": account.id, "name": account.name, "currency": account.currency, "zone": account.zone},
        "seller": {"name": policy.ads.seller, "tax_id": policy.ads.seller_tax_id},
        "billed_to": account.billed_to,
        "month": month.first.strftime("%Y-%m"),
        "opening": {"unpaid_minor": opening.unpaid_minor, "prepaid_minor": opening.prepaid_minor},
        "closing": {"unpaid_minor": closing.unpaid_minor, "prepaid_minor": closing.prepaid_minor},
        "used": [{name: getattr(one, name) for name in _Used.__slots__} for one in used],
        "used_minor": sum(one.amount_minor for one in used),
        "credits_minor": await _credits(tx, span),
        "moves": [{name: getattr(one, name) for name in Move.__slots__} for one in moves],
        "bills": [bills.summary(account, one, policy.ads) for one in cycles],
    }


async def _standing(tx: Tx, account: Account, at: datetime) -> _Standing:
    found = await tx.fetch_one(SQL.standing_at, _Standing, account_id=account.id, at=at)
    assert found is not None
    return found


async def _credits(tx: Tx, span: dict[str, Any]) -> int:
    rows: Sequence[int] = await tx.scalars(SQL.credits_between, **span)
    return rows[0]


def adds_up(statement: View) -> bool:
    """Whether what was there, what was used and what moved comes to what is there."""
    moved = {"paid": -1, "written_off": -1, "topped_up": -1, "refunded": 1, "bill_refunded": 1}
    opening, closing = statement["opening"], statement["closing"]
    change = statement["used_minor"] - statement["credits_minor"]
    change += sum(moved[one["what"]] * one["amount_minor"] for one in statement["moves"])
    before: int = opening["unpaid_minor"] - opening["prepaid_minor"]
    after: int = closing["unpaid_minor"] - closing["prepaid_minor"]
    return bool(before + change == after)
