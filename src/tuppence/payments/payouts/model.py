"""The nouns of paying out: what a business is owed, who agreed, and where it goes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from tuppence.payments.payouts.states import State

NOT_COVERED = "not_covered"  # why: the account that it is paid from did not hold as much
Owner = Literal["games"]  # the room that owes


@dataclass(frozen=True, slots=True)
class Payout:
    """Ask for money that a business is owed to leave for a bank account: the business's own, or its payee's.

    `account` is the ledger account that it is paid from, `entries` a hash of the set of what it pays: the same set is
    paid to the same payee once. `pay_on` is the day on which it should arrive.
    """

    id: UUID
    owner: Owner
    business_id: UUID
    payee_id: UUID
    bank_id: UUID
    amount_minor: int
    currency: str
    account: UUID
    entries: str
    pay_on: date


@dataclass(frozen=True, slots=True)
class Approve:
    """Somebody agrees to a payout."""

    payout_id: UUID
    by: UUID


@dataclass(frozen=True, slots=True)
class Hold:
    """Stop a payout that has not left; `blocks` where something about the business must be settled first."""

    payout_id: UUID
    why: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """Let a payout that was stopped go on, to another bank account if one is named."""

    payout_id: UUID
    bank_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A row of payments.payout. `pays_on` is a banking day; where `asked_on` was none, it is the next."""

    id: UUID
    owner: Owner
    business_id: UUID
    payee_id: UUID
    bank_id: UUID
    amount_minor: int
    currency: str
    account: UUID
    entries: str
    asked_on: date
    pays_on: date
    policy_version: int
    state: State
    why: str | None
    approvals_needed: int
    tries: int
    order_id: UUID | None  # of its latest try
    settles_on: date | None
    submitted_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_for_us(self) -> bool:
        """Whether the house stopped it, for what the house must see settled; what was not covered may be by now."""
        return self.state == State.BLOCKED and self.why != NOT_COVERED


@dataclass(frozen=True, slots=True)
class Approval:
    """A row of payments.payout_approval."""

    payout_id: UUID
    bank_id: UUID
    person_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a business is paid; nothing leaves for it before `good_at`."""

    business_id: UUID
    n: int
    bank_id: UUID
    at: datetime
    good_at: datetime
