"""A notice of change in our own terms: the details that a bank wants different, sealed anew. Pure.

Source: Nacha Operating Rules, appendix four, table 5: which code corrects what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tuppence.payments.banks.model import AccountNumber, BankAccount, Kind, Noted
from tuppence.payments.banks.sealing import OpeningKeys, Place, SealingKeys
from tuppence.rails.bank.routing import bank_of, check_digit_holds

_SAVINGS = ("32", "33", "34", "37", "38", "39")  # transaction codes of savings accounts


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a notice names, for an account of ours. May hold an account number, so it does not print."""

    account_id: UUID
    code: str
    parts: Mapping[str, str] = field(repr=False)


def noted_of(told: Corrected, account: BankAccount, opens: OpeningKeys, seals: SealingKeys) -> Noted:
    """What to write. What makes no sense, such as a routing number of no bank, is left as it was.

    Raises: BankNumberUnreadable.
    """
    routing = told.parts.get("routing", "")
    bank = bank_of(routing) if check_digit_holds(routing) else None
    routing = routing if bank else account.routing
    digits = told.parts.get("account", "").strip()
    if digits.isascii() and digits.isdigit():
        number = AccountNumber(digits)
    else:
        number = opens.open(Place(account.id, account.routing), account.sealed)
    return Noted(
        id=account.id,
        code=told.code,
        purpose="credit",
        routing=routing,
        bank=bank.name if bank else account.bank,
        kind=_kind(told.parts.get("transaction_code", ""), account.kind),
        last4=number.last4,
        sealed=seals.seal(Place(account.id, routing), number),
        fingerprint=seals.fingerprint_of(routing, number),
    )


def _kind(transaction_code: str, known: Kind) -> Kind:
    if not transaction_code:
        return known
    return "savings" if transaction_code in _SAVINGS else "checking"
