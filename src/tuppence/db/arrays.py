"""Arrays on their way to the server, as text of no declared type.

Every batch goes as one array a column, so this is the hot path. The server takes each array's type from the statement
it stands in, so one statement is one prepared statement, whether the numbers in it are big, small or none.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper


class Array:
    """A list that is text already."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, items: list[Any]) -> "Array":
        """Raises psycopg.DataError for a text that PostgreSQL can't hold, TypeError for a type nobody sends."""
        encode = _encoder({type(item) for item in items})
        return cls("{" + ",".join(["NULL" if item is None else encode(item) for item in items]) + "}")


class ArrayDumper(Dumper):
    """Teaches a connection to send an Array: `oid` 0 leaves the type to the server."""

    oid = 0

    def dump(self, obj: Array) -> bytes:
        """Raises psycopg.DataError for half a surrogate pair or a NUL, which are no text to PostgreSQL."""
        try:
            data = obj.text.encode()
        except UnicodeEncodeError as error:
            raise psycopg.DataError("a lone surrogate is no text") from error
        if b"\0" in data:
            raise psycopg.DataError("PostgreSQL text cannot contain NUL")
        return data


def _encoder(types: set[type]) -> Callable[[Any], str]:
    types.discard(type(None))
    for known, encode in _ENCODERS.items():
        if all(issubclass(one, known) for one in types):
            return encode
    raise TypeError(f"no array of {', '.join(sorted(one.__name__ for one in types))}")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _interval(value: timedelta) -> str:
    return f'"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"'


# bool before int, of which it is a kind; datetime before date.
_ENCODERS: dict[type, Callable[[Any], str]] = {
    UUID: lambda value: value.hex,
    bool: lambda value: "t" if value else "f",
    int: lambda value: str(int(value)),
    str: _quoted,
    dict: lambda value: _quoted(json.dumps(value, ensure_ascii=False, separators=(",", ":"))),
    datetime: lambda value: _quoted(value.isoformat()),
    date: lambda value: value.isoformat(),
    timedelta: _interval,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
    Decimal: str,
}
