"""Whatever a superuser changes in the ledger's schema, with every trigger switched off, the check names the place.

The walk takes its tables and columns from the database, so one that is added tomorrow is watched, or listed with the
reason why it cannot matter, before this test passes again.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.ledger.books.conftest import CLEARING, TRANSIT, Kept
from tests.ledger.books.tampering import unnamed

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, Statement
from tuppence.ledger import Account, AccountFlags, Transfer, TransferFlags, books, chart
from tuppence.ledger.books.checking import Checked, Seen, judge

NOBODY = "'00000000-0000-0000-0000-000000000000'"


@dataclass(frozen=True)
class Table:
    """How a row of it is named where it is found, the order of its rows, and which of them are of one kind.

    `forged` is one row more, made out of `{one}`: any row that is there.
    """

    name: str
    order: str
    kind: str
    forged: str


TABLES = {
    "account": Table(
        name="id::text",
        order="timestamp",
        kind=f"(flags, user_data_128 = {NOBODY})",
        forged="""SELECT gen_random_uuid(), ledger, code, flags, 0, 0, 0, 0, user_data_128, user_data_64, user_data_32,
            timestamp + 3000 FROM {one}""",
    ),
    "transfer": Table(
        name="id::text",
        order="timestamp",
        kind="flags",
        forged="""SELECT gen_random_uuid(), debit_account_id, credit_account_id, amount, ledger, code, flags,
            pending_id, timeout, user_data_128, user_data_64, user_data_32, timestamp + 3000, era FROM {one}""",
    ),
    "transfer_pending": Table(
        name="id::text",
        order="id",
        kind="status",
        forged="SELECT (SELECT id FROM ledger.transfer WHERE flags = 0 LIMIT 1), 1 FROM {one}",
    ),
    "transfer_failed": Table(
        name="id::text",
        order="timestamp",
        kind="id IS NULL",
        forged="SELECT gen_random_uuid(), timestamp + 3000 FROM {one}",
    ),
    "account_balance": Table(
        name="account_id || ' at ' || timestamp",
        order="timestamp",
        kind="timestamp",
        forged="""SELECT account_id, debits_pending, debits_posted, credits_pending, credits_posted, timestamp + 3000
            FROM {one}""",
    ),
    "clock": Table(name="text 'clock'", order="last", kind="single", forged="SELECT true, 0, 0 FROM {one} WHERE false"),
    "seal": Table(
        name="'seal ' || position",
        order="position",
        kind="kind",
        forged="""SELECT max(position) + 1, 2, gen_random_uuid(), max(timestamp) + 3000, sha256(''), sha256('')
            FROM ledger.seal""",
    ),
    "seal_node": Table(
        name="'seal node ' || level || '/' || index",
        order="index",
        kind="level",
        forged="SELECT level, -1, hash FROM {one}",
    ),
    "owed": Table(
        name="account_id::text",
        order="account_id",
        kind=f"subject = {NOBODY}",
        forged="SELECT account_id, gen_random_uuid(), 0 FROM {one}",
    ),
    "statement": Table(
        name="'statement ' || number",
        order="number",
        kind="closes_day",
        forged="""SELECT number + 100, day, closes_day, count, made_at, document, signature, blinding FROM {one}""",
    ),
    "verdict": Table(
        name="'verdict of ' || checked_at",
        order="checked_at",
        kind="checked_at IS NULL",
        forged="SELECT clock_timestamp() + '1 year', took_seconds, entries, broken FROM {one}",
    ),
}

CANNOT_MATTER = {
    "clock.single": "a constraint allows one value only",
    "verdict.took_seconds": "nothing reads it but people",
    "verdict.entries": "nothing reads it but people",
    "verdict.broken": "ten minutes later the check says it again, and the log has said it",
    "verdict, gone": "then a check is due at once",
    "clock, forged": "its key allows one row only",
}

OTHER = {
    "uuid": "gen_random_uuid()",
    "bytea": "sha256({0})",
    "text": "{0} || ' '",
    "boolean": "NOT {0}",
    "date": "{0} + 1",
    "timestamp with time zone": "{0} + '1 hour'::interval",
    "jsonb": "'[{{}}]'",
}
SPECIAL = {
    **{
        (table, "timestamp"): "{0} + 5000"
        for table in ("account", "account_balance", "transfer", "transfer_failed", "seal")
    },
    ("seal", "kind"): "mod({0}, 4) + 1",
    ("seal_node", "level"): "{0} + 8",
    ("transfer_pending", "status"): "CASE {0} WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 1 END, expired_at = NULL",
    ("transfer_pending", "expires_at"): "coalesce({0}, 1) - 1",
    ("transfer_pending", "expired_at"): "coalesce({0}, 0) + 1",
    ("seal", "position"): "-{0}",
    ("statement", "number"): "-{0}",
    ("clock", "single"): "true",
    ("clock", "last"): "2 * {0}",
    ("verdict", "checked_at"): "{0} + '1 year'::interval",
}


@pytest.fixture
async def walked(kept: Kept) -> Kept:
    """Books with rows of every kind: an account that keeps its history, a subtree, a verdict."""
    noted = Account(uuid7(), 840, chart.house_accounts("USD")[0].code, AccountFlags.HISTORY)
    async with kept.database.transaction() as tx:
        await ledger.create_accounts(tx, [noted])
    held = Transfer(uuid7(), CLEARING, noted.id, 30, 840, 1, flags=TransferFlags.PENDING)
    await kept.move(held, *(Transfer(uuid7(), CLEARING, noted.id, 5, 840, 1) for _ in range(3)))
    await kept.settle(held.id, uuid7(), TransferFlags.POST_PENDING_TRANSFER)
    await kept.move(*(Transfer(uuid7(), CLEARING, TRANSIT, 1, 840, 1) for _ in range(240)))
    await kept.state()
    await kept.pay(7)
    await kept.state()
    async with kept.database.transaction() as tx:
        await judge(tx, Checked([], Seen()), 0.1)
    return kept


async def changes(superuser: Database) -> AsyncIterator[tuple[str, str, str]]:
    """Everything that is tried: its name, its statement, and the names by which its place may be told."""
    for table, column, kind in await _columns(superuser):
        how = TABLES[table]
        other = SPECIAL.get((table, column), OTHER.get(kind, "{0} + 1")).format(column)
        for row in await _rows(superuser, table):
            yield (
                f"{table}.{column}",
                f"UPDATE ledger.{table} SET {column} = {other} WHERE {how.name} = '{row}'",
                f"ARRAY['{row}', {how.name}]",
            )
    for table, how in TABLES.items():
        one = f"(SELECT * FROM ledger.{table} ORDER BY {how.order} LIMIT 1) AS one"
        yield f"{table}, forged", f"INSERT INTO ledger.{table} {how.forged.format(one=one)}", f"ARRAY[{how.name}]"
        for row in await _rows(superuser, table):
            yield f"{table}, gone", f"DELETE FROM ledger.{table} WHERE {how.name} = '{row}'", f"ARRAY['{row}']"


async def _columns(superuser: Database) -> list[list[str]]:
    statement = Statement(
        "columns",
        """SELECT table_name || ' ' || column_name || ' ' || data_type
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'ledger' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position""",
    )
    async with superuser.transaction() as tx:
        return [str(one).split(" ", 2) for one in await tx.scalars(statement)]


async def _rows(superuser: Database, table: str) -> list[str]:
    """By name, the first and the last row of each kind."""
    how = TABLES[table]
    rows = f"""SELECT DISTINCT unnest(ARRAY[(array_agg({how.name} ORDER BY {how.order}))[1],
        (array_agg({how.name} ORDER BY {how.order} DESC))[1]]) FROM ledger.{table} GROUP BY {how.kind}"""
    async with superuser.transaction() as tx:
        return [str(one) for one in await tx.scalars(Statement("rows", rows))]


async def test_the_walk_forgets_no_table(superuser: Database) -> None:
    """The tables that are walked are those that the schema has."""
    assert TABLES.keys() == {table for table, _, _ in await _columns(superuser)}


async def test_no_change_of_any_column_row_or_table_is_missed(walked: Kept, superuser: Database) -> None:
    """Each column of the first and last row of each kind, each of those rows gone, and a forged one in every table."""
    async with walked.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, walked.public)).seen
    missed = {}
    async for change, statement, place in changes(superuser):
        said = await unnamed(superuser, walked.public, statement, place, seen)
        if said is not None and change not in CANNOT_MATTER:
            missed[statement] = said

    assert {} == missed
