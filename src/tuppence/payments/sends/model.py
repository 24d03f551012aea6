"""The nouns of sending money: a payment, the rail attempts of its legs, and what people and machines ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from tuppence.core import Leg
from tuppence.payments.sends.states import Event, State

BANK_CREDIT = "bank_credit"  # the kind of an attempt that is an entry in a bank file
Verb = Literal["cancel", "accept", "decline", "arrived", "not_arrived"]


class Cause(StrEnum):
    """Why a payment is where it is, where the state alone does not tell."""

    UNDONE = "undone"
    NOT_SENT = "not_sent"
    TIMED_OUT = "timed_out"
    LOCKED_OUT = "locked_out"
    NO_ANSWER = "no_answer"
    NO_CARD = "no_card"
    CARD_REFUSED = "card_refused"
    NOT_DELIVERED = "not_delivered"
    CREDIT_RETURNED = "credit_returned"
    PAYER_BLOCKED = "payer_blocked"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    UNAVAILABLE = "unavailable"
    CLOSED = "closed"
    REVIEW = "review"
    LATE_DEBIT = "late_debit"
    PRESUMED = "presumed"
    CHARGED_BACK = "charged_back"


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of payments.payment. Times are business time, except `proved_at`, which is real as every proof is."""

    id: UUID
    payer_id: UUID
    payee_id: UUID
    conversation_id: UUID
    amount_minor: int
    currency: str
    note: str
    asked_card_id: UUID | None
    session_id: UUID
    policy_version: int
    state: State
    version: int
    cause: Cause | None
    decline_code: str | None
    dispute: str
    revealed: bool
    funding_card_id: UUID
    receiving_card_id: UUID | None
    refund_card_id: UUID | None
    step_up_reason: str | None
    step_up_until: datetime | None
    proved_at: datetime | None
    undo_until: datetime
    expires_at: datetime | None
    next_update_at: datetime | None
    arrival_earliest: datetime | None
    arrival_latest: datetime | None
    arrival_fast: bool | None
    arrival_reason: str | None
    arrival_facts: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    receiving_bank_id: UUID | None = None  # instead of a card
    device_age: timedelta | None = None  # of the device that it was sent from, real time; None: never seen before
    app_id: UUID | None = None  # the app that made it for the payer


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of a payment's timeline: which row of the table was taken, and when. There is one per version."""

    payment_id: UUID
    version: int
    number: str
    event: Event
    state: State
    at: datetime
    detail: Mapping[str, Any]


class Fate(StrEnum):
    """What we know of an attempt. LIVE: on its way, or we have not heard; UNKNOWN: no answer; the rest is proven."""

    LIVE = "live"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DEAD = "dead"


SETTLED = frozenset({Fate.ACCEPTED, Fate.DECLINED, Fate.DEAD})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One rail call with a deterministic id, on a card or on a bank account.

    `marked_at` and `unknown_at` are business time, `recorded_at` is real.
    """

    id: UUID
    payment_id: UUID
    leg: Leg
    n: int
    kind: str
    card_id: UUID | None
    of: UUID | None
    fate: Fate
    marked_at: datetime
    recorded_at: datetime
    unknown_at: datetime | None = None
    decline_code: str | None = None
    approval: str | None = None
    trace: str | None = None
    rrn: str | None = None
    network_at: datetime | None = None
    returned_at: datetime | None = None
    bank_id: UUID | None = None  # instead of a card


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rail says of an attempt; `state` is the vault's word for it, or what a file of the rail's tells later:
    `found` (a debit that we took for dead was done after all), `returned` (a bank sent a delivered credit back).
    """

    state: str
    decline_code: str | None = None
    approval: str | None = None
    trace: str | None = None
    fast_funds: bool | None = None
    rrn: str | None = None
    network_at: datetime | None = None
    settles_on: date | None = None  # of an entry in a bank file


@dataclass(frozen=True, slots=True)
class Send:
    """Ask to send money. The id is the client's, minted once per intention and repeated until answered.

    `device_since` is when the session's device was first seen, real time; None for one never seen before.
    """

    id: UUID
    payer: UUID
    payee: UUID
    amount_minor: int
    currency: str
    note: str
    card_id: UUID | None
    session_id: UUID
    device_since: datetime | None
    duplicate_ok: bool = False
    app_id: UUID | None = None  # of the app that asks for the payer


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody's tap on a payment."""

    payment_id: UUID
    person_id: UUID
    verb: Verb


@dataclass(frozen=True, slots=True)
class StepUp:
    """The payer says that they have proved who they are, in this session, for this payment."""

    payment_id: UUID
    person_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a rail said of an attempt, to be written down."""

    attempt_id: UUID
    answer: Answer


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that befalls a payment by itself: a timer, a block, a new card."""

    payment_id: UUID
    event: Event
    card_id: UUID | None = None  # or the bank account's
    detail: Mapping[str, Any] = field(default_factory=dict)
