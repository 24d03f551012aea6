"""JSON as it should be: one way to read a body, and everything else refused.

Python's own reader takes NaN, floats for amounts, the last of two equal names, and halves of characters; each has
cost somebody money or a night.
"""

import json
from typing import Any, NoReturn

from tuppence.vault.errors import BodyRefused

_MOST_DIGITS = 19
_MOST_DEPTH = 16


def loads(raw: bytes) -> Any:
    """Read a body. Raises BodyRefused, which never repeats what was in it."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_refuse,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except (ValueError, RecursionError):
        raise BodyRefused(reason="not_json") from None
    _look_through(value, _MOST_DEPTH)
    return value


def _refuse(_: str) -> NoReturn:
    raise BodyRefused(reason="not_an_integer")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise BodyRefused(reason="number_too_long")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BodyRefused(reason="name_twice")
    return value


def _look_through(value: Any, depth: int) -> None:
    if not depth:
        raise BodyRefused(reason="too_deep")
    if isinstance(value, str):
        _look_at(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _look_at(name)
            _look_through(member, depth - 1)
    elif isinstance(value, list):
        for member in value:
            _look_through(member, depth - 1)


def _look_at(text: str) -> None:
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text):
        raise BodyRefused(reason="not_text")
