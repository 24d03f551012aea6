"""The records as data: ninety-four characters each, cut into fields.

Source: Nacha Operating Rules, appendix 3 (record format requirements) and appendix 4 (returns and changes).
"""

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

RECORD_LENGTH = 94
BLOCKING_FACTOR = 10


class Field(NamedTuple):
    """A field. `kind` is a letter of `_PATTERNS`, or `=` and the only text that may stand there."""

    name: str
    length: int
    kind: str


# What may stand in a field, and how to say that something else does. Text is what Nacha allows, every character above
# hexadecimal 1F, without DEL and the second row of controls.
_TEXT = "[ -~\u00a0-\u00ff]{%d}"
_PATTERNS = MappingProxyType(
    {
        "n": ("[0-9]{%d}", "must be digits"),  # right-aligned, filled with zeros
        "a": (_TEXT, "must be printable"),  # left-aligned, filled with blanks
        "m": (f"(?! {{%d}}){_TEXT}", "must be printable and not blank"),
        "r": (_TEXT, "must be printable"),  # reserved: blank when we write
        "j": ("(?:[0-9]{%d}| {%d})", "must be a day of the year or blank"),
        "d": ("(?:[0-9]{%d}| {%d})", "must be a date or blank"),
        "D": ("[0-9]{%d}", "must be a date"),
        "t": ("(?:[0-9]{%d}| {%d})", "must be a time or blank"),
        "u": ("[0-9A-Z]{%d}", "must be a digit or a capital"),
        "p": (" [0-9]{9}|[0-9]{10}|[0-9]{9} ", "must be a routing number, or ten digits"),
    }
)
_RIGHT_ALIGNED = frozenset("nD")


@dataclass(frozen=True, slots=True, eq=False)
class RecordSpec:
    """A kind of record: its name in errors, its fields in order."""

    name: str
    fields: tuple[Field, ...]
    at: dict[str, int] = field(init=False)
    whole: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        assert sum(part.length for part in self.fields) == RECORD_LENGTH, self.name
        object.__setattr__(self, "at", {part.name: n for n, part in enumerate(self.fields)})
        object.__setattr__(self, "whole", re.compile("".join(f"({pattern_of(part)})" for part in self.fields)))

    def __repr__(self) -> str:
        return f"<{self.name}>"


def pattern_of(part: Field) -> str:
    """The regular expression of a field."""
    if part.kind.startswith("="):
        return re.escape(part.kind[1:])
    pattern = _PATTERNS[part.kind][0]
    return pattern.replace("%d", str(part.length))


def demand_of(part: Field) -> str:
    """In words, what the field must hold."""
    return f"must be {part.kind[1:]}" if part.kind.startswith("=") else _PATTERNS[part.kind][1]


def is_number(part: Field) -> bool:
    """Whether a number stands here, right-aligned and filled with zeros."""
    return part.kind in _RIGHT_ALIGNED


def _record(name: str, *parts: tuple[str, int, str]) -> RecordSpec:
    return RecordSpec(name, tuple(Field(*part) for part in parts))


def _reserved(n: int, length: int) -> tuple[str, int, str]:
    return (f"reserved{n}", length, "r")


