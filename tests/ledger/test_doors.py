"""Who may write what: the app through one function only, and nobody changes what is in the books."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from tuppence import ledger
from tuppence.db import Database, Statement
from tuppence.db.embedded import Urls
from tuppence.ledger import Account, AccountFlags, Transfer, TransferFlags
from tuppence.ledger.rows import account_array, transfer_array

USD = 840
LIMITED = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
A, B, POOR, EURO = (UUID(int=n) for n in range(1, 5))
T, HELD = UUID(int=10), UUID(int=11)
PENDING, POST, VOID = 2, 4, 8
DOORS = ["judge", "lock", "seal", "state", "write", "write_remembered"]
TABLES = ["account", "transfer", "transfer_pending", "transfer_failed", "account_balance", "clock"]


@pytest.fixture
async def books(database: Database) -> Database:
    """Two plain accounts, one that must not go below zero, one in euro; a transfer and a pending one."""
    async with database.transaction() as tx:
        opened = [Account(A, USD, 1), Account(B, USD, 1), Account(POOR, USD, 1, LIMITED), Account(EURO, 978, 1)]
        await ledger.create_accounts(tx, opened)
        await ledger.create_transfers(
            tx, [Transfer(T, A, B, 100, USD, 1), Transfer(HELD, A, B, 50, USD, 1, flags=PENDING, timeout=3600)]
        )
    return database


@pytest.fixture
async def owner(urls: Urls, books: Database) -> AsyncIterator[AsyncConnection]:
    """A connection of the role that owns every table."""
    async with await AsyncConnection.connect(urls.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def app(urls: Urls, books: Database) -> AsyncIterator[AsyncConnection]:
    """A connection of the app's role, past all of our code."""
    async with await AsyncConnection.connect(urls.app, autocommit=True) as connection:
        yield connection


async def refusal(connection: AsyncConnection, statement: str, *parameters: object) -> str | None:
    """What PostgreSQL calls its refusal: a constraint's name or an error's; None if it did as it was told."""
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(statement.encode(), parameters or None)
    except psycopg.Error as error:
        return error.diag.constraint_name or type(error).__name__
    return None


async def test_the_app_writes_in_no_table(app: AsyncConnection) -> None:
    """The app's role has no right to write in any table of the ledger, nor to lock a row of it."""
    verbs = [
        "INSERT INTO {} DEFAULT VALUES",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "SELECT FROM {} FOR UPDATE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
    ]
    columns = {"account": "credits_posted", "transfer": "amount", "transfer_pending": "status", "clock": "last"}
    statements = [verb.format(f"ledger.{table}") for verb in verbs for table in TABLES]
    statements += [f"UPDATE ledger.{table} SET {column} = {column}" for table, column in columns.items()]

    assert dict.fromkeys(statements, "InsufficientPrivilege") == {one: await refusal(app, one) for one in statements}


async def test_the_vault_sees_nothing(urls: Urls, books: Database) -> None:
    """The vault's role has no business in the ledger."""
    async with await AsyncConnection.connect(urls.vault, autocommit=True) as vault:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await vault.execute("SELECT FROM ledger.account")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await vault.execute("SELECT ledger.lock('{}', '{}', '{}')")


async def test_every_door_looks_where_it_was_told(app: AsyncConnection) -> None:
    """A function that runs with the owner's rights can't be led to somebody else's table of the same name."""
    query = """SELECT proname, proconfig[1] FROM pg_proc
        WHERE pronamespace = 'ledger'::regnamespace AND prosecdef ORDER BY proname"""
    doors = await (await app.execute(query)).fetchall()

    assert [(name, "search_path=pg_catalog, pg_temp") for name in DOORS] == doors


async def test_nobody_rewrites_the_books(owner: AsyncConnection) -> None:
    """Not even the owner of the tables changes or deletes a transfer, an account's name, a used-up id or history."""
    statements = [
        "UPDATE ledger.transfer SET amount = amount + 1",
        "DELETE FROM ledger.transfer",
        "TRUNCATE ledger.transfer CASCADE",
        "DELETE FROM ledger.account",
        "UPDATE ledger.account SET ledger = 978",
        "UPDATE ledger.account SET id = id",
        "UPDATE ledger.account SET timestamp = 1",
        "DELETE FROM ledger.transfer_pending",
        "UPDATE ledger.transfer_failed SET id = id",
        "DELETE FROM ledger.account_balance",
    ]

    assert dict.fromkeys(statements, "RestrictViolation") == {one: await refusal(owner, one) for one in statements}


