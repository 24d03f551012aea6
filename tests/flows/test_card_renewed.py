"""A card runs out, its bank sends a new one, and its holder types nothing: through the API, with every process real."""

import asyncio
from typing import Any

from tuppence.cli import seeds
from tuppence.cli.house import RunningHouse
from tuppence.rails.simulator import control
from tuppence.rails.simulator.world import reissued


async def test_an_expired_card_comes_back_by_itself(house: RunningHouse, befriended: Any, watch: Any) -> None:
    """The old date is refused and nothing is taken; the account updater brings the new one, the card is active again
    without a word from its holder, and the next payment goes through.
    """
    pair, port = await befriended(), house.settings.simulator_control_port
    number = (await seeds.card_of(pair.payer, None, ("Everyday",)))["number"]
    try:
        await control(port, "set", number=number, habits={"renewed": "4901"})
        refused = await watch(pair.payer, await pair.pay(700), "debit_failed")
        async with asyncio.timeout(60):
            while (card := await _card(pair.payer))["exp_year"] != 2049:  # noqa: ASYNC110 - other processes' doing
                await asyncio.sleep(0.1)
        paid = await watch(pair.payer, await pair.pay(800), "credited")
    finally:
        await control(port, "set", number=number, habits={"renewed": ""})

    assert ("active", 1) == (card["state"], card["exp_month"])
    assert "expired_card" == refused["decline_code"]
    assert 800 == paid["amount_minor"]


async def test_an_expired_card_comes_back_under_another_number(
    house: RunningHouse, befriended: Any, watch: Any
) -> None:
    """The bank sent out a card with a new number, which the vault takes from the network and nobody else sees: the
    holder's card is the same one with other last digits, and pays.
    """
    pair, port = await befriended(), house.settings.simulator_control_port
    number = (await seeds.card_of(pair.payer, None, ("Everyday",)))["number"]
    old = await _card(pair.payer)
    try:
        await control(port, "set", number=number, habits={"renumbered": True})
        refused = await watch(pair.payer, await pair.pay(700), "debit_failed")
        async with asyncio.timeout(60):
            while (card := await _card(pair.payer))["last4"] == old["last4"]:  # noqa: ASYNC110 - others' doing
                await asyncio.sleep(0.1)
        paid = await watch(pair.payer, await pair.pay(800), "credited")
    finally:
        await control(port, "set", number=number, habits={"renumbered": False})

    assert "expired_card" == refused["decline_code"]
    assert ("active", old["id"], reissued(str(number))[-4:]) == (card["state"], card["id"], card["last4"])
    assert 800 == paid["amount_minor"]


async def _card(friend: Any) -> dict[str, Any]:
    (card,) = (await friend.call("GET", "/v1/cards"))["cards"]
    return dict(card)