FILE_HEADER = _record(
    "file_header",
    ("type", 1, "=1"),
    ("priority", 2, "=01"),
    ("destination", 10, "p"),
    ("origin", 10, "p"),
    ("creation_date", 6, "D"),
    ("creation_time", 4, "t"),
    ("modifier", 1, "u"),
    ("record_size", 3, "=094"),
    ("blocking_factor", 2, "=10"),
    ("format", 1, "=1"),
    ("destination_name", 23, "a"),
    ("origin_name", 23, "a"),
    ("reference", 8, "a"),
)
BATCH_HEADER = _record(
    "batch_header",
    ("type", 1, "=5"),
    ("service_class", 3, "n"),
    ("company_name", 16, "m"),
    ("company_discretionary", 20, "a"),
    ("company_id", 10, "m"),
    ("sec", 3, "m"),
    ("description", 10, "m"),
    ("descriptive_date", 6, "a"),
    ("effective_date", 6, "d"),
    ("settlement_date", 3, "j"),
    ("originator_status", 1, "n"),
    ("odfi", 8, "n"),
    ("batch_number", 7, "n"),
)
IAT_BATCH_HEADER = _record(
    "batch_header",
    ("type", 1, "=5"),
    ("service_class", 3, "n"),
    ("iat_indicator", 16, "a"),
    ("exchange_indicator", 2, "m"),
    ("exchange_reference_indicator", 1, "n"),
    ("exchange_reference", 15, "a"),
    ("destination_country", 2, "m"),
    ("company_id", 10, "m"),
    ("sec", 3, "m"),
    ("description", 10, "m"),
    ("origin_currency", 3, "m"),
    ("destination_currency", 3, "m"),
    ("effective_date", 6, "d"),
    ("settlement_date", 3, "j"),
    ("originator_status", 1, "n"),
    ("odfi", 8, "n"),
    ("batch_number", 7, "n"),
)
ENTRY = _record(
    "entry",
    ("type", 1, "=6"),
    ("transaction_code", 2, "n"),
    ("rdfi", 8, "n"),
    ("check_digit", 1, "n"),
    ("account", 17, "m"),
    ("amount", 10, "n"),
    ("identification", 15, "a"),
    ("name", 22, "a"),
    ("discretionary", 2, "a"),
    ("addenda_indicator", 1, "n"),
    ("trace", 15, "n"),
)
# CTX and ATX: the name gives four places to the number of addenda and two to nothing.
CORPORATE_ENTRY = _record(
    "entry",
    *ENTRY.fields[:7],
    ("addenda_count", 4, "n"),
    ("name", 16, "a"),
    _reserved(1, 2),
    *ENTRY.fields[8:],
)
IAT_ENTRY = _record(
    "entry",
    *ENTRY.fields[:4],
    ("addenda_count", 4, "n"),
    _reserved(1, 13),
    ("amount", 10, "n"),
    ("account", 35, "m"),
    _reserved(2, 2),
    ("gateway_screening", 1, "a"),
    ("secondary_screening", 1, "a"),
    ("addenda_indicator", 1, "n"),
    ("trace", 15, "n"),
)
ADV_ENTRY = _record(
    "entry",
    *ENTRY.fields[:4],
    ("account", 15, "m"),
    ("amount", 12, "n"),
    ("advice_routing", 9, "n"),
    ("file_identification", 5, "a"),
    ("operator_data", 1, "a"),
    ("name", 22, "m"),
    ("discretionary", 2, "a"),
    ("addenda_indicator", 1, "n"),
    ("operator_routing", 8, "n"),
    ("julian_day", 3, "n"),
    ("sequence", 4, "n"),
)


def _addenda(code: str, name: str, *parts: tuple[str, int, str]) -> RecordSpec:
    return _record(name, ("type", 1, "=7"), ("addenda_type", 2, f"={code}"), *parts)


_ENTRY_SEQUENCE = ("entry_sequence", 7, "n")
_TRACE = ("trace", 15, "n")
_PLACE = (("city_and_state", 35, "m"), ("country_and_postcode", 35, "m"), _reserved(1, 14), _ENTRY_SEQUENCE)
_BANK = (("bank_name", 35, "m"), ("id_qualifier", 2, "n"), ("bank_id", 34, "m"), ("branch_country", 3, "m"))

