"""Who exists in the simulated world: cards with their holders' opening balances and their habits. Pure."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from tuppence.rails.bank import routing
from tuppence.rails.bank.sepa.banks import banks as sepa_banks
from tuppence.rails.card.bins import Bin, bin_of, bins, luhn_holds
from tuppence.rails.card.sandbox import entries

_STAND_INS, STAND_IN_EXPIRY = "499999", "4912"  # how network tokens begin, and until when they are good
_CROWD_DIGIT = "9"
CROWD = "Crowd"


class Fate(StrEnum):
    """What becomes of a message and its answer."""

    OK = "ok"
    SLOW = "slow"  # answered after `slow_s`
    SILENT = "silent"  # done, never answered
    LOST = "lost"  # not done, never answered
    TWICE = "twice"  # done, answered twice
    LATE = "late"  # done, answered only after its reversal was acknowledged
    OVERTAKEN = "overtaken"  # held back until its reversal was acknowledged, then handled


@dataclass(frozen=True, slots=True)
class Habits:
    """How a card's issuer behaves. Each movement: a response code that refuses, or a fate (see test_cards.toml)."""

    check: str = "ok"
    debit: str = "ok"
    push: str = "ok"
    refund: str = "ok"
    slow_s: float = 0
    unanswered_reversals: int = 0
    closed: bool = False
    charged_back_days: int = 0  # a debit that was accepted is taken back so many days later
    chargeback: str = ""  # what the issuer makes of an answer: won, contested, lost; else drawn
    renewed: str = ""  # YYMM: the card was sent out anew, good until then; the old date is refused from then on
    renumbered: bool = False  # the new card has another number (`reissued`), the old one is refused with any date

    def changed(self, changes: Mapping[str, Any]) -> "Habits":
        """These habits with some replaced. Raises ValueError for what is no habit."""
        kinds = {one.name: one.type for one in fields(self)}
        for name, value in changes.items():
            fits = _SPECIAL[name](value) if name in _SPECIAL else name in kinds and _fits(kinds[name], value)
            if not fits:
                raise ValueError(f"{name}: not a habit, or not a value that it can have")
        return replace(self, **changes)

    def code(self, movement: str) -> str | None:
        """The response code that this movement is refused with, if it is."""
        word = self._word(movement)
        return None if word in list(Fate) else word

    def fate(self, movement: str) -> Fate:
        """What becomes of this movement's message and answer."""
        word = self._word(movement)
        return Fate(word) if word in list(Fate) else Fate.OK

    def _word(self, movement: str) -> str:
        """A purchase is taken as any debit is."""
        word: str = getattr(self, "debit" if movement == "purchase" else movement)
        return word


@dataclass(frozen=True, slots=True)
class Account:
    """One card and the money behind it."""

    key: str  # names the card in the journal and on the control port, instead of its number
    masked: str
    label: str
    bin: Bin
    expiry: str  # YYMM
    cvv: str = field(repr=False)
    zip: str = field(repr=False)
    opening_minor: int
    habits: Habits


def key_of(number: str) -> str:
    """A card's name where its number is not wanted."""
    return hashlib.sha256(number.encode()).hexdigest()[:12]


def find_account(number: str) -> Account | None:
    """The account behind a card number: a test card, or one of the crowd."""
    return listed_accounts().get(key_of(number)) or _crowd(number)


@cache
def listed_accounts() -> Mapping[str, Account]:
    """The test cards' accounts by key."""
    accounts = [_listed_account(entry) for entry in entries()]
    return MappingProxyType({account.key: account for account in accounts})


def known_banks() -> list[str]:
    """The names of the banks that there are."""
    with_accounts = (*routing.banks().values(), *sepa_banks().values())
    return sorted({one.bank for one in bins().values()} | {one.name for one in with_accounts})


def _crowd(number: str) -> Account | None:
    """Any well-formed number of a known range whose seventh digit is 9 is an ordinary card: enough for a load test."""
    if len(number) != 16 or number[6] != _CROWD_DIGIT or bin_of(number) is None or not luhn_holds(number):
        return None
    return crowd_account(key_of(number), number[:6], number[-4:])


def reissued(number: str) -> str:
    """The number of the card that replaces one: of the same bank, one of the crowd."""
    digits = f"{int(hashlib.sha256(number.encode()).hexdigest(), 16) % 10**8:08d}"
    head = number[:6] + _CROWD_DIGIT + digits
    return next(head + last for last in "0123456789" if luhn_holds(head + last))


def stand_in_of(key: str, n: int) -> str:
    """The n-th network token of a card: of a range that no bank has."""
    digits = f"{int(hashlib.sha256(f'{key} {n}'.encode()).hexdigest(), 16) % 10**9:09d}"
    head = _STAND_INS + digits
    return next(head + last for last in "0123456789" if luhn_holds(head + last))


def crowd_account(key: str, prefix: str, last4: str) -> Account:
    """One of the crowd, whose number need not be known any more."""
    ordinary = {"label": CROWD, "exp_year": 2035, "exp_month": 12, "cvv": "123", "zip": "10001"}
    return _account(key, prefix, last4, ordinary | {"balance_minor": 100_000_000})


def _listed_account(entry: Mapping[str, Any]) -> Account:
    number = entry["number"]
    return _account(key_of(number), number[:6], number[-4:], entry)


def _account(key: str, prefix: str, last4: str, entry: Mapping[str, Any]) -> Account:
    issuer = bin_of(prefix)
    assert issuer is not None, entry["label"]
    habits = {one.name: entry[one.name] for one in fields(Habits) if one.name in entry}
    return Account(
        key=key,
        masked=f"{prefix}••••••{last4}",
        label=entry["label"],
        bin=issuer,
        expiry=f"{entry['exp_year'] % 100:02d}{entry['exp_month']:02d}",
        cvv=entry["cvv"],
        zip=entry["zip"],
        opening_minor=entry["balance_minor"],
        habits=Habits().changed(habits),
    )


def _is_expiry(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"([0-9]{2}(0[1-9]|1[0-2]))?", value, re.ASCII))


_SPECIAL: Mapping[str, Callable[[Any], bool]] = {
    "renewed": _is_expiry,
    "chargeback": lambda value: value in ("", "won", "contested", "lost"),
}


def _fits(kind: Any, value: Any) -> bool:
    if kind is str:
        return isinstance(value, str) and (
            value in list(Fate) or (len(value) == 2 and value.isalnum() and value.isascii())
        )
    if kind is bool:
        return isinstance(value, bool)
    return type(value) in (int, kind) and 0 <= value < 1_000
