"""The simulated bank's desk: looks into the outbox, remembers, and puts into the inbox what is due."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from tuppence.rails.bank.exchange import disk
from tuppence.rails.bank.exchange.protocol import is_name
from tuppence.rails.simulator.ach import AchBooks, FileSent, FileTaken

Record = Callable[[FileTaken | FileSent], Awaitable[None]]


class AchDesk:
    """One pass after the other. What was journalled before a crash and not yet done is done at the next start."""

    def __init__(self, root: Path, books: AchBooks, record: Record) -> None:
        self._outbox, self._inbox, self._read = root / "outbox", root / "inbox", root / "read"
        self._books, self._record = books, record
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Put what was decided before a crash where it belongs."""
        for folder in (self._outbox, self._inbox):
            disk.make(folder)
        for sent in self._books.sent:
            if not any((folder / sent.name).exists() for folder in (self._inbox, self._read)):
                await self._write(sent)

    async def turn(self, now: datetime) -> None:
        """Take what lies in the outbox, then send all that is due by now."""
        async with self._one_at_a_time:
            for path in await asyncio.to_thread(_files_in, self._outbox):
                await self._take(path, now)
            while due := self._books.due(now):
                await self._record(due)
                await self._write(due)

    async def _take(self, path: Path, now: datetime) -> None:
        """The same bytes again are thrown away: they were answered."""
        raw = await asyncio.to_thread(path.read_bytes)
        if hashlib.sha256(raw).hexdigest() not in self._books.hashes:
            await self._record(FileTaken(path.name, raw.decode("latin-1"), now))
        await asyncio.to_thread(path.unlink)

    async def _write(self, sent: FileSent) -> None:
        await asyncio.to_thread(disk.write_whole, self._inbox / sent.name, self._books.content_of(sent))


def _files_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if is_name(one.name))
