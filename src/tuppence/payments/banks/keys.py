"""The key files of bank accounts: one that opens, for the worker, and one that seals, for the server. Made once."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tuppence.payments.banks.sealing import OpeningKeys, SealingKeys
from tuppence.payments.errors import BankKeysRefused

_OTHERS = 0o077


def create(path: Path) -> None:
    """Make both files at the very first start, whoever starts first; afterwards do nothing."""
    with _alone(path):
        if not path.exists() and not public_path(path).exists():
            private = _text(X25519PrivateKey.generate().private_bytes_raw())
            _write(path, {"keys": {"1": private}, "fingerprint": _text(secrets.token_bytes(32))})
        if not public_path(path).exists():  # we, or whoever was here before us, got no further
            _write(public_path(path), _public_half(_read(path)))


def public_path(path: Path) -> Path:
    """Where the server's half lies: beside the worker's."""
    return path.with_name(f"{path.stem}.pub{path.suffix}")


def sealing(path: Path) -> SealingKeys:
    """What seals. `path` is the opening file's; it is not looked at. Raises: BankKeysRefused."""
    held = _read(public_path(path))
    return SealingKeys(int(held["version"]), _bytes(held, "public"), _bytes(held, "fingerprint"))


def opening(path: Path) -> OpeningKeys:
    """What opens. Raises: BankKeysRefused."""
    held = _read(path)["keys"]
    return OpeningKeys({int(version): _bytes(held, version) for version in held})


def _public_half(held: Mapping[str, Any]) -> dict[str, Any]:
    version = max(held["keys"], key=int)
    public = X25519PrivateKey.from_private_bytes(_bytes(held["keys"], version)).public_key().public_bytes_raw()
    return {"version": int(version), "public": _text(public), "fingerprint": held["fingerprint"]}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Server and worker start together: one makes the files, the other waits."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _read(path: Path) -> dict[str, Any]:
    """Open first, then look at what was opened: a path looked at beforehand may be another file by then."""
    try:
        with path.open() as file:
            about = os.fstat(file.fileno())
            if about.st_mode & _OTHERS or about.st_uid != os.geteuid():
                raise BankKeysRefused(file=path.name, why="must be its owner's alone (chmod 600)")
            held = json.load(file)
    except (OSError, ValueError) as error:
        raise BankKeysRefused(file=path.name, why="cannot be read") from error
    if not isinstance(held, dict):
        raise BankKeysRefused(file=path.name, why="is not a key file")
    return held


def _write(path: Path, held: Mapping[str, Any]) -> None:
    """Whole and on the disk, or not at all. The caller holds the folder's lock."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(held, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(held: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(held[name], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise BankKeysRefused(file=name, why="is missing or broken") from error
