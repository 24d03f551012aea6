"""The simulated bank's desk: looks into the outbox, remembers, and puts into the inbox what is due."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tuppence.rails.bank.exchange import disk
from tuppence.rails.bank.exchange.protocol import is_name
from tuppence.rails.simulator.ach import FileSent, FileTaken

Record = Callable[[FileTaken | FileSent], Awaitable[None]]


class FileBooks(Protocol):
    """What the bank remembers of one kind of file, and what it has to send."""

    sent: list[FileSent]
    hashes: set[str]

    def due(self, now: datetime) -> FileSent | None: ...
    def content_of(self, event: FileSent) -> bytes: ...


class AchDesk:
    """One pass after the other. What was journalled before a crash and not yet done is done at the next start."""

    def __init__(self, root: Path, books: Sequence[FileBooks], record: Record) -> None:
        self._outbox, self._inbox, self._read = root / "outbox", root / "inbox", root / "read"
        self._books, self._record = books, record
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Put what was decided before a crash where it belongs."""
        for folder in (self._outbox, self._inbox):
            disk.make(folder)
        for books, sent in [(one, sent) for one in self._books for sent in one.sent]:
            if not any((folder / sent.name).exists() for folder in (self._inbox, self._read)):
                await self._write(books, sent)

    async def turn(self, now: datetime) -> None:
        """Take what lies in the outbox, then send all that is due by now."""
        async with self._one_at_a_time:
            for path in await asyncio.to_thread(_files_in, self._outbox):
                await self._take(path, now)
            for books in self._books:
                while due := books.due(now):
                    await self._record(due)
                    await self._write(books, due)

    async def _take(self, path: Path, now: datetime) -> None:
        """The same bytes again are thrown away: they were answered."""
        raw = await asyncio.to_thread(path.read_bytes)
        if not any(hashlib.sha256(raw).hexdigest() in books.hashes for books in self._books):
            await self._record(FileTaken(path.name, raw.decode("latin-1"), now))
        await asyncio.to_thread(path.unlink)

    async def _write(self, books: FileBooks, sent: FileSent) -> None:
        await asyncio.to_thread(disk.write_whole, self._inbox / sent.name, books.content_of(sent))


def _files_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if is_name(one.name))
