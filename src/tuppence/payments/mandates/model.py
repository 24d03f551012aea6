"""A mandate is leave to take money from a bank account: who gave it, when, and in which words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Scope = Literal["once", "standing"]


@dataclass(frozen=True, slots=True)
class Mandate:
    """A row of payments.bank_mandate. `words` are the ones that stood on the screen.

    `payee` is the name of whom it is for: of a business, which then is the only one that it is good for.
    """

    id: UUID
    account_id: UUID
    person_id: UUID
    business_id: UUID | None
    scope: Scope
    payee: str
    amount_minor: int | None
    currency: str
    version: str
    language: str
    words: str
    session_id: UUID
    agreed_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def allows(self, account_id: UUID, business_id: UUID | None) -> bool:
        """Whether that account may be debited for that business, or for the house where none is named."""
        return self.revoked_at is None and (self.account_id, self.business_id) == (account_id, business_id)


@dataclass(frozen=True, slots=True)
class Agree:
    """Somebody agrees, in a session of theirs. `amount_minor` is named where it is for one debit only.

    `version` is of the words that they were shown: others by now are shown anew.
    """

    id: UUID
    person_id: UUID
    account_id: UUID
    scope: Scope
    payee: str
    amount_minor: int | None
    version: str
    language: str
    session_id: UUID
    business_id: UUID | None = None
    company: str = "Tuppence"


@dataclass(frozen=True, slots=True)
class Revoke:
    id: UUID
    person_id: UUID
