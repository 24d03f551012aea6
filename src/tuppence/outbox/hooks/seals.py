"""Endpoints' secrets at rest: sealed with a key that is in a file and never in the database."""

import os
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Seals:
    """AES-256-GCM, bound to the endpoint: in another's row a secret does not open."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def load(cls, path: Path) -> "Seals":
        """Read the key file, made with mode 0600 if absent. Raises ValueError for a file that holds no key."""
        if not path.exists():
            _make(path)
        key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise ValueError(f"{path}: a key has {_KEY_BYTES} bytes")
        return cls(key)

    def seal(self, endpoint_id: UUID, raw: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, raw, endpoint_id.bytes)

    def open(self, endpoint_id: UUID, sealed: bytes) -> bytes:
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], endpoint_id.bytes)


def _make(path: Path) -> None:
    """Written aside, then linked into place whole; of two processes that start together the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(os.urandom(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
