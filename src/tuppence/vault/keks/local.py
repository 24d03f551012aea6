"""KEKs in this process's memory, as a key file holds them: in the plain, or sealed until custodians came."""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tuppence.vault import crypto
from tuppence.vault.crypto import Key, Wrapped
from tuppence.vault.errors import CardUnreadable, KeyFileRefused
from tuppence.vault.keys import key_of, read, text_of, write


class Store(Protocol):
    """Where the keys lie between two starts."""

    def load(self) -> dict[str, Any]:
        """Raises KeyFileRefused."""
        ...

    def save(self, held: Mapping[str, Any]) -> None: ...


class PlainFile:
    """A key file of 0600 that anybody who can read it can use."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> dict[str, Any]:
        return read(self.path)

    def save(self, held: Mapping[str, Any]) -> None:
        write(self.path, held, replace=True)


class LocalKeks:
    """Implements `Keks` over a store."""

    def __init__(self, store: Store) -> None:
        """Raises KeyFileRefused."""
        self._store = store
        self._id = ""
        self._keks: dict[int, Key] = {}
        self._take(store.load())

    @property
    def kek_id(self) -> str:
        return self._id

    @property
    def versions(self) -> frozenset[int]:
        return frozenset(self._keks)

    @property
    def fingerprint(self) -> Key:
        return self._fingerprint

    async def wrap(self, deks: Sequence[tuple[str, Key]]) -> list[Wrapped]:
        newest = max(self._keks)
        return [crypto.wrap(self._keks[newest], self._id, newest, token, dek) for token, dek in deks]

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[Key | CardUnreadable]:
        return [self._unwrap(one) for one in wrapped]

    async def refresh(self) -> None:
        self._take(self._store.load())

    async def add_version(self) -> int:
        await self.refresh()
        version = max(self._keks) + 1
        self._save(self._keks | {version: Key.random()})
        return version

    async def retire(self) -> list[int]:
        newest = max(self._keks)
        gone = sorted(self._keks.keys() - {newest})
        self._save({newest: self._keks[newest]})
        return gone

    @property
    def store(self) -> Store:
        return self._store

    def move(self, store: Store) -> None:
        """Keep the keys there from now on; they lie there already."""
        self._store = store

    def _unwrap(self, wrapped: Wrapped) -> Key | CardUnreadable:
        kek = self._keks.get(wrapped.kek_version)
        if kek is None or wrapped.kek_id != self._id:
            return CardUnreadable(reason="version")
        try:
            return crypto.unwrap(kek, wrapped)
        except CardUnreadable as unreadable:
            return unreadable

    def _save(self, keks: Mapping[int, Key]) -> None:
        """On the disk first: a version that wraps must never be one that a crash can lose."""
        written = {str(version): text_of(kek) for version, kek in keks.items()}
        self._store.save({"kek_id": self._id, "keks": written, "fingerprint": text_of(self._fingerprint)})
        self._keks = dict(keks)

    def _take(self, held: Mapping[str, Any]) -> None:
        keks, kek_id = held.get("keks"), held.get("kek_id")
        if not (isinstance(keks, dict) and keks and isinstance(kek_id, str)):
            raise KeyFileRefused("this is not a vault's key file")
        versions = {int(version): key_of(keks, version) for version in keks if version.isdecimal()}
        self._fingerprint, self._keks, self._id = key_of(held, "fingerprint"), versions, kek_id


def fresh() -> dict[str, Any]:
    """The content of a new key file."""
    kek_id = f"kek_{secrets.token_hex(6)}"
    return {"kek_id": kek_id, "keks": {"1": text_of(Key.random())}, "fingerprint": text_of(Key.random())}


def create(path: Path) -> LocalKeks:
    """Read the vault's keys from a plain file, making them at the very first start. Raises KeyFileRefused."""
    if not path.exists():
        write(path, fresh(), replace=False)
    return LocalKeks(PlainFile(path))
