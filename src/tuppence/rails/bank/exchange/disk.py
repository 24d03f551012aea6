"""Files on our own disk: there whole or not at all, on the disk when a call returns."""

import filecmp
import os
import shutil
from hashlib import file_digest, sha256
from pathlib import Path

from tuppence.rails.bank.exchange.errors import ContentDiffers


def make(folder: Path) -> Path:
    """A folder that only its owner can look into: what lies there holds account numbers."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def write(path: Path, content: bytes) -> None:
    """Write a file under a name that nobody takes for a finished one."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    sync(path.parent)


def move(old: Path, new: Path) -> None:
    """Rename, in one step for whoever looks."""
    old.rename(new)
    sync(new.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears when it is finished."""
    unfinished = unfinished_name(path)
    write(unfinished, content)
    move(unfinished, path)


def unfinished_name(path: Path) -> Path:
    """A file on its way: names that begin with a dot are nobody's business."""
    return path.with_name(f".{path.name}")


def sync(folder: Path) -> None:
    """Make what happened in a folder last."""
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class Sent:
    """What was given to the bank, by name and by content: kept, so that the same file twice is one file."""

    def __init__(self, root: Path) -> None:
        self._names = make(root)
        self._hashes = make(root / "by-content")

    def knows(self, name: str, content: bytes) -> bool:
        """Whether this very file was noted. Raises ContentDiffers if only its name or only its content was."""
        kept = self._names / name
        if kept.exists():
            if kept.read_bytes() != content:
                raise ContentDiffers
            return True
        marker = self._hashes / sha256(content).hexdigest()
        if marker.exists() and marker.read_text() != name:
            raise ContentDiffers
        return False

    def note(self, name: str, content: bytes) -> None:
        """Keep a file. From here on it counts as given."""
        write_whole(self._hashes / sha256(content).hexdigest(), name.encode())
        write_whole(self._names / name, content)


def digest(path: Path) -> str:
    """What a file is known by, however large it is."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def put_aside(folder: Path, name: str, path: Path) -> None:
    """Keep a copy of a file that was taken in. One of the same name and another content is kept beside it."""
    kept = folder / name
    if kept.exists() and not filecmp.cmp(kept, path, shallow=False):
        kept = folder / f"{name}.{digest(path)[:16]}"
    copy = unfinished_name(kept)
    copy.unlink(missing_ok=True)
    with path.open("rb") as source, open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(source, out)
        out.flush()
        os.fsync(out.fileno())
    move(copy, kept)
