import asyncio
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import tuppence
from tuppence.db import MigrationChanged, Statements, migrate
from tuppence.db.embedded import Server, Urls
from tuppence.db.migrate import Which, migrations

ROOMS = Path(tuppence.__file__).parent


@pytest.fixture
def empty(server: Server) -> Urls:
    """A database as an administrator makes it by hand: empty, owned by the owner's role."""
    with psycopg.connect(server.superuser_url, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS test_empty WITH (FORCE)")
        admin.execute("CREATE DATABASE test_empty TEMPLATE template0 OWNER tuppence_owner")
        admin.execute("GRANT CONNECT ON DATABASE test_empty TO tuppence_app, tuppence_vault")
    return server.urls_of("test_empty")


@pytest.mark.parametrize("which", ["main", "vault"])
async def test_migrations_apply_once_and_in_order(empty: Urls, which: Which) -> None:
    """From empty to current by number; a second run has nothing to do, and every file's digest is written down."""
    applied = await migrate(empty.owner, which=which)

    assert [one.name for one in migrations(which)] == applied
    assert sorted(one.number for one in migrations(which)) == [one.number for one in migrations(which)]
    assert [] == await migrate(empty.owner, which=which)
    schema = "tuppence" if which == "main" else "vault"
    with psycopg.connect(empty.owner) as owner:
        rows = owner.execute(f"SELECT number, digest FROM {schema}.migration ORDER BY number".encode()).fetchall()
    assert [(one.number, one.digest) for one in migrations(which)] == rows


async def test_runners_that_start_together_apply_each_once(empty: Urls) -> None:
    """Server and worker may both migrate when they start: an advisory lock lets one work and the other find it done."""
    first, second = await asyncio.gather(migrate(empty.owner, which="main"), migrate(empty.owner, which="main"))

    assert [one.name for one in migrations("main")] == first + second
    assert [] in (first, second)


async def test_a_file_that_changed_after_it_was_applied_is_refused(urls: Urls) -> None:
    """History is not rewritten: the runner stops before it applies anything on top of another past."""
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("UPDATE tuppence.migration SET digest = 'of another text' WHERE number = 2")

    with pytest.raises(MigrationChanged, match="0002 ledger"):
        await migrate(urls.owner, which="main")


async def test_a_migration_that_fails_leaves_nothing(empty: Urls) -> None:
    """Each file is one transaction: what stands before the mistake is not there afterwards."""
    with psycopg.connect(empty.owner, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA people")  # in the way of the first migration, which makes others before it

    with pytest.raises(psycopg.errors.DuplicateSchema):
        await migrate(empty.owner, which="main")
    with psycopg.connect(empty.owner) as owner:
        assert (None,) == owner.execute("SELECT to_regnamespace('ledger')").fetchone()
        assert (0,) == owner.execute("SELECT count(*) FROM tuppence.migration").fetchone()


# - who may do what ---------------------------------------------------------------------------------------------------


def test_the_app_cannot_look_into_the_vault(urls: Urls) -> None:
    """No table, no function, no schema of the vault's is the app's, and none of the rooms' is the vault's."""
    tables = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(%s)"
    with psycopg.connect(urls.owner) as owner:
        vaults = [row[0] for row in owner.execute(tables, (["vault"],))]
        others = [
            row[0] for row in owner.execute(tables, (["ledger", "outbox", "people", "chat", "payments", "billing"],))
        ]
    assert "vault.card" in vaults
    assert "ledger.account" in others
    for url, forbidden in ((urls.app, vaults), (urls.vault, others)):
        for table in forbidden:
            with psycopg.connect(url) as stranger, pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute(f"SELECT count(*) FROM {table}".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger.account (id) VALUES (gen_random_uuid())",
        "UPDATE ledger.account SET debits_posted = 0",
        "DELETE FROM ledger.transfer",
        "TRUNCATE ledger.transfer",
        "UPDATE outbox.feed_entry SET payload = '{}'",
        "DELETE FROM tuppence.migration",
        "CREATE TABLE public.mine ()",
        "CREATE SCHEMA mine",
        "ALTER TABLE outbox.job ADD mine int",
        "COPY outbox.job TO '/tmp/stolen'",
        "SET ROLE tuppence_owner",
        "SET ROLE tuppence_vault",
    ],
)
def test_the_app_can_do_no_more_than_it_needs(urls: Urls, statement: str) -> None:
    """Whoever takes over the app's role writes no balance, rewrites no history, makes and takes nothing."""
    with psycopg.connect(urls.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_nothing_is_granted_to_everybody(urls: Urls) -> None:
    """No schema, table or function of ours is open to PUBLIC, so a new role starts with nothing."""
    granted = """
        SELECT nspname::text FROM pg_namespace, aclexplode(nspacl) AS acl
        WHERE grantee = 0 AND nspname !~ '^(pg_|information_)'
        UNION ALL
        SELECT oid::regclass::text FROM pg_class, aclexplode(relacl) AS acl
        WHERE grantee = 0 AND relnamespace::regnamespace::text !~ '^(pg_|information_)'
        UNION ALL
        SELECT oid::regprocedure::text FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
        WHERE grantee = 0 AND pronamespace::regnamespace::text !~ '^(pg_|information_)'"""
    with psycopg.connect(urls.owner) as owner:
        assert [] == owner.execute(granted).fetchall()


# - every statement ---------------------------------------------------------------------------------------------------


STATEMENTS = sorted(ROOMS.glob("**/sql/*.sql"))
RUN_BY = {"vault/": "vault", "ledger/door/": "owner"}  # all others by the app


def test_every_statement_fits_the_schema(urls: Urls) -> None:
    """Each .sql file is a statement that PostgreSQL can plan for the role that runs it: names, types and rights fit."""
    assert STATEMENTS
    broken = {}
    with ExitStack() as roles:
        roles_of = {who: roles.enter_context(psycopg.connect(getattr(urls, who))) for who in ("app", "vault", "owner")}
        for file in STATEMENTS:
            package = ".".join(file.parent.parent.relative_to(ROOMS.parent).parts)
            name = str(file.relative_to(ROOMS))
            connection = roles_of[next((who for where, who in RUN_BY.items() if name.startswith(where)), "app")]
            try:
                prepare(connection, getattr(Statements(package), file.stem).text)
            except psycopg.Error as error:
                broken[name] = str(error).splitlines()[0]
            connection.rollback()

    assert {} == broken


@pytest.mark.parametrize(
    "text",
    [
        "SELECT colour FROM outbox.job WHERE key = %(key)s",
        "SELECT key FROM outbox.job WHERE key = %(key)s::uuid",
        "SELECT unnest(%(keys)s)",
        "SELECT key FROM outbox.job; SELECT 1",
        "SELECT token FROM vault.card",
        "DELETE FROM ledger.transfer",
    ],
)
def test_a_statement_that_does_not_fit_is_found(urls: Urls, text: str) -> None:
    """A wrong column, type, untyped array, second statement, foreign room or missing right does not pass unseen."""
    with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.Error):
        prepare(connection, text)


def prepare(connection: psycopg.Connection[tuple[object, ...]], text: str) -> None:
    """Prepare it with the driver's own reading of its parameters, and plan it, which is when rights are looked at."""
    query = psycopg._queries.PostgresQuery(psycopg.adapt.Transformer(connection))
    query.convert(text.encode(), Everything())
    connection.execute("DEALLOCATE ALL")
    prepared = connection.pgconn.prepare(b"one", query.query)
    if prepared.status != psycopg.pq.ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(prepared)
    nulls = sql.SQL(", ").join([sql.NULL] * len(query.types or ()))
    connection.execute(sql.SQL("EXPLAIN EXECUTE one({})" if query.types else "EXPLAIN EXECUTE one").format(nulls))


class Everything(dict[str, None]):
    """A value for whatever name a statement has a parameter of."""

    def __missing__(self, name: str) -> None:
        return None

    def __contains__(self, name: object) -> bool:
        return True
