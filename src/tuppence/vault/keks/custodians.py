"""A key file that opens only with shares that custodians keep: sealed under a root key that lies nowhere whole.

A share carries its set, its index, its value and a checksum, as 64 characters. The file keeps a commitment to each
share, so that a wrong one is refused when it is given and not when all are together; 256 random bits cannot be guessed
from their hash. Nothing here helps who holds fewer shares than the threshold.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tuppence.vault.crypto import Key, canonical
from tuppence.vault.errors import KeyFileRefused, ShareRefused
from tuppence.vault.keks import shamir
from tuppence.vault.keks.local import LocalKeks, fresh
from tuppence.vault.keys import read, write

_SET_BYTES = 3
_VALUE_BYTES = 32
_SUM_BYTES = 4
_SHARE_BYTES = _SET_BYTES + 1 + _VALUE_BYTES + _SUM_BYTES  # 40: 64 characters of base32 without padding
_GROUP = 4
_NONCE_BYTES = 12
PATIENCE_S = 15 * 60  # how long a share that was given waits for the next


@dataclass(frozen=True, slots=True)
class Share:
    """What one custodian keeps."""

    set_id: bytes
    index: int
    value: Key

    @property
    def text(self) -> str:
        """As it is written down: sixteen groups of four."""
        body = self.set_id + bytes([self.index]) + self.value.reveal()
        letters = base64.b32encode(body + _checksum(body)).decode()
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    @property
    def commitment(self) -> str:
        about = canonical(b"vault.share/v1", self.set_id, bytes([self.index]), self.value.reveal())
        return hashlib.sha256(about).hexdigest()

    @classmethod
    def read(cls, text: str) -> "Share":
        """Spaces, dashes and case don't matter. Raises ShareRefused."""
        letters = "".join(text.split()).replace("-", "").upper()
        try:
            raw = base64.b32decode(letters.encode("ascii"))
        except (ValueError, binascii.Error):
            raise ShareRefused(reason="mistyped") from None
        body, checksum = raw[:-_SUM_BYTES], raw[-_SUM_BYTES:]
        if len(raw) != _SHARE_BYTES or not hmac.compare_digest(checksum, _checksum(body)):
            raise ShareRefused(reason="mistyped")
        return cls(body[:_SET_BYTES], body[_SET_BYTES], Key(body[_SET_BYTES + 1 :]))


@dataclass(frozen=True, slots=True)
class Custody:
    """What the key file says in the open: which set of shares opens it, and how many of them it takes."""

    set_id: bytes
    threshold: int
    commitments: Mapping[int, str]

    @property
    def row(self) -> dict[str, Any]:
        told = {str(index): commitment for index, commitment in self.commitments.items()}
        return {"set": self.set_id.hex(), "threshold": self.threshold, "commitments": told}

    @property
    def aad(self) -> bytes:
        return canonical(b"vault.keys/v1", json.dumps(self.row, sort_keys=True).encode())

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> "Custody":
        """Raises KeyFileRefused."""
        try:
            told = held["custodians"]
            commitments = {int(index): str(one) for index, one in told["commitments"].items()}
            custody = cls(bytes.fromhex(told["set"]), int(told["threshold"]), commitments)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise KeyFileRefused("the key file is sealed, and does not say for whom") from None
        if not 2 <= custody.threshold <= len(commitments):
            raise KeyFileRefused("the key file is sealed for fewer than two custodians")
        return custody


