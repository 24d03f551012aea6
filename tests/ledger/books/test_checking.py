"""Whatever a superuser changes in the books, with every trigger switched off, the check finds it and names the row."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.ledger.books.conftest import CLEARING, TRANSIT, Kept

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, Statement, Tx
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Transfer, books
from tuppence.ledger.proof.statement import public_text

# A row of each table that has all there is to change, and how that row is named.
ROWS = {
    "account": "code = 1",
    "transfer": "flags & 2 <> 0 AND timeout > 0",
    "transfer_pending": "status = 4",
    "seal": "position = 20",
    "seal_node": "index = 0",
    "owed": "subject <> '00000000-0000-0000-0000-000000000000'",
    "statement": "number = 1",
}
NAMES = {
    "account": "id::text",
    "transfer": "id::text",
    "transfer_pending": "id::text",
    "seal": "'seal ' || position",
    "seal_node": "'seal node ' || level || '/' || index",
    "owed": "account_id::text",
    "statement": "'statement ' || number",
}
OTHER = {
    "uuid": "gen_random_uuid()",
    "bytea": "sha256({0})",
    "text": "{0} || ' '",
    "boolean": "NOT {0}",
    "date": "{0} + 1",
    "timestamp with time zone": "{0} + '1 hour'::interval",
}
SPECIAL = {
    **{(table, "timestamp"): "{0} + 5000" for table in ("account", "transfer", "seal")},
    ("seal", "kind"): "CASE {0} WHEN 1 THEN 2 ELSE 1 END",
    ("seal_node", "level"): "{0} + 8",
    ("transfer_pending", "status"): "1, expired_at = NULL",
    ("transfer_pending", "expires_at"): "{0} - 1",
    ("seal", "position"): "-{0}",
    ("statement", "number"): "-{0}",
}


class Undo(Exception):
    """Nothing that was tried stays."""


@pytest.fixture
async def superuser(server: Server, urls: Urls) -> AsyncIterator[Database]:
    name = urls.app.partition("?")[0].rpartition("/")[2]
    database = await Database.open(server.superuser_url.replace("/postgres?", f"/{name}?"), name="superuser")
    yield database
    await database.close()


async def found(tx: Tx, public: str, seen: books.Seen | None = None) -> list[str]:
    checked = await books.check(tx, public, seen)
    return [f"{one.what}: {one.which}" for one in [*await ledger.check(tx), *checked.broken]]


async def tampered(superuser: Database, public: str, statement: str, seen: books.Seen | None = None) -> list[str]:
    """What the check says after a superuser ran a statement; then it is undone."""
    said: list[str] = []
    try:
        async with superuser.transaction() as tx:
            await tx.execute(Statement("off", "SET LOCAL session_replication_role = replica"))
            assert await tx.execute(Statement("tamper", statement)), statement
            said = await found(tx, public, seen)
            raise Undo
    except Undo:
        return said


@pytest.fixture
async def sealed(kept: Kept) -> Kept:
    """More entries than one kept subtree holds, and two statements over them."""
    await kept.move(*(Transfer(uuid7(), CLEARING, TRANSIT, 1, 840, 1) for _ in range(250)))
    await kept.state()
    await kept.pay(7)
    await kept.state()
    return kept


async def test_untouched_books_are_proven(sealed: Kept) -> None:
    """Nothing is found, neither now nor with what a check saw before, nor while entries wait to be sealed."""
    async with sealed.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, sealed.public)).seen
    await sealed.pay(3)
    async with sealed.database.transaction(read_only=True) as tx:
        assert [] == await found(tx, sealed.public, seen)


async def _columns(superuser: Database) -> list[Any]:
    statement = Statement(
        "columns",
        """SELECT table_name || ' ' || column_name || ' ' || data_type FROM information_schema.columns
        WHERE table_schema = 'ledger' AND table_name = ANY(%(tables)s) ORDER BY table_name, ordinal_position""",
    )
    async with superuser.transaction() as tx:
        return [str(one).split(" ", 2) for one in await tx.scalars(statement, tables=list(ROWS))]


async def test_every_column_of_every_row_is_watched(sealed: Kept, superuser: Database) -> None:
    """Each column of accounts, transfers, reservations, seals, subtrees, what is owed, and statements."""
    missed = {}
    for table, column, kind in await _columns(superuser):
        other = SPECIAL.get((table, column), OTHER.get(kind, "{0} + 1")).format(column)
        async with superuser.transaction() as tx:
            name = Statement("name", f"SELECT {NAMES[table]} FROM ledger.{table} WHERE {ROWS[table]} LIMIT 1")
            (row,) = await tx.scalars(name)
        statement = f"UPDATE ledger.{table} SET {column} = {other} WHERE {NAMES[table]} = '{row}'"
        said = await tampered(superuser, sealed.public, statement)
        if not any(row in one for one in said):
            missed[f"{table}.{column} of {row}"] = said

    assert {} == missed


async def test_every_deleted_row_is_missed(sealed: Kept, superuser: Database) -> None:
    """A row of any table, gone, is named; the newest statement by a check that saw it before."""
    async with sealed.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, sealed.public)).seen
    for table, which in ROWS.items():
        async with superuser.transaction() as tx:
            (row, *_) = await tx.scalars(Statement("n", f"SELECT {NAMES[table]} FROM ledger.{table} WHERE {which}"))
        said = await tampered(superuser, sealed.public, f"DELETE FROM ledger.{table} WHERE {NAMES[table]} = '{row}'")
        assert any(row in one for one in said), (table, row, said)
    newest = "DELETE FROM ledger.statement WHERE number = 2"

    assert [] == await tampered(superuser, sealed.public, newest)
    assert ["statement is missing: statement 2"] == await tampered(superuser, sealed.public, newest, seen)


async def test_one_change_is_told_once(sealed: Kept, superuser: Database) -> None:
    """A changed note of a transfer, which no balance shows, is one line that names it, and so is a changed link."""
    (transfer,) = [one for one in await _transfers(superuser) if one]
    note = f"UPDATE ledger.transfer SET user_data_32 = 9 WHERE id = '{transfer}'"
    link = "UPDATE ledger.seal SET chain = leaf WHERE position = 30"

    assert [f"entry differs from its seal: transfer {transfer}"] == await tampered(superuser, sealed.public, note)
    assert ["chain does not fit: seal 30"] == await tampered(superuser, sealed.public, link)


async def _transfers(superuser: Database) -> list[UUID]:
    async with superuser.transaction() as tx:
        return await tx.scalars(Statement("one", "SELECT id FROM ledger.transfer ORDER BY timestamp LIMIT 1"))


async def test_an_entry_cannot_be_slipped_in_or_swapped(sealed: Kept, superuser: Database) -> None:
    """A forged row behind the newest seal was never sealed; two that change places differ from their seals."""
    forged = """INSERT INTO ledger.transfer
        SELECT gen_random_uuid(), debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
            user_data_128, user_data_64, user_data_32, timestamp + 1, era
        FROM ledger.transfer WHERE flags = 0 ORDER BY timestamp LIMIT 1"""
    swapped = """UPDATE ledger.seal AS s SET id = o.id, leaf = o.leaf FROM ledger.seal AS o
        WHERE s.position IN (40, 41) AND o.position = 81 - s.position"""

    assert any("entry was never sealed: transfer" in one for one in await tampered(superuser, sealed.public, forged))
    said = await tampered(superuser, sealed.public, swapped)
    assert {"seal names another entry: seal 40", "seal names another entry: seal 41"} <= set(said)


async def test_seals_rewritten_to_fit_are_found_by_what_was_signed(sealed: Kept, superuser: Database) -> None:
    """Whoever changes an entry and computes every later hash anew contradicts the statements, whose key they lack."""
    async with sealed.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, sealed.public)).seen
    said: list[str] = []
    remembered: list[str] = []
    try:
        async with superuser.transaction() as tx:
            for line in (
                "SET LOCAL session_replication_role = replica",
                "UPDATE ledger.transfer SET user_data_32 = 9 WHERE flags = 0 AND amount = 2000",
                "DELETE FROM ledger.seal",
                "DELETE FROM ledger.seal_node",
                "DELETE FROM ledger.owed",
            ):
                await tx.execute(Statement("rewrite", line))
            await books.seal(tx)
            said = await found(tx, sealed.public)
            await tx.execute(Statement("forget", "DELETE FROM ledger.statement"))
            remembered = await found(tx, sealed.public, seen)
            raise Undo
    except Undo:
        pass

    assert ["books differ from what was signed: statement 1", "books differ from what was signed: statement 2"] == said
    assert "books differ from what was signed: the check before" in remembered


async def test_statements_of_another_key_are_refused(sealed: Kept) -> None:
    """The key is not in the database, so whoever has that alone signs with another."""
    other = public_text(Ed25519PrivateKey.generate())
    async with sealed.database.transaction(read_only=True) as tx:
        said = await found(tx, other)

    assert [f"statement is not as it was signed: statement {n}" for n in (1, 2)] == said
