"""Edges of a purchase in time and in a crowd: the last second of a price, two taps, many refunds."""

import asyncio
from datetime import timedelta

import pytest
from tests.billing.games.arcade import Arcade

from tuppence import outbox
from tuppence.billing.games import actions, errors
from tuppence.billing.games.model import AskRefund, Purchase
from tuppence.billing.games.states import State
from tuppence.core import uuid7


@pytest.mark.parametrize("left", [timedelta(seconds=5), timedelta()])
async def test_a_quote_ends_on_its_second(arcade: Arcade, left: timedelta) -> None:
    """Until then it can be bought; from that very second on it cannot, even if no timer has said so yet."""
    purchase = await arcade.quote()
    await arcade.house.do(outbox.move_clock, [purchase.expires_at - left])
    async with arcade.house.database.transaction() as tx:
        (told,) = await actions.buy(tx, [arcade.ask(purchase)], policy=arcade.policy)

    assert (Purchase if left else errors.QuoteExpired) is type(told)


async def test_two_taps_buy_once(arcade: Arcade) -> None:
    """Eight at once: one debit, one sale, and each tap is told of it."""
    purchase = await arcade.quote()
    told = await asyncio.gather(
        *(arcade.house.do(actions.buy, [arcade.ask(purchase)], policy=arcade.policy) for _ in range(8))
    )
    await arcade.house.work()

    assert {purchase.id} == {one.id for one in told}
    assert State.COMPLETED == (await arcade.see(purchase)).state
    assert 1 == len(arcade.house.bank.moved("purchase"))
    assert 700 == await arcade.account("dev_payable")


async def test_refunds_at_once_give_back_no_more_than_was_paid(arcade: Arcade) -> None:
    """Eight of 300 from 1060: three pass, the others are told what is left."""
    bought = await arcade.buy()
    asks = [AskRefund(uuid7(), bought.id, 300, "broken") for _ in range(8)]
    told = await asyncio.gather(
        *(arcade.house.do(actions.refund, [ask], policy=arcade.policy) for ask in asks), return_exceptions=True
    )
    await arcade.house.work()

    assert 3 == sum(isinstance(one, Purchase) for one in told)
    assert 5 == sum(isinstance(one, errors.RefundTooLarge) for one in told)
    assert 3 == len(arcade.house.bank.moved("refund"))
