"""The nouns of reviews."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Review:
    """A row of payments.review, beside its payment."""

    payment_id: UUID
    amount_minor: int
    currency: str
    score: int
    reasons: str  # names, commas between
    opened_at: datetime
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """An operator lets a payment go, or sends it back."""

    payment_id: UUID
    approve: bool
    by: str
    reason: str
