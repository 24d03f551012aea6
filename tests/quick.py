"""Where tests keep their databases."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 2**30


def quick_folder() -> TemporaryDirectory[str]:
    """A folder that lives as long as a test: in memory if there is room, since a fresh database is a thousand files,
    and some disks take half a second for those."""
    room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return TemporaryDirectory(prefix="tup-", dir=_MEMORY if room else None)
