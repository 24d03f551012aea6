"""Where a list goes on, signed: whoever carries a cursor cannot make one, and not take one to another list."""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from tuppence.http.errors import CursorInvalid

Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]
_MARK_BYTES = 16
P = TypeVar("P")


class Cursors:
    """HMAC-SHA256 over the list's name and the place in it."""

    def __init__(self, secret: bytes) -> None:
        """`secret` is the same for every server process of a house."""
        self._key = hmac.digest(secret, b"tuppence cursors", "sha256")

    def page(self, line: str, data: Sequence[Any], place: object | None) -> dict[str, Any]:
        """A page as every list answers it; a place of None: there is no more."""
        following = None if place is None else self.write(line, str(place))
        return {"data": data, "next_cursor": following, "has_more": place is not None}

    def write(self, line: str, place: str) -> str:
        raw = place.encode()
        return base64.urlsafe_b64encode(self._mark(line, raw) + raw).decode().rstrip("=")

    def read(self, line: str, cursor: str | None, kind: Callable[[str], P]) -> P | None:
        """The place, if a cursor is given. Raises: CursorInvalid."""
        if cursor is None:
            return None
        try:
            told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorInvalid from None
        mark, raw = told[:_MARK_BYTES], told[_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(line, raw)):
            raise CursorInvalid
        return kind(raw.decode())

    def _mark(self, line: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, line.encode() + b"\0" + raw, "sha256")[:_MARK_BYTES]
