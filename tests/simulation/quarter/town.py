"""Who takes part: two friends, four advertisers, three studios, and banks and a network that do as they are told."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from tests.billing.advertiser import Advertiser
from tests.billing.games.arcade import Arcade
from tests.payments.ach_world import AchWorld, opened
from tests.payments.clearing import Network
from tests.payments.conftest import Bank, House, befriend

from tuppence import ledger, outbox
from tuppence.billing.ads.meter.model import Metered, Usage
from tuppence.billing.games import statements
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Database, GroupCommit
from tuppence.payments.banks import actions as banks
from tuppence.payments.banks.model import ChangeBank, Confirm
from tuppence.rails.card.cases import CaseLine, Word
from tuppence.rails.card.clearing import CASH_IN

FIRST = datetime(2027, 4, 1, 14, tzinfo=UTC)  # a quarter's first morning
GOOD_BANK, CLOSED_BANK, FRIENDS_BANK = "1000000010", "2000000019", "1000000028"


@dataclass
class Told:
    """What an advertiser's own ad server remembers: which events it reported, and while which bill was open."""

    usage: Usage
    bill: UUID
    waived_minor: int


@dataclass
class Town:
    """`memory` is by advertiser's account and event; `notes` lets one episode remember something for another."""

    house: House
    world: AchWorld
    network: Network
    dice: Random
    auto: Advertiser
    prepaid: Advertiser
    invoiced: Advertiser
    defaulter: Advertiser
    arcade: Arcade
    euro: Arcade
    debtor: Arcade
    memory: dict[tuple[UUID, UUID], Told] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    taken_back_minor: int = 0  # by buyers' banks, less what networks gave back
    notes: dict[str, Any] = field(default_factory=dict)
    cases: int = 0
    found: int = 0

    @property
    def advertisers(self) -> list[Advertiser]:
        return [self.auto, self.prepaid, self.invoiced, self.defaulter]

    @property
    def studios(self) -> list[Arcade]:
        return [self.arcade, self.euro, self.debtor]

    async def to(self, at: datetime) -> None:
        """Let business time pass, a quarter of a day at a time: worker and banks take turns."""
        while (now := await self.auto.now()) < at:
            day = await self.network.today()
            await self.house.do(outbox.move_clock, [min(at, now + timedelta(hours=6))])
            if day != await self.network.today():
                await self.clear(day)
            await self.world.turn()

    async def clear(self, day: date, *cases: CaseLine) -> None:
        """The card network sends its file, and it is read."""
        self.network.write(day, cases=cases)
        await self.network.reconcile()
        await self.house.work()

    def fate(self, token: str, fate: str = "accept") -> None:
        self.house.bank.fates[token] = fate

    def answers_come(self) -> None:
        """What became of debits without an answer turns out: dead and taken, by turns."""
        known = self.house.bank.known
        for one in self.house.bank.asked:
            if known[one.id].state == "unknown":
                self.found += 1
                known[one.id] = replace(known[one.id], state="reversed" if self.found % 2 else "accepted")

    async def may(self, doing: Awaitable[Any]) -> Any:
        """Do what limits and states may refuse, and count what they refused."""
        try:
            return await doing
        except Failure as failure:
            self.refused[failure.code] += 1
            return None

    async def report(self, advertiser: Advertiser, events: list[Usage]) -> None:
        """Report usage as an ad server does, and remember what was taken."""
        bill = (await advertiser.bills())[-1].id
        for event, result in zip(events, await advertiser.meter(events), strict=True):
            key = (advertiser.account, event.id)
            if isinstance(result, Metered):
                assert result.replayed == (key in self.memory), event
                self.memory.setdefault(key, Told(event, bill, result.waived_minor))
            else:
                self.refused[result.code] += 1

    async def use(self, advertiser: Advertiser, *amounts_minor: int, ago: timedelta = timedelta()) -> list[Usage]:
        at = await advertiser.now() - ago
        events = [advertiser.usage(amount, at) for amount in amounts_minor]
        await self.report(advertiser, events)
        return events

    async def hear(self, word: Word, subject: UUID, amount_minor: int, number: str | None = None) -> str:
        """The network's file says something of a case about a debit; its number."""
        self.cases += number is None
        number = number or f"CASE{self.cases:08}"
        bank, now = self.house.bank, await self.auto.now()
        debit = next(
            one
            for one in bank.asked
            if one.payment_id == subject and one.kind in CASH_IN and bank.known[one.id].state == "accepted"
        )
        by = (now + timedelta(days=30)).date() if word in ("chargeback", "contested") else None
        rrn = self.network.line(debit).rrn
        case = CaseLine(word, debit.id.hex, number, rrn, now, amount_minor, "USD", "10.4", by)
        self.taken_back_minor -= case.signed_minor
        await self.clear(await self.network.today(), case)
        return number

    async def pay_to(self, studio: Arcade, bank_id: UUID) -> None:
        """Let a studio's payouts go to a bank account of Bo's."""
        await self.house.do(statements.set_bank, [statements.SetBank(studio.business, self.house.bo, bank_id)])
        await self.house.work()


