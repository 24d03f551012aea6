"""Being paid to a bank account, with every process real: files in folders, a worker, the simulated banks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.flows.conftest import Pair, seen

from tuppence.cli import seeds
from tuppence.cli.client import Friend
from tuppence.cli.house import RunningHouse
from tuppence.core import uuid7

HARBOR = "099900027"
DAY = timedelta(days=1)
DAYS_MOST = 10
FILES_SECONDS = 3.0  # for a file to be taken, answered and read, after the clock moved

Befriended = Callable[..., Awaitable[Pair]]


async def test_a_friend_is_paid_to_a_bank_account_and_its_number_lies_nowhere(
    befriended: Befriended, house: RunningHouse
) -> None:
    """Proved by two deposits, paid by a file; afterwards the number is in the bank's files and in no other byte."""
    pair, number = await befriended(), "9274610385"
    account = await _proved(pair, number)
    payment_id = await pair.pay(2_500)
    await seen(pair.payee, payment_id, "crediting")
    await _until(pair, pair.payee, payment_id, "credited")
    await pair.move_clock(4 * DAY)
    await _lines(pair, account, 3)

    assert [] == await asyncio.to_thread(_holding, house.settings.data_dir, number.encode())
    answers = [await pair.payee.call("GET", path) for path in ("/v1/bank-accounts", "/v1/sync/bootstrap")]
    assert number not in str(answers)


async def test_a_closed_account_sends_the_money_back_and_a_card_takes_it(befriended: Befriended) -> None:
    """R02 makes the account unusable and the payment wait; a card of the payee's takes it from there."""
    pair = await befriended(receives=None)
    account = await _proved(pair, "2000000019")
    payment_id = await pair.pay(1_700)
    await seen(pair.payee, payment_id, "crediting")
    await _until(pair, pair.payee, payment_id, "awaiting_recipient")

    (mine,) = (await pair.payee.call("GET", "/v1/bank-accounts"))["bank_accounts"]
    assert (account, "dead", "R02", False) == tuple(mine[name] for name in ("id", "state", "reason", "receives"))
    payment = await pair.payee.call("GET", f"/v1/payments/{payment_id}")
    assert "credit_returned" == payment["cause"]
    await pair.payee.add_card(await seeds.card_of(pair.payee, None, ("Next morning",)))
    await seen(pair.payee, payment_id, "credited")


async def _proved(pair: Pair, number: str) -> str:
    """The payee adds an account, reads its statement, tells the amounts, and receives on it."""
    account_id, payee = str(uuid7()), pair.payee
    told = {"routing_number": HARBOR, "account_number": number, "kind": "savings", "holder": payee.name}
    await payee.call("PUT", f"/v1/bank-accounts/{account_id}", told)
    lines = await _lines(pair, account_id, 2)
    amounts = [line["amount_minor"] for line in lines]
    confirmed = await payee.call("POST", f"/v1/bank-accounts/{account_id}/confirm", {"amounts_minor": amounts})
    assert "active" == confirmed["state"]
    chosen: dict[str, Any] = await payee.call("PATCH", f"/v1/bank-accounts/{account_id}", {"receives": True})
    assert chosen["receives"]
    return account_id


async def _lines(pair: Pair, account_id: str, count: int) -> list[dict[str, Any]]:
    """The statement, once it has so many lines: a day passes between two looks."""
    lines: list[dict[str, Any]] = []
    for _ in range(DAYS_MOST):
        statement = await pair.payee.call("GET", f"/v1/sandbox/bank-accounts/{account_id}/statement")
        if len(lines := statement["lines"]) >= count:
            break
        await _a_day(pair)
    assert count == len(lines)
    return lines


async def _until(pair: Pair, friend: Friend, payment_id: str, state: str) -> None:
    reached = ""
    for _ in range(DAYS_MOST):
        reached = (await friend.call("GET", f"/v1/payments/{payment_id}"))["state"]
        if reached == state:
            break
        await _a_day(pair)
    assert state == reached


async def _a_day(pair: Pair) -> None:
    await pair.move_clock(DAY)
    await asyncio.sleep(FILES_SECONDS)


def _holding(data_dir: Path, digits: bytes) -> list[str]:
    """Files that hold the number: the database's, logs, key files; not the bank's own files and journal."""
    banks = (data_dir / "bank", data_dir / "simulator")
    every = [path for path in data_dir.rglob("*") if path.is_file() and not any(one in path.parents for one in banks)]
    return [str(path) for path in every if digits in path.read_bytes()]