ADDENDA02 = _addenda(
    "02",
    "addenda02",
    ("reference1", 7, "a"),
    ("reference2", 3, "a"),
    ("terminal_id", 6, "m"),
    ("serial", 6, "m"),
    ("transaction_date", 4, "n"),
    ("authorization", 6, "a"),
    ("location", 27, "m"),
    ("city", 15, "m"),
    ("state", 2, "m"),
    _TRACE,
)
ADDENDA05 = _addenda("05", "addenda05", ("information", 80, "a"), ("sequence", 4, "n"), _ENTRY_SEQUENCE)
IAT_ADDENDA = MappingProxyType(
    {
        "10": _addenda(
            "10",
            "addenda10",
            ("transaction_type", 3, "m"),
            ("foreign_amount", 18, "n"),
            ("foreign_trace", 22, "a"),
            ("receiver_name", 35, "m"),
            _reserved(1, 6),
            _ENTRY_SEQUENCE,
        ),
        "11": _addenda(
            "11", "addenda11", ("originator_name", 35, "m"), ("street", 35, "m"), _reserved(1, 14), _ENTRY_SEQUENCE
        ),
        "12": _addenda("12", "addenda12", *_PLACE),
        "13": _addenda("13", "addenda13", *_BANK, _reserved(1, 10), _ENTRY_SEQUENCE),
        "14": _addenda("14", "addenda14", *_BANK, _reserved(1, 10), _ENTRY_SEQUENCE),
        "15": _addenda(
            "15", "addenda15", ("receiver_id", 15, "a"), ("street", 35, "m"), _reserved(1, 34), _ENTRY_SEQUENCE
        ),
        "16": _addenda("16", "addenda16", *_PLACE),
        "17": _addenda("17", "addenda17", ("information", 80, "a"), ("sequence", 4, "n"), _ENTRY_SEQUENCE),
        "18": _addenda("18", "addenda18", *_BANK, _reserved(1, 6), ("sequence", 4, "n"), _ENTRY_SEQUENCE),
    }
)
ADDENDA98 = _addenda(
    "98",
    "addenda98",
    ("change_code", 3, "m"),
    ("original_trace", 15, "n"),
    _reserved(1, 6),
    ("original_rdfi", 8, "n"),
    ("corrected", 29, "m"),
    _reserved(2, 15),
    _TRACE,
)
IAT_ADDENDA98 = _addenda(
    "98",
    "addenda98",
    *((part.name, part.length, part.kind) for part in ADDENDA98.fields[2:6]),
    ("corrected", 35, "m"),
    _reserved(2, 9),
    _TRACE,
)
ADDENDA98_REFUSED = _addenda(
    "98",
    "addenda98_refused",
    ("refused_code", 3, "m"),
    ("original_trace", 15, "n"),
    _reserved(1, 6),
    ("original_rdfi", 8, "n"),
    ("corrected", 29, "m"),
    ("change_code", 3, "m"),
    ("trace_sequence", 7, "n"),
    _reserved(2, 5),
    _TRACE,
)
_RETURN = (("return_code", 3, "m"), ("original_trace", 15, "n"))
ADDENDA99 = _addenda(
    "99",
    "addenda99",
    *_RETURN,
    ("death_date", 6, "d"),
    ("original_rdfi", 8, "n"),
    ("information", 44, "a"),
    _TRACE,
)
IAT_ADDENDA99 = _addenda(
    "99",
    "addenda99",
    *_RETURN,
    ("death_date", 6, "d"),
    ("original_rdfi", 8, "n"),
    ("original_amount", 10, "n"),
    ("information", 34, "a"),
    _TRACE,
)
ADDENDA99_DISHONORED = _addenda(
    "99",
    "addenda99_dishonored",
    *_RETURN,
    _reserved(1, 6),
    ("original_rdfi", 8, "n"),
    _reserved(2, 3),
    ("return_trace", 15, "n"),
    ("return_settlement_date", 3, "j"),
    ("return_reason", 2, "n"),
    ("information", 21, "a"),
    _TRACE,
)
ADDENDA99_CONTESTED = _addenda(
    "99",
    "addenda99_contested",
    *_RETURN,
    ("original_return_date", 6, "d"),
    ("original_rdfi", 8, "n"),
    ("original_settlement_date", 3, "j"),
    ("return_trace", 15, "n"),
    ("return_settlement_date", 3, "j"),
    ("return_reason", 2, "n"),
    ("dishonored_trace", 15, "n"),
    ("dishonored_settlement_date", 3, "j"),
    ("dishonored_reason", 2, "n"),
    _reserved(1, 1),
    _TRACE,
)
BATCH_CONTROL = _record(
    "batch_control",
    ("type", 1, "=8"),
    ("service_class", 3, "n"),
    ("entry_count", 6, "n"),
    ("entry_hash", 10, "n"),
    ("debit", 12, "n"),
    ("credit", 12, "n"),
    ("company_id", 10, "a"),
    ("authentication", 19, "a"),
    _reserved(1, 6),
    ("odfi", 8, "n"),
    ("batch_number", 7, "n"),
)
ADV_BATCH_CONTROL = _record(
    "batch_control",
    *BATCH_CONTROL.fields[:4],
    ("debit", 20, "n"),
    ("credit", 20, "n"),
    ("operator_data", 19, "a"),
    ("odfi", 8, "n"),
    ("batch_number", 7, "n"),
)
FILE_CONTROL = _record(
    "file_control",
    ("type", 1, "=9"),
    ("batch_count", 6, "n"),
    ("block_count", 6, "n"),
    ("entry_count", 8, "n"),
    ("entry_hash", 10, "n"),
    ("debit", 12, "n"),
    ("credit", 12, "n"),
    _reserved(1, 39),
)
ADV_FILE_CONTROL = _record(
    "file_control",
    *FILE_CONTROL.fields[:5],
    ("debit", 20, "n"),
    ("credit", 20, "n"),
    _reserved(1, 23),
)
FILLER = _record("filler", ("nines", RECORD_LENGTH, "=" + "9" * RECORD_LENGTH))
BLANK = _record("blank_line", ("blank", RECORD_LENGTH, "=" + " " * RECORD_LENGTH))
