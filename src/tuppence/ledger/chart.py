"""The chart of accounts: which there are, what they may do, and their ids, which follow from their names."""

from enum import IntEnum
from uuid import UUID, uuid5

from tuppence.core import CURRENCIES
from tuppence.ledger.model import Account, AccountFlags

_NAMES = UUID("5f2f0c5e-8d0b-4e7c-9d4e-7c1f3a2b6d10")  # our own name space; any constant would do


class Step(IntEnum):
    """What a transfer is for: its `code`."""

    DEBIT = 1
    CREDIT = 2
    REFUND = 3
    PARK = 4
    UNPARK = 5
    SETTLE = 6
    DEPOSIT = 7
    COST = 8
    COST_ADJUSTMENT = 9  # what a network bills beyond what was booked for it, or less
    WRITE_OFF = 10
    USAGE = 11  # what an advertiser used
    PROMO = 12  # a credit or a coupon pays for it
    CHARGE = 13  # a business is paid by card or bank
    GIVE_BACK = 14  # and gives some of it back
    RESERVE = 15
    RELEASE = 16
    PAYOUT = 17
    CHARGEBACK = 18
    CHARGEBACK_WON = 19
    EXCHANGE = 20
    REDRESS = 21  # the house makes good what somebody reported


HOUSE = {
    "card_clearing": 1,
    "bank_clearing": 2,
    "in_transit": 3,
    "payout_clearing": 4,
    "refund_clearing": 5,
    "fee_income": 6,
    "revenue": 7,
    "tax_payable": 8,
    "promo": 9,
    "rail_cost": 10,
    "loss": 11,
    "chargeback_receivable": 12,
    "fx": 13,
    "house_cash": 14,
    "rail_payable": 15,  # what rails will charge us
}
PERSONAL = {
    "parked": 101,
    "balance": 102,
    "ads_receivable": 103,  # an advertiser's, and so on: kept for a business
    "ads_prepaid": 104,
    "dev_payable": 105,  # below zero after a chargeback: no limit
    "dev_reserve": 106,
}
BEYOND = 10_000  # the chart stays below; from here on codes are those who keep books beside ours
_NAME_OF = {code: name for name, code in (HOUSE | PERSONAL).items()}
_OWED = {"in_transit", "parked", "balance", "ads_prepaid", "dev_reserve"}  # others' money: it has a floor
CODES = frozenset(_NAME_OF)
OWED_CODES = frozenset(code for code, name in _NAME_OF.items() if name in _OWED)


def house(name: str, currency: str) -> UUID:
    """The id of one of the house's accounts."""
    assert name in HOUSE, name
    return uuid5(_NAMES, f"{name}:{CURRENCIES[currency].numeric}")


def personal(name: str, person: UUID, currency: str) -> UUID:
    """The id of an account that the house keeps for a person or a business."""
    assert name in PERSONAL, name
    return uuid5(_NAMES, f"{name}:{person}:{CURRENCIES[currency].numeric}")


def house_accounts(currency: str) -> list[Account]:
    """Every account of the house in a currency, to be created."""
    ledger = CURRENCIES[currency].numeric
    return [Account(house(name, currency), ledger, code, _flags(name)) for name, code in HOUSE.items()]


def personal_account(name: str, person: UUID, currency: str) -> Account:
    """Somebody's account, to be created before its first transfer; creating it again is harmless."""
    ledger = CURRENCIES[currency].numeric
    return Account(personal(name, person, currency), ledger, PERSONAL[name], _flags(name), user_data_128=person)


def name_of(code: int) -> str:
    """What the chart calls accounts of this code; those beyond the chart go by their number."""
    return _NAME_OF.get(code) or f"code_{code}"


def _flags(name: str) -> int:
    return AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS if name in _OWED else AccountFlags.NONE
