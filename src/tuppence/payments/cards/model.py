"""A card as the app knows it: what it can do and how to name it. Its number is nobody's business here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class CardState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Card:
    """A row of payments.card. `fingerprint` is the same for the same number, whoever holds it."""

    id: UUID
    person_id: UUID
    token: str
    brand: str
    funding: str
    last4: str
    exp_month: int
    exp_year: int
    bank: str
    state: CardState
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    fingerprint: str
    kept: bool
    used_by: UUID | None  # the payment that a card which is not kept was for
    created_at: datetime
    regulated: bool = True  # the cap on interchange holds for its bank

    @property
    def pays(self) -> bool:
        """Whether money can be taken from it."""
        return self.state == CardState.ACTIVE and self.can_fund

    @property
    def receives(self) -> bool:
        """Whether money can be pushed to it."""
        return self.state == CardState.ACTIVE and self.can_receive


@dataclass(frozen=True, slots=True)
class Described:
    """What the vault says of a token."""

    token: str
    person_id: UUID
    brand: str
    funding: str
    last4: str
    exp_month: int
    exp_year: int
    bank: str
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    fingerprint: str
    kept: bool
    regulated: bool = True


class Told(Protocol):
    """A card as the vault tells it after its account updater was asked: its number may be another by now."""

    @property
    def brand(self) -> str: ...
    @property
    def funding(self) -> str: ...
    @property
    def last4(self) -> str: ...
    @property
    def exp_month(self) -> int: ...
    @property
    def exp_year(self) -> int: ...
    @property
    def bank(self) -> str: ...
    @property
    def can_fund(self) -> bool: ...
    @property
    def can_receive(self) -> bool: ...
    @property
    def fast_funds(self) -> bool: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def regulated(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Adopt:
    """Take a card that the vault keeps into a person's list. The id is the client's, minted once per intention."""

    id: UUID
    person_id: UUID
    described: Described


@dataclass(frozen=True, slots=True)
class Change:
    """Make a card the default for paying or receiving, or not; None leaves it."""

    id: UUID
    person_id: UUID
    pays: bool | None = None
    receives: bool | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    id: UUID
    person_id: UUID
