"""The keys that wrap records' keys, wherever they are kept: a file, shares with custodians, a key service."""

from collections.abc import Sequence
from typing import Protocol

from tuppence.vault.crypto import Key, Wrapped
from tuppence.vault.errors import CardUnreadable


class Keks(Protocol):
    """Versions of one KEK: the newest wraps, every one that is there unwraps. Verbs take batches, order kept.

    All of them raise KeksAway if whoever keeps the keys does not answer; then nothing was done.
    """

    @property
    def kek_id(self) -> str: ...

    @property
    def versions(self) -> frozenset[int]:
        """What can be unwrapped. The highest is the newest."""
        ...

    @property
    def fingerprint(self) -> Key:
        """The key of fingerprints, which is no KEK and does not change with them."""
        ...

    async def wrap(self, deks: Sequence[tuple[str, Key]]) -> list[Wrapped]:
        """Encrypt records' keys, each with its record's token, under the newest version."""
        ...

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[Key | CardUnreadable]:
        """Decrypt records' keys; one that does not open spoils no other."""
        ...

    async def refresh(self) -> None:
        """Look for versions that somebody added."""
        ...

    async def add_version(self) -> int:
        """Make a newer version and wrap with it from now on; its number."""
        ...

    async def retire(self) -> list[int]:
        """Destroy every version but the newest; their numbers. Only when no record needs them any more."""
        ...


def newest(keks: Keks) -> int:
    return max(keks.versions)
