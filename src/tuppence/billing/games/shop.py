"""The catalogue of each game, kept: read when it is older than a few minutes, and good for a day while its server is
away. It is read with no transaction open.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tuppence.billing.games import catalogue
from tuppence.billing.games.errors import CatalogueAway, CatalogueInvalid
from tuppence.billing.games.model import Game, Price, Product
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.web import Unanswered, Web
from tuppence.core import Policy
from tuppence.db import Database, Tx

_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Copy:
    """The last good copy of a catalogue, and what was wrong with the last reading if anything was. Real time."""

    products: list[dict[str, Any]]
    read_at: datetime | None
    failure: str | None
    failed_at: datetime | None

    def wire(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


async def products(database: Database, web: Web, game: Game, policy: Policy, *, fresh: bool = False) -> list[Product]:
    """What a game sells now. `fresh`: read it again whatever there is.

    Raises: CatalogueAway, CatalogueInvalid; the latter only where it was to be fresh or there is no copy.
    """
    kept = await _kept(database, game)
    now = datetime.now(UTC)
    if not fresh and kept.read_at and now - kept.read_at < timedelta(seconds=policy.games.catalogue_seconds):
        return _products(kept)
    try:
        found = catalogue.read(await web.get(game.catalogue_url, wait_s=_WAIT_S, most_bytes=catalogue.BYTES_MAX))
    except (Unanswered, CatalogueInvalid) as failure:
        await _fail(database, game, failure, now)
        if not fresh and _will_do(kept, now, policy):
            return _products(kept)
        if isinstance(failure, Unanswered):
            raise CatalogueAway from failure
        raise
    async with database.transaction() as tx:
        await tx.execute(SQL.write_catalogue, game_id=game.id, products={"products": catalogue.write(found)}, now=now)
    return found


async def copy_of(tx: Tx, game: Game) -> Copy:
    """What is kept of a game's catalogue."""
    return await tx.fetch_one(SQL.catalogue, Copy, game_id=game.id) or Copy([], None, None, None)


async def _kept(database: Database, game: Game) -> Copy:
    async with database.transaction(read_only=True) as tx:
        return await copy_of(tx, game)


def _will_do(kept: Copy, now: datetime, policy: Policy) -> bool:
    return kept.read_at is not None and now - kept.read_at < timedelta(hours=policy.games.catalogue_stale_hours)


async def _fail(database: Database, game: Game, failure: Exception, now: datetime) -> None:
    facts = getattr(failure, "facts", {})
    text = f"{facts['path']}: {facts['reason']}" if facts else str(failure) or "no answer"
    async with database.transaction() as tx:
        await tx.execute(SQL.fail_catalogue, game_id=game.id, failure=text[:200], now=now)


def _products(kept: Copy) -> list[Product]:
    return [
        Product(
            one["sku"],
            one["title"],
            one["description"],
            one["image_url"],
            tuple(Price(price["currency"], price["amount_minor"]) for price in one["prices"]),
        )
        for one in kept.products
    ]
