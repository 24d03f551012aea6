"""The nouns of corrections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

State = Literal["proposed", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class Correcting:
    """One transfer of a correction, and the transfer that it corrects. Amount in minor units."""

    id: UUID
    corrects: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Propose:
    """Somebody wants the books corrected. The ids are theirs, so that a repeat is seen."""

    id: UUID
    person_id: UUID
    reason: str
    transfers: tuple[Correcting, ...]


@dataclass(frozen=True, slots=True)
class Decide:
    """Somebody approves a correction, or rejects it."""

    id: UUID
    person_id: UUID
    approve: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it stands."""

    id: UUID
    proposed_by: UUID
    reason: str
    proposed_at: datetime
    state: State
    decided_by: UUID | None
    decided_at: datetime | None
    transfers: tuple[Correcting, ...]

    def wire(self) -> dict[str, Any]:
        """As JSON has it; amounts as digits, as the ledger's everywhere."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "transfers"}
        rows = [{name: getattr(one, name) for name in one.__slots__} for one in self.transfers]
        return told | {"transfers": [row | {"amount": str(row["amount"])} for row in rows]}
