"""How the house is."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog
from fastapi import Request, Response

import tuppence
from tuppence import outbox
from tuppence.http.answers import answer
from tuppence.http.deps import TheHouse, address_of
from tuppence.http.house import House
from tuppence.http.routing import room
from tuppence.http.schemas import Health
from tuppence.ledger import books

T = TypeVar("T")

router = room("health")
log = structlog.get_logger()

_WORKER_SILENT = timedelta(seconds=30)
_CHECK_LATE = timedelta(minutes=20)
_PART_SECONDS_MAX = 3


@router.get("/health", response_model=Health, openapi_extra={"security": []})
async def health(request: Request, house: TheHouse) -> Response:
    """Whether the parts answer: 200 when all do, 503 when one does not. And whether the last check proved the books."""
    house.limits.take("health", address_of(request))
    database, vault, proven = await asyncio.gather(
        _part("database", _worker_seen(house)), _part("vault", _vault(house)), _part("books", _books(house))
    )
    parts = {"database": database is not None, "worker": _is_recent(database), "vault": vault is not None}
    view = {
        "status": "ok" if all(parts.values()) and proven != "broken" else "degraded",
        "version": tuppence.__version__,
        "parts": {name: "ok" if well else "down" for name, well in parts.items()},
        "books": proven or "unchecked",
    }
    return answer(view, 200 if all(parts.values()) else 503)


async def _worker_seen(house: House) -> datetime:
    """When a worker last gave a sign of life; a house that never had one says: long ago."""
    async with house.database.transaction(read_only=True) as tx:
        return await outbox.worker_seen(tx) or datetime.min.replace(tzinfo=UTC)


async def _books(house: House) -> str:
    """What the worker's last check said, unless it was too long ago to say anything."""
    async with house.database.transaction(read_only=True) as tx:
        verdict = await books.verdict(tx)
    if verdict is None or datetime.now(UTC) > verdict.next_at + _CHECK_LATE:
        return "unchecked"
    return "broken" if verdict.broken else "proven"


async def _vault(house: House) -> bool:
    """An empty question proves the way there and that our keys belong together."""
    return await house.vault.describe([]) == []


def _is_recent(seen: datetime | None) -> bool:
    return seen is not None and datetime.now(UTC) - seen < _WORKER_SILENT


async def _part(name: str, question: Awaitable[T]) -> T | None:
    """The answer, or None for whatever reason: a health page must not be ill itself."""
    try:
        async with asyncio.timeout(_PART_SECONDS_MAX):
            return await question
    except Exception as error:
        log.warning("health.part_down", part=name, error=type(error).__name__)
        return None
