"""The one way a request's body becomes a value: strict where the standard library is kind.

The standard parser takes NaN and 1e400, keeps the last of two equal members and lets half a surrogate pair through;
each of those has made somebody's server crash or two programs read one message differently. Ours takes JSON as
RFC 8259 (section 4 and 8.2) recommends that senders write it, whole numbers only, and refuses the rest by name.
"""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from tuppence.http.errors import BodyTooLarge, MalformedJson, UnacceptableValue

BODY_BYTES_MAX = 64 * 1024
BATCH_BYTES_MAX = 6 * 1024 * 1024  # 8,189 transfers with every member written out are five megabytes
DEPTH_MAX = 32
DIGITS_MAX = 19  # of a signed 64-bit number


def load(body: bytes, bytes_max: int = BODY_BYTES_MAX) -> Any:
    """Read one JSON value. Raises: BodyTooLarge, MalformedJson, UnacceptableValue; none of them quotes the body."""
    if len(body) > bytes_max:
        raise BodyTooLarge(bytes_max=bytes_max)
    try:
        text = body.decode("utf-8", "strict")
        value = _DECODER.decode(text)
    except UnicodeDecodeError:
        raise MalformedJson(reason="not_utf8") from None
    except json.JSONDecodeError:
        raise MalformedJson(reason="not_json") from None
    except RecursionError:
        raise MalformedJson(reason="too_deep") from None
    if "\\u" in text or text.count("{") + text.count("[") > DEPTH_MAX:  # otherwise there is nothing to find
        _inspect(value)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members are named once each: a second `amount_minor` would be read differently elsewhere."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJson(reason="duplicate_member")
    return members


def _whole(digits: str) -> int:
    if len(digits) - digits.startswith("-") > DIGITS_MAX:
        raise UnacceptableValue(reason="number_too_long")
    return int(digits)


def _not_whole(_: str) -> NoReturn:
    raise UnacceptableValue(reason="number_not_whole")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_whole, parse_float=_not_whole, parse_constant=_not_whole
)


def _inspect(root: Any) -> None:
    """Look for what only escapes and nesting can hide. A loop, not a recursion: depth is what it guards."""
    level, depth = [root], 0
    while level:
        for value in level:
            if isinstance(value, str):
                _check_text(value)
        boxes = [value for value in level if isinstance(value, dict | list)]
        depth += bool(boxes)
        if depth > DEPTH_MAX:
            raise MalformedJson(reason="too_deep")
        level = [inner for box in boxes for inner in _inside(box)]


def _inside(box: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return (*box.keys(), *box.values()) if isinstance(box, dict) else box


def _check_text(text: str) -> None:
    if "\0" in text:
        raise UnacceptableValue(reason="text_with_nul")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise UnacceptableValue(reason="text_not_unicode")
