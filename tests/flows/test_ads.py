"""An advertiser from the first account to a paid bill: HTTP, the real vault and worker, simulated banks."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.flows.conftest import PATIENCE_SECONDS, Newcomer

from tuppence.cli import advertising, seeds
from tuppence.cli.client import Friend, Refused
from tuppence.cli.house import RunningHouse
from tuppence.core import uuid7
from tuppence.http import ads_schemas as schemas
from tuppence.http.fields import Answer


@dataclass
class Advertiser:
    """Ann's business with an ads account that her card pays for."""

    ann: Friend
    business: str = field(default_factory=lambda: str(uuid7()))
    account: str = field(default_factory=lambda: str(uuid7()))
    campaign: str = field(default_factory=lambda: str(uuid7()))

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        return await self.ann.call(method, f"/v1/ads/accounts/{self.account}{path}", body, business=self.business)

    async def open(self, way: str = "auto", *cards: str) -> "Advertiser":
        told = {"name": "Blue Fox", "country": "US", "currency": "USD", "zone": "America/New_York"}
        await self.ann.call("PUT", f"/v1/businesses/{self.business}", told)
        await self.call("PUT", "", {"name": "Main", "currency": "USD", "zone": "America/New_York", "way": way})
        await self.call("PUT", f"/campaigns/{self.campaign}", {"name": "Spring"})
        if cards:
            await self.call("PUT", "/methods", {"methods": [{"card_id": card} for card in cards]})
        return self

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.ann.call("GET", "/v1/sandbox"))["now"])

    async def wait(self, **how_long: float) -> None:
        seconds = round(timedelta(**how_long).total_seconds())
        await self.ann.call("POST", "/v1/sandbox/clock", {"advance_seconds": seconds})

    async def use(self, *amounts_minor: int, events: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        at = (await self.now()).isoformat()
        batch = events or [
            {"id": str(uuid7()), "campaign_id": self.campaign, "amount_minor": minor, "at": at}
            for minor in amounts_minor
        ]
        told = await self.ann.call("POST", "/v1/ads/events/batch", {"events": batch}, business=self.business)
        schemas.AdsUsageResults.model_validate_json(json.dumps(told))
        return list(told["data"])

    async def bills(self) -> list[dict[str, Any]]:
        """Oldest first."""
        return list(reversed((await self.call("GET", "/bills"))["data"]))

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The account once something holds of it."""
        account: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not account or not holds(account):
                    account = await self.call("GET", "")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"still {account}, {await self.bills()}") from None
        return account

    async def until_bill(self, n: int, state: str) -> dict[str, Any]:
        """The n-th bill once it is in a state."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                bills = await self.bills()
                if len(bills) >= n and bills[n - 1]["state"] == state:
                    found: dict[str, Any] = await self.call("GET", f"/bills/{bills[n - 1]['id']}")
                    return found
                await asyncio.sleep(0.1)


Opened = Callable[..., Awaitable[Advertiser]]


@pytest.fixture
async def advertiser(newcomer: Newcomer) -> Opened:
    async def make(way: str = "auto", *, card: str = "Everyday") -> Advertiser:
        ann = await newcomer("Ann", card=card)
        cards = [one["id"] for one in (await ann.call("GET", "/v1/cards"))["cards"]]
        return await Advertiser(ann).open(way, *(cards if way == "auto" else ()))

    return make


async def test_usage_becomes_a_paid_bill_with_lines_and_a_receipt(advertiser: Opened) -> None:
    """The threshold is reached, the card is charged, and the receipt says for what, as JSON, CSV and PDF."""
    shop = await advertiser()
    written = await shop.use(1_500, 1_250)
    bill = await shop.until_bill(1, "paid")
    path = f"/v1/ads/accounts/{shop.account}/bills/{bill['id']}"
    headers = {"Authorization": f"Bearer {shop.ann.token}", "Tuppence-Business": shop.business}
    pdf = await shop.ann.http.get(f"{path}?format=pdf", headers=headers)
    csv = await shop.ann.http.get(f"{path}?format=csv", headers=headers)
    account = await shop.call("GET", "")

    assert ["written", "written"] == [one["result"] for one in written]
    assert (2_750, 2_750, "charge") == (bill["used_minor"], bill["due_minor"], bill["paid_by"])
    assert [("Spring", "usage", 2, 2_750)] == [
        (one["name"], one["kind"], one["quantity"], one["amount_minor"]) for one in bill["lines"]
    ]
    assert ["charged"] == [one["state"] for one in bill["charges"]]
    assert pdf.content.startswith(b"%PDF")
    assert b",due,,27.50,USD" in csv.content
    schemas.AdsAccount.model_validate_json(json.dumps(account))
    schemas.AdsBill.model_validate_json(json.dumps(bill))


async def test_every_view_is_as_documented(advertiser: Opened) -> None:
    """Delivery, campaigns, spend, credits, history, bills, statement: each fits its schema."""
    shop = await advertiser()
    await shop.use(300, 200)
    today = (await shop.now()).date()
    documented: dict[str, type[Answer]] = {
        "/delivery": schemas.AdsDelivery,
        "/campaigns": schemas.AdsCampaigns,
        f"/spend?from={today - timedelta(days=2)}&to={today + timedelta(days=1)}": schemas.AdsSpend,
        "/credits": schemas.AdsCredits,
        "/history": schemas.AdsHistory,
        "/bills": schemas.AdsBills,
        f"/statements/{today:%Y-%m}": schemas.AdsStatement,
    }
    for path, schema in documented.items():
        told = await shop.call("GET", path)
        schema.model_validate_json(json.dumps(told))
    spent = (await shop.call("GET", f"/spend?from={today - timedelta(days=2)}&to={today + timedelta(days=1)}"))["data"]

    assert [500] == [one["spent_minor"] for one in spent]


async def test_a_card_that_is_refused_stops_the_ads_until_another_pays(advertiser: Opened) -> None:
    """The bank says no; ads run on in grace, stop when all tries failed, and run again as soon as a new card paid."""
    shop = await advertiser(card="Not enough money")
    await shop.use(2_600)
    await shop.until(lambda account: account["state"] == "grace")
    await shop.wait(hours=4, minutes=1)
    await shop.until(lambda account: account["failing"] != [] and account["failing"][0]["next_try_at"] is not None)
    await asyncio.sleep(1)
    await shop.wait(hours=20)
    stopped = await shop.until(lambda account: account["state"] == "past_due")
    assert (False, "past_due") == (stopped["delivery"]["may_spend"], stopped["delivery"]["why"])

    (old_card,) = (await shop.ann.call("GET", "/v1/cards"))["cards"]
    with pytest.raises(Refused) as kept:
        await shop.ann.call("DELETE", f"/v1/cards/{old_card['id']}")
    assert "card_pays_for_ads" == kept.value.problem["code"]
    good = await seeds.card_of(shop.ann, None, ("Everyday",))
    await shop.ann.add_card(good)
    cards = {one["id"]: one for one in (await shop.ann.call("GET", "/v1/cards"))["cards"]}
    old = {one["id"] for one in (await shop.call("GET", ""))["order"]}
    (new,) = cards.keys() - old
    await shop.call("PUT", "/methods", {"methods": [{"card_id": new}]})
    await shop.call("POST", "/pay")
    paid = await shop.until(lambda account: account["state"] == "active_auto")

    assert paid["delivery"]["may_spend"]
    assert ["paid", "accruing"] == [one["state"] for one in await shop.bills()]


async def test_prepaid_runs_dry_within_the_minute_and_is_refunded(advertiser: Opened) -> None:
    """$10 top-up, $4 used, the rest goes back to the card; at zero the ad server is told to stop."""
    shop = await advertiser("prepaid")
    (card,) = (await shop.ann.call("GET", "/v1/cards"))["cards"]
    assert not (await shop.call("GET", "/delivery"))["account"]["may_spend"]
    await shop.call("PUT", f"/top-ups/{uuid7()}", {"card_id": card["id"], "amount_minor": 1_000})
    await shop.until(lambda account: account["prepaid_minor"] == 1_000 and account["state"] == "active_prepaid")
    await shop.use(400)
    with pytest.raises(Refused):
        await shop.call("PUT", f"/refunds/{uuid7()}", {"amount_minor": 601})
    await shop.call("PUT", f"/refunds/{uuid7()}", {"amount_minor": None})
    await shop.until(lambda account: account["prepaid_minor"] == 0)
    gate = (await shop.call("GET", "/delivery"))["account"]

    assert (False, "no_balance") == (gate["may_spend"], gate["why"])


async def test_an_operator_hands_out_coupons_and_marks_wires(
    advertiser: Opened, house: RunningHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    """A coupon pays before the card does; an invoice whose money came by wire is paid when an operator says so."""
    shop = await advertiser()
    await advertising.make_coupons(house.settings, count=1, minor=1_000, valid_days=30, lasts_days=60)
    code = capsys.readouterr().out.strip()
    account = await shop.call("POST", "/coupons", {"code": code})
    assert ["coupon", "primary"] == [one["kind"] for one in account["order"]]

    await advertising.operate(house.settings, "give_credit_line", UUID(shop.account), 50_000)
    await shop.use(4_000)
    await shop.wait(days=32)
    invoice = await shop.until_bill(1, "invoiced")
    assert (1_000, 3_000) == (invoice["credits_minor"], invoice["due_minor"])

    await advertising.operate(house.settings, "mark_paid", UUID(invoice["id"]), "wire 4711")
    paid = await shop.until_bill(1, "paid")
    assert ("operator", "wire 4711") == (paid["paid_by"], paid["reference"])


async def test_a_server_meters_with_a_key_and_sees_what_was_refused(advertiser: Opened) -> None:
    """With a key of the business, in any order and twice: each event is answered for itself."""
    shop = await advertiser()
    key_id = str(uuid7())
    body = {"name": "Ad server", "scopes": ["ads:read", "ads:write"]}
    made = await shop.ann.call("PUT", f"/v1/businesses/{shop.business}/keys/{key_id}", body)
    at = (await shop.now()).isoformat()
    event = {"id": str(uuid7()), "campaign_id": shop.campaign, "amount_minor": 125, "at": at}
    unknown = event | {"id": str(uuid7()), "campaign_id": str(uuid4())}
    other = event | {"amount_minor": 1}
    response = await shop.ann.http.post(
        "/v1/ads/events/batch",
        json={"events": [event, event, unknown, other]},
        headers={"Authorization": f"Bearer {made['key']}"},
    )
    results = [(one["result"], one["code"]) for one in response.json()["data"]]

    assert [("written", None), ("replayed", None)] == results[:2]
    assert [("refused", "campaign_not_found"), ("refused", "usage_id_taken")] == results[2:]
