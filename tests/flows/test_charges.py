"""Charges through the real worker, vault and simulated banks: yes, no, silence, late answers, deaths in the middle."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from tests.flows.conftest import PATIENCE_SECONDS, Newcomer

from tuppence import ledger
from tuppence.app.parts import policy, url
from tuppence.cli.client import Friend
from tuppence.cli.house import RunningHouse
from tuppence.core import Failure, Leg, step_id, uuid7
from tuppence.db import Database
from tuppence.ledger import chart
from tuppence.payments import charges, reconciliation
from tuppence.payments.charges import Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.check import check
from tuppence.payments.reconciliation.queries import lines_of
from tuppence.rails.simulator import control

SILENT = ("No answer, money taken", "No answer, nothing taken", "Answer after reversal", "Reversal overtakes debit")


@dataclass
class Till:
    """A business that sells to whoever has a card, straight through the room's front door."""

    house: RunningHouse
    database: Database
    business: UUID
    newcomer: Newcomer

    async def buyer(self, card: str) -> tuple[Friend, UUID]:
        friend = await self.newcomer("Buyer", card=card)
        (one,) = (await friend.call("GET", "/v1/cards"))["cards"]
        return friend, UUID(one["id"])

    async def charge(self, buyers: Sequence[tuple[Friend, UUID]], amount_minor: int) -> list[UUID]:
        """All of them in one go."""
        payable = chart.personal("dev_payable", self.business, "USD")
        asks = [
            Charge(
                id=uuid7(),
                owner="apps",
                subject_id=uuid7(),
                business_id=self.business,
                payer_id=UUID(friend.id),
                card_id=card_id,
                bank_id=None,
                amount_minor=amount_minor,
                currency="USD",
                shares=[Share(payable, amount_minor)],
                says="Till Seventeen",
            )
            for friend, card_id in buyers
        ]
        async with self.database.transaction() as tx:
            begun = await charges.charge(tx, asks, policy=policy(self.house.settings))
        assert not [one for one in begun if isinstance(one, Failure)], begun
        return [ask.id for ask in asks]

    async def refund(self, charge_id: UUID, amount_minor: int) -> UUID:
        shares = [Share(chart.personal("dev_payable", self.business, "USD"), amount_minor)]
        ask = Refund(uuid7(), charge_id, shares, "requested")
        async with self.database.transaction() as tx:
            (begun,) = await charges.refund(tx, [ask], policy=policy(self.house.settings))
        assert isinstance(begun, Refunded), begun
        return begun.id

    async def ended(self, ids: Sequence[UUID]) -> dict[UUID, Charged]:
        """The charges, once the bank's last word on each is known; a look a tenth of a second."""
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            while True:
                async with self.database.transaction(read_only=True) as tx:
                    found = await charges.charges(tx, ids)
                if all(one.state in ("charged", "declined") and not one.refunding_minor for one in found.values()):
                    return found
                await asyncio.sleep(0.1)

    async def moved(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """What the banks say that each charge took of a card, refunds taken off."""
        told = await control(self.house.settings.simulator_control_port, "statements")
        lines = [line for some in told["statements"].values() for line in some if not line["undone"]]
        return {one: -sum(line["amount_minor"] for line in lines if line["payment"] == one.hex) for one in ids}

    async def cleared(self, ids: Sequence[UUID]) -> dict[UUID, int]:
        """What the network's files say that each charge brought, once they say something of all."""
        attempts = {step_id(one, Leg.CHARGE, 1): one for one in ids}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                async with self.database.transaction(read_only=True) as tx:
                    found = await lines_of(tx, list(attempts))
                if len(found) == len(attempts):
                    return {attempts[one]: sum(line.signed_minor for line in some) for one, some in found.items()}
                await asyncio.sleep(0.1)


@pytest.fixture
async def till(house: RunningHouse, newcomer: Newcomer) -> AsyncIterator[Till]:
    """After the story the books agree, and no file of the network's says anything else."""
    database = await Database.open(url(house.settings, "app"), name="till", max_size=2)
    till = Till(house, database, uuid7(), newcomer)
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, [chart.personal_account("dev_payable", till.business, "USD")])
    yield till
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        assert [] == await check(tx)
    await database.close()


async def test_what_banks_say_is_what_charges_say(till: Till) -> None:
    """Yes, no and silence at once: a refusal says why, silence ends in nothing taken, and cards moved as told."""
    cards = ("Everyday", "Slow answer", "Not enough money", "Lost", "Do not honour", *SILENT)
    buyers = [await till.buyer(card) for card in cards]
    ids = await till.charge(buyers, 2_500)
    found = await till.ended(ids)
    said = {card: (found[one].state, found[one].decline_code) for card, one in zip(cards, ids, strict=True)}
    moved = await till.moved(ids)

    assert {
        "Everyday": ("charged", None),
        "Slow answer": ("charged", None),
        "Not enough money": ("declined", "insufficient_funds"),
        "Lost": ("declined", "lost_or_stolen"),
        "Do not honour": ("declined", "do_not_honor"),
        **dict.fromkeys(SILENT, ("declined", "no_answer")),
    } == said
    assert [2_500, 2_500, *[0] * 7] == [moved[one] for one in ids]


async def test_parts_go_back_and_the_day_settles(till: Till) -> None:
    """Two refunds of one charge; the next day the network's file agrees with all of it."""
    buyer = await till.buyer("Everyday")
    ids = await till.charge([buyer, buyer], 1_000)
    await till.ended(ids)
    for amount in (300, 200):
        await till.refund(ids[0], amount)
    found = await till.ended(ids)
    moved = await till.moved(ids)
    await buyer[0].call("POST", "/v1/sandbox/clock", {"advance_seconds": 5 * 86_400})
    cleared = await till.cleared(ids)
    async with till.database.transaction(read_only=True) as tx:
        breaks = await reconciliation.list_breaks(tx)

    assert [1_000, 1_000] == [cleared[one] for one in ids]
    assert (500, 1_000) == (moved[ids[0]], moved[ids[1]])
    assert (500, 500) == (found[ids[0]].refunded_minor, found[ids[0]].refundable_minor)
    assert [] == [one for one in breaks if one.payment_id in ids]


@pytest.mark.parametrize("part", ["worker", "vault"])
async def test_a_death_in_the_middle_charges_once(till: Till, part: str) -> None:
    """A process dies while banks take their time: it comes back, and each card was charged once or not at all."""
    buyers = [await till.buyer(card) for card in ("Slow answer", "Everyday")]
    ids = await till.charge(buyers * 5, 700)
    await asyncio.sleep(0.7)
    await till.house.processes.kill(part)
    found = await till.ended(ids)
    moved = await till.moved(ids)
    expected: dict[UUID, Any] = {one: 700 if found[one].state == "charged" else 0 for one in ids}

    assert expected == moved
    assert {"no_answer", None} >= {one.decline_code for one in found.values()}
