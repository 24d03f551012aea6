"""The message format as data: ISO 8583:1987 in ASCII, the subset that Tuppence speaks (ADR 0006)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple


class Field(NamedTuple):
    """A data element. `kind`: n digits, an letters and digits, ans printable, hex, b capital hex, x sign and digits,
    z track data; `length` is the most if variable; `form` is what digits mean, if they mean a date or time."""

    kind: str
    length: int
    name: str
    prefix: int = 0  # digits of length in front: 0 fixed, 2 LLVAR, 3 LLLVAR
    shown: bool = False  # may appear in logs
    form: str = ""


FIELDS = MappingProxyType(
    {
        2: Field("n", 19, "primary account number", 2),
        3: Field("n", 6, "processing code", shown=True),
        4: Field("n", 12, "amount, minor units", shown=True),
        7: Field("n", 10, "transmission date and time, UTC, MMDDhhmmss", shown=True),
        11: Field("n", 6, "system trace audit number", shown=True),
        12: Field("n", 6, "time, hhmmss", shown=True),
        13: Field("n", 4, "date, MMDD", shown=True),
        14: Field("n", 4, "expiry, YYMM"),
        18: Field("n", 4, "merchant category", shown=True),
        22: Field("n", 3, "entry mode", shown=True),
        25: Field("n", 2, "condition code", shown=True),
        32: Field("n", 11, "acquirer", 2, shown=True),
        37: Field("an", 12, "retrieval reference number", shown=True),
        38: Field("an", 6, "approval code", shown=True),
        39: Field("an", 2, "response code", shown=True),
        41: Field("ans", 8, "terminal", shown=True),
        42: Field("ans", 15, "card acceptor", shown=True),
        43: Field("ans", 40, "card acceptor's name and place", shown=True),
        48: Field("ans", 999, "subelements: two-digit id, two-digit length, value", 3),
        49: Field("n", 3, "currency, ISO 4217 numeric", shown=True),
        62: Field("hex", 32, "attempt id", 3, shown=True),
        63: Field("hex", 32, "attempt id of the original", 3, shown=True),
        70: Field("n", 3, "network management code", shown=True),
        90: Field("n", 42, "original: type 4, trace 6, transmission 10, acquirer 11, forwarder 11", shown=True),
    }
)

_COMMON = {7, 11}
_PLACE = {32, 37, 41, 42, 43}
_MONEY = {3, 4, 49}
_ORIGINAL = {63, 90}


class Shape(NamedTuple):
    """Which data elements a message type must have, and which it may have besides."""

    must: set[int]
    may: set[int]


MESSAGES = MappingProxyType(
    {
        "0100": Shape(_COMMON | _PLACE | _MONEY, {2, 12, 13, 14, 18, 22, 25, 48} | _ORIGINAL),
        "0110": Shape(_COMMON | _MONEY | {37, 39, 41}, {32, 38, 48} | _ORIGINAL),
        "0200": Shape(_COMMON | _PLACE | _MONEY | {62}, {2, 12, 13, 14, 18, 22, 25, 48} | _ORIGINAL),
        "0210": Shape(_COMMON | _MONEY | {37, 39, 41, 62}, {32, 38, 48} | _ORIGINAL),
        "0420": Shape(_COMMON | _PLACE | _MONEY | _ORIGINAL, {12, 13, 25}),
        "0421": Shape(_COMMON | _PLACE | _MONEY | _ORIGINAL, {12, 13, 25}),
        "0430": Shape(_COMMON | _MONEY | {37, 39, 41} | _ORIGINAL, {32}),
        "0800": Shape(_COMMON | {70}, {32}),
        "0810": Shape(_COMMON | {39, 70}, {32}),
    }
)

ANSWERS = MappingProxyType({"0100": "0110", "0200": "0210", "0420": "0430", "0421": "0430", "0800": "0810"})


def _entry(length: int, prefix: int = 0) -> dict[str, Any]:
    return {"data_enc": "ascii", "len_enc": "ascii", "len_type": prefix, "max_len": length, "desc": ""}


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """A message format: its data elements, and its message types with what each must and may have.

    Without `messages` any type of 1987 may have any element, and a variable one may be empty.
    """

    fields: Mapping[int, Field]
    messages: Mapping[str, Shape] | None = None
    table: Mapping[str, dict[str, Any]] = field(init=False)  # the same, as pyiso8583 wants it

    def __post_init__(self) -> None:
        # h header (none), t type, p and 1 bitmaps in hexadecimal.
        table = {"h": _entry(0), "t": _entry(4), "p": _entry(16), "1": _entry(16)}
        table |= {str(number): _entry(one.length, one.prefix) for number, one in self.fields.items()}
        object.__setattr__(self, "table", MappingProxyType(table))

    def __repr__(self) -> str:
        return f"<{len(self.fields)} data elements>"


DIALECT = Spec(FIELDS, MESSAGES)
