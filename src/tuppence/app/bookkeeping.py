"""Keeping the books provable while the house runs: seals within seconds, days closed, statements when asked for.

Not jobs, but a loop of the worker's own: it follows real time, and what it does may take longer than a job may.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.db import Database
from tuppence.ledger import books
from tuppence.outbox import Job, Later

SEAL_SECONDS = 2.0

log = structlog.get_logger()


class Bookkeeper:
    """One worker's. Several take turns, each doing what the others have not done yet."""

    def __init__(self, database: Database, key: Ed25519PrivateKey) -> None:
        self._database = database
        self._key = key
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped. What fails is logged and tried again: sealing may be late, never wrong."""
        await self._every(SEAL_SECONDS, "books.seal_failed", self.keep_up)

    def stop(self) -> None:
        self._stopping.set()

    async def keep_up(self) -> None:
        """Close the days that are over, and seal what has committed."""
        await books.keep_up(self._database, self._key, datetime.now(UTC))

    async def state(self, asked: Sequence[Job]) -> list[Later | None]:
        """Somebody waits for a statement: make one, or wait until it is time for the next."""
        now = datetime.now(UTC)
        wait_seconds = await books.wait_for_statement(self._database, now)
        if wait_seconds:
            return [Later(wait_seconds)] * len(asked)
        await books.state_now(self._database, self._key, now)
        return [None] * len(asked)

    async def _every(self, seconds: float, failed: str, do: Callable[[], Awaitable[None]]) -> None:
        while not self._stopping.is_set():
            try:
                await do()
            except Exception as error:
                log.warning(failed, error=type(error).__name__, exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()
