"""An entry is one movement of money to a bank account; a file carries many of them to our bank."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Purpose = Literal["credit", "deposit", "order", "prenote"]
Direction = Literal["credit", "debit"]
Sec = Literal["PPD", "WEB", "CCD"]
Clearing = Literal["bank_clearing", "payout_clearing", "refund_clearing"]
EntryState = Literal["waiting", "filed", "accepted", "rejected", "returned"]
FileState = Literal["taken", "written", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of payments.bank_entry. A credit's id is its attempt's; `sender` is named on the receiver's statement.

    `direction` is as the holder of the account sees it. `clearing` is where the house waits for the settlement.
    """

    id: UUID
    account_id: UUID
    purpose: Purpose
    payment_id: UUID | None
    amount_minor: int
    currency: str
    receiver: str
    sender: str
    made_at: datetime
    sec: Sec = "WEB"
    description: str = "PAYMENT"
    direction: Direction = "credit"
    clearing: Clearing = "bank_clearing"
    recurring: bool = False
    order_id: UUID | None = None
    state: EntryState = "waiting"
    file_id: UUID | None = None
    trace: str | None = None
    routing: str | None = None
    kind: str | None = None
    sealed: bytes | None = None
    return_code: str | None = None
    returned_at: datetime | None = None
    return_file: str | None = None


def why_not_back(entry: Entry, amount_minor: int, *, known: bool) -> str | None:
    """Why this amount cannot be an entry of ours that comes back; None: it can. `known`: it did so in this file."""
    if amount_minor != entry.amount_minor:
        return "amount_differs"
    if known or entry.state == "returned":
        return "returned_twice"
    return None if entry.state in ("filed", "accepted") else "never_sent"


@dataclass(frozen=True, slots=True)
class File:
    """A row of payments.bank_file. `number` tells the files of one day apart; `made_at` is business time.

    `settles_on` is expected; `settled_on` is what our bank said.
    """

    id: UUID
    name: str
    number: int
    made_at: datetime
    settles_on: date
    same_day: bool
    entries: int
    credit_minor: int
    debit_minor: int
    currency: str
    state: FileState
    sha256: str | None = None
    reason: str | None = None
    settled_on: date | None = None

    @property
    def net_minor(self) -> int:
        """What it brings to our account; below zero where it takes."""
        return self.debit_minor - self.credit_minor
