"""The key that statements are signed with: a file of its owner's alone, outside the database, made at first use."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_OTHERS = 0o077


class KeyRefused(Exception):
    """The key file cannot be used; the message says why and what to do."""


def load(path: Path) -> Ed25519PrivateKey:
    """Read the key, made with mode 0600 if absent. Two processes that start together read the same one.

    Raises: KeyRefused.
    """
    if not path.exists():
        _make(path)
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            if about.st_mode & _OTHERS or about.st_uid != os.geteuid():
                raise KeyRefused(f"{path}: must be its owner's alone (chmod 600)")
            key = load_pem_private_key(file.read(), password=None)
    except OSError as error:
        raise KeyRefused(f"{path}: {error.strerror}") from None
    except ValueError:
        raise KeyRefused(f"{path}: is not a private key in PEM") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(f"{path}: is not an Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Write aside, then link into place: the whole key is there, or nothing; and the first to link wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
