"""A bank takes a payment back, the house answers, and the bank gives in: through the API, with every process real."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tuppence.cli.client import Refused

WEEK = timedelta(days=7)
PATIENCE_SECONDS = 60.0


async def until(ask: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so; the worker and the network are others' processes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await ask():  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_a_chargeback_is_answered_and_won(befriended: Any, watch: Any) -> None:
    """The friend who was paid is told that it is questioned, and keeps the money; the payer cannot send meanwhile."""
    pair = await befriended(pays="Charged back, won")
    payment_id = await pair.pay(1_900)
    await watch(pair.payee, payment_id, "credited")

    async def questioned() -> bool:
        told = await pair.payee.call("GET", f"/v1/payments/{payment_id}/disputes")
        return bool(told["questioned"])

    async def settled() -> bool:
        return not await questioned()

    for _ in range(2):
        await pair.move_clock(WEEK)
    await until(questioned)
    with pytest.raises(Refused) as refused:
        await pair.payer.send(pair.payee, 100)
    assert "sending_paused" == refused.value.problem["code"]

    for _ in range(6):  # past the day on which the house answers by itself, then past the bank's decision
        await pair.move_clock(WEEK)
        await asyncio.sleep(3)
    await until(settled)
    await pair.payer.send(pair.payee, 100)
    assert "available" == (await pair.payee.call("GET", f"/v1/payments/{payment_id}"))["state"]
