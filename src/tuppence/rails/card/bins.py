"""What the first six digits of a card number say: bank, brand, kind, and what the card can do."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from tuppence.vault.network import Bin

__all__ = ["Bin", "bin_of", "bins", "luhn_holds"]  # the simulator knows `Bin` from here: the vault is not its business

_PREFIX_DIGITS = 6


def bin_of(pan: str) -> Bin | None:
    """The range that issued this number; None if no bank that we reach did. Looks at no digit beyond the prefix."""
    return bins().get(pan[:_PREFIX_DIGITS])


@cache
def bins() -> dict[str, Bin]:
    """Every known range by its prefix."""
    table = tomllib.loads(files(__package__).joinpath("bins.toml").read_text())
    return {prefix: _bin(prefix, row, table["bank"][row["bank"]]) for prefix, row in table["bin"].items()}


def _bin(prefix: str, row: dict[str, Any], bank: dict[str, Any]) -> Bin:
    return Bin(
        prefix=prefix,
        bank=bank["name"],
        brand=row["brand"],
        funding=row["funding"],
        country=row.get("country", "US"),
        can_fund=row.get("can_fund", True),
        can_receive=row.get("can_receive", True),
        fast_funds=bank["fast_funds"],
        regulated=bank["regulated"],
        posting_days=bank["posting_days"],
    )


def luhn_holds(pan: str) -> bool:
    """Whether the last digit is the check digit. Source: ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(pan)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
