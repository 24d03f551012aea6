"""The nouns of charging: what a business asks for, what has become of it, and the rail attempts of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from tuppence.core import Leg, step_id
from tuppence.payments.charges.states import State
from tuppence.payments.sends.model import Attempt as RailAttempt

Owner = Literal["ads", "games", "apps"]  # the room that sells
LATE_DEBIT = "late_debit"  # the reason of a refund that nobody asked for: it was taken after all
_NONE = UUID(int=0)
NO_ANSWER = "no_answer"  # instead of a bank's code: nothing was heard, and nothing was taken


def dispute_refund(dispute_id: UUID) -> UUID:
    """The refund by which the house gives back what was decided for whoever paid."""
    return step_id(dispute_id, Leg.GIVE_BACK, 1)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an amount and the ledger account that it belongs to, or is taken from."""

    account: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Ask for a payment by a person's card or bank account. The id is the owner's, minted once per intention.

    The shares add up to the amount. `says` is what the payer's statement says: the business's name. A bank account is
    the payer's or the business's own, and is debited by a mandate.
    """

    id: UUID
    owner: Owner
    subject_id: UUID
    business_id: UUID
    payer_id: UUID
    card_id: UUID | None
    bank_id: UUID | None
    amount_minor: int
    currency: str
    shares: Sequence[Share]
    says: str
    mandate_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Ask for some of a charge to be given back, out of these accounts."""

    id: UUID
    charge_id: UUID
    shares: Sequence[Share]
    reason: str


@dataclass(frozen=True, slots=True)
class Charged:
    """A row of payments.charge. Times are business time; `shares` are minor units by ledger account."""

    id: UUID
    owner: Owner
    subject_id: UUID
    business_id: UUID
    payer_id: UUID
    card_id: UUID | None
    bank_id: UUID | None
    mandate_id: UUID | None
    amount_minor: int
    currency: str
    shares: Mapping[str, int]
    says: str
    policy_version: int
    state: State
    decline_code: str | None
    refunding_minor: int
    refunded_minor: int
    created_at: datetime
    updated_at: datetime
    charged_at: datetime | None
    disputed: Mapping[UUID, int] = field(default_factory=dict)  # what its payer has back by disputes, not by a refund

    @property
    def refundable_minor(self) -> int:
        """What can still be given back."""
        back = self.refunding_minor + self.refunded_minor + sum(self.disputed.values())
        return max(0, self.amount_minor - back) if self.state == State.CHARGED else 0

    @property
    def may_retry(self) -> bool:
        """Of a declined one: whether another charge of the same card may pass some other time."""
        return self.state == State.DECLINED and self.decline_code not in HARD


@dataclass(frozen=True, slots=True)
class Refunded:
    """A row of payments.charge_refund."""

    id: UUID
    charge_id: UUID
    amount_minor: int
    shares: Mapping[str, int]
    reason: str
    state: State
    failed_why: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt(RailAttempt):
    """A row of payments.charge_attempt: all that its rail request says. `payment_id` is the charge, or the refund.

    What is its own is always given; it has defaults because what comes before it does.
    """

    charge_id: UUID = _NONE
    amount_minor: int = 0
    currency: str = ""


# No other try with this card will pass. Source: Visa, reattempt categories 1 and 3; the others are of its category 2.
HARD = frozenset(
    {
        "account_unusable",
        "cannot_receive",
        "details_mismatch",
        "expired_card",
        "fraud",
        "invalid_card",
        "lost_or_stolen",
        "not_permitted",
        "unauthorised",
    }
)
