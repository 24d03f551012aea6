"""The nouns of metering."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from tuppence.billing.ads.model import Account, Campaign, Credit, Cycle, Kind


@dataclass(frozen=True, slots=True)
class Usage:
    """One event as its caller tells it: usage is above zero, what gives back is below."""

    id: UUID
    campaign_id: UUID
    kind: Kind
    amount_minor: int
    at: datetime
    quantity: int = 1
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request brings."""

    business_id: UUID
    events: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class Metered:
    """An event that is written: now, or by an earlier request. `waived_minor` of it is not charged."""

    id: UUID
    waived_minor: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """An event as it is written, with what was given back of it since."""

    account_id: UUID
    id: UUID
    campaign_id: UUID
    kind: Kind
    amount_minor: int
    waived_minor: int
    quantity: int
    corrects: UUID | None
    at: datetime
    given_back_minor: int

    @property
    def left_minor(self) -> int:
        return max(self.amount_minor - self.waived_minor - self.given_back_minor, 0)

    def says(self, usage: Usage) -> bool:
        """Whether a repeat is one."""
        mine = (self.campaign_id, self.kind, self.amount_minor, self.quantity, self.corrects, self.at)
        return mine == (
            usage.campaign_id, usage.kind, usage.amount_minor, usage.quantity, usage.corrects, usage.at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account before a batch, read under its lock."""

    account: Account
    cycle: Cycle
    campaigns: Mapping[UUID, Campaign]
    credits: tuple[Credit, ...]  # unexpired, the soonest to expire first; those that are used up too
    prepaid_minor: int
    known: Mapping[UUID, Known]
    spent: Mapping[tuple[UUID, date], int]  # of campaigns with a daily cap


@dataclass(slots=True)
class Line:
    """What a posting comes to for one campaign."""

    quantity: int = 0
    amount_minor: int = 0
    waived_minor: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """An event with what became of it."""

    usage: Usage
    waived_minor: int
    hour: datetime  # in which its spend counts

    @property
    def billed_minor(self) -> int:
        return self.usage.amount_minor - self.waived_minor


@dataclass(slots=True)
class Draft:
    """A posting in the making: rooms shrink as events are taken."""

    facts: Facts
    written: list[Written] = field(default_factory=list)
    lines: dict[tuple[UUID, Kind], Line] = field(default_factory=dict)
    draws: dict[UUID, int] = field(default_factory=dict)  # by credit
    campaign_spent: dict[UUID, int] = field(default_factory=dict)
    catch_up: dict[UUID, int] = field(default_factory=dict)
    day_spent: dict[tuple[UUID, date], int] = field(default_factory=dict)
    left: dict[UUID, int] = field(default_factory=dict)  # by corrected event
    usage_minor: int = 0
    given_back_minor: int = 0
    waived_minor: int = 0
    used_credits_minor: int = 0
    restored_credits_minor: int = 0
    used_prepaid_minor: int = 0
    restored_prepaid_minor: int = 0
    used_owed_minor: int = 0
    restored_owed_minor: int = 0

    @property
    def credits_minor(self) -> int:
        return self.used_credits_minor - self.restored_credits_minor

    @property
    def prepaid_minor(self) -> int:
        return self.used_prepaid_minor - self.restored_prepaid_minor

    @property
    def owed_minor(self) -> int:
        return self.used_owed_minor - self.restored_owed_minor

    @property
    def money_minor(self) -> int:
        return self.prepaid_minor + self.owed_minor

    @property
    def billed_minor(self) -> int:
        return self.usage_minor - self.given_back_minor - self.waived_minor
