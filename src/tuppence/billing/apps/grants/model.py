"""The nouns of grants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Kind = Literal["once", "on_file"]
Written = Literal["asked", "live", "declined", "revoked"]
State = Literal["asked", "lapsed", "live", "ended", "spent", "declined", "revoked"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A business asks whoever opens its link to be allowed to charge. The id is the business's; amounts are caps."""

    id: UUID
    business_id: UUID
    kind: Kind
    says: str
    currency: str
    per_charge_minor: int
    per_period_minor: int | None = None
    period_days: int | None = None
    until: datetime | None = None
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of apps.customer_grant. Times are business time."""

    id: UUID
    business_id: UUID
    kind: Kind
    says: str
    currency: str
    per_charge_minor: int
    per_period_minor: int | None
    period_days: int | None
    until: datetime | None
    return_url: str | None
    state: Written
    person_id: UUID | None
    card_id: UUID | None
    asked_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None

    def facts(self) -> dict[str, Any]:
        """What a person says yes to: their proof is bound to these."""
        names = ("id", "business_id", "kind", "says", "currency", "per_charge_minor", "per_period_minor", "period_days")
        told = {name: getattr(self, name) for name in names}
        return told | {"until": self.until.isoformat() if self.until else None}

    def wire(self, state: State) -> dict[str, Any]:
        """As the business and the person see it: not who the person is, nor which card."""
        hidden = ("person_id", "card_id", "state")
        return {name: getattr(self, name) for name in self.__slots__ if name not in hidden} | {"state": state}


@dataclass(frozen=True, slots=True)
class Used:
    """What was charged under a grant, in one stretch of time or in all."""

    minor: int
    times: int


@dataclass(frozen=True, slots=True)
class Take:
    """A business charges under a grant. The id is the business's, minted once per intention."""

    id: UUID
    grant_id: UUID
    business_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A business gives some of a charge back."""

    id: UUID
    charge_id: UUID
    business_id: UUID
    amount_minor: int
    reason: str
