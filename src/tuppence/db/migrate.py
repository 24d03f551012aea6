"""A small runner for numbered migrations, under an advisory lock, each in a transaction of its own."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import psycopg
from psycopg import sql

from tuppence.db.errors import MigrationChanged

Which = Literal["main", "vault"]

_LOCK = 0x7075_7070  # any number, as long as every runner of ours takes the same
_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(which: Which) -> list[Migration]:
    """What there is, in order."""
    folder = files("tuppence.db.migrations").joinpath(which)
    named = ((_NAME.fullmatch(file.name), file) for file in folder.iterdir())
    found = [Migration(int(match[1]), match[2], file.read_text()) for match, file in named if match]
    return sorted(found, key=lambda one: one.number)


async def migrate(owner_url: str, *, which: Which) -> list[str]:
    """Bring a database up to date; the names of what was applied now.

    Raises: MigrationChanged if a file that was applied before reads differently today.
    """
    schema = "tuppence" if which == "main" else "vault"
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        await connection.execute(
            sql.SQL(
                "CREATE SCHEMA IF NOT EXISTS {0};"
                "CREATE TABLE IF NOT EXISTS {0}.migration"
                " (number int PRIMARY KEY, name text NOT NULL, digest text NOT NULL,"
                "  applied_at timestamptz NOT NULL DEFAULT now())"
            ).format(sql.Identifier(schema))
        )
        return [one.name for one in migrations(which) if await _apply(connection, schema, one)]


async def _apply(connection: psycopg.AsyncConnection[Any], schema: str, migration: Migration) -> bool:
    table = sql.Identifier(schema, "migration")
    async with connection.transaction():
        cursor = await connection.execute(
            sql.SQL("SELECT digest FROM {} WHERE number = %s").format(table), (migration.number,)
        )
        if known := await cursor.fetchone():
            if known[0] != migration.digest:
                raise MigrationChanged(f"{migration.number:04} {migration.name} was applied with another text")
            return False
        await connection.execute(migration.text.encode())
        await connection.execute(
            sql.SQL("INSERT INTO {} (number, name, digest) VALUES (%s, %s, %s)").format(table),
            (migration.number, migration.name, migration.digest),
        )
        return True
