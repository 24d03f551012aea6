"""Envelope encryption of one card number, its fingerprint and its token. Pure: keys and values in, values out.

Each record has a key of its own (DEK), used once. The DEK is wrapped by a versioned key (KEK), so that changing the
KEK re-wraps 60 bytes and never touches the ciphertext. What a ciphertext belongs to is authenticated with it (AAD):
moved to another row, person or algorithm it does not open.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
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
class KeyRing:
    """What the vault encrypts with: KEK versions (the highest is the newest) and the fingerprint's own key."""

    kek_id: str
    keks: Mapping[int, Key]
    fingerprint: Key

    @property
    def newest(self) -> int:
        return max(self.keks)


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a ciphertext belongs to."""

    token: str
    person_id: UUID


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


def seal(ring: KeyRing, place: Place, plaintext: bytes) -> Sealed:
    """Encrypt under a key made for this record alone."""
    dek, nonce = Key.random(), os.urandom(_NONCE_BYTES)
    bound_to = _record_aad(FORMAT, ALGORITHM, place)
    return Sealed(
        format=FORMAT,
        algorithm=ALGORITHM,
        kek_id=ring.kek_id,
        kek_version=ring.newest,
        wrapped_dek=_wrap(ring, ring.newest, place.token, dek),
        nonce=nonce,
        ciphertext=AESGCM(dek.reveal()).encrypt(nonce, plaintext, bound_to),
    )


def unseal(ring: KeyRing, place: Place, sealed: Sealed) -> bytes:
    """Decrypt. Raises CardUnreadable if any byte, or the row it lies in, is not what was sealed."""
    if (sealed.format, sealed.algorithm) != (FORMAT, ALGORITHM):
        raise CardUnreadable
    dek = _unwrap(ring, place.token, sealed)
    bound_to = _record_aad(sealed.format, sealed.algorithm, place)
    return _decrypt(dek, sealed.nonce, sealed.ciphertext, bound_to)


def rewrap(ring: KeyRing, token: str, sealed: Sealed) -> Sealed:
    """Wrap the record's key under the newest KEK; the ciphertext stays. Raises CardUnreadable."""
    dek = _unwrap(ring, token, sealed)
    return replace(sealed, kek_version=ring.newest, wrapped_dek=_wrap(ring, ring.newest, token, dek))


def fingerprint(ring: KeyRing, number: str) -> bytes:
    """The same 128 bits for the same number, and nothing else to anyone without the key.

    Keyed, because a number given its first six and last four digits has only a million candidates.
    """
    digest = hmac.new(ring.fingerprint.reveal(), canonical(b"fp/v1", number.encode()), hashlib.sha256)
    return digest.digest()[:_FINGERPRINT_BYTES]


def new_token() -> str:
    """An opaque name: `card_` and 160 random bits. Never 13 to 19 digits, so nobody takes it for a number."""
    return "card_" + base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()


def canonical(*parts: bytes) -> bytes:
    """Parts with their lengths before them, so that no two lists of parts read the same."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _record_aad(version: int, algorithm: str, place: Place) -> bytes:
    how, where = (str(version).encode(), algorithm.encode()), (place.person_id.bytes, place.token.encode())
    return canonical(b"vault.card", *how, *where)


def _wrap_aad(kek_id: str, version: int, token: str) -> bytes:
    return canonical(b"vault.dek", kek_id.encode(), str(version).encode(), token.encode())


def _wrap(ring: KeyRing, version: int, token: str, dek: Key) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    kek = AESGCM(ring.keks[version].reveal())
    return nonce + kek.encrypt(nonce, dek.reveal(), _wrap_aad(ring.kek_id, version, token))


def _unwrap(ring: KeyRing, token: str, sealed: Sealed) -> Key:
    kek = ring.keks.get(sealed.kek_version)
    if kek is None or sealed.kek_id != ring.kek_id:
        raise CardUnreadable
    bound_to = _wrap_aad(sealed.kek_id, sealed.kek_version, token)
    return Key(_decrypt(kek, sealed.wrapped_dek[:_NONCE_BYTES], sealed.wrapped_dek[_NONCE_BYTES:], bound_to))


def _decrypt(key: Key, nonce: bytes, ciphertext: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key.reveal()).decrypt(nonce, ciphertext, bound_to)
    except (InvalidTag, ValueError):  # ValueError: a nonce or a tag cut short
        raise CardUnreadable from None
