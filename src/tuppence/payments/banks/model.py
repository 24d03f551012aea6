"""A bank account as the app knows it. Its number is sealed; what is shown are the last four digits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NoReturn
from uuid import UUID

from tuppence.payments.banks.states import State

Kind = Literal["checking", "savings", "iban"]
LAST_DIGITS = 4


class AccountNumber:
    """An account number or IBAN in the plain, which neither prints nor pickles."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        self._digits = digits

    def reveal(self) -> str:
        """The digits: for sealing, and for the file that our bank reads."""
        return self._digits

    @property
    def last4(self) -> str:
        return self._digits[-LAST_DIGITS:]

    def __repr__(self) -> str:
        return "AccountNumber(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an account number is not pickled")


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A row of payments.bank_account. `fingerprint` is the same for the same account, whoever named it.

    `routing` is nine digits; of an IBAN, what `sepa.place_of` says of it.
    """

    id: UUID
    person_id: UUID
    routing: str
    bank: str
    kind: Kind
    holder: str
    last4: str
    sealed: bytes
    fingerprint: str
    state: State
    reason: str | None
    tries_left: int
    deposit_1_minor: int
    deposit_2_minor: int
    deposits_by: datetime
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    debits_from: datetime | None = None  # its bank is being asked until then; None: it was not

    @property
    def receives(self) -> bool:
        """Whether money can be sent to it."""
        return self.state == State.ACTIVE

    @property
    def deposits_minor(self) -> tuple[int, int]:
        """The two amounts, the smaller first: whoever tells them may have the order wrong."""
        low, high = sorted((self.deposit_1_minor, self.deposit_2_minor))
        return low, high


@dataclass(frozen=True, slots=True)
class AddBank:
    """Add a bank account, its number sealed already. The id is the client's, minted once per intention."""

    id: UUID
    person_id: UUID
    routing: str
    kind: Kind
    holder: str
    last4: str
    sealed: bytes
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Tell the two amounts that arrived."""

    id: UUID
    person_id: UUID
    amounts_minor: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ChangeBank:
    """Make it the one that money is received on, or not."""

    id: UUID
    person_id: UUID
    receives: bool


@dataclass(frozen=True, slots=True)
class RemoveBank:
    id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Noted:
    """What a bank said of an account: a return's code, or a notice of change with the corrected details, sealed."""

    id: UUID
    code: str
    purpose: str
    routing: str | None = None
    bank: str | None = None
    kind: Kind | None = None
    last4: str | None = None
    sealed: bytes | None = None
    fingerprint: str | None = None
