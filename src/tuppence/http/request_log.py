"""Notes what keys of businesses ask, for their developers: gathered in memory, written down twice a second.

A log, not a book: what this process had not written when it died is missing, and under a flood the oldest go first.
"""

import asyncio
from collections import deque
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import structlog

from tuppence.billing.businesses import requests
from tuppence.db import Database
from tuppence.http.shell import CODE

ASKER: Final = "tuppence.asker"  # in the scope: (business, key) of whoever brought a business's key
_EVERY_SECONDS = 0.5
_GATHERED_MOST = 5_000
_PATH_CHARACTERS_MAX = 300

log = structlog.get_logger()


class RequestLog:
    """What was asked since it was last written down."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathered: deque[requests.Asked] = deque(maxlen=_GATHERED_MOST)

    def note(self, scope: MutableMapping[str, Any], request_id: str, status: int, took_s: float) -> None:
        """A request was answered. Paths carry ids; bodies and queries are never looked at."""
        if ASKER not in scope:
            return
        business_id, key_id = scope[ASKER]
        path, at = (
            scope["path"][:_PATH_CHARACTERS_MAX].replace("\0", "%00"),
            datetime.now(UTC),
        )  # no NUL in the database
        told = scope["method"], path, status, scope.get(CODE), round(took_s * 1000), at
        self._gathered.append(requests.Asked(UUID(request_id), business_id, key_id, *told))

    async def run(self) -> None:
        """Write down until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self.write_down()
            except Exception as error:  # a log that cannot be written must not stop what it tells of
                log.warning("request_log.lost", error=type(error).__name__)

    async def write_down(self) -> None:
        """Write what was gathered."""
        gathered = [self._gathered.popleft() for _ in range(len(self._gathered))]
        if gathered:
            async with self._database.transaction() as tx:
                await requests.note(tx, gathered)
