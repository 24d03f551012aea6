"""What each process holds, and what it may not do."""

import subprocess
import sys

import pytest

from tuppence.app.rails import CalledInTransaction, no_open_transaction
from tuppence.db import Database

FOREIGN = {
    "vault": ("tuppence.http", "tuppence.payments", "tuppence.people", "tuppence.chat", "tuppence.ledger", "fastapi"),
    "simulator": ("tuppence.http", "tuppence.payments", "tuppence.db", "psycopg"),
    "worker": ("tuppence.http", "tuppence.vault.cards", "tuppence.vault.app", "fastapi"),
    "server": ("tuppence.vault.cards", "tuppence.vault.app", "tuppence.vault.attempts"),
}


@pytest.mark.parametrize("process", FOREIGN)
def test_a_process_loads_only_what_it_may_hold(process: str) -> None:
    """The vault's process has nothing of the app in it, and no other process can open a card."""
    told = f"import sys, tuppence.app.{process}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()

    assert not [name for name in loaded if name.startswith(FOREIGN[process])]


class Rail:
    """A connector that answers."""

    async def debit(self, amount_minor: int) -> str:
        return f"took {amount_minor}"


async def test_no_rail_is_called_with_a_transaction_open(database: Database) -> None:
    """A call inside a transaction is refused before it is made; outside it goes through."""
    rail = no_open_transaction(Rail())

    assert "took 2000" == await rail.debit(2000)
    async with database.transaction():
        with pytest.raises(CalledInTransaction):
            await rail.debit(2000)
        assert "took 2000" == await Rail().debit(2000)  # the seeded bug: without the guard nobody notices
