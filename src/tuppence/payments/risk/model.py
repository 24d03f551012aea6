"""What is known of a payment's risk, and what comes of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """About a payment whose debit was accepted. "A day" is 24 hours of business time; the payment itself counts."""

    payment_id: UUID
    amount_minor: int
    new_payee: bool
    device_age: timedelta | None  # when the payment was made; None: nobody knows
    day_count: int
    day_minor: int
    day_cards: int
    received_minor: int  # what others sent the payer in a day


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sum of what holds, and its names."""

    score: int
    reasons: tuple[str, ...]
    held: bool


CLEAR = Verdict(0, (), held=False)
