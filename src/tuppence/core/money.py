"""Money is an integer of minor units with its currency. No float comes near it."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Currency:
    """One row of ISO 4217: the numeric code is the ledger's number, the exponent says how many decimals a unit has."""

    code: str
    numeric: int
    exponent: int


CURRENCIES = MappingProxyType(
    {
        row.code: row
        for row in (
            Currency("BHD", 48, 3),
            Currency("CAD", 124, 2),
            Currency("CHF", 756, 2),
            Currency("EUR", 978, 2),
            Currency("GBP", 826, 2),
            Currency("JPY", 392, 0),
            Currency("USD", 840, 2),
        )
    }
)  # Source: ISO 4217, list one.


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount. Adding across currencies is a defect, so it is an assertion."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, self.minor
        assert self.currency in CURRENCIES, self.currency

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        assert self.currency == other.currency
        return Money(self.minor - other.minor, self.currency)

    def __str__(self) -> str:
        """Plain digits for logs and commands: ``20.00 USD``."""
        exponent = CURRENCIES[self.currency].exponent
        digits = f"{abs(self.minor):0{exponent + 1}d}"
        sign = "-" if self.minor < 0 else ""
        point = f".{digits[-exponent:]}" if exponent else ""
        return f"{sign}{digits[: len(digits) - exponent]}{point} {self.currency}"
