"""The nouns of businesses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

Role = Literal["owner", "finance", "analyst", "developer"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """Somebody founds a business and is its first owner."""

    id: UUID
    name: str
    country: str
    currency: str
    zone: str
    by: UUID


@dataclass(frozen=True, slots=True)
class Business:
    """Who a key, an endpoint, an ads account, a game and a partner app belong to."""

    id: UUID
    name: str
    country: str
    currency: str
    zone: str
    created_at: datetime

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Membership:
    """A business, and what one of its members is there."""

    business: Business
    role: Role

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.business.wire() | {"role": self.role}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for a business; since when they have this role, in business time."""

    person_id: UUID
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True)
class SetMember:
    """An owner gives somebody a role, another role, or none; anybody may take their own away."""

    business_id: UUID
    by: UUID
    handle: str
    role: Role | None
