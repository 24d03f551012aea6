"""Key files: 0600, made once, never overwritten, refused when anybody else could read them.

Two of them. The vault's own holds what opens cards and is read by the vault alone. The shared one holds what server
and worker prove themselves to the vault with; it opens nothing.
"""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuppence.vault.crypto import Key, KeyRing
from tuppence.vault.errors import KeyFileRefused

_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class SharedKeys:
    """What server, worker and vault have in common."""

    ticket: Key
    bearer: Key

    @property
    def authorization(self) -> str:
        """The header by which server and worker are known to the vault."""
        return f"Bearer {_text(self.bearer)}"


class KeyFile:
    """The vault's own keys. `ring` is what was read last; `reload` reads again after a version was added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.ring = _ring(path)

    def reload(self) -> None:
        self.ring = _ring(self._path)


def create(path: Path) -> KeyFile:
    """Read the vault's keys, making them at the very first start."""
    if not path.exists():
        fresh = {
            "kek_id": f"kek_{secrets.token_hex(6)}",
            "keks": {"1": _text(Key.random())},
            "fingerprint": _text(Key.random()),
        }
        _write(path, fresh, replace=False)
    return KeyFile(path)


def add_version(path: Path) -> int:
    """Add a KEK version. The vault uses it from its next `rewrap` on, and opens with every version in the file."""
    ring, held = _ring(path), _read(path)
    version = ring.newest + 1
    _write(path, held | {"keks": held["keks"] | {str(version): _text(Key.random())}}, replace=True)
    return version


def create_shared(path: Path) -> SharedKeys:
    """Read the shared keys, making them at the very first start, whoever starts first."""
    if not path.exists():
        _write(path, {"ticket": _text(Key.random()), "bearer": _text(Key.random())}, replace=False)
    held = _read(path)
    return SharedKeys(ticket=_key(path, held, "ticket"), bearer=_key(path, held, "bearer"))


def _ring(path: Path) -> KeyRing:
    held = _read(path)
    keks, kek_id = held.get("keks"), held.get("kek_id")
    if not (isinstance(keks, dict) and keks and isinstance(kek_id, str)):
        raise KeyFileRefused(f"{path}: is not a vault's key file")
    versions = {int(version): _key(path, keks, version) for version in keks}
    return KeyRing(kek_id=kek_id, keks=versions, fingerprint=_key(path, held, "fingerprint"))


def _read(path: Path) -> dict[str, Any]:
    """Open first, then look at what was opened: a path looked at beforehand may be another file by then."""
    try:
        with path.open() as file:
            about = os.fstat(file.fileno())
            if about.st_mode & _OTHERS or about.st_uid != os.geteuid():
                raise KeyFileRefused(f"{path}: must be its owner's alone (chmod 600)")
            held = json.load(file)
    except OSError as error:
        raise KeyFileRefused(f"{path}: {error.strerror}") from None
    except ValueError:
        raise KeyFileRefused(f"{path}: is not JSON") from None
    if not isinstance(held, dict):
        raise KeyFileRefused(f"{path}: is not a key file")
    return held


def _key(path: Path, held: Mapping[str, Any], name: str) -> Key:
    try:
        return Key(base64.b64decode(held[name], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise KeyFileRefused(f"{path}: key {name} is missing or broken") from None


def _text(key: Key) -> str:
    return base64.b64encode(key.reveal()).decode()


def _write(path: Path, held: Mapping[str, Any], *, replace: bool) -> None:
    """The file is there whole and on disk, or not at all; without `replace` whoever was first wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(held, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            part.rename(path)
        else:
            _link(part, path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _link(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return  # another process was faster: its keys are the keys
