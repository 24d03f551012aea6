"""What the vault asks of a card network, in values that both sides share. Pure: no I/O, no ISO 8583.

The vault declares it, `rails.card` implements it, `app` brings the two together.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NoReturn, Protocol
from uuid import UUID

MASK = "•••"


class Secret:
    """A string that no log, traceback, format or pickle shows: only `reveal` gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The plain value. Call it where the rail request is built, and keep the result in no attribute."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be pickled")


class Movement(Enum):
    """Which way the money goes."""

    DEBIT = "debit"  # account funding: pull from the payer's card
    PURCHASE = "purchase"  # pull from a buyer's card, for goods or services of a merchant
    PUSH = "push"  # original credit: push to the payee's card
    REFUND = "refund"  # give back, by reference to the debit; carries no card number


class State(Enum):
    """What is known about a message after waiting for its answer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"  # an explicit refusal: proof that nothing moved
    UNKNOWN = "unknown"  # written, unanswered: it may have moved
    NOT_SENT = "not_sent"  # no byte was written: proof that nothing moved
    NEVER_SEEN = "never_seen"  # inquiry only: the network does not know the original (proof only after a day)


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the network is told it."""

    number: Secret
    exp_month: int
    exp_year: int  # four digits


@dataclass(frozen=True, slots=True)
class Renewed:
    """What an account updater says of a card that ran out: the same account, good until later."""

    exp_month: int
    exp_year: int  # four digits
    number: Secret | None = None  # the new card's, if it has another


@dataclass(frozen=True, slots=True)
class Stamp:
    """A message's place in the stream: half of what later names it. Write it down before sending."""

    stan: int  # 1 to 999999, wraps
    sent_at: datetime  # UTC, whole seconds


@dataclass(frozen=True, slots=True)
class Original:
    """All that a reversal, a refund or an inquiry needs to name an earlier message: no card number."""

    attempt_id: UUID
    movement: Movement
    amount_minor: int
    currency: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Check:
    """Is this card alive and are its details right? Amount zero; the security code is used here and nowhere else."""

    card: Card
    cvv: Secret
    zip: Secret
    currency: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who sells, as the buyer's statement names them, and what kind of business they are."""

    category: str  # ISO 18245, four digits
    says: str  # at most 21 characters of ASCII


@dataclass(frozen=True, slots=True)
class Financial:
    """Move money once. `card` is there for debit, purchase and push, `of` (what was taken) for refund; `merchant` for
    a purchase, and for its refund.
    """

    attempt_id: UUID
    movement: Movement
    amount_minor: int
    currency: str
    stamp: Stamp
    payment_id: UUID  # carried on both legs, so that the network can pair push with pull
    card: Card | None = None
    of: Original | None = None
    merchant: Merchant | None = None

    @property
    def original(self) -> Original:
        """How later messages name this one."""
        return Original(self.attempt_id, self.movement, self.amount_minor, self.currency, self.stamp)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message. Only `state` is always there; the rest is what the answer carried."""

    state: State
    decline_code: str | None = None  # one of DECLINE_CODES, exactly when declined
    response_code: str | None = None  # as the network said it (DE39)
    approval: str | None = None
    rrn: str | None = None
    trace: str | None = None  # the payee's bank can find the credit by it
    fast_funds: bool | None = None
    network_at: datetime | None = None  # the network's own (simulated) clock, UTC
    stand_in_gone: bool = False  # declined for the network token that was sent: it is no longer good


DECLINE_CODES = frozenset(
    {
        "cannot_receive",
        "details_mismatch",  # check only: security code or ZIP, never said which
        "do_not_honor",
        "expired_card",
        "fraud",
        "insufficient_funds",
        "invalid_card",
        "issuer_down",
        "limit_exceeded",
        "lost_or_stolen",
        "malfunction",
        "not_permitted",
    }
)


class Network(Protocol):
    """A card network. Nothing here raises for what a network may do: silence is an outcome too."""

    def stamp(self) -> Stamp:
        """The next message's place. Store it with the attempt, commit, then send."""
        ...

    async def check(self, ask: Check) -> Outcome:
        """Zero-amount check: accepted, declined, unknown or not sent."""
        ...

    async def financial(self, ask: Financial) -> Outcome:
        """Send once and wait for the answer: accepted, declined, unknown or not sent. Never call it twice."""
        ...

    async def reverse(self, original: Original, *, repeat: bool) -> bool:
        """Ask to undo an unanswered debit; `repeat` says that it was asked before.

        Returns: True once the network acknowledged, after which a late original never posts. False: ask again.
        """
        ...

    async def inquire(self, original: Original) -> Outcome:
        """What became of an unanswered push or refund: accepted, declined, never seen, or (no answer) unknown."""
        ...

    async def renewed(self, card: Card) -> Renewed | None:
        """Ask the account updater for a card's new expiry and number. None: it knows none, or did not answer."""
        ...

    async def stand_in(self, card: Card) -> Card | None:
        """Ask for a network token: a number that stands for a card when we send it, with a date of its own.

        Asked again it may be the same. None: the network gives none, or did not answer.
        """
        ...


class Acquirer(Network, Protocol):
    """A card network's member that keeps the cards itself (token mode): its token stands where a number would.

    Its page takes the number from the browser and gives a name for one use, which is all that comes our way.
    """

    async def redeem(self, once: str) -> "Hosted | Outcome":
        """Have a card that was typed into its page checked with its bank, and kept; or why it is not."""
        ...


@dataclass(frozen=True, slots=True)
class Bin:
    """What the first digits of a card number say."""

    prefix: str
    bank: str
    brand: str  # visa, mastercard
    funding: str  # debit; payroll (pays only); credit, gift, health, business (refused)
    country: str  # ISO 3166-1 alpha-2
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    regulated: bool  # the interchange cap holds
    posting_days: int  # business days from accepted credit to spendable; 0 with fast funds


@dataclass(frozen=True, slots=True)
class Hosted:
    """A card that an acquirer keeps, as far as it tells of it."""

    token: Secret  # the acquirer's name for it: it opens nothing but the acquirer's own doors
    identity: str  # the same for the same card
    last4: str
    exp_month: int
    exp_year: int
    keep: bool  # the holder ticked it
    about: Bin


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """A test card that the sandbox's card form offers."""

    label: str
    number: Secret
    exp_month: int
    exp_year: int
    cvv: str
    zip: str
    bank: str
    hint: str  # what the card does

    @property
    def name(self) -> str:
        """Its label as a program writes it: `not_enough_money`."""
        return "_".join("".join(one if one.isalnum() else " " for one in self.label.lower()).split())
