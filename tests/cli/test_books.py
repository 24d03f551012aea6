"""`tuppence books`: an operator reads what was booked for somebody, by any of their names."""

import asyncio
import os
import subprocess
import sys

import pytest

from tuppence import ledger, people
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Transfer, chart


@pytest.fixture
async def ann(database: Database) -> people.Person:
    """Somebody for whom five dollars are parked."""
    async with database.transaction() as tx:
        (signed_up,) = await people.sign_up(tx, [people.SignUp(uuid7(), "ann", "Ann", "en", "no password")])
        assert isinstance(signed_up, people.Person)
        await ledger.open_house(tx, "USD")
        parked = chart.personal_account("parked", signed_up.id, "USD")
        await ledger.create_accounts(tx, [parked])
        await ledger.create_transfers(
            tx, [Transfer(uuid7(), chart.house("card_clearing", "USD"), parked.id, 500, 840, 4)]
        )
    return signed_up


async def books(urls: Urls, *words: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "tuppence.cli", "books", *words]
    environment = os.environ | {"TUPPENCE_DATABASE_URL": urls.app, "TUPPENCE_SANDBOX": "true"}
    return await asyncio.to_thread(subprocess.run, line, env=environment, capture_output=True, text=True, timeout=60)


async def test_a_person_is_found_by_id_and_by_handle(ann: people.Person, urls: Urls) -> None:
    """One statement, whatever the person is called, with the balance after each line."""
    by_id, by_handle, by_link = [await books(urls, "statement", one) for one in (str(ann.id), "ann", "@Ann")]

    assert by_id.stdout == by_handle.stdout == by_link.stdout
    assert ["parked", "park", "5.00", "-5.00", "USD"] == by_handle.stdout.splitlines()[-1].split()[1:]
    assert "-5.00 USD" in (await books(urls, "balance", "ann")).stdout


async def test_who_has_no_account_is_told_so(ann: people.Person, urls: Urls) -> None:
    """A name that nobody has, and an id of nothing, are no empty statement."""
    for unknown in ("bo", str(uuid7())):
        asked = await books(urls, "statement", unknown)

        assert (1, "") == (asked.returncode, asked.stdout)
        assert asked.stderr.startswith("No account: nothing was ever booked for")


@pytest.mark.parametrize("words", [("check", "--key", "00" * 32), ("trial-balance",)])
async def test_an_empty_database_is_told_what_to_run(server: Server, words: tuple[str, ...]) -> None:
    """Nobody has migrated it: a sentence and a code, no traceback."""
    asked = await books(server.urls_of("postgres"), *words)

    assert (2, "") == (asked.returncode, asked.stdout)
    assert "There is nothing in this database yet. Run `tuppence migrate` first.\n" == asked.stderr
