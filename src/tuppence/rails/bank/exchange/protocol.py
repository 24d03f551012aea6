"""What any exchange promises."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tuppence.rails.bank.exchange.errors import NameRefused

MOST_BYTES = 256 * 1024 * 1024  # five times half a million entries
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Exchange(Protocol):
    """Where files are left for a bank and taken from it. Every call may be repeated, also after a crash half-way."""

    async def put(self, name: str, content: bytes) -> None:
        """Give the bank a file: whole or not at all, once however often it is asked for.

        Raises: ContentDiffers, NameRefused, ExchangeAway.
        """

    async def waiting(self) -> Sequence[str]:
        """What the bank has left for us, in order of name. Raises ExchangeAway."""

    async def fetch(self, name: str) -> Path:
        """A file that waits, as it lies on our own disk until `done`; it goes on waiting. Raises ExchangeAway,
        FileTooLarge.
        """

    async def done(self, name: str) -> None:
        """Put a file aside that was taken in; again is harmless. Raises ExchangeAway."""


def is_name(name: str) -> bool:
    """Whether a file may be called so. No name leads out of its folder."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> None:
    """Raises NameRefused."""
    if not is_name(name):
        raise NameRefused
