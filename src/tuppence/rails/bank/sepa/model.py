"""What messages hold, as frozen nouns. Amounts are minor units; nothing that names an account prints."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with an account. `number` is its IBAN, or what a bank wrote instead of one."""

    name: str = field(repr=False)
    number: str = field(repr=False)
    bic: str = ""


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One credit transfer. `id` is ours, end to end: it comes back with whatever is said of it."""

    id: str
    amount_minor: int
    to: Party
    remittance: str
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class Order:
    """Transfers from one account on one day."""

    id: str
    created: datetime
    execution: date
    account: Party
    transfers: tuple[CreditTransfer, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """What was there. `kind` as the bank says it: OPBD opening, CLBD closing, booked, ITBD in between, ..."""

    kind: str
    amount_minor: int  # below zero: overdrawn
    currency: str
    on: date


@dataclass(frozen=True, slots=True)
class Detail:
    """One transfer behind a booking, as far as the bank says."""

    id: str = ""  # end to end
    instruction_id: str = ""
    amount_minor: int | None = None
    other: Party | None = None
    remittance: str = ""
    return_code: str = ""  # why it came back: AC01, AC04, AM04, ...


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry of an account."""

    amount_minor: int  # below zero: it left the account
    currency: str
    status: str  # BOOK, PDNG, INFO
    booked: date | None
    value: date | None
    reference: str
    code: str  # as in PMNT/RCDT/ESCT, or the bank's own
    is_reversal: bool
    details: tuple[Detail, ...]
    batch: str = ""  # our own id of the order that was booked as one


@dataclass(frozen=True, slots=True)
class Statement:
    """What a bank says of an account: a statement (camt.053) with balances, or a notification (camt.054) without."""

    id: str
    created: datetime
    account: str = field(repr=False)
    balances: tuple[Balance, ...]
    bookings: tuple[Booking, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the opening balance and what was booked make the closing one. A notification has none to make."""
        opening = next((one for one in self.balances if one.kind in ("OPBD", "PRCD")), None)
        closing = next((one for one in self.balances if one.kind == "CLBD"), None)
        if opening is None or closing is None:
            return not self.balances
        booked = [one for one in self.bookings if one.status == "BOOK"]
        return {opening.currency} == {
            closing.currency,
            *(one.currency for one in booked),
        } and closing.amount_minor == opening.amount_minor + sum(one.amount_minor for one in booked)


@dataclass(frozen=True, slots=True)
class Status:
    """What became of an order, a part of it, or one transfer: ACCP, ACSC, PDNG, RJCT, ... and why."""

    of: str  # the id that we gave
    status: str
    reason: str = ""
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """A bank's answer to an order."""

    id: str
    created: datetime
    order: Status
    instructions: tuple[Status, ...]
    transfers: tuple[Status, ...]
