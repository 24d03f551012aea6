"""What `tuppence keys` does, as the database's owner: no process of the product may make a key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import typer

from tuppence.app.parts import urls
from tuppence.cli.operate import must_be_migrated
from tuppence.core import Failure
from tuppence.db import Database
from tuppence.people import find_by_handle, keys
from tuppence.settings import Settings

_NOBODY = UUID(int=0)  # an operator looks people up as a stranger would


async def create(handle: str, scopes: list[str], name: str, days: int | None) -> str:
    """A new key. In a sandbox it is a test key."""
    settings = Settings()
    async with _database(settings) as database, database.transaction() as tx:
        try:
            person = (await find_by_handle(tx, _NOBODY, handle)).person
        except Failure as failure:
            raise typer.BadParameter(failure.sentence()) from None
        ask = keys.NewKey(person.id, name, scopes, _mode(settings), days)
        (made,) = await keys.make(tx, [ask])
        if isinstance(made, Failure):
            raise typer.BadParameter(f"{made.sentence()} Scopes: {', '.join(keys.SCOPES)}.")
    return made.key


async def lines() -> list[str]:
    """Every key, one a line."""
    async with _database(Settings()) as database, database.transaction(read_only=True) as tx:
        return [_line(one) for one in await keys.every(tx)]


async def revoke(key_id: UUID) -> None:
    async with _database(Settings()) as database, database.transaction() as tx:
        (refused,) = await keys.revoke(tx, [key_id])
    if isinstance(refused, Failure):
        raise typer.BadParameter(refused.sentence())


def _mode(settings: Settings) -> keys.Mode:
    """A folder in which simulated banks keep their journal is a sandbox's, whatever this shell was told."""
    return "test" if settings.sandbox or (settings.data_dir / "simulator").is_dir() else "live"


def _line(key: keys.Key) -> str:
    told = [str(key.id), f"{key.prefix}…", key.handle, key.name, ",".join(key.scopes)]
    told.append(f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used")
    if key.expires_at:
        told.append(f"until {key.expires_at:%Y-%m-%d}")
    return "  ".join([*told, f"revoked {key.revoked_at:%Y-%m-%d}"] if key.revoked_at else told)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    url = (await asyncio.to_thread(urls, settings)).owner
    if not url:
        raise typer.BadParameter("owner_database_url is not set: keys are made by the owner's role alone")
    database = await Database.open(url, name="keys", max_size=1)
    try:
        await must_be_migrated(database)
        yield database
    finally:
        await database.close()
