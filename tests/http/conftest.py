"""The real server in this process, on a real port, over a database of its own; nobody answers for the vault."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.stock import Stock

from tuppence import ledger, people
from tuppence.app.server import make_server, open_house
from tuppence.app.serving import serve
from tuppence.cli.client import Friend
from tuppence.cli.house import sandbox_settings
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Urls
from tuppence.http import House, create_api
from tuppence.http.openapi import document
from tuppence.ledger import chart
from tuppence.payments import cards, payouts

PASSWORD = "correct horse staple"
PIN = "4271"


API = document(create_api())


@dataclass(frozen=True)
class Operation:
    """An operation of the API, from its own description, with the body that it gives as an example."""

    name: str
    method: str
    path: str
    is_open: bool
    takes_key: bool  # and nothing else
    takes_both: bool  # a key of a business, or a member's session
    body: dict[str, Any] | None
    members: tuple[str, ...]  # that a body may have, those too that the example leaves out

    def at(self, ids: dict[str, str]) -> str:
        return self.path.format(**ids)


def operations() -> Iterator[Operation]:
    for path, methods in API["paths"].items():
        for method, told in methods.items():
            security = told.get("security")
            named = told["operationId"], method.upper(), path
            yield Operation(*named, *_entrance(security), *_body(told))


def _entrance(security: list[dict[str, Any]] | None) -> tuple[bool, bool, bool]:
    """Whether it is open to whoever is not signed in, takes a key only, takes both."""
    names = None if security is None else {name for one in security for name in one}
    return names in (set(), {"ticket"}), names == {"key"}, names == {"key", "bearer", "cookie"}


def _body(told: dict[str, Any]) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """The example of a body, and the names of all that it may hold."""
    content = told.get("requestBody", {}).get("content", {})
    if "application/json" not in content:  # nothing, or a form of OAuth's
        return None, ()
    schema = API["components"]["schemas"][content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
    return schema["examples"][0], tuple(schema["properties"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `operation` runs for each of the API's, one that takes `write` for those with a body."""
    every = list(operations())
    for name, chosen in (("operation", every), ("write", [one for one in every if one.body is not None])):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, chosen, ids=lambda one: one.name)


@pytest.fixture(scope="session")
def http_urls(stock: Stock) -> Iterator[Urls]:
    """One database for the room: what is tested here is who may ask what, and how it is answered."""
    with stock.lent() as urls:
        yield urls


@dataclass
class Served:
    """A server that answers."""

    house: House
    url: str

    def friend(self, name: str) -> Friend:
        return Friend(self.url, "", name, f"{name.lower()}.{uuid4().hex[:8]}")


