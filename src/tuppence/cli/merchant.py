"""A business for the demo: it advertises, sells in a game, and has a chat that others may pay in.

Everything through the public API. Each id follows from what it is for, so that whatever is done twice is done once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from tuppence.cli import seeds
from tuppence.cli.catalogue import Address
from tuppence.cli.client import Friend, Refused
from tuppence.core import uuid7
from tuppence.core.ids import derived_id
from tuppence.settings import Settings

T = TypeVar("T")

EVE = seeds.Seed("Eve Fox", "eve.fox", "Northwind Federal")
NAME, GAME, CHAT = "Lantern", "Paper Boats", "Lantern Chat"
CHAT_HOME = "http://chat.localhost:8765"  # where examples/chat is
CHAT_BACK = f"{CHAT_HOME}/back"
ZONE = "America/New_York"
CAMPAIGNS = ("Winter boats", "New rivers")
_SCOPES = ("ads:read", "ads:write", "games:read", "games:write")
_LAST = "first/bo"
_PATIENCE_SECONDS = 60
_PROVE_AGAIN_SECONDS = 2
_UNDECIDED = ("quoted", "vetoable", "authorizing", "initiated")

Usage = tuple[str, int, int]  # campaign, cents, impressions


@dataclass
class Merchant:
    """The business, and what its owner does for it."""

    owner: Friend
    key: str = field(default="", repr=False)
    day: date | None = None  # whose purchases and usage these are; none: the first

    @property
    def business(self) -> str:
        return str(derived_id(UUID(self.owner.id), b"demo"))

    def on(self, day: date) -> "Merchant":
        """The same business on a day."""
        return replace(self, day=day)

    def id(self, what: str) -> str:
        """The id of something of this business's that is there once."""
        return str(derived_id(UUID(self.business), what.encode()))

    def id_today(self, what: str) -> str:
        """The id of something that happens on this day; what happens later sorts after it."""
        if self.day is None:
            return self.id(what)
        ms = round(datetime.combine(self.day, time(), UTC).timestamp() * 1000)
        return str(derived_id(UUID(int=ms << 80), f"{self.business}/{what}".encode()))

    @property
    def ads(self) -> str:
        return f"/v1/ads/accounts/{self.id('ads')}"

    @property
    def game(self) -> str:
        return f"/v1/games/{self.id('game')}"

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """What the business's servers ask with their key; as long as they have none, its owner does."""
        return await self.owner.call(method, path, body, business=self.business, token=self.key)

    @asynccontextmanager
    async def with_key(self) -> AsyncIterator[None]:
        """A key for a while: programs may do more in a minute than people."""
        path = f"/v1/businesses/{self.business}/keys/{uuid7()}"
        made = await self.owner.call("PUT", path, {"name": "Servers", "scopes": _SCOPES})
        self.key = made["key"]
        try:
            yield
        finally:
            self.key = ""
            await self.owner.call("DELETE", path)

    async def found(self) -> None:
        """The business, its ads account with a card and campaigns."""
        founded = {"name": NAME, "country": "US", "currency": "USD", "zone": ZONE}
        await self.owner.call("PUT", f"/v1/businesses/{self.business}", founded)
        account = {"name": "Main", "currency": "USD", "zone": ZONE, "way": "auto"}
        await self.call("PUT", self.ads, account)
        card = (await self.owner.call("GET", "/v1/cards"))["cards"][0]["id"]
        await self.call("PUT", f"{self.ads}/methods", {"methods": [{"card_id": card}]})
        for name in CAMPAIGNS:
            await self.call("PUT", f"{self.ads}/campaigns/{self.id(name)}", {"name": name, "daily_cap_minor": 5_000})

    async def open_game(self, catalogue_url: str) -> None:
        """The game, its catalogue where it is now; a game that was given another catalogue keeps it."""
        found = await self._there_already(self.game) or {"name": GAME, "catalogue_url": catalogue_url}
        if urlsplit(found["catalogue_url"]).path == urlsplit(catalogue_url).path:
            wanted = {name: found.get(name) for name in ("name", "callback_url", "return_url")}
            await self.call("PUT", self.game, wanted | {"catalogue_url": catalogue_url})

    async def hear(self, url: str) -> None:
        """Where the game's server hears of its sales and of bills, where it is now."""
        path = f"/v1/webhook-endpoints/{self.id('hook')}"
        if await self._there_already(path):
            await self.call("PATCH", path, {"url": url})
        else:
            await self.call("PUT", path, {"url": url, "description": GAME, "types": []})

    async def use(self, what: str, at: datetime, usages: Sequence[Usage]) -> None:
        """Report what was delivered."""
        events = [
            {
                "id": self.id_today(f"{what}/{n}"),
                "campaign_id": self.id(campaign),
                "kind": "usage" if amount_minor > 0 else "invalid_traffic",
                "amount_minor": amount_minor,
                "quantity": quantity,
                "at": at.isoformat(),
            }
            for n, (campaign, amount_minor, quantity) in enumerate(usages)
        ]
        await self.call("POST", "/v1/ads/events/batch", {"events": events})

    async def sell(self, what: str, buyer: Friend, sku: str, *, card_id: str | None = None) -> dict[str, Any]:
        """Offer, let a friend buy, and give what was bought. The purchase once it is decided."""
        await self.call("PUT", f"{self.game}/quotes/{self.id_today(what)}", {"sku": sku, "request_id": what})
        path = f"/v1/games/purchases/{self.id_today(what)}"
        offer = await buyer.call("GET", path)
        if "buy" in offer["can"]:
            if offer["confirm"]:
                await prove(buyer, path)
            await buyer.call("POST", f"{path}/buy", {"card_id": card_id})
        sold = await self.until_sold(what, lambda purchase: purchase["state"] not in _UNDECIDED)
        if sold["state"] == "completed" and sold["delivery"] == "pending":
            await self.call("POST", f"{self._sold(what)}/fulfil")
        return sold

    async def until_sold(self, what: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """A purchase once something holds of it. Raises: TimeoutError."""
        sold: dict[str, Any] = await until(lambda: self.call("GET", self._sold(what)), holds)
        return sold

    async def give_back(self, what: str, amount_minor: int | None, reason: str) -> None:
        path = f"{self._sold(what)}/refunds/{self.id_today(f'{what}/refund')}"
        await self.call("PUT", path, {"amount_minor": amount_minor, "reason": reason})

    async def answer(self, what: str, outcome: str) -> None:
        """Answer a buyer who disputes a purchase."""
        await self.call("POST", f"{self._sold(what)}/dispute/answer", {"outcome": outcome})

    def _sold(self, what: str) -> str:
        return f"{self.game}/purchases/{self.id_today(what)}"

    async def has_begun(self) -> bool:
        """Whether the last thing planted is there; nobody can undo it."""
        return bool((await self._there_already(self._sold(_LAST)) or {}).get("refunded_minor"))

    async def _there_already(self, path: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = await self.call("GET", path)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return found

    async def register_chat(self) -> None:
        """A partner's app, with the address of examples/chat."""
        app = {"name": CHAT, "home_url": CHAT_HOME, "confidential": True}
        app |= {"redirect_uris": [CHAT_BACK], "origins": [CHAT_HOME]}
        await self.owner.call("PUT", f"/v1/businesses/{self.business}/apps/{self.id('chat')}", app)


async def plant(settings: Settings, friends: dict[str, Friend], game: Address) -> Merchant:
    """The business with its first paid bill, its first sales, a refund and an app. What is there is left as it is."""
    merchant = Merchant(seeds.device_of(EVE, settings))
    await seeds.settle(EVE, merchant.owner)
    begun = await merchant.has_begun()
    if not begun:
        await merchant.found()
    await merchant.open_game(game.catalogue)
    await merchant.hear(game.hooks)
    if not begun:
        await merchant.register_chat()
        await _first_day(merchant, friends)
    return merchant


async def _first_day(merchant: Merchant, friends: dict[str, Friend]) -> None:
    now = datetime.fromisoformat((await merchant.owner.call("GET", "/v1/sandbox"))["now"])
    await merchant.use("first usage", now, [(CAMPAIGNS[0], 1_725, 4_300), (CAMPAIGNS[1], 980, 2_150)])
    ann, bo, chloe = (friends[one.handle] for one in (seeds.ANN, seeds.BO, seeds.CHLOE))
    await asyncio.gather(
        merchant.sell("first/ann", ann, "season"),
        merchant.sell("first/chloe", chloe, "oil"),
        merchant.sell(_LAST, bo, "gems"),
    )
    await until(
        lambda: merchant.call("GET", f"{merchant.ads}/bills"), lambda bills: bills["data"][-1]["state"] == "paid"
    )
    await merchant.give_back(_LAST, 200, "Some gems were dull")
    await merchant.until_sold(_LAST, lambda purchase: purchase["refunded_minor"] > 0)


async def prove(person: Friend, path: str) -> None:
    """Confirm with the PIN. Who does so more often than a person would waits for a while."""
    while True:
        try:
            await person.call("POST", f"{path}/step-up", {"pin": seeds.PIN})
            return
        except Refused as refused:
            if refused.code != "too_many_requests":
                raise
        await asyncio.sleep(_PROVE_AGAIN_SECONDS)


async def until(read: Callable[[], Awaitable[T]], holds: Callable[[T], bool]) -> T:
    """What is read, once something holds of it. Raises: TimeoutError."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            found = await read()
            if holds(found):
                return found
            await asyncio.sleep(0.05)
