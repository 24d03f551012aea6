"""The file of the key that games' secrets are derived from: server and worker read the same one."""

import os
from pathlib import Path

from tuppence.billing.games.signing import Root

_BYTES = 32


def load_root(path: Path) -> Root:
    """Read the key file, made with mode 0600 if absent. Two processes that start together read the same one.

    Raises ValueError if the file holds anything but a key: every game's secret would be another.
    """
    if not path.exists():
        _make(path)
    raw = path.read_bytes()
    if len(raw) != _BYTES:
        raise ValueError(f"{path}: a key has {_BYTES} bytes")
    return Root(raw)


def _make(path: Path) -> None:
    """Write aside, then link into place: either the whole key is there, or nothing; and the first to link wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
