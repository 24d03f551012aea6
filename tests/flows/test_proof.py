"""A newcomer pays, downloads the proof and checks it on another machine; an operator does the same by hand."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.flows.conftest import Pair

from tuppence.cli.client import Refused
from tuppence.cli.house import RunningHouse, environment

Befriended = Callable[..., Awaitable[Pair]]
Watch = Callable[..., Awaitable[dict[str, Any]]]


def tuppence(house: RunningHouse | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, with the house's settings, or as on a machine that has none."""
    given = environment(house.settings) if house else {"PATH": "/nowhere", "HOME": "/nowhere"}
    command = [sys.executable, "-m", "tuppence.cli", "books", *arguments]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


async def test_a_receipt_is_proven_at_once_and_elsewhere(
    house: RunningHouse, befriended: Befriended, watch: Watch, tmp_path: Path
) -> None:
    """The proof comes within seconds of the payment and is checked offline with the operator's key; somebody else's
    payment is as if it were not, and one changed digit is found."""
    pair = await befriended()
    payment_id = await pair.pay(1234)
    await watch(pair.payee, payment_id, "credited")
    file, key = tmp_path / "proof.json", tuppence(house, "key").stdout.strip()
    answered = await pair.payee.http.get(
        f"/v1/payments/{payment_id}/proof", headers={"Authorization": f"Bearer {pair.payee.token}"}
    )
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
