"""The words of a mandate, in the languages that people read. Pure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tuppence.core import CURRENCIES
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.mandates.model import Scope

LANGUAGES = ("en", "fr")
_POINT = {"en": ".", "fr": ","}


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text())


def version() -> str:
    """Of the words as they are now."""
    told: str = _table()["version"]
    return told


def words(
    scope: Scope,
    account: BankAccount,
    *,
    company: str,
    payee: str,
    amount_minor: int | None,
    currency: str,
    language: str,
) -> str:
    """What somebody agrees to, whole."""
    assert (scope == "once") == (amount_minor is not None)
    text: str = _table()[language][scope]
    amount = "" if amount_minor is None else _amount(amount_minor, currency, _POINT[language])
    return text.format(company=company, payee=payee, amount=amount, last4=account.last4, bank=account.bank)


def _amount(minor: int, currency: str, point: str) -> str:
    """With its code: nobody agrees to a sign that several currencies share."""
    exponent = CURRENCIES[currency].exponent
    digits = f"{minor:0{exponent + 1}d}"
    return f"{digits[:-exponent]}{point}{digits[-exponent:]} {currency}" if exponent else f"{digits} {currency}"
