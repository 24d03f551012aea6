"""What nine digits say: whether they are a routing number, and of which bank."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WEIGHTS = (3, 7, 1) * 3


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that we reach by ACH."""

    routing: str
    name: str
    posting_hour: int


def check_digit_holds(routing: str) -> bool:
    """Whether nine digits can be a routing number at all. Source: ABA, key to routing numbers: weights 3, 7, 1."""
    if len(routing) != len(_WEIGHTS) or not (routing.isascii() and routing.isdigit()):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, routing, strict=True)) % 10 == 0


def bank_of(routing: str) -> Bank | None:
    """The bank with this routing number; None if it is none that we reach."""
    return banks().get(routing)


@cache
def banks() -> Mapping[str, Bank]:
    """Every known bank by its routing number."""
    table = tomllib.loads(files(__package__).joinpath("banks.toml").read_text())
    return {routing: Bank(routing, row["name"], row["posting_hour"]) for routing, row in table["bank"].items()}
