"""Charges under many hands at once: two processes, the same callback, more refunds than there is money."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.payments.conftest import House
from tests.payments.shop import Shop
from tests.payments.test_races import HURRY, Fragile, answer_the_silent

from tuppence import outbox
from tuppence.core import uuid7
from tuppence.db import GroupCommit, Statement
from tuppence.outbox import Worker
from tuppence.payments import charges, disputes, jobs
from tuppence.payments.charges import Refund, Refunded, Share
from tuppence.payments.charges.errors import NothingLeft
from tuppence.payments.disputes import Ask, Event, Reason, Report
from tuppence.payments.errors import IdTaken
from tuppence.payments.sends.model import Answer, Recorded
from tuppence.rails.card import Told, Use

ATTEMPTS = Statement("attempts", "SELECT id FROM payments.charge_attempt ORDER BY marked_at, id")


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    """After the test every charge's money is where its state says."""
    shop = await Shop(house).open()
    yield shop
    assert [] == await shop.broken()


def part(shop: Shop, charge_id: UUID, minor: int, refund_id: UUID | None = None) -> Refund:
    return Refund(refund_id or uuid7(), charge_id, [Share(shop.payable, minor)], "requested")


async def all_at_once(shop: Shop, asks: list[Refund]) -> list[Refunded | BaseException]:
    """Each in a transaction and on a connection of its own."""
    policy = shop.house.policy
    told: list[Refunded | BaseException] = await asyncio.gather(
        *(shop.house.do(charges.refund, [ask], policy=policy) for ask in asks), return_exceptions=True
    )
    return told


async def test_refunds_at_once_give_back_no_more_than_there_is(shop: Shop) -> None:
    """Ten of 200 from 999: four pass, the bank is asked for four."""
    await shop.charge(5_000)  # so that it is the charge that has no more, not the business
    charge_id = await shop.charge(999)
    told = await all_at_once(shop, [part(shop, charge_id, 200) for _ in range(10)])
    await shop.house.work()

    assert 4 == sum(isinstance(one, Refunded) for one in told)
    assert 6 == sum(isinstance(one, NothingLeft) for one in told)
    assert 4 == len(shop.house.bank.moved("refund"))
    assert 199 == (await shop.see(charge_id)).refundable_minor


async def test_a_refund_asked_for_at_once_is_one(shop: Shop) -> None:
    """Eight times the same id: one refund, one call of the bank, and everybody is told of it."""
    charge_id, refund_id = await shop.charge(999), uuid7()
    told = await all_at_once(shop, [part(shop, charge_id, 300, refund_id) for _ in range(8)])
    await shop.house.work()

    assert {refund_id} == {one.id for one in told if isinstance(one, Refunded)}
    assert 8 == len(told)
    assert 300 == (await shop.see(charge_id)).refunded_minor
    assert 1 == len(shop.house.bank.moved("refund"))


async def test_an_id_names_a_refund_of_one_charge(shop: Shop) -> None:
    """The same id for two charges at the same time: one of them has it, the other is refused."""
    ids, refund_id = [await shop.charge(999) for _ in range(2)], uuid7()
    told = await all_at_once(shop, [part(shop, ids[n % 2], 300, refund_id) for n in range(8)])
    await shop.house.work()

    assert {IdTaken} == {type(one) for one in told if not isinstance(one, Refunded)}
    assert [0, 300] == sorted([(await shop.see(one)).refunded_minor for one in ids])
    assert 1 == len(shop.house.bank.moved("refund"))


async def test_an_answer_recorded_at_once_counts_once(shop: Shop) -> None:
    """Eight recordings of the same acceptance, each twice, by as many processes: one booking."""
    charged = await shop.house.together(shop.charging, shop.ask())
    async with shop.house.database.transaction() as tx:
        (attempt_id,) = await tx.scalars(ATTEMPTS)
    heard = [Recorded(attempt_id, Answer("accepted"))] * 2
    await asyncio.gather(
        *(shop.house.do(charges.record, heard, policy=shop.house.policy) for _ in range(8)), return_exceptions=False
    )

    assert "charged" == (await shop.see(charged.id)).state
    assert {"card_clearing": 999, "dev_payable": -900, "fee_income": -99} == await shop.house.balances()
    await shop.house.work()
    assert ["charged"] == [payload["state"] for kind, payload in shop.heard if kind == "games.charge_changed"]


