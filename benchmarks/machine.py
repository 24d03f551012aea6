"""What the machine gives: how long a promise to disk takes, and how much memory is held."""

import os
import resource
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from tuppence.db.embedded import Server

_LOOK_SECONDS = 0.2


def fdatasync_ms() -> float:
    """How long this disk takes to promise 8 KB, median of 50. No commit can be faster."""
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(50):
            file.write(b"x" * 8192)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)[25]


def describe() -> str:
    return f"{os.cpu_count()} cores, one fdatasync {fdatasync_ms():.2f} ms"


class Memory:
    """The most that this process and a server's processes held at any time."""

    def __init__(self, server: Server) -> None:
        self._postmaster = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.server_mb = 0.0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def client_mb(self) -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self.server_mb = max(self.server_mb, self._held_mb())

    def _held_mb(self) -> float:
        """Every process's own pages, and the shared ones once."""
        own, shared = 0, 0
        for status in self._statuses():
            own += status.get("RssAnon", 0)
            shared = max(shared, status.get("RssShmem", 0))
        return (own + shared) / 1024

    def _statuses(self) -> list[dict[str, int]]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                lines = (line.split() for line in (folder / "status").read_text().splitlines())
                status = {words[0].rstrip(":"): int(words[1]) for words in lines if words[1:] and words[1].isdigit()}
                if self._postmaster in (status["Pid"], status["PPid"]):
                    found.append(status)
        return found
