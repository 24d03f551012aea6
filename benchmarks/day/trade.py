"""What is traded in a day: sends between friends, what advertisers use, and what games sell.

Everything through the verbs that the HTTP endpoints call, many asks in a transaction, as group commit has it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

from benchmarks.day.crowd import Crowd
from tuppence import payments
from tuppence.billing import ads, businesses
from tuppence.billing.ads import accounts, campaigns
from tuppence.billing.ads.meter.model import Batch, Usage
from tuppence.billing.games import actions, pricing, settings
from tuppence.billing.games.model import Buy, Price, Product, Quote, SetGame
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Database, Statement

LONG_AGO = datetime.now(UTC) - timedelta(days=30)
USED_MINOR = 2_600  # above the first threshold of $25: one report, one bill, one charge
GAMES = 20
ADVERTISERS = 3_000

_CARDS = Statement("bench.cards", "SELECT person_id, id FROM payments.card")


class Trade:
    """Who trades with whom; the next ones each time."""

    def __init__(self, database: Database, crowd: Crowd, policy: Policy) -> None:
        self._database, self._crowd, self._policy = database, crowd, policy
        self._n = count()
        self._advertisers: list[tuple[UUID, UUID]] = []
        self._games: list[tuple[UUID, UUID]] = []
        self._cards: dict[UUID, UUID] = {}

    async def open(self) -> None:
        """Found the businesses: each advertiser with an account, a campaign and a card; each game with its terms."""
        async with self._database.transaction(read_only=True) as tx:
            self._cards = dict(await tx.rows(_CARDS))
        for n in range(ADVERTISERS):
            await self._open_account(self._crowd.payees[n % len(self._crowd.payees)])
        for n in range(GAMES):
            await self._open_game(self._crowd.payees[n])

    async def _open_account(self, by: UUID) -> None:
        business, account, campaign = uuid7(), uuid7(), uuid7()
        self._advertisers.append((business, campaign))
        method = accounts.Instrument(by, card_id=self._cards[by])
        spring = campaigns.SetCampaign(campaign, business, account, by, "Spring", True, None, None, None, None)
        await self._do(businesses.create, [businesses.NewBusiness(business, "Blue Fox", "US", "USD", "UTC", by)])
        opened = accounts.OpenAccount(account, business, "Main", "USD", "UTC", "auto", by)
        await self._do(partial(accounts.open_accounts, policy=self._policy), [opened])
        methods = accounts.SetMethods(business, account, by, (method,))
        await self._do(partial(accounts.set_methods, policy=self._policy), [methods])
        await self._do(partial(campaigns.set_campaigns, policy=self._policy), [spring])

    async def _open_game(self, by: UUID) -> None:
        business, game = uuid7(), uuid7()
        self._games.append((business, game))
        await self._do(businesses.create, [businesses.NewBusiness(business, "Red Owl", "US", "USD", "UTC", by)])
        terms = SetGame(game, business, "Star Quest", "https://star.example/catalogue.json")
        async with self._database.transaction() as tx:
            _whole(await settings.set_games(tx, [terms], policy=self._policy, plain=False))

    async def send(self, many: int) -> None:
        """Friends pay each other."""
        asks = []
        for n in self._places(many):
            pair, lap = n % len(self._crowd.payers), n // len(self._crowd.payers)
            payer, payee = self._crowd.payers[pair], self._crowd.payees[pair]
            asks.append(payments.Send(uuid7(), payer, payee, 100 + lap, "USD", "bench", None, uuid7(), LONG_AGO))
        await self._do(partial(payments.send, policy=self._policy), asks)

    async def advertise(self, many: int) -> None:
        """Ad servers report what was used."""
        now = datetime.now(UTC) - timedelta(seconds=1)
        asks = []
        for n in self._places(many):
            business, campaign = self._advertisers[n % len(self._advertisers)]
            asks.append(Batch(business, (Usage(uuid7(), campaign, "usage", USED_MINOR, now),)))
        for told in await self._do(partial(ads.meter, policy=self._policy), asks):
            _whole(told)

    async def play(self, many: int) -> None:
        """Games quote, buyers tap Pay."""
        product = Product("gems", "100 gems", "", None, (Price("USD", 999),))
        rates = pricing.Rates("USD", self._policy.fx.on, self._policy.fx.per_unit)
        quotes, buys = [], []
        for n in self._places(many):
            business, game = self._games[n % len(self._games)]
            quote = Quote(uuid7(), game, business, "gems", 1, f"order-{n}")
            terms: dict[str, Any] = {"share_percent": 70, "tax_basis_points": 0, "rates": rates}
            priced = pricing.price(product, quantity=1, currency="USD", owed_currency="USD", **terms)
            buyer = self._crowd.payers[n % len(self._crowd.payers)]
            quotes.append((quote, priced))
            buys.append(Buy(quote.id, buyer, None, uuid7(), LONG_AGO))
        await self._do(partial(actions.quote, policy=self._policy), quotes)
        await self._do(partial(actions.buy, policy=self._policy), buys)

    def _places(self, many: int) -> list[int]:
        return [next(self._n) for _ in range(many)]

    async def _do(self, verb: Any, asks: Sequence[Any]) -> list[Any]:
        async with self._database.transaction() as tx:
            return _whole(await verb(tx, asks))


def _whole(results: list[Any]) -> list[Any]:
    """Nothing that a bench asks is refused."""
    for one in results:
        if isinstance(one, Failure):
            raise one
    return results
