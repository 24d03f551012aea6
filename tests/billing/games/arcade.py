"""A game studio on the house of the payments' tests: Star Quest, whose server is in this process, and Ann."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.payments.conftest import LONG_AGO, House

from tuppence import ledger, outbox
from tuppence.billing import businesses
from tuppence.billing.games import actions, check, claims, jobs, pricing, queries, reports, settings, shop, statements
from tuppence.billing.games.catalogue import find
from tuppence.billing.games.model import AskRefund, Buy, Game, Priced, Purchase, Quote, SetGame
from tuppence.billing.games.moving import Move, happen
from tuppence.billing.games.signing import Root
from tuppence.billing.games.states import Event
from tuppence.billing.games.web import Unanswered
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Statement, in_transaction
from tuppence.ledger import chart

ROOT = Root(b"r" * 32)
_HEARD = Statement("heard", "SELECT type FROM outbox.event WHERE business_id = %(business_id)s ORDER BY seq")
CATALOGUE: dict[str, Any] = {
    "products": [
        {"sku": "gems", "title": "100 gems", "prices": [{"currency": "USD", "amount_minor": 1_000}]},
        {"sku": "dot", "title": "A dot", "prices": [{"currency": "USD", "amount_minor": 50}]},
        {"sku": "hat", "title": "Hat", "prices": [{"currency": "EUR", "amount_minor": 2_000}]},
        {"sku": "crown", "title": "Crown", "prices": [{"currency": "USD", "amount_minor": 40_000}]},
    ]
}


@dataclass
class Server:
    """The game's server, as we see it over the web; it checks what it is told like anybody would."""

    answer: Any = field(default_factory=lambda: {"approve": True})
    catalogue: Any = field(default_factory=lambda: CATALOGUE)
    secret: bytes = b""
    asked: list[dict[str, Any]] = field(default_factory=list)
    reads: int = 0

    async def get(self, url: str, *, wait_s: float, most_bytes: int) -> bytes:
        assert not in_transaction()
        self.reads += 1
        if self.catalogue is None:
            raise Unanswered("away")
        return json.dumps(self.catalogue).encode()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, wait_s: float, most_bytes: int) -> bytes:
        assert not in_transaction()
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        right = base64.b64encode(hmac.digest(self.secret, signed, hashlib.sha256)).decode()
        assert f"v1,{right}" in headers["webhook-signature"].split(" ")
        self.asked.append(json.loads(body)["data"])
        if self.answer is None:
            raise Unanswered("timeout")
        return self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()


