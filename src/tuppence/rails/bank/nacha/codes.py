"""Transaction codes, return codes and change codes as tables."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tuppence.core.calendar import FED


class Direction(StrEnum):
    """Seen from the account that the entry names."""

    CREDIT = "credit"
    DEBIT = "debit"

    @property
    def opposite(self) -> "Direction":
        """The other one."""
        return Direction.DEBIT if self is Direction.CREDIT else Direction.CREDIT


class AccountKind(StrEnum):
    """What sort of account an entry names; the first digit of the transaction code says it."""

    CHECKING = "checking"
    SAVINGS = "savings"
    GENERAL_LEDGER = "general_ledger"
    LOAN = "loan"


class Purpose(StrEnum):
    """What an entry does; the second digit says it, together with the direction."""

    RETURN = "return"  # or notification of change
    LIVE = "live"
    PRENOTE = "prenote"
    ZERO_DOLLAR = "zero_dollar"  # remittance data without money


@dataclass(frozen=True, slots=True)
class TransactionCode:
    """What the two digits of a transaction code say."""

    kind: AccountKind
    direction: Direction
    purpose: Purpose


_KINDS = {"2": AccountKind.CHECKING, "3": AccountKind.SAVINGS, "4": AccountKind.GENERAL_LEDGER, "5": AccountKind.LOAN}
_PURPOSES = tuple(Purpose)


def _transaction_codes() -> dict[str, TransactionCode]:
    codes = {}
    for digit, kind in _KINDS.items():
        for n, purpose in enumerate(_PURPOSES):
            codes[f"{digit}{1 + n}"] = TransactionCode(kind, Direction.CREDIT, purpose)
            codes[f"{digit}{6 + n}"] = TransactionCode(kind, Direction.DEBIT, purpose)
    # A loan is never debited but to undo a credit: 55, and 56 for that one's return. Source: Nacha, appendix 3.
    for gone in ("57", "58", "59"):
        del codes[gone]
    codes["55"] = TransactionCode(AccountKind.LOAN, Direction.DEBIT, Purpose.LIVE)
    return codes


TRANSACTION_CODES: Mapping[str, TransactionCode] = MappingProxyType(_transaction_codes())
ADV_DIRECTIONS: Mapping[str, Direction] = MappingProxyType(
    {f"8{n}": Direction.CREDIT if n % 2 else Direction.DEBIT for n in range(1, 9)}
)


def transaction_code(kind: AccountKind, direction: Direction, purpose: Purpose) -> str:
    """The two digits."""
    wanted = TransactionCode(kind, direction, purpose)
    return next(digits for digits, code in TRANSACTION_CODES.items() if code == wanted)


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """Why an entry comes back. `means` is explained in codes.toml."""

    code: str
    title: str
    stage: str
    means: str
    days: int | None = None
    banking: bool = True

    @property
    def administrative(self) -> bool:
        """Counts towards Nacha's 3 % threshold."""
        return self.code in ("R02", "R03", "R04")

    @property
    def unauthorized(self) -> bool:
        """Counts towards Nacha's 0.5 % threshold."""
        return self.code in ("R05", "R07", "R10", "R11", "R29", "R51")

    def last_day(self, settled: date) -> date | None:
        """The last settlement day on which a return of an entry that settled on a day is in time; None: no limit."""
        if self.days is None:
            return None
        return FED.add(settled, self.days) if self.banking else settled + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class ChangeCode:
    """What a bank wants changed in future entries, or why such a wish was refused."""

    code: str
    title: str
    corrects: tuple[str, ...] = ()
    refuses: bool = False


def _tables() -> tuple[dict[str, ReturnCode], dict[str, ChangeCode]]:
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
        files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")
    )
    returns = {code: ReturnCode(code, **row) for code, row in table["returns"].items()}
    changes = {
        code: ChangeCode(code, row["title"], tuple(row.get("corrects", ())), row.get("refuses", False))
        for code, row in table["changes"].items()
    }
    return returns, changes


_returns, _changes = _tables()
RETURN_CODES: Mapping[str, ReturnCode] = MappingProxyType(_returns)
CHANGE_CODES: Mapping[str, ChangeCode] = MappingProxyType(_changes)


@lru_cache(maxsize=4096)  # a file names the same banks over and over
def check_digit(routing: str) -> int:
    """The ninth digit of a routing number from its first eight. Source: ABA, routing number policy."""
    weighted = sum(int(digit) * weight for digit, weight in zip(routing[:8], (3, 7, 1) * 3, strict=False))
    return -weighted % 10
