"""Businesses are paid from bank accounts, with real files and a simulated bank."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import LONG_AGO, House
from tests.payments.shop import Shop

from tuppence.core import uuid7
from tuppence.payments import costs, errors, mandates
from tuppence.payments.mandates import Agree, Revoke, version

GOOD, POOR, RICH_LATER, CLOSED, REFUSED = "1000000010", "3000000018", "3000000042", "3000000059", "3000000034"


class BankShop(Shop):
    """A business whose buyers pay from their bank accounts."""

    world: AchWorld

    async def account(self, number: str, owner: UUID | None = None) -> dict[str, Any]:
        """What a charge of this account names: the account, and a mandate for whatever the business sells."""
        person = owner or self.house.ann
        bank_id = await self.world.add_and_prove(number, person)
        agreed = Agree(
            uuid7(), person, bank_id, "standing", "Blue Fox Games", None, version(), "en", uuid7(), self.business
        )
        mandate = await self.house.do(mandates.agree, [agreed], policy=self.house.policy)
        return {"card_id": None, "bank_id": bank_id, "mandate_id": mandate.id}

    async def clearing(self) -> dict[str, int]:
        """What a sale leaves: what is still with our bank, who owes us, and whose the money is."""
        found = await self.world.balances()
        names = ("bank_clearing", "refund_clearing", "chargeback_receivable", "dev_payable", "fee_income")
        return {name: minor for name, minor in found.items() if name in names}


@pytest.fixture
async def shop(house: House, tmp_path: Path) -> AsyncIterator[BankShop]:
    async with opened(house, tmp_path / "ach") as world:
        await world.start()
        shop = BankShop(house)
        shop.world = world
        await shop.open()
        yield shop
        assert [] == await shop.broken()


def states(shop: Shop) -> list[str]:
    return [payload["state"] for _, payload in shop.heard]


async def test_a_bank_charge_counts_when_it_has_settled(shop: BankShop) -> None:
    """Charging for the days that banks take, then charged; it is called a purchase, and what came in is the shares'."""
    source = await shop.account(GOOD)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(1)
    waiting = (await shop.see(charge_id)).state
    await shop.world.days(6)
    (line,) = [one for one in shop.world.statement() if one.signed_minor == -20_000]

    assert ("charging", "charged", ["charged"]) == (waiting, (await shop.see(charge_id)).state, states(shop))
    assert ("WEB", "PURCHASE") == (line.item.sec, line.item.batch.text("description").strip())
    assert {"dev_payable": -18_000, "fee_income": -2_000} == await shop.clearing()


async def test_a_company_account_is_debited_as_one(shop: BankShop) -> None:
    """An account of the business's own: CCD."""
    source = await shop.account(GOOD, shop.business)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(7)
    (line,) = [one for one in shop.world.statement() if one.signed_minor == -20_000]

    assert ("charged", "CCD") == ((await shop.see(charge_id)).state, line.item.sec)


@pytest.mark.parametrize(
    ("number", "code", "may_retry"),
    [
        (POOR, "insufficient_funds", True),
        (CLOSED, "account_unusable", False),
    ],
)
async def test_what_comes_back_at_once_is_declined(shop: BankShop, number: str, code: str, may_retry: bool) -> None:
    """For want of funds after two more tries; nothing was booked, and nothing is left with our bank."""
    source = await shop.account(number)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(25)
    charged = await shop.see(charge_id)

    assert ("declined", code, may_retry) == (charged.state, charged.decline_code, charged.may_retry)
    assert {} == await shop.clearing()


async def test_what_comes_back_after_it_counted_is_returned(shop: BankShop) -> None:
    """Its holder never agreed, they say, weeks later: the amount is owed to us, and the owner says who bears it."""
    source = await shop.account(REFUSED)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(45)
    charged = await shop.see(charge_id)

    assert ("returned", "unauthorised", 0) == (charged.state, charged.decline_code, charged.refundable_minor)
    assert ["charged", "returned"] == states(shop)
    assert {"chargeback_receivable": 20_000, "dev_payable": -18_000, "fee_income": -2_000} == await shop.clearing()