@dataclass
class Arcade:
    """Star Quest of a business of Bo's; Ann buys."""

    house: House
    business: UUID = field(default_factory=uuid7)
    game: UUID = field(default_factory=uuid7)
    server: Server = field(default_factory=Server)
    card: UUID | None = None

    async def open(self, *, currency: str = "USD", zone: str = "UTC", callback: bool = True) -> "Arcade":
        """Found the business and the game."""
        ask = businesses.NewBusiness(self.business, "Blue Fox", "US", currency, zone, self.house.bo)
        await self.house.do(businesses.create, [ask])
        await self.set_game(callback_url="https://star.example/veto" if callback else None)
        (card,) = await self.house.cards(self.house.ann)
        self.card = UUID(card["id"])
        self.server.secret = ROOT.of(self.game, 1).raw
        await self.open_jobs(self.policy)
        return self

    async def open_jobs(self, policy: Policy) -> None:
        """Let the worker do the games' jobs by a policy."""
        more = jobs.handlers(self.house.database, self.server, ROOT, policy)
        self.house.handlers = {**self.house.handlers, **more}

    @property
    def policy(self) -> Policy:
        return self.house.policy

    async def set_game(self, **changes: Any) -> Game:
        asked: dict[str, Any] = {
            "id": self.game,
            "business_id": self.business,
            "name": "Star Quest",
            "catalogue_url": "https://star.example/catalogue.json",
        }
        game: Game = await self.house.do(
            settings.set_games, [SetGame(**asked | changes)], policy=self.policy, plain=False
        )
        return game

    # - buying ---------------------------------------------------------------------------------------------------------

    async def price(self, sku: str, quantity: int = 1) -> Priced:
        async with self.house.database.transaction() as tx:
            game = await queries.access_game(tx, self.business, self.game)
            business = (await businesses.businesses(tx, [self.business]))[self.business]
        products = await shop.products(self.house.database, self.server, game, self.policy)
        return pricing.price(
            find(products, sku),
            quantity=quantity,
            currency="USD",
            owed_currency=business.currency,
            share_percent=game.share_percent,
            tax_basis_points=self.policy.games.tax_basis_points,
            rates=pricing.Rates("USD", self.policy.fx.on, self.policy.fx.per_unit),
        )

    async def quote(self, sku: str = "gems", quantity: int = 1, **changes: Any) -> Purchase:
        asked: dict[str, Any] = {
            "id": uuid7(),
            "game_id": self.game,
            "business_id": self.business,
            "sku": sku,
            "quantity": quantity,
            "request_id": "order-1",
        }
        ask = (Quote(**asked | changes), await self.price(sku, quantity))
        purchase: Purchase = await self.house.do(actions.quote, [ask], policy=self.policy)
        return purchase

    def ask(self, purchase: Purchase, **changes: Any) -> Buy:
        asked: dict[str, Any] = {
            "purchase_id": purchase.id,
            "buyer_id": self.house.ann,
            "card_id": None,
            "session_id": UUID(int=9),
            "device_since": LONG_AGO,
        }
        return Buy(**asked | changes)

    async def buy(self, sku: str = "gems", quantity: int = 1, **changes: Any) -> Purchase:
        """Quote, buy, and let everything happen that is due."""
        purchase = await self.quote(sku, quantity)
        await self.house.do(actions.buy, [self.ask(purchase, **changes)], policy=self.policy)
        await self.house.work()
        return await self.see(purchase)

    async def see(self, purchase: Purchase) -> Purchase:
        async with self.house.database.transaction() as tx:
            return (await queries.purchases(tx, [purchase.id]))[purchase.id]

    # - afterwards -----------------------------------------------------------------------------------------------------

    async def mark(self, purchase: Purchase, verb: Any = "fulfil") -> Purchase:
        marked: Purchase = await self.house.do(actions.mark, [actions.Mark(purchase.id, verb)], policy=self.policy)
        return marked

    async def refund(self, purchase: Purchase, amount_minor: int | None = None, **changes: Any) -> Purchase:
        asked: dict[str, Any] = {"id": uuid7(), "purchase_id": purchase.id, "amount_minor": amount_minor}
        ask = AskRefund(**asked | {"reason": "broken"} | changes)
        await self.house.do(actions.refund, [ask], policy=self.policy)
        await self.house.work()
        return await self.see(purchase)

    async def befall(self, purchase: Purchase, event: Event) -> Purchase:
        """Something from outside befalls a purchase."""
        moved: Purchase = await self.house.do(happen, [Move(purchase.id, event)], policy=self.policy)
        return moved

    async def dispute(self, purchase: Purchase, reason: Any = "not_received") -> Purchase:
        ask = claims.OpenDispute(purchase.id, self.house.ann, reason, "Nothing came.")
        await self.house.do(claims.dispute, [ask], policy=self.policy)
        return await self.see(purchase)

    async def told(self) -> list[str]:
        """What the game's programs heard, oldest first."""
        async with self.house.database.transaction() as tx:
            found = await tx.scalars(_HEARD, business_id=self.business)
        return [one.removeprefix("game.purchase.") for one in found]

    # - money ----------------------------------------------------------------------------------------------------------

    async def account(self, name: str, currency: str = "USD") -> int:
        """What the house owes on one of the business's accounts."""
        async with self.house.database.transaction() as tx:
            (found,) = await ledger.lookup_accounts(tx, [chart.personal(name, self.business, currency)])
        return found.credits_posted - found.debits_posted

    async def close(self) -> list[statements.Statement]:
        """Every statement there is, the oldest first."""
        async with self.house.database.transaction() as tx:
            return list(reversed(await statements.access_statements(tx, self.business)))

    async def csv(self, first: Any, last: Any) -> str:
        """The detail of days, as the developer downloads it."""
        text, after = reports.head(reports.Line), None
        while True:
            async with self.house.database.transaction() as tx:
                lines, after = await reports.detail(tx, self.business, first, last, after=after)
            text += reports.rows(lines)
            if after is None:
                return text

    async def broken(self) -> list[Any]:
        async with self.house.database.transaction(read_only=True, isolation="repeatable read") as tx:
            return await check.check(tx)

    async def until(self, at: datetime) -> None:
        """Let business time pass, a timer at a time as the days go."""
        now = await self.house.do(outbox.now)
        while now < at:
            now = min(at, now + timedelta(days=1))
            await self.house.do(outbox.move_clock, [now])
            await self.house.work()


def kept_failure(result: Any) -> type[Failure]:
    """The class of a refusal."""
    assert isinstance(result, Failure), result
    return type(result)
