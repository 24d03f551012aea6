"""Charges under many hands at once: two processes, the same callback, more refunds than there is money."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from tests.payments.conftest import House
from tests.payments.shop import Shop

from tuppence.core import uuid7
from tuppence.db import Statement
from tuppence.outbox import Worker
from tuppence.payments import charges
from tuppence.payments.charges import Refund, Refunded, Share
from tuppence.payments.charges.errors import NothingLeft
from tuppence.payments.errors import IdTaken
from tuppence.payments.sends.model import Answer, Recorded

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