async def test_two_workers_call_the_bank_once_for_each(shop: Shop) -> None:
    """Charges and refunds are shared out between workers, and no attempt is anybody else's as well."""
    charged = [await shop.house.together(shop.charging, shop.ask(100 + n)) for n in range(12)]
    workers = [Worker(shop.house.database, shop.house.handlers, name=name) for name in ("one", "two")]
    await asyncio.gather(*(one.run(until_idle=True) for one in workers))
    await all_at_once(shop, [part(shop, one.id, 50) for one in charged])
    await asyncio.gather(*(one.run(until_idle=True) for one in workers))

    asked = shop.house.bank.asked
    assert len(asked) == len({one.id for one in asked}) == 24
    assert sorted(one.id for one in charged) == sorted(shop.house.bank.moved("purchase"))


@pytest.mark.parametrize("seed", range(3))
async def test_dying_between_any_two_steps_charges_no_cent_twice(
    shop: Shop, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits and calls that end in nobody knows what, of charges, refunds and what the house gives a buyer back."""
    house, random = shop.house, Random(seed)
    cards = [await house.add_card(house.ann, f"card {n}") for n in range(6)]
    for n, fate in enumerate(["accept", "accept", "accept", "insufficient_funds", "silent", "accept"]):
        house.bank.fates[f"purchase card {n}"] = fate
        house.bank.fates[f"refund card {n}"] = random.choice(["accept", "silent", "invalid_card"])
    used = house.bank._use

    def dies_after_acting(ask: Use) -> Told:
        told = used(ask)
        if random.random() < 0.2:
            raise ConnectionAbortedError
        return told

    monkeypatch.setattr(house.bank, "_use", dies_after_acting)
    fragile = Fragile(house.database, random)
    handlers = {**house.handlers, **jobs.handlers(fragile, GroupCommit(fragile), house.bank, house.policy)}

    async def go_on(rounds: int) -> None:
        for _ in range(rounds):
            async with house.database.transaction() as tx:
                await tx.execute(HURRY)
                await outbox.move_clock(tx, [await outbox.now(tx) + timedelta(hours=2)])
            answer_the_silent(house)
            with capture_logs():  # of every death, with its traceback
                await Worker(house.database, handlers).run(until_idle=True)

    charged = [await house.together(shop.charging, shop.ask(1_000 + n, card_id=cards[n])) for n in range(6)]
    await go_on(12)
    # The silent one turns out to have been accepted.
    sold = [one.id for one in charged if (await shop.see(one.id)).state == "charged"]
    assert {charged[n].id for n in (0, 1, 2, 4, 5)} == set(sold)
    await all_at_once(shop, [part(shop, one, 300) for one in sold[:4]])
    report = Report(uuid7(), house.ann, "charge", sold[4], Reason.NOT_RECEIVED, "")
    await house.do(disputes.report, [report], policy=house.policy)
    await house.do(disputes.act, [Ask(report.id, Event.CONCEDE, by=shop.business)], policy=house.policy)
    await go_on(30)

    moved = {kind: Counter(house.bank.moved(kind)) for kind in ("purchase", "refund", "push")}
    assert {1} == set(moved["purchase"].values())
    assert all(times == 1 for times in (moved["refund"] + moved["push"]).values())
    for one in sold[:4]:
        assert (300 if moved["refund"][one] else 0) == (await shop.see(one)).refunded_minor
    assert 1 == moved["refund"][sold[4]] + moved["push"][sold[4]]
    assert 1_005 == (await house.balances())["chargeback_receivable"]
