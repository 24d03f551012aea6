"""What the demo is seeded with, and a history of a few days, on the real house."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from tuppence import ledger
from tuppence.app.parts import urls
from tuppence.cli import catalogue, demo, history, merchant, seeds
from tuppence.cli.client import Friend
from tuppence.cli.house import RunningHouse
from tuppence.cli.merchant import Merchant
from tuppence.cli.partner import Chat
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.ledger.books import Broken

DAYS = 3


@pytest.fixture
async def friends(house: RunningHouse) -> AsyncIterator[dict[str, Friend]]:
    planted = await seeds.plant(house.settings)
    yield planted
    for friend in planted.values():
        await friend.close()


async def _seen(business: Merchant) -> dict[str, Any]:
    """What a second planting could have doubled or changed."""
    bills = (await business.call("GET", f"{business.ads}/bills"))["data"]
    sold = (await business.call("GET", f"{business.game}/purchases"))["data"]
    apps = (await business.owner.call("GET", f"/v1/businesses/{business.business}/apps"))["apps"]
    account = await business.call("GET", business.ads)
    return {
        "businesses": len((await business.owner.call("GET", "/v1/businesses"))["data"]),
        "bills": [(bill["state"], bill["used_minor"]) for bill in bills],
        "sold": [(one["id"], one["state"], one["refunded_minor"]) for one in sold],
        "apps": [one["name"] for one in apps],
        "threshold": account["threshold"],
    }


async def test_the_demo_has_a_business_and_nothing_twice(house: RunningHouse, friends: dict[str, Friend]) -> None:
    """A paid bill, three sales, a refund and an app; planted again, the catalogue elsewhere, it is as it was."""
    async with catalogue.served() as first:
        business = await merchant.plant(house.settings, friends, first)
        seen = await _seen(business)
        heard = f"/v1/webhook-endpoints/{business.id('hook')}/deliveries?state=delivered"
        await merchant.until(lambda: business.call("GET", heard), lambda page: len(page["data"]) > 3)
        await business.owner.close()
    async with catalogue.served() as second:
        business = await merchant.plant(house.settings, friends, second)
        again, game = await _seen(business), await business.call("GET", business.game)
        hooks = (await business.call("GET", "/v1/webhook-endpoints"))["data"]
        await business.owner.close()

    assert [("accruing", 0), ("paid", 2_705)] == seen["bills"]
    assert ["completed", "completed", "part_refunded"] == sorted(state for _, state, _ in seen["sold"])
    assert [merchant.CHAT] == seen["apps"]
    assert seen == again
    assert second.catalogue == game["catalogue_url"]
    assert [second.hooks] == [one["url"] for one in hooks]


async def test_friends_pay_in_the_partners_chat(house: RunningHouse, friends: dict[str, Friend]) -> None:
    """Ann lets the chat in once, and sends in it twice: the second time with the token renewed."""
    ann, bo = friends[seeds.ANN.handle], friends[seeds.BO.handle]
    async with catalogue.served() as address:
        business = await merchant.plant(house.settings, friends, address)
    chat = Chat(business)
    sent = [await chat.send(ann, bo, amount_minor, "Ramen", uuid7()) for amount_minor in (700, 800)]
    connections = (await ann.call("GET", "/v1/connections"))["connections"]
    await business.owner.close()

    assert [ann.id] * 2 == [one["payer"]["id"] for one in sent]
    assert [merchant.CHAT] == [one["app_name"] for one in connections]


async def test_days_pass_once(house: RunningHouse, friends: dict[str, Friend]) -> None:
    """Days of usage and sales are lived by the house's own clock, the books balance, and no day is lived twice."""
    async with catalogue.served() as address:
        business = await merchant.plant(house.settings, friends, address)
        start = await _now(business)
        until = DAYS + (start.date() - await history.founded(business)).days
        await history.pass_days(house.settings, business, friends, until)
        seen, now = await _seen(business), await _now(business)
        await history.pass_days(house.settings, business, friends, until)
        again = await _seen(business)
        spend = await business.call("GET", f"{business.ads}/spend?from={start.date()}&to={now.date()}")
        await business.owner.close()

    assert {one.name for one in house.settings.data_dir.iterdir()} <= {*demo.FOLDERS, "door", "postgres"}
    assert DAYS == (now.date() - start.date()).days
    assert len(seen["sold"]) > 3
    assert len(spend["data"]) >= DAYS
    assert seen == again
    assert [] == await _broken(house)


async def _now(business: Merchant) -> datetime:
    return datetime.fromisoformat((await business.owner.call("GET", "/v1/sandbox"))["now"])


async def _broken(house: RunningHouse) -> list[Broken]:
    database = await Database.open(urls(house.settings).app, name="test", max_size=1)
    try:
        async with database.transaction(read_only=True, isolation="repeatable read") as tx:
            return await ledger.check(tx)
    finally:
        await database.close()
