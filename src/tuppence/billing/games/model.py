"""The nouns of games. Amounts are minor units of the currency that stands beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from tuppence.billing.games.states import Delivery, State

Outcome = Literal[
    "ok", "fail", "async_ok", "async_fail", "timeout_unknown", "duplicate_webhook", "late_chargeback", "refund_race"
]
"""What a tester's purchase is made to come to."""

DisputeReason = Literal["not_received", "not_as_described", "unauthorized", "mistake"]


@dataclass(frozen=True, slots=True)
class Game:
    """A game of a business. `share_percent` is what the house leaves to the developer; only the house sets it.

    `secrets_end`: when each secret before the newest stops signing, real time, the latest first.
    """

    id: UUID
    business_id: UUID
    name: str
    catalogue_url: str
    callback_url: str | None
    return_url: str | None
    secret_version: int
    secrets_end: Sequence[datetime]
    share_percent: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SetGame:
    """Make a game, or change it: the id is the developer's."""

    id: UUID
    business_id: UUID
    name: str
    catalogue_url: str
    callback_url: str | None = None
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Product:
    """A line of a game's catalogue. The first price is the one that others are computed from."""

    sku: str
    title: str
    description: str
    image_url: str | None
    prices: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of one currency's units one unit of another is, as published on a day: exact, a decimal as text."""

    source: str
    target: str
    rate: str
    on: date


@dataclass(frozen=True, slots=True)
class Parts:
    """Whose an amount is. The three add up to it, to the last minor unit."""

    dev_minor: int
    house_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        return self.dev_minor + self.house_minor + self.tax_minor

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(
            self.dev_minor - other.dev_minor,
            self.house_minor - other.house_minor,
            self.tax_minor - other.tax_minor,
        )


@dataclass(frozen=True, slots=True)
class Tester:
    """Somebody whose purchases of a game move no money and end as the developer wants to see."""

    game_id: UUID
    person_id: UUID
    outcome: Outcome
    since: datetime


@dataclass(frozen=True, slots=True)
class Developer:
    """A business as one that is paid for games: half-months in its zone, and where money goes."""

    business_id: UUID
    currency: str
    zone: str
    open_from: date
    payee_id: UUID | None
    bank_id: UUID | None
    bank_changed_on: date | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a buyer says is wrong with a purchase, until when the developer may answer, and what came of it."""

    purchase_id: UUID
    dispute_id: UUID
    reason: DisputeReason
    words: str
    opened_at: datetime
    due_at: datetime
    outcome: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A game asks what a product costs, and holds the price for its buyer."""

    id: UUID
    game_id: UUID
    business_id: UUID
    sku: str
    quantity: int
    request_id: str


@dataclass(frozen=True, slots=True)
class Priced:
    """A quote's answer: what the buyer pays and what the developer is owed for it in their own currency."""

    product: Product
    currency: str
    parts: Parts
    owed_minor: int
    owed_currency: str
    listed: Price
    price_rate: Rate | None
    owed_rate: Rate | None


@dataclass(frozen=True, slots=True)
class Purchase:
    """A row of billing.game_purchase."""

    id: UUID
    game_id: UUID
    business_id: UUID
    buyer_id: UUID | None
    card_id: UUID | None
    state: State
    delivery: Delivery
    sku: str
    title: str
    description: str
    image_url: str | None
    quantity: int
    request_id: str
    currency: str
    price_minor: int
    dev_minor: int
    house_minor: int
    tax_minor: int
    owed_minor: int
    owed_currency: str
    facts: Mapping[str, Any]  # the rates that were used, and when they were published
    test: bool
    outcome: Outcome | None
    bundle_id: UUID | None
    why: str | None
    says: str | None
    quoted_at: datetime
    expires_at: datetime
    asked_at: datetime | None
    completed_at: datetime | None
    fulfilled_at: datetime | None
    consumed_at: datetime | None
    version: int

    @property
    def parts(self) -> Parts:
        return Parts(self.dev_minor, self.house_minor, self.tax_minor)

    @property
    def total_minor(self) -> int:
        return self.parts.total_minor


@dataclass(frozen=True, slots=True)
class Buy:
    """Somebody taps Pay. `outcome` is a tester's wish."""

    purchase_id: UUID
    buyer_id: UUID
    card_id: UUID | None
    session_id: UUID
    device_since: datetime | None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class AskRefund:
    """A game gives money back; no amount is all that is left. The id is the developer's, minted once an intention."""

    id: UUID
    purchase_id: UUID
    amount_minor: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that goes back, or went, and whose it was. `owed_minor` in the purchase's `owed_currency`."""

    id: UUID
    purchase_id: UUID
    amount_minor: int
    dev_minor: int
    house_minor: int
    tax_minor: int
    owed_minor: int
    reason: str
    state: Literal["refunding", "refunded", "failed"]
    at: datetime
    by_dispute: bool = False  # the house gave it, out of `chargeback_receivable`

    @property
    def parts(self) -> Parts:
        return Parts(self.dev_minor, self.house_minor, self.tax_minor)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Small purchases of one buyer, card, business and day, debited together."""

    id: UUID
    business_id: UUID
    buyer_id: UUID
    card_id: UUID
    currency: str
    day: date
    state: Literal["open", "charging", "charged", "declined", "empty"]


EntryKind = Literal["sale", "refund", "chargeback", "chargeback_reversed", "invoice_paid"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of money between the house and a developer: a line of the daily detail. Signed, minor units.

    `amount` = `tax` + `fee` + `share`, in the currency that the buyer paid in; `owed` is the share in the developer's.
    """

    id: UUID
    business_id: UUID
    game_id: UUID | None
    purchase_id: UUID | None
    kind: EntryKind
    at: datetime
    day: date
    currency: str
    amount_minor: int
    tax_minor: int
    fee_minor: int
    share_minor: int
    owed_currency: str
    owed_minor: int
