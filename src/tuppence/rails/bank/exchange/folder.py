"""Two folders on our own disk: an outbox that the bank empties, an inbox that it fills."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tuppence.rails.bank.exchange import disk
from tuppence.rails.bank.exchange.errors import FileTooLarge
from tuppence.rails.bank.exchange.protocol import MOST_BYTES, check_name, is_name


class Folder:
    """An `Exchange` through `outbox` and `inbox` below a folder; what went through is kept in `sent` and `read`."""

    def __init__(self, root: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._outbox, self._inbox = disk.make(root / "outbox"), disk.make(root / "inbox")
        self._sent, self._read = disk.Sent(root / "sent"), disk.make(root / "read")
        self._most_bytes = most_bytes

    async def put(self, name: str, content: bytes) -> None:
        """See Exchange."""
        check_name(name)
        await asyncio.to_thread(self._put, name, content)

    async def waiting(self) -> Sequence[str]:
        """See Exchange."""
        return await asyncio.to_thread(lambda: sorted(one.name for one in self._inbox.iterdir() if is_name(one.name)))

    async def fetch(self, name: str) -> Path:
        """See Exchange."""
        check_name(name)
        return await asyncio.to_thread(self._fetch, name)

    async def done(self, name: str) -> None:
        """See Exchange."""
        check_name(name)
        await asyncio.to_thread(self._done, name)

    def _put(self, name: str, content: bytes) -> None:
        """Lay it ready, note it, let it appear: in this order a crash between any two steps can be told afterwards.

        Noted and still lying ready: it has not appeared. Noted and no longer there: it has, and the bank may have
        taken it.
        """
        ready = disk.unfinished_name(self._outbox / name)
        if not self._sent.knows(name, content):
            disk.write(ready, content)
            self._sent.note(name, content)
        if ready.exists():
            disk.move(ready, self._outbox / name)

    def _fetch(self, name: str) -> Path:
        path = self._inbox / name
        if path.stat().st_size > self._most_bytes:
            raise FileTooLarge
        return path

    def _done(self, name: str) -> None:
        path = self._inbox / name
        if path.exists():
            disk.put_aside(self._read, name, path)
            path.unlink()
            disk.sync(self._inbox)
