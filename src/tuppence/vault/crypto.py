"""Envelope encryption of one card number, its fingerprint and its token. Pure: keys and values in, values out.

Each record has a key of its own (DEK), used once. The DEK is wrapped by a versioned key (KEK), so that changing the
KEK re-wraps 60 bytes and never touches the ciphertext. What a ciphertext belongs to is authenticated with it (AAD):
moved to another row, person or algorithm it does not open. Who holds the KEKs, and so wraps, is `keks`'s business.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, replace
from typing import NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tuppence.vault.errors import CardUnreadable

FORMAT = 1
ALGORITHM = "A256GCM"

_KEY_BYTES = 32
_NONCE_BYTES = 12  # NIST SP 800-38D, section 8.2.2: a random nonce of 96 bits
_TAG_BYTES = 16
WRAPPED_BYTES = _NONCE_BYTES + _KEY_BYTES + _TAG_BYTES
_FINGERPRINT_BYTES = 16
_TOKEN_BYTES = 20


class Key:
    """A 256-bit key that neither prints nor pickles."""

    __slots__ = ("_bytes",)

    def __init__(self, value: bytes) -> None:
        if len(value) != _KEY_BYTES:
            raise ValueError("a key has 256 bits")
        self._bytes = value

    @classmethod
    def random(cls) -> "Key":
        return cls(os.urandom(_KEY_BYTES))

    def reveal(self) -> bytes:
        return self._bytes

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a ciphertext belongs to."""

    token: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A record's key, encrypted under a version of a KEK and bound to the record's token: 60 bytes, whoever did it."""

    token: str
    kek_id: str
    kek_version: int
    wrapped_dek: bytes

    @property
    def aad(self) -> bytes:
        return wrap_aad(self.kek_id, self.kek_version, self.token)


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted number, as its row keeps it."""

    format: int
    algorithm: str
    kek_id: str
    kek_version: int
    wrapped_dek: bytes
    nonce: bytes
    ciphertext: bytes

    def wrapped(self, token: str) -> Wrapped:
        """Its key, as it lies in the row with this token."""
        return Wrapped(token, self.kek_id, self.kek_version, self.wrapped_dek)

    def under(self, fresh: Wrapped) -> "Sealed":
        """The same with its key wrapped anew."""
        return replace(self, kek_id=fresh.kek_id, kek_version=fresh.kek_version, wrapped_dek=fresh.wrapped_dek)


def encrypt(dek: Key, wrapped: Wrapped, place: Place, plaintext: bytes) -> Sealed:
    """Encrypt under a key made for this record alone, which was wrapped before."""
    nonce = os.urandom(_NONCE_BYTES)
    ciphertext = AESGCM(dek.reveal()).encrypt(nonce, plaintext, _record_aad(FORMAT, ALGORITHM, place))
    how = FORMAT, ALGORITHM, wrapped.kek_id, wrapped.kek_version, wrapped.wrapped_dek
    return Sealed(*how, nonce, ciphertext)


def decrypt(dek: Key, place: Place, sealed: Sealed) -> bytes:
    """Raises CardUnreadable if any byte, or the row it lies in, is not what was sealed."""
    if (sealed.format, sealed.algorithm) != (FORMAT, ALGORITHM):
        raise CardUnreadable(reason="format")
    bound_to = _record_aad(sealed.format, sealed.algorithm, place)
    return _decrypt(dek, sealed.nonce, sealed.ciphertext, bound_to, "record")


def wrap(kek: Key, kek_id: str, version: int, token: str, dek: Key) -> Wrapped:
    """Encrypt a record's key, bound to the KEK's name and version and to the record."""
    nonce = os.urandom(_NONCE_BYTES)
    encrypted = AESGCM(kek.reveal()).encrypt(nonce, dek.reveal(), wrap_aad(kek_id, version, token))
    return Wrapped(token, kek_id, version, nonce + encrypted)


def unwrap(kek: Key, wrapped: Wrapped) -> Key:
    """Raises CardUnreadable."""
    if len(wrapped.wrapped_dek) != WRAPPED_BYTES:
        raise CardUnreadable(reason="truncated")
    nonce, encrypted = wrapped.wrapped_dek[:_NONCE_BYTES], wrapped.wrapped_dek[_NONCE_BYTES:]
    return Key(_decrypt(kek, nonce, encrypted, wrapped.aad, "key"))


def fingerprint(key: Key, number: str) -> bytes:
    """The same 128 bits for the same number, and nothing else to anyone without the key.

    Keyed, because a number given its first six and last four digits has only a million candidates.
    """
    digest = hmac.new(key.reveal(), canonical(b"fp/v1", number.encode()), hashlib.sha256)
    return digest.digest()[:_FINGERPRINT_BYTES]


def new_token() -> str:
    """An opaque name: `card_` and 160 random bits. Never 13 to 19 digits, so nobody takes it for a number."""
    return "card_" + base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()


def canonical(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts read the same."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def wrap_aad(kek_id: str, version: int, token: str) -> bytes:
    """What a wrapped key is bound to."""
    return canonical(b"vault.dek", kek_id.encode(), str(version).encode(), token.encode())


def _record_aad(version: int, algorithm: str, place: Place) -> bytes:
    how, where = (str(version).encode(), algorithm.encode()), (place.person_id.bytes, place.token.encode())
    return canonical(b"vault.card", *how, *where)


def _decrypt(key: Key, nonce: bytes, ciphertext: bytes, bound_to: bytes, what: str) -> bytes:
    if len(nonce) != _NONCE_BYTES or len(ciphertext) <= _TAG_BYTES:
        raise CardUnreadable(reason="truncated")
    try:
        return AESGCM(key.reveal()).decrypt(nonce, ciphertext, bound_to)
    except InvalidTag:
        raise CardUnreadable(reason=what) from None
