"""Corrections over HTTP and by command: four eyes, each with a key of their own."""

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest
from tests.http.conftest import World, key_for
from tests.http.test_hostile import told
from tests.http.test_ledger import Program, transfer

from tuppence.core import uuid7
from tuppence.db.embedded import Urls
from tuppence.people.keys import SCOPES


@pytest.fixture(autouse=True)
def unhurried(world: World) -> None:
    """Limits are another test's matter."""
    world.served.house.limits.forget()


@pytest.fixture
async def two(world: World, http_urls: Urls) -> tuple[Program, Program]:
    """Two operators, Ann and Bo."""
    ann, bo = [Program(world, one, await key_for(http_urls, one, *SCOPES)) for one in (world.ann, world.bo)]
    return ann, bo


async def mistake(operator: Program) -> dict[str, Any]:
    """A transfer that should not have been."""
    one, other = await operator.open(2)
    made = transfer(one, other, 7)
    assert ["created"] == await operator.move(made)
    return made


def body(wrong: dict[str, Any]) -> dict[str, Any]:
    """Take it back."""
    sides = {"debit_account_id": wrong["credit_account_id"], "credit_account_id": wrong["debit_account_id"]}
    back = {"id": str(uuid7()), "corrects": wrong["id"], "amount": "7", **sides}
    return {"reason": "Should not have been.", "transfers": [back]}


async def test_one_proposes_and_another_approves(two: tuple[Program, Program]) -> None:
    """Proposed again it is the same; its proposer may not approve it; approved, the money is back, once."""
    ann, bo = two
    wrong = await mistake(ann)
    place, asked = f"/corrections/{uuid7()}", body(wrong)
    first, again = [(await ann.ask("PUT", place, asked)).json() for _ in range(2)]
    own = await ann.ask("POST", f"{place}/approve")
    approved = [(await bo.ask("POST", f"{place}/approve")).json() for _ in range(2)]
    shop = (await ann.ask("GET", f"/accounts/{wrong['credit_account_id']}")).json()

    assert (first, "proposed") == (again, first["state"])
    assert ("four_eyes", 403) == (told(own)["code"], own.status_code)
    assert ["approved"] * 2 == [one["state"] for one in approved]
    assert bo.person_id == approved[0]["decided_by"]
    assert ("7", "7") == (shop["credits_posted"], shop["debits_posted"])
    assert "correction_decided" == told(await ann.ask("POST", f"{place}/reject"))["code"]
    assert first["id"] in {one["id"] for one in (await bo.ask("GET", "/corrections?state=approved")).json()["data"]}


async def test_corrections_are_listed_page_by_page(two: tuple[Program, Program]) -> None:
    """One after another they are what one page shows, the latest first."""
    ann, _ = two
    for _ in range(3):
        await ann.ask("PUT", f"/corrections/{uuid7()}", body(await mistake(ann)))
    whole = [one["id"] for one in (await ann.ask("GET", "/corrections?limit=200")).json()["data"]]
    page = (await ann.ask("GET", "/corrections?limit=1")).json()
    found = [page["data"][0]["id"]]
    while page["has_more"]:
        page = (await ann.ask("GET", f"/corrections?limit=1&cursor={page['next_cursor']}")).json()
        found.append(page["data"][0]["id"])

    assert whole == found
    assert len(found) >= 3


async def test_two_keys_of_one_person_are_two_of_the_same_eyes(
    two: tuple[Program, Program], world: World, http_urls: Urls
) -> None:
    """It takes another person, not another key."""
    ann, _ = two
    place = f"/corrections/{uuid7()}"
    await ann.ask("PUT", place, body(await mistake(ann)))
    second = Program(world, world.ann, await key_for(http_urls, world.ann, "ledger:correct"))

    assert "four_eyes" == told(await second.ask("POST", f"{place}/approve"))["code"]


async def test_without_the_scope_there_are_no_corrections(world: World, http_urls: Urls) -> None:
    """A key that may write may not correct."""
    writer = Program(world, world.bo, await key_for(http_urls, world.bo, "ledger:write", "ledger:house"))

    for method, path in (("GET", ""), ("POST", f"/{uuid7()}/approve"), ("POST", f"/{uuid7()}/reject")):
        assert "scope_missing" == told(await writer.ask(method, f"/corrections{path}"))["code"]


async def test_the_command_does_the_same(two: tuple[Program, Program], world: World) -> None:
    """`tuppence books correct`: propose a reversal, be refused as its proposer, approve as another, list."""
    ann, bo = two
    wrong = await mistake(ann)
    correction_id = str(uuid7())
    proposing = ["propose", "--why", "Twice", "--reverse", wrong["id"], "--id", correction_id]
    first = await command(world, ann, *proposing)
    again = await command(world, ann, *proposing)
    own = await command(world, ann, "approve", correction_id)
    other = await command(world, bo, "approve", correction_id)
    listed = await command(world, bo, "list", "--state", "approved")

    assert (0, first.stdout) == (again.returncode, again.stdout)
    assert f"corrects {wrong['id']}" in first.stdout
    assert (1, True) == (own.returncode, own.stderr.startswith("four_eyes: "))
    assert (0, True) == (other.returncode, f"{correction_id}  approved by {bo.person_id}  Twice" in other.stdout)
    assert other.stdout in listed.stdout


async def command(world: World, operator: Program, *words: str) -> subprocess.CompletedProcess[str]:
    """Run it as an operator would: with the key in the environment."""
    given = {"TUPPENCE_PUBLIC_URL": world.served.url, "TUPPENCE_API_KEY": operator.headers["Authorization"][7:]}
    line = [sys.executable, "-m", "tuppence.cli", "books", "correct", *words]
    return await asyncio.to_thread(
        subprocess.run, line, env=os.environ | given, capture_output=True, text=True, timeout=60
    )
