"""What a batch costs the database, counted in rows and statements: numbers that no machine changes."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from tuppence import ledger
from tuppence.db import Database, Statement, Tx
from tuppence.ledger import Account, CreateTransferStatus, Transfer

HOUSE, FRIENDS = UUID(int=1), [UUID(int=n) for n in range(2, 52)]
TOUCHED = Statement("touched", "SELECT pg_stat_get_xact_tuples_updated('ledger.account'::regclass)")


@pytest.fixture
async def books(database: Database) -> Database:
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, [Account(one, 840, 1) for one in [HOUSE, *FRIENDS]])
    return database


def payments() -> list[Transfer]:
    """Two from each friend, all to the house."""
    return [Transfer(uuid4(), one, HOUSE, 5, 840, 1) for one in FRIENDS * 2]


async def touched_by(books: Database, batches: Sequence[Sequence[Transfer]]) -> int:
    """How many rows of accounts these batches wrote in one transaction."""
    async with books.transaction() as tx:
        for batch in batches:
            results = await ledger.create_transfers(tx, batch)
            assert {one.status for one in results} == {CreateTransferStatus.CREATED}
        (count,) = await tx.scalars(TOUCHED)
    return int(count)


async def test_a_batch_touches_each_account_once_however_hot(books: Database) -> None:
    """A hundred payments of fifty friends to one house account write fifty-one rows."""
    assert len(FRIENDS) + 1 == await touched_by(books, [payments()])


async def test_a_transfer_at_a_time_touches_two_each(books: Database) -> None:
    """The seeded bug: a batch that is no batch. The same payments write two hundred rows."""
    assert 200 == await touched_by(books, [[one] for one in payments()])


async def test_a_batch_takes_two_statements_whatever_its_size(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the ledger and write; one more if an id has been used before."""
    asked: list[str] = []
    run = Tx._run

    async def noted(tx: Tx, statement: Statement, parameters: dict[str, object]) -> object:
        asked.append(statement.name.rpartition(".")[2])
        return await run(tx, statement, parameters)

    monkeypatch.setattr(Tx, "_run", noted)
    many, one = payments(), payments()[:1]
    for batch in (many, one, one):
        async with books.transaction() as tx:
            await ledger.create_transfers(tx, batch)

    assert ["lock", "write", "lock", "write", "lock", "load_transfers"] == asked
