"""One real PostgreSQL a session; a fresh, migrated database a test; the books are checked at the end of each."""

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.quick import quick_folder
from tests.stock import Stock

from tuppence.db import Database, Tx, migrate
from tuppence.db.binaries import Binaries
from tuppence.db.embedded import Server, Urls


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The embedded server, migrated once; TUPPENCE_TEST_PG_BINDIR names another version's programs."""
    other = os.environ.get("TUPPENCE_TEST_PG_BINDIR")
    with quick_folder() as folder, _removed_at_the_end(Path(folder)):
        server = Server(Path(folder), Binaries.from_folder(Path(other)) if other else None).start()
        _be_quick(server)
        asyncio.run(migrate(server.urls.owner, which="main"))
        asyncio.run(migrate(server.urls.owner, which="vault"))
        yield server


@contextmanager
def _removed_at_the_end(folder: Path) -> Iterator[None]:
    """See that the server goes when we go, killed or not: another process waits for our end of a pipe to close."""
    program = (
        "import sys; from pathlib import Path; sys.stdin.read()\n"
        "from tuppence.db.embedded import Server; Server(Path(sys.argv[1])).remove()"
    )
    watcher = subprocess.Popen([sys.executable, "-c", program, folder], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        watcher.communicate()


def _be_quick(server: Server) -> None:
    """Tests kill processes, never the machine: what the kernel has is safe, and a fresh database costs a third."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def stock(server: Server) -> Stock:
    """Where the tests' databases come from."""
    return Stock(server)


@pytest.fixture
def urls(stock: Stock) -> Iterator[Urls]:
    """URLs of a fresh database for the three roles."""
    with stock.lent() as urls:
        yield urls


@pytest.fixture
async def database(urls: Urls) -> AsyncIterator[Database]:
    """The app's database. After the test its books must be proven."""
    database = await Database.open(urls.app, name="test", max_size=8)
    try:
        yield database
        ledger = importlib.import_module("tuppence.ledger")
        async with database.transaction(read_only=True) as tx:
            assert await ledger.check(tx) == []
    finally:
        await database.close()


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Tx]:
    """An open transaction on the app's database."""
    async with database.transaction() as tx:
        yield tx


@pytest.fixture
async def vault_database(urls: Urls) -> AsyncIterator[Database]:
    """The same database seen by the vault's role."""
    database = await Database.open(urls.vault, name="test vault", max_size=4)
    yield database
    await database.close()