async def test_the_check_finds_what_a_superior_did(owner: AsyncConnection) -> None:
    """What the owner can still do to a row by hand shows in the view that must be empty."""
    account, pending = "UPDATE ledger.account SET", "UPDATE ledger.transfer_pending SET"
    done = {
        f"{account} debits_posted = debits_posted + 1 WHERE credits_posted > 0": "debits differ from credits",
        f"{account} debits_posted = debits_posted + 1 WHERE flags = 0": "balance differs from its transfers",
        f"{account} flags = flags | 8": "history differs from its transfers",
        f"{pending} status = 3": "settled otherwise than its status says",
        f"{pending} status = 2": "settled otherwise than its status says",
        f"{pending} status = 4, expired_at = expires_at": "balance differs from its transfers",
        "UPDATE ledger.clock SET last = 1": "newer than the clock",
    }
    for statement, broken in done.items():
        async with owner.transaction(force_rollback=True):
            await owner.execute(statement.encode())
            rows = await (await owner.execute("SELECT what FROM ledger.broken")).fetchall()

        assert (broken,) in rows, statement


WRITE = "SELECT ledger.write('{}', %s, '{}', '{}', %s, %s, (SELECT last FROM ledger.clock), 9223372036854775807)"


def stored(**given: object) -> Transfer:
    """A transfer as the rules would hand it over, but for what a test gets wrong."""
    usual = Transfer(uuid4(), A, B, 1, USD, 1, timestamp=2**62)
    return usual._replace(**given)  # type: ignore[arg-type]


async def test_the_door_refuses_what_the_rules_would_not_decide(app: AsyncConnection) -> None:
    """Past the rules, the last net: a named constraint, or the function itself, refuses the whole write."""
    wrong = [
        (stored(debit_account_id=POOR), "account_debits_within_credits"),
        (stored(credit_account_id=EURO), "transfer_accounts_are_of_its_ledger"),
        (stored(debit_account_id=EURO), "transfer_accounts_are_of_its_ledger"),
        (stored(debit_account_id=UUID(int=404)), "transfer_accounts_are_of_its_ledger"),
        (stored(amount=-1), "transfer_amount_not_negative"),
        (stored(credit_account_id=A), "transfer_moves_between_two"),
        (stored(id=T), "transfer_pkey"),
        (stored(flags=POST, pending_id=HELD, amount=51), "RestrictViolation"),
        (stored(flags=VOID, pending_id=HELD, amount=49), "RestrictViolation"),
        (stored(flags=POST, pending_id=HELD, amount=50, credit_account_id=POOR), "RestrictViolation"),
        (stored(flags=POST, pending_id=T), "RestrictViolation"),
        (stored(flags=VOID, pending_id=UUID(int=404)), "RestrictViolation"),
    ]

    assert [name for _, name in wrong] == [await refusal(app, WRITE, transfer_array([one]), [], []) for one, _ in wrong]


async def test_a_pending_transfer_ends_once_even_past_the_rules(app: AsyncConnection) -> None:
    """Posting and voiding the same pending transfer in one write, or expiring it too early, is refused."""
    post = stored(flags=POST, pending_id=HELD, amount=50)
    void = stored(flags=VOID, pending_id=HELD, amount=50, timestamp=2**62 + 1)

    assert "transfer_settles_once" == await refusal(app, WRITE, transfer_array([post, void]), [], [])
    assert "transfer_pending_expired_when_due" == await refusal(app, WRITE, "{}", [HELD], [1])


async def test_what_is_not_the_transfer_cannot_be_said(app: AsyncConnection) -> None:
    """Balances handed to the door with a new account are ignored: they come from transfers alone."""
    rich = Account(uuid4(), USD, 1, debits_posted=5, credits_posted=10**9, timestamp=2**62)
    await app.execute(
        b"SELECT ledger.write(%s, '{}', '{}', '{}', '{}', '{}', (SELECT last FROM ledger.clock), %s)",
        (account_array([rich]), 2**62),
    )
    row = await (await app.execute("SELECT credits_posted FROM ledger.account WHERE id = %s", (rich.id,))).fetchone()

    assert (0,) == row


async def test_the_era_is_not_the_callers_to_say(app: AsyncConnection) -> None:
    """The door counts eras; one that comes with a transfer is ignored."""
    one = stored()
    said = transfer_array([one]).replace(",)", ",7)")
    await app.execute(WRITE.encode(), (said, [], []))
    row = await (await app.execute("SELECT era FROM ledger.transfer WHERE id = %s", (one.id,))).fetchone()

    assert (0,) == row


async def test_a_batch_decided_on_stale_rows_is_refused(books: Database) -> None:
    """Whoever decides without taking the ledger first can't write: the clock has moved on."""
    stale = Statement("stale", "SELECT ledger.write('{}', '{}', '{}', '{}', '{}', '{}', 1, 2)")

    with pytest.raises(psycopg.errors.SerializationFailure):
        async with books.transaction() as tx:
            await tx.execute(stale)


def test_flags_are_those_of_the_migration() -> None:
    """The numbers in the SQL are these; a change here needs a migration there."""
    assert (2, 4, 8, 32) == (
        AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
        AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
        AccountFlags.HISTORY,
        AccountFlags.CLOSED,
    )
    assert (2, 4, 8, 64, 128) == (
        TransferFlags.PENDING,
        TransferFlags.POST_PENDING_TRANSFER,
        TransferFlags.VOID_PENDING_TRANSFER,
        TransferFlags.CLOSING_DEBIT,
        TransferFlags.CLOSING_CREDIT,
    )
