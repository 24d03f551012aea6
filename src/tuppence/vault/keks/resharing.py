"""Other custodians, or another number of them, while the vault is open: new shares instead of the old.

Enough who hold old shares must want it, each saying the same numbers. The new ones are then handed out, but count only
when as many as open have been given back: shares that got lost on the way to their custodians must not be the only
ones. Until then, and if the vault stops before, the old shares are the shares.
"""

import hmac
import time
from collections.abc import Callable

from tuppence.vault.crypto import Key
from tuppence.vault.errors import NothingToConfirm, ShareRefused
from tuppence.vault.keks.custodians import Gathering, SealedFile, Share, Split


class Resharing:
    """One change of custodians on its way. In memory only."""

    def __init__(self, store: SealedFile, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._split: Split | None = None
        self._old = Gathering(store.custody, clock=clock)
        self._new: Gathering | None = None
        self._root = Key.random()
        self._next = store

    @property
    def progress(self) -> dict[str, int]:
        """Of the shares that are awaited now: the new ones once they are handed out."""
        awaited = self._new or self._old
        return {"given": awaited.given, "needed": awaited.needed}

    def ask(self, share: str, split: Split) -> list[Share]:
        """Take an old share; the new ones if it was the last that was needed, else none. Other numbers begin anew.

        Raises ShareRefused.
        """
        if split != self._split:
            self._old, self._split, self._new = Gathering(self._store.custody, clock=self._clock), split, None
        if self._old.offer(share) is None:
            return []
        self._root = Key.random()
        custody, made = split.make(self._root)
        self._next, self._new = self._store.under(custody, self._root), Gathering(custody, clock=self._clock)
        return made

    def confirm(self, share: str) -> SealedFile | None:
        """Take a new share; the file sealed for the new set, and for no other, if it was the last that was needed.

        Raises ShareRefused, NothingToConfirm.
        """
        if self._new is None:
            raise NothingToConfirm
        root = self._new.offer(share)
        if root is None:
            return None
        if not hmac.compare_digest(root.reveal(), self._root.reveal()):
            raise ShareRefused(reason="wrong")
        self._next.save(self._store.load())
        return self._next
