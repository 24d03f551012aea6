"""Daily reports of a developer: the detail, a line for each fact of money, and the digest, its sums. From the detail of
all days a payout can be computed by anybody: docs/design/games.md says how.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuppence.billing.games.queries import SQL
from tuppence.db import Tx

LINES_AT_ONCE = 2_000
_START = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the daily detail. Amounts are signed: what comes to the developer is positive."""

    entry_id: UUID
    day: date
    at: datetime
    kind: str
    game_id: UUID | None
    purchase_id: UUID | None
    request_id: str | None
    sku: str | None
    quantity: int | None
    currency: str
    amount_minor: int
    tax_minor: int
    fee_minor: int
    share_minor: int
    owed_currency: str
    owed_minor: int
    listed: str | None
    rate: str | None
    rate_on: str | None

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"day": self.day.isoformat()}


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the digest: everything of a kind, a game and a currency on a day."""

    day: date
    game_id: UUID | None
    kind: str
    count: int
    currency: str
    amount_minor: int
    tax_minor: int
    fee_minor: int
    share_minor: int
    owed_currency: str
    owed_minor: int

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"day": self.day.isoformat()}


async def detail(
    tx: Tx, business_id: UUID, first: date, last: date, *, after: Line | None = None
) -> tuple[list[Line], Line | None]:
    """A stretch of the detail, in the order of days and of what happened; the line to go on after, if there is more."""
    place = {"after_day": after.day if after else first, "after_id": after.entry_id if after else _START}
    found = await tx.fetch(
        SQL.detail, Line, business_id=business_id, first=first, last=last, limit=LINES_AT_ONCE, **place
    )
    return found, found[-1] if len(found) == LINES_AT_ONCE else None


async def digest(tx: Tx, business_id: UUID, first: date, last: date) -> list[Sum]:
    """The sums of each day."""
    return await tx.fetch(SQL.digest, Sum, business_id=business_id, first=first, last=last)


def head(kind: type[Line] | type[Sum]) -> str:
    """The names of the columns. Later versions may add some at the end."""
    return _csv([list(kind.__slots__)])


def rows(lines: Sequence[Line] | Sequence[Sum]) -> str:
    """Lines as CSV: RFC 4180, amounts as whole numbers."""
    return _csv([[_text(getattr(one, name)) for name in one.__slots__] for one in lines])


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return f"'{text}" if text[:1] in "=+@" else text  # a spreadsheet must not take a developer's text for a formula


def _csv(table: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day came to, in the developer's eyes."""

    day: date
    sales: int
    gross_minor: int
    tax_minor: int
    fee_minor: int
    refunded_minor: int
    charged_back_minor: int
    net_minor: int

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"day": self.day.isoformat()}


async def overview(tx: Tx, business_id: UUID, today: date, days: int) -> list[DaySum]:
    """Each of the last days, today the last, those without a sale too."""
    return await tx.fetch(SQL.overview, DaySum, business_id=business_id, today=today, days=days)