@pytest.fixture(scope="session")
async def served(http_urls: Urls, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    settings = sandbox_settings(
        Path(tmp_path_factory.mktemp("http")),
        free_ports=True,
        database_url=http_urls.app,
        vault_database_url=http_urls.vault,
    )
    async with open_house(settings) as house:
        up = asyncio.Event()
        server = make_server(settings, house)
        serving = asyncio.create_task(serve(server, up.set))
        await asyncio.wait({serving, asyncio.create_task(up.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if not up.is_set():
            await serving  # it says why
        yield Served(house, settings.public_url)
        server.should_exit = True
        await serving


@dataclass
class World:
    """Ann and Bo are friends with cards and a talk; Carl asks Ann; Mallory knows nobody."""

    served: Served
    ann: Friend
    bo: Friend
    carl: Friend
    mallory: Friend
    conversation_id: str
    request_id: str
    payment_id: str
    card_id: str
    bank_id: str
    session_id: str
    keys: dict[str, str]  # by the person's id: Ann's is the house's, Mallory's is bounded
    account_id: str
    transfer_id: str
    business_ids: dict[str, str]  # by the person's id: Ann and Mallory own one each
    key_id: str  # of Ann's business
    game_id: str  # of hers, too
    endpoint_id: str  # of hers, too
    ads_account_id: str  # the same
    campaign_id: str
    bill_id: str
    payout_id: str  # and what it is owed, held because her bank account is not proven

    @property
    def ids(self) -> dict[str, str]:
        """What stands for each path parameter when Ann asks."""
        return {
            "payment_id": self.payment_id,
            "conversation_id": self.conversation_id,
            "request_id": self.request_id,
            "card_id": self.card_id,
            "bank_id": self.bank_id,
            "session_id": self.session_id,
            "account_id": self.account_id,
            "transfer_id": self.transfer_id,
            "correction_id": str(uuid7()),
            "dispute_id": str(uuid7()),
            "mandate_id": str(uuid7()),
            "charge_id": str(uuid7()),
            "person_id": self.bo.id,
            "passkey_id": str(uuid7()),
            "app_id": str(uuid7()),
            "connection_id": str(uuid7()),
            "grant_id": str(uuid7()),
            "handle": self.bo.handle,
            "business_id": self.business_ids[self.ann.id],
            "key_id": self.key_id,
            "game_id": self.game_id,
            **{
                name: str(uuid7())
                for name in ("quote_id", "purchase_id", "refund_id", "charge_id", "event_id", "logged_id")
            },
            "endpoint_id": self.endpoint_id,
            "payout_id": self.payout_id,
            "kind": "digest",
            "ads_account_id": self.ads_account_id,
            "campaign_id": self.campaign_id,
            "bill_id": self.bill_id,
            "top_up_id": str(uuid7()),
            "refund_id": str(uuid7()),
            "month": "2026-11",
        }

    def ids_for(self, friend: Friend) -> dict[str, str]:
        """The same, in somebody's own business."""
        return self.ids | {"business_id": self.business_ids[friend.id]}

    def bearer(self, operation: Operation, friend: Friend) -> dict[str, str]:
        """What somebody brings to an operation: a key where it takes one, else their session."""
        bearer = {"Authorization": f"Bearer {self.keys[friend.id] if operation.takes_key else friend.token}"}
        return bearer | {"Tuppence-Business": self.business_ids[friend.id]}


async def key_for(http_urls: Urls, friend: Friend, *scopes: str) -> str:
    """An API key, as an operator makes one."""
    owner = await Database.open(http_urls.owner, name="owner", max_size=1)
    async with owner.transaction() as tx:
        (made,) = await people.keys.make(tx, [people.keys.NewKey(UUID(friend.id), "Test", scopes, "test")])
    await owner.close()
    assert isinstance(made, people.keys.Made), made
    return made.key


async def book(house: House, owner: Friend) -> tuple[str, str]:
    """Two accounts beside the house's and a transfer between them: an account's id, and the transfer's."""
    ids, whose = [uuid7() for _ in range(3)], UUID(owner.id)
    opened = [ledger.Account(one, 840, 10_001, 8, user_data_128=whose) for one in ids[:2]]
    async with house.database.transaction() as tx:
        await ledger.create_accounts(tx, opened)
        await ledger.create_transfers(tx, [ledger.Transfer(ids[2], ids[0], ids[1], 5, 840, 1)])
    return str(ids[0]), str(ids[2])


@pytest.fixture(scope="session")
async def world(served: Served, http_urls: Urls) -> AsyncIterator[World]:
    ann, bo, carl, mallory = friends = [served.friend(name) for name in ("Ann", "Bo", "Carl", "Mallory")]
    for friend in friends:
        await friend.sign_up(PASSWORD, "Test")
    await ann.befriend(bo)
    asked = await carl.call("PUT", f"/v1/friend-requests/{uuid7()}", {"handle": ann.handle})
    card_id = await adopt(served.house, ann)
    await adopt(served.house, bo)
    bank_id = await add_bank(ann)
    conversation_id = await ann.talk_to(bo)
    await ann.say(conversation_id, "hello")
    payment = await ann.send(bo, 2000)
    sessions = (await ann.call("GET", "/v1/sessions"))["sessions"]
    every = people.keys.SCOPES
    keys = {one.id: await key_for(http_urls, one, *(every if one is ann else every[:3])) for one in (ann, mallory)}
    business_ids = {one.id: await found_business(one) for one in (ann, mallory)}
    key_id, body = str(uuid7()), {"name": "Server", "scopes": ["events:read"]}
    await ann.call("PUT", f"/v1/businesses/{business_ids[ann.id]}/keys/{key_id}", body)
    endpoint_id, hears = str(uuid7()), {"url": "https://example.com/hooks", "types": ["payout.held"]}
    header = {"Authorization": f"Bearer {ann.token}", "Tuppence-Business": business_ids[ann.id]}
    await ann.http.put(f"/v1/webhook-endpoints/{endpoint_id}", json=hears, headers=header)
    yield World(
        served,
        ann,
        bo,
        carl,
        mallory,
        conversation_id,
        asked["request_id"],
        payment["id"],
        card_id,
        bank_id,
        sessions[0]["id"],
        keys,
        *await book(served.house, ann),
        business_ids,
        key_id,
        await make_game(ann, business_ids[ann.id]),
        endpoint_id,
        *await advertise(ann, business_ids[ann.id]),
        await owe(served.house, ann, business_ids[ann.id], bank_id),
    )
    for friend in friends:
        await friend.close()


async def found_business(friend: Friend) -> str:
    """Somebody becomes the owner of a business; its id."""
    business_id, told = str(uuid7()), {"country": "US", "currency": "USD", "zone": "America/New_York"}
    await friend.call("PUT", f"/v1/businesses/{business_id}", {"name": f"{friend.name} Inc", **told})
    return business_id


async def make_game(friend: Friend, business_id: str) -> str:
    """A business begins to sell: a game's id."""
    game_id, told = str(uuid7()), {"name": "Star Quest", "catalogue_url": "https://game.example/catalogue.json"}
    bearer = {"Authorization": f"Bearer {friend.token}", "Tuppence-Business": business_id}
    response = await friend.http.put(f"/v1/games/{game_id}", json=told, headers=bearer)
    assert response.status_code == 200, response.text
    return game_id


async def advertise(friend: Friend, business_id: str) -> tuple[str, str, str]:
    """An ads account with a campaign and its first bill, which accrues; their ids."""
    account_id, campaign_id = str(uuid7()), str(uuid7())
    account = f"/v1/ads/accounts/{account_id}"
    told = {"name": "Main", "currency": "USD", "zone": "America/New_York"}
    await friend.call("PUT", account, told, business=business_id)
    await friend.call("PUT", f"{account}/campaigns/{campaign_id}", {"name": "Spring"}, business=business_id)
    bills = await friend.call("GET", f"{account}/bills", business=business_id)
    return account_id, campaign_id, bills["data"][0]["id"]


async def owe(house: House, owner: Friend, business_id: str, bank_id: str, amount_minor: int = 30_000) -> str:
    """A payout of somebody's business to a bank account of theirs: its id."""
    business, currency = UUID(business_id), house.policy.currency
    account = chart.personal_account("dev_payable", business, currency)
    ask = payouts.Payout(
        id=uuid7(),
        owner="games",
        business_id=business,
        payee_id=UUID(owner.id),
        bank_id=UUID(bank_id),
        amount_minor=amount_minor,
        currency=currency,
        account=account.id,
        entries=uuid7().hex,
        pay_on=datetime.now(UTC).date() + timedelta(days=30),
    )
    async with house.database.transaction() as tx:
        await ledger.create_accounts(tx, [account])
        (payout,) = await payouts.schedule(tx, [ask], policy=house.policy)
    assert isinstance(payout, payouts.PaidOut), payout
    return str(payout.id)


async def add_bank(friend: Friend) -> str:
    """A bank account whose deposits have not arrived."""
    bank_id = str(uuid7())
    told = {"routing_number": "099900014", "account_number": "1000000010", "kind": "checking", "holder": friend.name}
    await friend.call("PUT", f"/v1/bank-accounts/{bank_id}", told)
    return bank_id


async def adopt(house: House, friend: Friend) -> str:
    """Give somebody a card as if the vault had described it."""
    facts: dict[str, Any] = {
        "token": f"card_{uuid4().hex}",
        "person_id": UUID(friend.id),
        "brand": "visa",
        "funding": "debit",
        "last4": "0017",
        "exp_month": 12,
        "exp_year": 2035,
        "bank": "Maple Credit Union",
        "can_fund": True,
        "can_receive": True,
        "fast_funds": True,
        "fingerprint": uuid4().hex,
        "kept": True,
    }
    ask = cards.Adopt(uuid7(), UUID(friend.id), cards.Described(**facts))
    return str((await house.together(house.verbs.adopt_card, ask))["id"])


@pytest.fixture
async def browser(served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without credentials."""
    async with httpx2.AsyncClient(base_url=served.url, trust_env=False, timeout=30) as client:
        yield client
