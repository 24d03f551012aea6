"""The nouns of a statement: a period, the moves of somebody's money in it, and their sums."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.sends.states import Event
from tuppence.people import Profile


class Move(StrEnum):
    """What a step of a payment did to the money of one of its two people."""

    SENT = "sent"  # taken from the payer's card
    DELIVERED = "delivered"  # the payer's money reached the friend's bank
    CAME_BACK = "came_back"  # the friend's bank sent it back: it is on its way again
    REFUNDED = "refunded"  # back on the payer's card
    PARKED = "parked"  # kept for the payer, whose bank refused the refund
    UNPARKED = "unparked"  # on its way back to the payer after all
    RECEIVED = "received"  # on the payee's card
    RETURNED = "returned"  # the payee's bank sent it back


# What has a line of its own. The rest only moves what is on its way, which the sums tell.
LINES = frozenset({Move.SENT, Move.REFUNDED, Move.PARKED, Move.RECEIVED, Move.RETURNED})
OUT = frozenset({Move.SENT, Move.RETURNED})
IN = frozenset({Move.REFUNDED, Move.RECEIVED})


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in somebody's own zone, the last one included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        return self._midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant that is no longer in it."""
        return self._midnight(self.last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        """In UTC: a zone's own times are compared by the wall, and an hour that comes twice would be one."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """A row: a step of a payment that moved money, with what a line takes."""

    payment_id: UUID
    version: int
    at: datetime
    number: str
    event: Event
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    note: str
    funding_card_id: UUID
    receiving_card_id: UUID | None
    receiving_bank_id: UUID | None
    refund_card_id: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """One move of somebody's money. `card` and `account` are their own, never the other's."""

    payment_id: UUID
    at: datetime
    move: Move
    other: Profile
    amount_minor: int
    currency: str
    note: str
    card: Card | None
    account: BankAccount | None = None  # instead of a card

    @property
    def out_minor(self) -> int | None:
        return self.amount_minor if self.move in OUT else None

    @property
    def in_minor(self) -> int | None:
        return self.amount_minor if self.move in IN else None

    @property
    def fee_minor(self) -> int:
        """Sending is free, and so is everything that follows from it."""
        return 0


@dataclass(frozen=True, slots=True)
class Sum:
    """A row: how much moved in one way, before the period or in it."""

    currency: str
    paying: bool
    number: str
    event: Event
    before: bool
    minor: int
    times: int


@dataclass(frozen=True, slots=True)
class Totals:
    """One currency of a statement. Nobody has a balance here; what can be owed is money on its way.

    `opening + sent + came_back - delivered - refunded = closing`, of which `parked` is kept, not moving.
    """

    currency: str
    opening_minor: int
    sent_minor: int
    delivered_minor: int
    came_back_minor: int
    refunded_minor: int
    closing_minor: int
    parked_minor: int
    received_minor: int
    returned_minor: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A statement before its lines: how many there are, and what they come to in each currency."""

    lines: int
    totals: tuple[Totals, ...]
