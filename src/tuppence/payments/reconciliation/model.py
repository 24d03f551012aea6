"""The nouns of reconciliation: an attempt beside the lines about it, what that means, and breaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tuppence.core import Leg
from tuppence.payments.sends.model import Answer, Fate


class Kind(StrEnum):
    """What a break is called; docs/design/reconciliation.md says when it is which."""

    MISSING = "missing"
    DUPLICATE = "duplicate"
    AMOUNT = "amount"
    CURRENCY = "currency"
    UNANSWERED = "unanswered"
    AWAITING_REVERSAL = "awaiting_reversal"
    LATE_DEBIT = "late_debit"
    NOT_OURS = "not_ours"
    AHEAD = "ahead"
    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_CASE = "unknown_case"
    FILE_DAMAGED = "file_damaged"
    FILE_DIFFERS = "file_differs"
    FILE_OUT_OF_ORDER = "file_out_of_order"
    FILE_MISSING = "file_missing"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was read."""

    sequence: int
    business_date: date
    digest: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of a file, as it is kept. `signed_minor` is positive where cash comes to us."""

    attempt_id: UUID
    business_date: date
    movement: str
    signed_minor: int
    currency: str
    rrn: str
    network_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What matching a line takes of an attempt."""

    id: UUID
    leg: Leg
    rrn: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An attempt that may not agree with the lines about it."""

    id: UUID
    payment_id: UUID
    leg: Leg
    fate: Fate
    amount_minor: int
    currency: str
    marked_at: datetime
    network_at: datetime | None
    unknown_at: datetime | None
    returned_at: datetime | None
    dead_at: datetime | None  # when its payment was told that nothing was taken
    room: str = "sends"  # whose it is: sends or charges

    @property
    def full_minor(self) -> int:
        """What it does to our cash when it is done: a debit brings it, credit and refund take it."""
        return self.amount_minor if self.leg == Leg.DEBIT else -self.amount_minor

    @property
    def expected_minor(self) -> int:
        """What files should say of it in all, as far as we know it."""
        return self.full_minor if self.fate == Fate.ACCEPTED and self.returned_at is None else 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an attempt and its lines mean together. No kind: they agree, or it is too early to say."""

    kind: Kind | None = None
    left_minor: int = 0  # what stays in the clearing account: positive where we are owed
    news: Answer | None = None  # to be recorded for the attempt


@dataclass(frozen=True, slots=True)
class Found:
    """A break, to be opened or brought up to date."""

    id: UUID
    kind: Kind
    subject: str
    amount_minor: int
    currency: str
    payment_id: UUID | None = None
    account: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Break:
    """A row of payments.break."""

    id: UUID
    rail: str
    kind: Kind
    subject: str
    payment_id: UUID | None
    account: str | None
    amount_minor: int
    currency: str
    detail: Mapping[str, Any]
    opened_at: datetime
    state: str
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Close:
    """An operator is done with a break."""

    break_id: UUID
    by: str
    reason: str
    write_off: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, and what is open after it."""

    files: int
    lines: int
    news: int
    open: int
