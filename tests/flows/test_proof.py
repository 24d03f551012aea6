"""A newcomer pays, downloads the proof and checks it on another machine; an operator does the same by hand."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.flows.conftest import Pair

from tuppence.cli.client import Friend, Refused
from tuppence.cli.house import RunningHouse, environment

Befriended = Callable[..., Awaitable[Pair]]
Watch = Callable[..., Awaitable[dict[str, Any]]]


def tuppence(house: RunningHouse | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, with the house's settings, or as on a machine that has none."""
    given = environment(house.settings) if house else {"PATH": "/nowhere", "HOME": "/nowhere"}
    command = [sys.executable, "-m", "tuppence.cli", "books", *arguments]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


async def proof_of(friend: Friend, payment_id: str) -> httpx2.Response:
    """Ask until it is sealed: statements on demand keep their distance, and the refusal says how long."""
    while True:
        answered: httpx2.Response = await friend.http.get(
            f"/v1/payments/{payment_id}/proof", headers={"Authorization": f"Bearer {friend.token}"}
        )
        if answered.status_code != 409:
            return answered
        await asyncio.sleep(answered.json()["retry_after_seconds"])


async def test_a_receipt_is_proven_within_seconds_and_elsewhere(
    house: RunningHouse, befriended: Befriended, watch: Watch, tmp_path: Path
) -> None:
    """The proof comes within seconds of the payment and is checked offline with the operator's key; somebody else's
    payment is as if it were not, and one changed digit is found."""
    pair = await befriended()
    payment_id = await pair.pay(1234)
    await watch(pair.payee, payment_id, "credited")
    file, key = tmp_path / "proof.json", tuppence(house, "key").stdout.strip()
    answered = await proof_of(pair.payee, payment_id)
    assert 200 == answered.status_code, answered.text
    file.write_bytes(answered.content)
    verified = tuppence(None, "verify", str(file), "--key", key, "--payment", payment_id, "--liabilities")

    assert 0 == verified.returncode, verified.stderr
    assert "12.34 USD  from card_clearing to in_transit" in verified.stdout
    assert "Owed to people" in verified.stdout
    file.write_bytes(answered.content.replace(b'"amount":1234', b'"amount":1235', 1))
    spoilt = tuppence(None, "verify", str(file), "--key", key)
    assert 1 == spoilt.returncode
    assert "NOT proven. entry 1" in spoilt.stderr
    stranger = await befriended()
    with pytest.raises(Refused, match="payment_not_found"):
        await stranger.payer.call("GET", f"/v1/payments/{payment_id}/proof")


async def test_before_money_moves_there_is_nothing_to_prove(befriended: Befriended) -> None:
    """While the payment can still be undone the refusal says so."""
    pair = await befriended()
    sent = await pair.payer.send(pair.payee, 500)

    with pytest.raises(Refused, match="nothing_booked"):
        await pair.payer.call("GET", f"/v1/payments/{sent['id']}/proof")


async def test_anybody_reads_the_statement_and_the_operator_proves_by_hand(
    house: RunningHouse, befriended: Befriended, watch: Watch, tmp_path: Path
) -> None:
    """The newest statement is public and signed; the operator's command prints the same proof."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay(777)
    await watch(pair.payee, payment_id, "awaiting_recipient")
    proven, key = tuppence(house, "prove", payment_id), tuppence(house, "key").stdout.strip()
    assert 0 == proven.returncode, proven.stderr
    file, statement = tmp_path / "proof.json", tmp_path / "statement.json"
    file.write_text(proven.stdout)
    statement.write_text(json.dumps(await pair.payer.call("GET", "/v1/books/statement")))

    assert "7.77 USD of this is counted" in tuppence(None, "verify", str(file), "--key", key).stdout
    assert 0 == tuppence(None, "verify", str(statement), "--key", key).returncode
    assert 1 == tuppence(None, "verify", str(statement), "--key", "0" * 64).returncode


async def test_the_operators_books(house: RunningHouse, befriended: Befriended, watch: Watch, tmp_path: Path) -> None:
    """After a payment: the check proves the books, the reports name it, exports are verified, and one is replayed."""
    pair = await befriended(receives=None)
    payment_id = await pair.pay(4321)
    await watch(pair.payee, payment_id, "awaiting_recipient")
    key, file = tuppence(house, "key").stdout.strip(), tmp_path / "books.jsonl"
    assert 0 == tuppence(house, "check").returncode
    assert "debits less credits" in tuppence(house, "trial-balance").stdout
    assert "Nothing has moved." in tuppence(house, "trial-balance", "--at", "2020-01-01").stdout
    assert payment_id in tuppence(house, "statement", "in_transit").stdout
    assert f"debit,{payment_id},,43.21,,"[:20] in tuppence(house, "statement", "in_transit", "--csv").stdout
    assert "0.00 USD" in tuppence(house, "balance", "in_transit", "--at", "2020-01-01").stdout
    assert 0 == tuppence(house, "export", str(file)).returncode
    verified = tuppence(None, "verify", str(file), "--key", key, "--payment", payment_id, "--liabilities")
    assert 0 == verified.returncode, verified.stdout + verified.stderr
    assert f"payment {payment_id} is in it" in verified.stdout
    assert 1 == tuppence(None, "verify", str(file), "--key", key, "--payment", pair.payer.id).returncode
    for form in ("csv", "beancount"):
        assert 0 == tuppence(house, "export", str(tmp_path / form), "--format", form).returncode
        assert payment_id in (tmp_path / form).read_text()
    refused = tuppence(house, "replay", str(file))
    assert (1, True) == (refused.returncode, "entries in this ledger already" in refused.stderr)
    assert 2 == tuppence(house, "trial-balance", "--at", "yesterday").returncode