async def test_a_second_try_may_pass(shop: BankShop) -> None:
    """There was money on payday: one charge, charged."""
    source = await shop.account(RICH_LATER)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(20)

    assert ("charged", ["charged"]) == ((await shop.see(charge_id)).state, states(shop))


async def test_a_bank_charge_is_given_back_to_the_account(shop: BankShop) -> None:
    """As a credit in a file; refunded when our bank took it, and settled like any other."""
    source = await shop.account(GOOD)
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(7)
    refund = await shop.refund(charge_id, 5_000)
    await shop.world.days(4)

    assert "refunded" == (await shop.see_refund(refund.id)).state
    assert (5_000, 15_000) == (lambda one: (one.refunded_minor, one.refundable_minor))(await shop.see(charge_id))
    assert 5_000 in [one.signed_minor for one in shop.world.statement()]
    assert {"dev_payable": -13_000, "fee_income": -2_000} == await shop.clearing()


async def test_a_refund_that_comes_back_is_the_accounts_again(shop: BankShop) -> None:
    """The account was closed meanwhile: the refund failed after all, and says why."""
    source = await shop.account("2000000019")  # takes debits; credits come back R02
    charge_id = await shop.charge(20_000, **source)
    await shop.world.days(7)
    refund = await shop.refund(charge_id, 5_000)
    await shop.world.days(6)

    assert ("refund_failed", "account_unusable") == (lambda one: (one.state, one.failed_why))(
        await shop.see_refund(refund.id)
    )
    assert {"dev_payable": -18_000, "fee_income": -2_000} == await shop.clearing()
    with pytest.raises(errors.BankNotReady):
        await shop.refund(charge_id, 5_000)


async def test_nobody_is_debited_without_leave(shop: BankShop) -> None:
    """No mandate, one that was withdrawn or is another business's, somebody else's account: nothing is written."""
    source = await shop.account(GOOD)
    with pytest.raises(errors.MandateMissing):
        await shop.charge(20_000, **source | {"business_id": uuid7()})
    for changes in ({"mandate_id": None}, {"mandate_id": uuid7()}):
        with pytest.raises(errors.MandateMissing):
            await shop.charge(20_000, **source | changes)
    with pytest.raises(errors.BankAccountNotFound):
        await shop.charge(20_000, **source | {"payer_id": shop.house.bo})
    await shop.house.do(mandates.revoke, [Revoke(source["mandate_id"], shop.house.ann)])
    ask = shop.ask(20_000, **source)
    refused, good = await shop.house.do(shop.charging, [ask, shop.ask(500)])

    assert (errors.MandateMissing(), "charging") == (refused, good.state)
    with pytest.raises(KeyError):
        await shop.see(ask.id)


async def test_each_try_costs_what_an_item_costs(shop: BankShop) -> None:
    """Two debits of one order, and the credit of a refund: three items of our bank's."""
    charge_id = await shop.charge(20_000, **await shop.account(RICH_LATER))
    await shop.world.days(20)
    await shop.refund(charge_id, 5_000)
    await shop.world.days(3)
    async with shop.house.database.transaction() as tx:
        await costs.accrue(tx, since=LONG_AGO, policy=shop.house.policy)
        told = await costs.unit_cost(tx, since=LONG_AGO, currency="USD")

    assert {"bank_item": 3} == {one.item: one.attempts for one in told.items}


async def test_a_repeat_of_a_bank_charge_is_one_debit(shop: BankShop) -> None:
    """However often it is asked for, in a batch and later."""
    ask = shop.ask(20_000, **await shop.account(GOOD))
    await shop.house.do(shop.charging, [ask, ask])
    await shop.world.days(7)
    again = await shop.house.do(shop.charging, [ask])

    assert "charged" == again.state
    assert 1 == len([one for one in shop.world.statement() if one.signed_minor == -20_000])
