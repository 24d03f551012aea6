"""One record: a line cut into its fields, kept as they stand, so that writing gives back the bytes that were read."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from tuppence.rails.bank.nacha.errors import NachaError
from tuppence.rails.bank.nacha.spec import Field, RecordSpec, demand_of, is_number, pattern_of


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """Fields of a record as text, each as long as the spec says. Prints no field: one may be an account number."""

    spec: RecordSpec
    values: tuple[str, ...]
    line: int = field(default=0, compare=False)

    def __getitem__(self, name: str) -> str:
        """A field as it stands, blanks included."""
        return self.values[self.spec.at[name]]

    def text(self, name: str) -> str:
        """A field without the blanks around it."""
        return self[name].strip()

    def number(self, name: str) -> int:
        """A field of digits."""
        return int(self[name])

    def day(self, name: str) -> date | None:
        """A date of this century; None if the field is blank."""
        text = self[name]
        return None if text.isspace() else date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))

    def render(self) -> str:
        """The ninety-four characters."""
        return "".join(self.values)

    def error(self, name: str, reason: str) -> NachaError:
        """What is wrong with one of this record's fields."""
        return NachaError(self.line, self.spec.name, name, reason)

    def __repr__(self) -> str:
        return f"<{self.spec.name} on line {self.line}>"


def parse(spec: RecordSpec, text: str, line: int) -> Record:
    """The record in a line. Raises NachaError for the first field that cannot hold what stands in it."""
    found = spec.whole.fullmatch(text)
    if found is None:
        raise _first_wrong(spec, text, line)
    return Record(spec, found.groups(), line)


def make(spec: RecordSpec, **values: str | int | date | None) -> Record:
    """A record to be written: numbers filled with zeros, text with blanks. Nothing is cut off.

    Raises: NachaError for what does not fit its field.
    """
    assert values.keys() <= spec.at.keys(), values.keys() - spec.at.keys()
    return parse(spec, "".join(_fill(spec, part, values.get(part.name)) for part in spec.fields), 0)


def fitted(text: str, length: int) -> str:
    """Any name as a field takes it: accents off, other characters as blanks, cut to length."""
    plain = unicodedata.normalize("NFKD", text)
    ascii_only = "".join(one if " " <= one <= "~" else " " for one in plain if not unicodedata.combining(one))
    return " ".join(ascii_only.split())[:length].rstrip()


def _fill(spec: RecordSpec, part: Field, value: str | int | date | None) -> str:
    if part.kind.startswith("="):
        return part.kind[1:]
    text = _written(value)
    filled = text.rjust(part.length, "0") if value is not None and is_number(part) else text.ljust(part.length)
    if len(filled) != part.length:
        raise NachaError(0, spec.name, part.name, f"{len(text)} characters do not fit in {part.length}")
    return filled


def _written(value: str | int | date | None) -> str:
    if isinstance(value, date):
        return f"{value:%y%m%d}"
    return "" if value is None else str(value)


def _first_wrong(spec: RecordSpec, text: str, line: int) -> NachaError:
    start = 0
    for part in spec.fields:
        end = start + part.length
        if not re.fullmatch(pattern_of(part), text[start:end]):
            return NachaError(line, spec.name, part.name, demand_of(part))
        start = end
    return NachaError(line, spec.name, "length", f"must be {start} characters")
