"""The simulator's memory: one line an event, on the disk before the answer leaves, read back at start."""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from tuppence.rails.simulator.books import Event, as_row, from_row


class JournalDamaged(Exception):
    """A line in the middle of the journal cannot be read. The simulator does not start on a guess."""


class JournalInUse(Exception):
    """Another simulator writes this journal."""


class Journal:
    """Append, then wait until it is on the disk. Those who wait together share one fsync."""

    def __init__(self, path: Path) -> None:
        """Open or make the journal. Raises: JournalInUse."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._path = path
        self._written = self._synced = 0
        self._syncing: asyncio.Task[None] | None = None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise JournalInUse(str(path)) from None

    def replay(self) -> Iterator[Event]:
        """Every event so far. A last line without its end was never answered: it is cut off.

        Raises: JournalDamaged.
        """
        whole = 0
        with self._path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    os.ftruncate(self._fd, whole)
                    return
                whole += len(line)
                try:
                    event = from_row(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise JournalDamaged(f"{self._path}, line {number}") from error
                yield event

    def append(self, event: Event) -> None:
        """Hand an event to the system, in one write."""
        line = json.dumps(as_row(event), default=_plain, ensure_ascii=False).encode() + b"\n"
        written = os.write(self._fd, line)
        assert written == len(line), "the disk is full: nothing more can be decided"
        self._written += 1

    async def settled(self) -> None:
        """Return when all that was appended before this call is on the disk."""
        mine = self._written
        while self._synced < mine:
            if self._syncing is None or self._syncing.done():
                self._syncing = asyncio.create_task(self._sync())
            await asyncio.shield(self._syncing)

    async def close(self) -> None:
        """Let the file and its lock go, once what is under way is on the disk."""
        if self._syncing is not None:
            await asyncio.wait({self._syncing})
        os.close(self._fd)

    async def _sync(self) -> None:
        upto = self._written
        await asyncio.to_thread(os.fsync, self._fd)
        self._synced = upto


def _plain(value: object) -> str:
    if isinstance(value, date):  # an instant is one too
        return value.isoformat()
    assert isinstance(value, UUID), type(value)
    return str(value)
