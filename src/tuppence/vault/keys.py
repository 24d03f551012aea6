"""Key files: 0600, made once, never overwritten, refused when anybody else could read them.

Two of them. The vault's own holds what opens cards and is read by the vault alone (`keks`). The shared one holds what
server and worker prove themselves to the vault with; it opens nothing.
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

from tuppence.vault.crypto import Key
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
        return f"Bearer {text_of(self.bearer)}"


def create_shared(path: Path) -> SharedKeys:
    """Read the shared keys, making them at the very first start, whoever starts first."""
    if not path.exists():
        write(path, {"ticket": text_of(Key.random()), "bearer": text_of(Key.random())}, replace=False)
    held = read(path)
    return SharedKeys(ticket=key_of(held, "ticket"), bearer=key_of(held, "bearer"))


def read(path: Path) -> dict[str, Any]:
    """What a key file holds. Raises KeyFileRefused.

    Opened first, then looked at: a path looked at beforehand may be another file by then.
    """
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


def key_of(held: Mapping[str, Any], name: str) -> Key:
    """A key by its name in a key file. Raises KeyFileRefused."""
    try:
        return Key(base64.b64decode(held[name], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise KeyFileRefused(f"key {name} is missing or broken") from None


def text_of(key: Key) -> str:
    """A key as a key file holds it."""
    return base64.b64encode(key.reveal()).decode()


def write(path: Path, held: Mapping[str, Any], *, replace: bool) -> None:
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
