"""An advertiser: a business of Ann's with an ads account, a campaign, and an ad server that reports usage."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from tests.payments.conftest import House

from tuppence import outbox
from tuppence.billing import ads, businesses
from tuppence.billing.ads import accounts, campaigns, jobs, prepaid, refunding
from tuppence.billing.ads.meter.model import Batch, Metered, Usage
from tuppence.billing.ads.model import Account, Cycle
from tuppence.billing.ads.world import World, worlds
from tuppence.core import Failure, uuid7
from tuppence.ledger.books import Broken


@dataclass
class Advertiser:
    """What a test does with an advertiser; amounts are cents."""

    house: House
    business: UUID = field(default_factory=uuid7)
    account: UUID = field(default_factory=uuid7)
    campaign: UUID = field(default_factory=uuid7)
    card: UUID = field(default_factory=uuid7)
    zone: str = "America/New_York"
    token: str = "ann's ads"

    async def open(self, way: Any = "auto") -> "Advertiser":
        """Open the account with one campaign; Ann's card of that token is its primary."""
        house = self.house
        house.handlers = {
            **house.handlers,
            **jobs.handlers(house.database, house.policy),
        }
        founded = businesses.NewBusiness(self.business, "Blue Fox", "US", "USD", self.zone, house.ann)
        await house.do(businesses.create, [founded])
        opened = accounts.OpenAccount(self.account, self.business, "Main", "USD", self.zone, way, house.ann)
        await house.do(accounts.open_accounts, [opened], policy=house.policy)
        await self.set_campaign()
        self.card = await house.add_card(house.ann, self.token)
        if way == "auto":
            await self.set_methods(self.card)
        return self

    async def set_campaign(self, id_: UUID | None = None, **changes: Any) -> UUID:
        wanted: dict[str, Any] = {
            "id": id_ or self.campaign,
            "business_id": self.business,
            "account_id": self.account,
            "by": self.house.ann,
            "name": "Spring",
            "running": True,
            "budget_minor": None,
            "daily_cap_minor": None,
            "starts_at": None,
            "ends_at": None,
        }
        ask = campaigns.SetCampaign(**wanted | changes)
        await self.house.do(campaigns.set_campaigns, [ask], policy=self.house.policy)
        return ask.id

    async def set_methods(self, *cards: UUID) -> None:
        methods = tuple(accounts.Instrument(self.house.ann, card_id=card) for card in cards)
        ask = accounts.SetMethods(self.business, self.account, self.house.ann, methods)
        await self.house.do(accounts.set_methods, [ask], policy=self.house.policy)

    async def change(self, **wanted: Any) -> Account:
        ask = accounts.ChangeAccount(self.business, self.account, self.house.ann, wanted)
        changed: Account = await self.house.do(accounts.change, [ask], policy=self.house.policy)
        return changed

    async def pay(self) -> None:
        ask = accounts.OnAccount(self.business, self.account, self.house.ann)
        await self.house.do(accounts.pay, [ask], policy=self.house.policy)
        await self.house.work()

    async def close(self) -> None:
        ask = accounts.OnAccount(self.business, self.account, self.house.ann)
        await self.house.do(accounts.close, [ask], policy=self.house.policy)
        await self.house.work()

    async def top_up(self, amount_minor: int, card: UUID | None = None) -> UUID:
        ask = prepaid.TopUp(uuid7(), self.business, self.account, self.house.ann, card or self.card, amount_minor)
        await self.house.do(prepaid.top_up, [ask], policy=self.house.policy)
        await self.house.work()
        return ask.id

    async def refund_unused(self, amount_minor: int | None = None, *, ask_id: UUID | None = None) -> None:
        ask = refunding.RefundUnused(ask_id or uuid7(), self.business, self.account, self.house.ann, amount_minor)
        await self.house.do(prepaid.refund_unused, [ask], policy=self.house.policy)
        await self.house.work()

    def usage(self, amount_minor: int, at: datetime, **changes: Any) -> Usage:
        kind = "usage" if amount_minor > 0 else "invalid_traffic"
        told: dict[str, Any] = {
            "id": uuid7(), "campaign_id": self.campaign, "kind": kind, "amount_minor": amount_minor, "at": at,
        }  # fmt: skip
        return Usage(**told | changes)

    async def meter(self, events: Sequence[Usage]) -> list[Metered | Failure]:
        """Report events in one request, and let the worker do what follows."""
        ask = Batch(self.business, tuple(events))
        results: list[Metered | Failure] = await self.house.do(partial(ads.meter, policy=self.house.policy), [ask])
        await self.house.work()
        return results

    async def use(self, *amounts_minor: int, ago: timedelta = timedelta(), **changes: Any) -> list[Metered | Failure]:
        """Report usage of these amounts."""
        at = await self.now() - ago
        return await self.meter([self.usage(amount, at, **changes) for amount in amounts_minor])

    async def now(self) -> datetime:
        now: datetime = await self.house.do(outbox.now)
        return now

    async def wait(self, **how_long: float) -> None:
        await self.house.work(after=timedelta(**how_long))

    async def see(self) -> World:
        async with self.house.database.transaction(read_only=True) as tx:
            return (await worlds(tx, [self.account]))[self.account]

    async def bills(self) -> list[Cycle]:
        """Every cycle, the one that accrues included."""
        async with self.house.database.transaction(read_only=True) as tx:
            return await ads.cycles_of(tx, self.account)

    async def delivery(self) -> str | None:
        """Why nothing may be delivered; None: it may."""
        async with self.house.database.transaction(read_only=True) as tx:
            answer = await ads.access_delivery(tx, self.business, self.account, policy=self.house.policy)
        return answer.account.why

    async def broken(self) -> list[Broken]:
        async with self.house.database.transaction(read_only=True, isolation="repeatable read") as tx:
            return await ads.check(tx)
