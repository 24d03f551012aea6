"""An order is one movement to or from a bank account that another part of the house asks for."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tuppence.core import Leg, step_id
from tuppence.payments.ach.model import Clearing, Direction, Sec
from tuppence.payments.ach.orders.states import State

PURCHASE = "PURCHASE"  # what a debit for goods bought online must be called. Source: Nacha, from 2026-03-20
_PAYMENT = "PAYMENT"


@dataclass(frozen=True, slots=True)
class Debit:
    """Take money from somebody's bank account, as a mandate of theirs allows: one for `business_id`, if that is named.

    `says` is what the holder reads beside our name, 15 characters; `description` says what for, 10 capitals.
    """

    id: UUID
    owner: str
    person_id: UUID
    account_id: UUID
    mandate_id: UUID
    amount_minor: int
    currency: str
    says: str
    description: str = _PAYMENT
    business: bool = False  # the account is a company's
    business_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Pay money to somebody's bank account. `clearing` is the account of ours that is credited when it leaves."""

    id: UUID
    owner: str
    person_id: UUID
    account_id: UUID
    amount_minor: int
    currency: str
    says: str
    clearing: Clearing
    description: str = _PAYMENT
    business: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A row of payments.bank_order: what was asked, and what became of it.

    `clears_at` is when a debit that settled counts as money; `returned` after that takes it away again.
    """

    id: UUID
    owner: str
    direction: Direction
    account_id: UUID
    mandate_id: UUID | None
    amount_minor: int
    currency: str
    sec: Sec
    description: str
    says: str
    clearing: Clearing
    state: State
    tries: int
    return_code: str | None
    made_at: datetime
    first_settled_on: date | None
    settles_on: date | None
    clears_at: datetime | None
    updated_at: datetime

    @property
    def entry_id(self) -> UUID:
        """The entry of its latest try."""
        return step_id(self.id, Leg.DEBIT if self.direction == "debit" else Leg.CREDIT, self.tries)
