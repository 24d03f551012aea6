"""Where issuers raise chargebacks and an acquirer's answers arrive: files beside the clearing files."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog

from tuppence.rails.card.cases import FOLDER, Word, read_response
from tuppence.rails.simulator import cases
from tuppence.rails.simulator.books import Books
from tuppence.rails.simulator.cases import Case, CaseTold, ResponseTaken

log = structlog.get_logger()

_PATIENCE_S = 30.0  # real time after the clock was moved in which nobody is late with an answer


class CaseDesk:
    """Tells what has come due; every word is journalled before it is in a file."""

    def __init__(
        self, folder: Path | None, books: Books, record: Callable[[CaseTold | ResponseTaken], Awaitable[None]]
    ) -> None:
        self._folder = folder / FOLDER if folder else None
        self._books, self._record = books, record
        self._moved_s, self._seen = time.monotonic(), set[str]()

    def clock_moved(self) -> None:
        """Whoever would answer needs a while to hear of it."""
        self._moved_s = time.monotonic()

    async def tell(self, attempt: UUID, word: Word, case: Case | None, at: datetime) -> None:
        """An issuer says something of a chargeback."""
        amount = self._books.decided[attempt].amount_minor
        await self._record(cases.told(attempt, word, case, amount_minor=amount, seed=self._books.seed, at=at))

    async def tell_due(self, until: datetime) -> None:
        """What has come due. What was reversed meanwhile is not taken back as well."""
        patient = time.monotonic() - self._moved_s > _PATIENCE_S
        for attempt, word, case in list(self._books.cases.due(until, patient=patient)):
            if word == "chargeback" and attempt in self._books.undone:
                del self._books.cases.planned[attempt]
            else:
                await self.tell(attempt, word, case, until)

    async def take(self, now: datetime) -> None:
        """Answers that an acquirer left, each once."""
        if self._folder is None:
            return
        folder = self._folder
        for path in await asyncio.to_thread(lambda: sorted(folder.glob("response-*.json"))):
            if path.name in self._seen:
                continue
            self._seen.add(path.name)
            try:
                response = read_response(await asyncio.to_thread(path.read_bytes))
            except ValueError as error:
                log.warning("response_unreadable", file=path.name, reason=str(error))
                continue
            if response.id not in self._books.cases.taken:
                await self._record(ResponseTaken(response.id, response.number, response.verdict, now))
