"""What somebody can do who may do everything in the database, and what the check says to it."""

from typing import Any

from tuppence import ledger
from tuppence.db import Database, Statement, Tx
from tuppence.ledger import books


class Undo(Exception):
    """Nothing that was tried stays."""


async def found(tx: Tx, public: str, seen: books.Seen | None = None) -> list[str]:
    checked = await books.check(tx, public, seen)
    return [f"{one.what}: {one.which}" for one in [*await ledger.check(tx), *checked.broken]]


async def tampered(superuser: Database, public: str, statement: str, seen: books.Seen | None = None) -> list[str]:
    """What the check says after a superuser ran a statement, past every trigger; then it is undone."""
    return (await _tampered(superuser, public, f"{statement} RETURNING 1", seen))[1]


async def unnamed(
    superuser: Database, public: str, statement: str, place: str, seen: books.Seen | None = None
) -> list[str] | None:
    """The same, unless the check names the place: an SQL array of the names that what was changed has or had."""
    places, said = await _tampered(superuser, public, f"{statement} RETURNING {place}", seen)
    return None if all(any(name in one for name in names for one in said) for names in places) else said


async def _tampered(
    superuser: Database, public: str, statement: str, seen: books.Seen | None
) -> tuple[list[Any], list[str]]:
    changed, said = list[Any](), list[str]()
    try:
        async with superuser.transaction() as tx:
            await tx.execute(Statement("off", "SET LOCAL session_replication_role = replica"))
            changed = await tx.scalars(Statement("tamper", statement))
            said = await found(tx, public, seen)
            raise Undo
    except Undo:
        return changed, said
