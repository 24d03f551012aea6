"""What a step is told, and what it decides: facts in, plan out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tuppence.core import Policy
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.pace.model import Lags, Noted
from tuppence.payments.sends.model import Attempt, Moment, Payment
from tuppence.payments.sends.states import Books, Event


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step needs to know besides the payment. `now` is business time; `real_now` is for proofs of identity."""

    now: datetime
    real_now: datetime
    policy: Policy
    attempts: Sequence[Attempt]
    deliverable: bool = True  # the payee did not block the payer, both accounts are open
    proved_at: datetime | None = None
    receiving: Card | BankAccount | None = None  # what of the payee's would be credited
    funding_fingerprint: str = ""
    refund_card: Card | None = None  # a card of the payer's to which parked money can go
    fast_funds: bool | None = None  # as the rail answered
    pace: Lags | None = None  # of the bank of the card that is credited
    credited_bank: str = ""  # its name
    settles_on: date | None = None  # as our bank answered
    risky: bool = False
    made_good: bool = False  # the payer has it back already


@dataclass(frozen=True, slots=True)
class Timer:
    """An event that befalls the payment by itself at a business time."""

    event: Event
    at: datetime
    tag: str = ""  # tells several timers of the same event apart


@dataclass(frozen=True, slots=True)
class Call:
    """Ask the rail to act on an attempt, or inquire after it, soon or at a business time."""

    attempt: Attempt
    inquire: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry of the books, by the number of the attempt that it belongs to, and the rail that this went by."""

    books: Books
    n: int
    by_bank: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a step writes."""

    payment: Payment
    moment: Moment
    attempts: tuple[Attempt, ...] = ()
    books: tuple[Booking, ...] = ()
    timers: tuple[Timer, ...] = ()
    forget: tuple[Timer, ...] = ()
    calls: tuple[Call, ...] = ()
    reveals: bool = False  # from here on the payee is told of it
    noted: Noted | None = None  # how fast the bank was