class SealedFile:
    """A `Store` whose file is encrypted under the root key."""

    def __init__(self, path: Path, custody: Custody, root: Key) -> None:
        self._path, self._root = path, root
        self.custody = custody

    def load(self) -> dict[str, Any]:
        """Raises KeyFileRefused if this is not the file's root key, or not the file that it sealed."""
        held = read(self._path)
        try:
            nonce, sealed = (base64.b64decode(held[name], validate=True) for name in ("nonce", "sealed"))
            plain = AESGCM(self._root.reveal()).decrypt(nonce, sealed, Custody.of(held).aad)
        except (KeyError, TypeError, ValueError, InvalidTag):
            raise KeyFileRefused(f"{self._path}: does not open with these shares") from None
        keys: dict[str, Any] = json.loads(plain)
        return keys

    def save(self, held: Mapping[str, Any]) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._root.reveal()).encrypt(nonce, json.dumps(held).encode(), self.custody.aad)
        text = {"nonce": base64.b64encode(nonce).decode(), "sealed": base64.b64encode(sealed).decode()}
        write(self._path, {"custodians": self.custody.row} | text, replace=True)

    def under(self, custody: Custody, root: Key) -> "SealedFile":
        """The same file for other shares; what it holds is sealed for them when it is saved."""
        return SealedFile(self._path, custody, root)


def is_sealed(path: Path) -> bool:
    """Whether custodians must come before this file opens. A file that is not there is not sealed."""
    return path.exists() and "custodians" in read(path)


@dataclass(frozen=True, slots=True)
class Split:
    """How many shares there are to be, and how many of them open. Raises ValueError for one that guards nothing."""

    shares: int
    threshold: int

    def __post_init__(self) -> None:
        if not 2 <= self.threshold <= self.shares <= shamir.MOST_SHARES:
            raise ValueError("it takes at least two custodians, and no more than there are shares")

    def make(self, root: Key) -> tuple[Custody, list[Share]]:
        """A set of shares of a root key, which is nowhere else from now on."""
        set_id = secrets.token_bytes(_SET_BYTES)
        values = shamir.split(root.reveal(), shares=self.shares, threshold=self.threshold)
        made = [Share(set_id, index, Key(value)) for index, value in values.items()]
        return Custody(set_id, self.threshold, {one.index: one.commitment for one in made}), made


def hand_out(path: Path, *, shares: int, threshold: int) -> list[str]:
    """Seal a key file, or make one sealed; the shares' texts, which are nowhere else from now on.

    Raises: KeyFileRefused if it is sealed already, ValueError for a number of shares that guards nothing.
    """
    split = Split(shares, threshold)
    if is_sealed(path):
        raise KeyFileRefused(f"{path}: is sealed already")
    held, root = read(path) if path.exists() else fresh(), Key.random()
    custody, made = split.make(root)
    SealedFile(path, custody, root).save(held)
    return [one.text for one in made]


class Gathering:
    """Shares of one set, given one after the other until they are enough. In memory only, and for a while."""

    def __init__(self, custody: Custody, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._custody, self._clock = custody, clock
        self._given: dict[int, Share] = {}
        self._last = clock()

    @property
    def needed(self) -> int:
        return self._custody.threshold

    @property
    def given(self) -> int:
        """How many different shares wait for the rest."""
        if self._clock() - self._last > PATIENCE_S:
            self._given.clear()
        return len(self._given)

    def offer(self, text: str) -> Key | None:
        """Take a share; the root key when it was the last that was needed. Raises ShareRefused."""
        share = Share.read(text)
        if share.set_id != self._custody.set_id:
            raise ShareRefused(reason="of_another_set")
        if not hmac.compare_digest(self._custody.commitments.get(share.index, ""), share.commitment):
            raise ShareRefused(reason="wrong")
        if not self.given:
            self._last = self._clock()
        self._given[share.index] = share
        if len(self._given) < self.needed:
            return None
        root = shamir.combine({index: one.value.reveal() for index, one in self._given.items()})
        self._given.clear()
        return Key(root)


class Locked(Gathering):
    """A sealed key file and the shares given so far. A restart begins anew."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises KeyFileRefused."""
        super().__init__(Custody.of(read(path)), clock=clock)
        self._path = path

    def open(self, text: str) -> LocalKeks | None:
        """Take a share; the keys when it was the last that was needed. Raises ShareRefused, KeyFileRefused."""
        root = self.offer(text)
        return None if root is None else LocalKeks(SealedFile(self._path, self._custody, root))


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"vault.share" + body).digest()[:_SUM_BYTES]
