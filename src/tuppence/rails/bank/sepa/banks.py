"""Which bank an IBAN is of. Every bank of SEPA can be reached; only those of the table have a name here."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from tuppence.rails.bank.routing import Bank

_COUNTRY = 2
_BANK_BEGINS = 4  # behind the country and the check digits


def place_of(iban: str) -> str:
    """How the bank of an IBAN is called by: its country and its code, or the country alone where it is not known."""
    country, rest = iban[:_COUNTRY], iban[_BANK_BEGINS:]
    return next((one for one in banks() if one[:_COUNTRY] == country and rest.startswith(one[_COUNTRY:])), country)


def bank_at(place: str) -> Bank | None:
    """The bank that `place_of` found; None if only its country is known."""
    return banks().get(place)


@cache
def banks() -> Mapping[str, Bank]:
    """Every known bank by its place."""
    table: dict[str, Any] = tomllib.loads(files(__package__).joinpath("banks.toml").read_text())["bank"]
    return MappingProxyType({place: Bank(place, row["name"], row["posting_hour"]) for place, row in table.items()})
