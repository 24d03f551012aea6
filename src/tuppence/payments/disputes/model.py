"""The nouns of disputes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from tuppence.payments.disputes.states import Books, Event, Kind, State

View = dict[str, Any]


class Reason(StrEnum):
    """What is wrong. The first four are a person's words for it; the last two only a bank's."""

    NOT_ME = "not_me"
    WRONG_AMOUNT = "wrong_amount"
    NOT_RECEIVED = "not_received"
    TRICKED = "tricked"
    FRAUD = "fraud"
    DUPLICATE = "duplicate"


REPORTABLE = (Reason.NOT_ME, Reason.WRONG_AMOUNT, Reason.NOT_RECEIVED, Reason.TRICKED)


class Outcome(StrEnum):
    """How a business settled what was bought from it, or who settled it instead."""

    REFUNDED_IN_CASH = "refunded_in_cash"
    GRANTED_REPLACEMENT_ITEM = "granted_replacement_item"
    DENIED_REFUND = "denied_refund"
    BANNED_USER = "banned_user"
    REFUNDED_BY_HOUSE = "refunded_by_house"


class Recovery(StrEnum):
    """Who bears it in the end."""

    NONE = "none"
    FROM_TRANSIT = "from_transit"  # the money had not left us
    FROM_RESERVE = "from_reserve"  # the business that was paid
    FROM_RECIPIENT = "from_recipient"  # gave it back of their own will
    WRITTEN_OFF = "written_off"


About = Literal["payment", "charge"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is disputed: a payment between people, or a charge by a business. Times are business time."""

    about: About
    id: UUID
    payer_id: UUID
    paid_id: UUID  # a person, or a business
    amount_minor: int
    currency: str
    paid_at: datetime
    owed_minor: int  # what the house could give back of it: it was delivered, and not given back before
    kept: bool = False  # we still have it, waiting or parked
    owner: str | None = None  # who hears of it, of a charge
    sold: bool = False  # a business was paid; not by a debit that was found after it was told as declined


@dataclass(frozen=True, slots=True)
class Dispute:
    """A row of payments.dispute. Times are business time; `given_minor` is what the claimant got from the house."""

    id: UUID
    kind: Kind
    about: About
    subject_id: UUID
    owner: str | None
    case_number: str | None  # the network's, of a chargeback
    claimant_id: UUID
    respondent_id: UUID  # a person, or a business
    reason: Reason
    says: str
    amount_minor: int
    currency: str
    state: State
    version: int
    opened_at: datetime
    updated_at: datetime
    outcome: Outcome | None = None
    awarded_minor: int | None = None
    given_minor: int = 0
    recovery: Recovery = Recovery.NONE
    answer: str | None = None
    asked: bool = False  # the respondent was asked, and so knows of it
    respond_by: datetime | None = None  # whoever is asked; of a chargeback: when we answer by ourselves
    credit_by: datetime | None = None
    decide_by: datetime | None = None
    network_by: date | None = None  # the network's own last day for an answer
    decided_by: str | None = None  # an operator
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a dispute's timeline. There is one per version."""

    dispute_id: UUID
    version: int
    number: str
    event: Event
    state: State
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """A person says that something is wrong with a payment of theirs. The id is the client's."""

    id: UUID
    person_id: UUID
    about: About
    subject_id: UUID
    reason: Reason
    says: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a network's file says of a chargeback: opened, contested, won or lost."""

    number: str
    event: Event
    about: About
    subject_id: UUID
    reason: Reason
    amount_minor: int
    currency: str
    respond_by: date | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Something befalls a dispute. `by` a person or a business, or `operator`, or else by itself."""

    dispute_id: UUID
    event: Event
    by: UUID | None = None
    operator: str | None = None
    says: str = ""
    outcome: Outcome | None = None
    awarded_minor: int | None = None
    network_by: date | None = None


@dataclass(frozen=True, slots=True)
class Timer:
    """An event that befalls the dispute by itself at a business time."""

    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry of the books."""

    books: Books
    minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a step writes. `response` goes to the network: `represent` or `accept`."""

    dispute: Dispute
    moment: Moment
    books: tuple[Booking, ...] = ()
    timers: tuple[Timer, ...] = ()
    forget: tuple[Event, ...] = ()
    pays_minor: int = 0
    response: str | None = None
