"""What a house's processes cost: processor time, and the most memory each held."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tuppence.cli.house import PARTS
from tuppence.db.embedded import Server

_LOOK_SECONDS = 1.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at the parts that this process started, at PostgreSQL, and at this process itself."""

    def __init__(self, server: Server) -> None:
        self._postmaster = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most_mb: dict[str, float] = {}

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far, by part; PostgreSQL's with that of the sessions that have ended."""
        spent: dict[str, float] = {}
        for part, pid in self._pids():
            with suppress(OSError):
                own, ended = _ticks(pid)
                spent[part] = spent.get(part, 0) + own + (ended if pid == self._postmaster else 0)
        return spent

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            for part, mb in self._held().items():
                self.most_mb[part] = max(self.most_mb.get(part, 0), mb)

    def _held(self) -> dict[str, float]:
        """Every process's own pages; PostgreSQL's shared ones once."""
        own: dict[str, int] = {}
        shared = 0
        for part, pid in self._pids():
            with suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                own[part] = own.get(part, 0) + _kb("RssAnon", status)
                shared = max(shared, _kb("RssShmem", status)) if part == "postgres" else shared
        held = {part: kb / 1024 for part, kb in own.items()}
        return held | {"postgres": held.get("postgres", 0) + shared / 1024}

    def _pids(self) -> Iterator[tuple[str, int]]:
        yield "bench", os.getpid()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                pid, parent = int(folder.name), int(_stat(int(folder.name))[1])
                words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
                if self._postmaster in (pid, parent):
                    yield "postgres", pid
                elif parent == os.getpid() and words[-1].decode() in PARTS:
                    yield words[-1].decode(), pid


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on: proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _ticks(pid: int) -> tuple[float, float]:
    fields = [int(one) for one in _stat(pid)[11:15]]
    return sum(fields[:2]) / _TICKS, sum(fields[2:]) / _TICKS


def _kb(name: str, status: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0
