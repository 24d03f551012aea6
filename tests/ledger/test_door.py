"""The test door: what its page shows is so with both engines, and both answer the whole table alike."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from tests.ledger.agreement import played
from tests.ledger.precedence import TABLES, case

from tuppence.core import uuid7
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Account, QueryFilter, Transfer, door
from tuppence.ledger.door.model import START
from tuppence.ledger.filters import LIMIT_MOST, TooMuchData

PAGE = Path(__file__).parents[2] / "docs/design/ledger-door.md"
EXAMPLE = re.search(r"^```jsonl\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
async def postgres(server: Server, urls: Urls) -> AsyncIterator[door.PostgresDoor]:
    """A door to this test's own database; the fixture that checks books has no part here, since worlds are loaded."""
    with psycopg.connect(urls.owner) as owner:
        name = owner.info.dbname
    async with door.PostgresDoor.opened(server.superuser_url_of(name)) as opened:
        yield opened


@pytest.mark.parametrize("engine", ["pure", "postgres"])
def test_what_the_page_shows_is_so(engine: str) -> None:
    """Each line of the page's example is answered, by the command, with the line below it."""
    assert EXAMPLE is not None
    lines = EXAMPLE[1].splitlines()
    asked = "".join(line[2:] + "\n" for line in lines if line.startswith("> "))
    command = [sys.executable, "-m", "tuppence.cli", "ledger", "door", "--engine", engine]
    said = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=60)

    assert [json.loads(line[2:]) for line in lines if line.startswith("< ")] == [
        json.loads(line) for line in said.stdout.splitlines()
    ]


@pytest.mark.parametrize("kind", TABLES)
async def test_both_engines_answer_the_whole_table_alike(postgres: door.PostgresDoor, kind: str) -> None:
    """Each fault of the contract's table, in a world loaded through the door, gets its status from PostgreSQL too."""
    answered = {}
    for fault in TABLES[kind]:
        one = case(kind, {**fault.reach, **fault.spoil})
        doors: list[door.Door] = [door.PureDoor(), postgres]
        results = [await played(opened, one) for opened in doors]
        assert results[0] == results[1], fault.status.name
        answered[fault.status] = results[1][-1].status

    assert {fault.status: fault.status for fault in TABLES[kind]} == answered


async def test_a_restart_keeps_what_was_committed_and_a_reset_nothing(postgres: door.PostgresDoor) -> None:
    """After a restart the same rows are read; after a reset there are none, and the clock is as it was."""
    opening = [Account(uuid7(), 840, 1, credits_posted=5), Account(uuid7(), 840, 1)]
    await postgres.load(opening)
    postgres.now_ns = 2 * START
    await postgres.create_transfers([Transfer(uuid7(), opening[0].id, opening[1].id, 5, 840, 1)])
    before = await postgres.query_accounts(QueryFilter())
    await postgres.restart()

    assert before == await postgres.query_accounts(QueryFilter())
    assert (5, 5) == (before[0].debits_posted, before[0].credits_posted)
    await postgres.reset()
    assert ([], START) == (await postgres.query_accounts(QueryFilter()), postgres.now_ns)


async def test_a_database_in_use_is_left_alone(server: Server, postgres: door.PostgresDoor, urls: Urls) -> None:
    """Whoever has accounts in the ledger is no throw-away: the door stays shut."""
    await postgres.load([Account(uuid7(), 840, 1)])
    with psycopg.connect(urls.owner) as owner:
        name = owner.info.dbname

    with pytest.raises(door.NotThrowAway):
        async with door.PostgresDoor.opened(server.superuser_url_of(name)):
            pass


async def test_the_products_roles_can_not_load(urls: Urls) -> None:
    """Neither the app nor the owner may put triggers aside: with their URLs, loading is refused."""
    for url in (urls.app, urls.owner):
        async with door.PostgresDoor.opened(url) as opened:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await opened.load([Account(uuid7(), 840, 1)])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "nonsense",
        '{"op":"create_transfers"}',
        '{"op":"create_transfers","events":[{"id":-1}]}',
        '{"op":"create_transfers","events":[{"id":1,"code":65536}]}',
        '{"op":"create_transfers","events":[{"id":1,"amount":1.5}]}',
        '{"op":"create_transfers","events":[{"id":1,"flags":["sideways"]}]}',
        '{"op":"create_transfers","events":[{"id":1,"sum":3}]}',
        '{"op":"lookup_accounts","ids":["not-a-number"]}',
    ],
)
async def test_a_line_that_says_nothing_is_answered(line: str) -> None:
    """A mistake of the harness's is told, and the door stays open."""
    told = json.loads(await door.answer(door.PureDoor(), line))

    assert (False, "not_understood") == (told["ok"], told["error"])


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"op":"load","accounts":[7]}',
        '{"op":"load","accounts":[{"id":1,"ledger":1,"code":1,"debits_posted":"9223372036854775808"}]}',
    ],
)
async def test_a_line_that_is_too_much_is_answered(line: str) -> None:
    """Too deep, not an object, more than an account can hold: the door stays open."""
    opened = door.PureDoor()

    assert "not_understood" == json.loads(await door.answer(opened, line))["error"]
    assert [] == await opened.query_accounts(QueryFilter())


async def test_a_world_that_could_never_be_is_refused(postgres: door.PostgresDoor) -> None:
    """PostgreSQL's constraints hold for what is loaded too; the door says which, and stays open."""
    account = {"id": 1, "ledger": 1, "code": 1, "flags": 2, "debits_posted": 1}
    said = json.loads(await door.answer(postgres, json.dumps({"op": "load", "accounts": [account]})))

    assert ("refused", "account_debits_within_credits") == (said["error"], said["detail"])
    assert '{"ok":true}' == await door.answer(postgres, '{"op":"expire"}')


async def test_great_amounts_mean_ours() -> None:
    """What a table for 128 bits says near its end is near our end; ten less is ten less."""
    opened = door.PureDoor()
    account_1 = {"id": 1, "ledger": 1, "code": 1, "debits_posted": 2**128 - 11}
    assert '{"ok":true}' == await door.answer(opened, json.dumps({"op": "load", "accounts": [account_1]}))
    (account,) = await opened.query_accounts(QueryFilter())

    assert 2**63 - 11 == account.debits_posted


async def test_a_batch_has_its_limit() -> None:
    """One more than TigerBeetle takes in a message is refused whole."""
    with pytest.raises(TooMuchData):
        await door.PureDoor().create_transfers([Transfer(uuid7())] * (LIMIT_MOST + 1))
