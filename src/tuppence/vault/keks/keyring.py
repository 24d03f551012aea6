"""The keys that the vault works with, once they are there."""

from pathlib import Path
from typing import Any

from tuppence.vault.errors import NotLocked, NotSealed, VaultLocked
from tuppence.vault.keks import Keks
from tuppence.vault.keks.custodians import Locked, SealedFile, is_sealed
from tuppence.vault.keks.local import LocalKeks, create
from tuppence.vault.keks.resharing import Resharing


class Keyring:
    """Open from the start, or locked until custodians have come."""

    def __init__(self, keks: Keks | None = None, *, locked: Locked | None = None) -> None:
        assert (keks is None) != (locked is None)
        self._keks, self._locked = keks, locked
        self._resharing: Resharing | None = None

    @property
    def keks(self) -> Keks:
        """Raises VaultLocked."""
        if self._keks is None:
            raise VaultLocked
        return self._keks

    @property
    def status(self) -> dict[str, Any]:
        """For the health page and for custodians."""
        if self._keks is not None or self._locked is None:
            return {"status": "ok"}
        return {"status": "locked", "shares_given": self._locked.given, "shares_needed": self._locked.needed}

    def offer(self, share: str) -> Keks | None:
        """Give a share; the keys if it was the last that was needed. They are not used before `take`.

        Raises: ShareRefused; NotLocked; KeyFileRefused.
        """
        if self._locked is None or self._keks is not None:
            raise NotLocked
        return self._locked.open(share)

    def take(self, keks: Keks) -> None:
        """Work with these from now on."""
        self._keks = keks

    @property
    def resharing(self) -> Resharing:
        """The change of custodians that is on its way, or a new one. Raises VaultLocked; NotSealed."""
        if self._resharing is None:
            self._resharing = Resharing(self._sealed()[1])
        return self._resharing

    def confirm(self, share: str) -> bool:
        """Give one of the new shares; whether it was the last that was needed, so that they alone open from now on.

        Raises: VaultLocked; NotSealed; NothingToConfirm; ShareRefused.
        """
        keks, _ = self._sealed()
        store = self.resharing.confirm(share)
        if store is None:
            return False
        keks.move(store)
        self._resharing = None
        return True

    def _sealed(self) -> tuple[LocalKeks, SealedFile]:
        keks = self.keks
        if not isinstance(keks, LocalKeks) or not isinstance(keks.store, SealedFile):
            raise NotSealed
        return keks, keks.store


def from_file(path: Path) -> Keyring:
    """The keys in a file, made at the very first start; locked if the file is sealed. Raises KeyFileRefused."""
    return Keyring(locked=Locked(path)) if is_sealed(path) else Keyring(create(path))
