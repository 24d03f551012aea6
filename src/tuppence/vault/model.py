"""The vault's nouns, as its rows keep them. No number among them: that is a `Secret`, and only inside `network`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.vault.crypto import Place, Sealed
from tuppence.vault.keys import SharedKeys
from tuppence.vault.limits import RATES, Rate
from tuppence.vault.network import Card as NetworkCard
from tuppence.vault.network import Merchant, Movement, Original, SandboxCard, Secret, Stamp
from tuppence.vault.states import Kind, State


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator chooses. Both origins are `scheme://host[:port]`, as a browser writes them."""

    origin: str  # the vault's own
    app_origin: str  # the only page that may frame the form
    shared: SharedKeys
    acquirer_origin: str | None = None  # token mode: the page that takes numbers, instead of ours
    sandbox_cards: Sequence[SandboxCard] = ()
    network_tokens: bool = False  # ask the network for numbers that stand for cards
    country: str = "US"
    currency: str = "USD"
    failures_per_day: int = 3  # of one person
    failures_per_hour: int = 10  # from one address
    attach_within: timedelta = timedelta(minutes=15)
    reversal_waits_s: Sequence[float] = (1, 2, 4, 8, 15, 30, 60)  # the last one for ever
    reversal_case_tries: int = 6  # then a person is told as well; PayEx, "ISO 8583 interface"
    rates: Mapping[str, Rate] = field(default_factory=lambda: dict(RATES))

    @property
    def sandbox(self) -> bool:
        return bool(self.sandbox_cards)


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody typed into the card form."""

    number: Secret
    exp_month: int
    exp_year: int
    cvv: Secret
    zip: Secret
    keep: bool


@dataclass(frozen=True, slots=True)
class StoredCard:
    """A card's row, whole."""

    token: str
    person_id: UUID
    format: int
    algorithm: str
    kek_id: str
    kek_version: int
    wrapped_dek: bytes
    nonce: bytes
    ciphertext: bytes
    fingerprint: bytes
    brand: str
    funding: str
    last4: str
    exp_month: int
    exp_year: int
    bank: str
    country: str
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    regulated: bool
    kept: bool
    ticket_nonce: str
    created_at: datetime
    attach_by: datetime | None
    stands_for: str | None = None  # a network token: the card whose number it is sent for

    @property
    def place(self) -> Place:
        return Place(self.token, self.person_id)

    @property
    def sealed(self) -> Sealed:
        return Sealed(
            self.format,
            self.algorithm,
            self.kek_id,
            self.kek_version,
            self.wrapped_dek,
            self.nonce,
            self.ciphertext,
        )

    @property
    def record(self) -> tuple[Place, Sealed]:
        return self.place, self.sealed

    def is_live(self, now: datetime) -> bool:
        """Whether it may be used: it was taken up, or there is time for it yet."""
        return self.attach_by is None or self.attach_by > now

    def opened(self, number: bytes) -> NetworkCard:
        """As the network is told it. The caller unsealed the number and drops this as soon as it is sent."""
        return NetworkCard(Secret(number.decode()), self.exp_month, self.exp_year)


@dataclass(frozen=True, slots=True)
class Ask:
    """One rail request: what the app wants done, under an id of its own. A purchase says for whom."""

    id: UUID
    payment_id: UUID
    kind: Kind
    token: str
    amount_minor: int
    currency: str
    of_id: UUID | None = None
    category: str | None = None  # the merchant's
    says: str | None = None  # on the buyer's statement


@dataclass(frozen=True, slots=True)
class Case:
    """A debit whose reversal the network has not acknowledged, however often it was asked: somebody must call it."""

    attempt_id: UUID
    payment_id: UUID
    amount_minor: int
    currency: str
    stan: int
    sent_at: datetime
    rrn: str | None
    tries: int
    case_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rail request's row."""

    id: UUID
    payment_id: UUID
    kind: str
    token: str
    amount_minor: int
    currency: str
    of_id: UUID | None
    stan: int
    sent_at: datetime
    state: str = State.SENT.value
    response_code: str | None = None
    decline_code: str | None = None
    approval: str | None = None
    rrn: str | None = None
    trace: str | None = None
    fast_funds: bool | None = None
    network_at: datetime | None = None
    never_seen_since: datetime | None = None
    category: str | None = None
    says: str | None = None

    @classmethod
    def written(cls, ask: Ask, stamp: Stamp) -> "Attempt":
        """An attempt as it is before anything is known of it."""
        what = (ask.id, ask.payment_id, ask.kind.value, ask.token, ask.amount_minor, ask.currency, ask.of_id)
        return cls(*what, stamp.stan, stamp.sent_at, category=ask.category, says=ask.says)

    @property
    def ask(self) -> Ask:
        """What it was asked as: a repeat must ask the same."""
        what = (self.token, self.amount_minor, self.currency, self.of_id)
        return Ask(self.id, self.payment_id, Kind(self.kind), *what, self.category, self.says)

    @property
    def merchant(self) -> Merchant | None:
        """For whom a purchase is."""
        return Merchant(self.category, self.says) if self.category and self.says else None

    @property
    def original(self) -> Original:
        """How a later message names it."""
        stamp = Stamp(self.stan, self.sent_at)
        return Original(self.id, Movement(self.kind), self.amount_minor, self.currency, stamp)