def generous() -> Policy:
    """The house's own policy, but nobody is asked for a PIN, and buyers may buy as much as they like."""
    policy = Policy.load()
    games = replace(policy.games, purchase_most_minor=10**9, buyer_day_most_minor=10**9)
    return replace(policy, games=games, step_up=replace(policy.step_up, new_payee=False, above_minor=10**9))


@asynccontextmanager
async def settled(database: Database, root: Path, seed: int) -> AsyncIterator[Town]:
    """Found everything in the weeks before the quarter."""
    ann, bo = uuid7(), uuid7()
    async with database.transaction() as tx:
        await ledger.open_house(tx, "USD")
        await befriend(tx, {ann: "ann", bo: "bob"})
    house = House(database, GroupCommit(database), Bank(), generous(), ann, bo)
    await house.add_card(ann, "ann's")
    await house.add_card(bo, "bob's")
    async with opened(house, root) as world:
        await world.start()
        await house.do(outbox.move_clock, [FIRST - timedelta(days=8)])
        town = await _found(house, world, Network(house, root / "clearing"), Random(seed))
        good, closed, _ = await _prove(world, GOOD_BANK, CLOSED_BANK, FRIENDS_BANK)
        town.notes |= {"good bank": good, "closed bank": closed}
        await town.pay_to(town.arcade, town.notes["closed bank"])
        await town.pay_to(town.euro, town.notes["good bank"])
        await town.to(FIRST)
        yield town


async def _prove(world: AchWorld, *numbers: str) -> list[UUID]:
    """Bo's bank accounts, each proved by its two small deposits. What friends pay him goes to the last."""
    added = [await world.add(number) for number in numbers]
    await world.days(4)
    for bank_id, number in zip(added, numbers, strict=True):
        first, second = (one.signed_minor for one in world.statement() if one.item.account == number)
        await world.house.do(banks.confirm, [Confirm(bank_id, world.house.bo, (first, second))])
        await world.house.do(banks.change, [ChangeBank(bank_id, world.house.bo, receives=True)])
    return added


async def _found(house: House, world: AchWorld, network: Network, dice: Random) -> Town:
    euro = await Arcade(house).open(currency="EUR", callback=False)
    debtor = await Arcade(house).open(callback=False)
    arcade = await Arcade(house).open()  # the last one's server is asked for a veto
    auto = await Advertiser(house, token="auto").open()
    prepaid = await Advertiser(house, token="prepaid").open("prepaid")
    invoiced = await Advertiser(house, token="invoiced").open()
    defaulter = await Advertiser(house, token="defaulter").open()
    return Town(house, world, network, dice, auto, prepaid, invoiced, defaulter, arcade, euro, debtor)
