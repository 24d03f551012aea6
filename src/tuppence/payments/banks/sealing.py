"""Sealing account numbers: whoever has the public key can seal, only the private key opens. Pure.

An ephemeral X25519 key agrees with ours, HKDF-SHA256 makes a key of the agreement, AES-256-GCM encrypts. What the
result belongs to is authenticated with it: in the row of another account, or with another bank, it does not open.
Why so, and what follows: docs/decisions/0024-account-numbers-sealed.md.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tuppence.payments.banks.model import AccountNumber
from tuppence.payments.errors import BankNumberUnreadable

FORMAT = 1
_KEY_BYTES = 32
_HEAD_BYTES = 2  # format, key version
_NONCE = bytes(12)  # each key encrypts once, so one nonce will do: NIST SP 800-38D, section 8.2.1
_INFO = b"tuppence bank account 1"


@dataclass(frozen=True, slots=True)
class Place:
    """The row that a sealed number lies in."""

    account_id: UUID
    routing: str

    def aad(self, head: bytes) -> bytes:
        return head + self.account_id.bytes + self.routing.encode()


@dataclass(frozen=True, slots=True)
class SealingKeys:
    """What the server holds: it can seal and compare, never open."""

    version: int
    public: bytes
    fingerprint: bytes = field(repr=False)

    def seal(self, place: Place, number: AccountNumber) -> bytes:
        """format, key version, ephemeral public key, ciphertext."""
        head, ephemeral = bytes([FORMAT, self.version]), X25519PrivateKey.generate()
        mine = ephemeral.public_key().public_bytes_raw()
        key = _derive(ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public)), mine, self.public)
        return head + mine + AESGCM(key).encrypt(_NONCE, number.reveal().encode(), place.aad(head + mine))

    def fingerprint_of(self, routing: str, number: AccountNumber) -> str:
        """The same for the same account; tells nothing to whoever lacks the key."""
        said = f"{routing}:{number.reveal()}".encode()
        return hmac.new(self.fingerprint, said, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class OpeningKeys:
    """What the worker holds: private keys by version."""

    private: Mapping[int, bytes] = field(repr=False)

    def open(self, place: Place, sealed: bytes) -> AccountNumber:
        """Raises BankNumberUnreadable if any byte, or the row it lies in, is not what was sealed."""
        head, theirs = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES : _HEAD_BYTES + _KEY_BYTES]
        if len(theirs) != _KEY_BYTES or head[0] != FORMAT or head[1] not in self.private:
            raise BankNumberUnreadable
        private = X25519PrivateKey.from_private_bytes(self.private[head[1]])
        try:
            agreed = private.exchange(X25519PublicKey.from_public_bytes(theirs))
            key = _derive(agreed, theirs, private.public_key().public_bytes_raw())
            plain = AESGCM(key).decrypt(_NONCE, sealed[_HEAD_BYTES + _KEY_BYTES :], place.aad(head + theirs))
        except (InvalidTag, ValueError) as error:
            raise BankNumberUnreadable from error
        return AccountNumber(plain.decode())


def _derive(agreed: bytes, ephemeral: bytes, ours: bytes) -> bytes:
    """Both public keys are bound in, so that no other pair gives the same key."""
    return HKDF(SHA256(), _KEY_BYTES, salt=ephemeral + ours, info=_INFO).derive(agreed)
