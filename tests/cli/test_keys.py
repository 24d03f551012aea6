"""`tuppence keys`: an operator makes a key for somebody, sees it in the list, ends it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tuppence import people
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Urls

Run = Callable[..., Awaitable["subprocess.CompletedProcess[str]"]]


@pytest.fixture
async def run(urls: Urls, database: Database) -> Run:
    """The command, in a sandbox where Ann has signed up."""
    async with database.transaction() as tx:
        await people.sign_up(tx, [people.SignUp(uuid7(), "ann", "Ann", "en", "no password")])
    given = {"OWNER_DATABASE_URL": urls.owner, "DATABASE_URL": urls.app, "SANDBOX": "true"}
    environment = os.environ | {f"TUPPENCE_{name}": value for name, value in given.items()}

    async def command(*words: str, **said: str) -> "subprocess.CompletedProcess[str]":
        line = [sys.executable, "-m", "tuppence.cli", "keys", *words]
        return await asyncio.to_thread(
            subprocess.run, line, env=environment | said, capture_output=True, text=True, timeout=60
        )

    return command


async def test_a_key_from_making_to_its_end(run: Run, database: Database) -> None:
    """What `create` prints opens what it says; `list` shows its beginning only; after `revoke` it opens nothing."""
    made = await run("create", "--person", "@Ann", "--scope", "ledger:read", "--name", "Nightly", "--days", "30")
    key = made.stdout.strip()
    async with database.transaction() as tx:
        (found,) = await people.keys.access(tx, [key])
    listed = (await run("list")).stdout
    assert isinstance(found, people.keys.Key), made.stderr
    ended = await run("revoke", str(found.id))
    async with database.transaction() as tx:
        (over,) = await people.keys.access(tx, [key])

    assert ("ann", "Nightly", ("ledger:read",)) == (found.handle, found.name, found.scopes)
    assert key.startswith("tup_test_")
    assert f"{found.prefix}…  ann  Nightly  ledger:read" in listed
    assert key not in listed + made.stderr + ended.stdout
    assert "revoked" in (await run("list")).stdout
    assert isinstance(over, people.errors.KeyEnded)


async def test_a_sandboxs_folder_makes_test_keys(run: Run, tmp_path: Path) -> None:
    """Where simulated banks keep their journal no key is called live, though the shell says nothing of a sandbox."""
    ask = ("create", "--person", "ann", "--scope", "ledger:read")
    said = {"TUPPENCE_SANDBOX": "false", "TUPPENCE_DATA_DIR": str(tmp_path)}
    live = await run(*ask, **said)
    (tmp_path / "simulator").mkdir()
    test = await run(*ask, **said)

    assert ("tup_live_", "tup_test_") == (live.stdout[:9], test.stdout[:9])


@pytest.mark.parametrize(
    "words",
    [
        ("create", "--person", "nobody", "--scope", "ledger:read"),
        ("create", "--person", "ann", "--scope", "everything"),
        ("revoke", "01a20000-0000-7000-8000-00000000dead"),
    ],
)
async def test_a_mistake_is_told_in_a_sentence(run: Run, words: tuple[str, ...]) -> None:
    """Nobody of that name, no such scope, no such key: a sentence and a code, never a traceback."""
    said = await run(*words)

    assert 0 != said.returncode
    assert "Traceback" not in said.stderr
    assert said.stderr.strip()
