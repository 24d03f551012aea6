"""Days of charges that settle, and days that do not: with files made to measure."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.payments.clearing import Network
from tests.payments.conftest import LONG_AGO, House
from tests.payments.shop import Shop

from tuppence.payments import costs, reconciliation
from tuppence.payments.reconciliation import Kind

CLEARING = ("card_clearing", "refund_clearing", "parked", "in_transit")


@pytest.fixture
async def shop(house: House) -> Shop:
    return await Shop(house).open()


@pytest.fixture
def network(house: House, tmp_path: Path) -> Network:
    return Network(house, tmp_path / "clearing")


async def left(house: House) -> dict[str, int]:
    """What is in the accounts that a settled day leaves empty."""
    return {name: minor for name, minor in (await house.balances()).items() if name in CLEARING}


async def kinds(house: House) -> list[str]:
    async with house.database.transaction() as tx:
        return [one.kind for one in await reconciliation.list_breaks(tx)]


async def test_a_day_of_charges_reconciles_to_zero(shop: Shop, network: Network) -> None:
    """Friends and businesses in one file: charged, declined, given back in parts; cash is what the shares say."""
    charged = [await shop.charge(minor) for minor in (999, 1_000, 25_000)]
    await shop.refund(charged[0], 399)
    await shop.refund(charged[0], 100)
    await shop.house.send()
    await shop.house.work_off_undo()
    shop.house.bank.fates["ann's other"] = "insufficient_funds"
    await shop.charge(5_000)
    file = await network.close_day()
    summary = await network.reconcile()
    balances = await shop.house.balances()

    assert (1, 7, 0, 0) == (summary.files, summary.lines, summary.news, summary.open)
    assert {} == await left(shop.house)
    assert file.net_minor("USD") == balances["house_cash"]
    assert 26_500 == -(balances["dev_payable"] + balances["fee_income"])
    assert balances["rail_cost"] == 26_500 - balances["house_cash"]
    assert [] == await shop.broken()


async def test_charges_count_in_what_a_payment_costs(shop: Shop, network: Network) -> None:
    """A purchase costs what a debit costs, a refund of one what a refund costs, and both are billed as booked."""
    await shop.refund(await shop.charge(10_000), 10_000)
    await shop.charge(10_000)
    await network.close_day()
    await network.reconcile()
    async with shop.house.database.transaction() as tx:
        told = await costs.unit_cost(tx, since=LONG_AGO, currency="USD")

    assert {"regulated_debit": 2, "refund": 1} == {one.item: one.attempts for one in told.items}
    assert 2 == told.delivered
    assert all(one.billed_minor == one.booked_minor for one in told.items)


async def test_a_reversed_purchase_in_the_file_goes_back(shop: Shop, network: Network) -> None:
    """Told as declined, taken all the same: the file is the proof, and the refund's own line closes the matter."""
    shop.house.bank.fates["purchase ann's other"] = "silent"
    charge_id = await shop.charge(700)
    (asked,) = shop.house.bank.asked
    await shop.tell(asked.id, "reversed")
    await network.close_day(more=[network.line(asked)])
    await network.reconcile()
    await shop.house.work()

    assert (700, "declined") == ((await shop.see(charge_id)).refunded_minor, (await shop.see(charge_id)).state)
    assert {"refund_clearing": -700} == await left(shop.house)

    await network.close_day()
    await network.reconcile()

    assert {} == await left(shop.house)
    assert [] == await kinds(shop.house)


async def test_an_unanswered_refund_is_settled_by_the_file(shop: Shop, network: Network) -> None:
    """The network never told, its file does."""
    charge_id = await shop.charge(700)
    shop.house.bank.fates["refund ann's other"] = "silent"
    refund = await shop.refund(charge_id, 300)
    await network.close_day(more=[network.line(shop.house.bank.asked[-1])])
    await network.reconcile()

    assert "refunded" == (await shop.see_refund(refund.id)).state
    assert {} == await left(shop.house)


async def test_a_purchase_that_the_file_lacks_is_a_break(shop: Shop, network: Network) -> None:
    """With its name and amount, until somebody explains it."""
    await shop.charge(700)
    for _ in range(2):  # the scripted bank does not say on which day it decided
        await network.close_day(lambda lines: ())
    await network.reconcile()
    async with shop.house.database.transaction() as tx:
        (found,) = await reconciliation.list_breaks(tx)

    assert (Kind.MISSING, 700, "card_clearing") == (found.kind, found.amount_minor, found.account)


async def test_a_cent_too_much_is_a_break(shop: Shop, network: Network) -> None:
    """The file says 701 of a purchase of 700."""
    await shop.charge(700)
    await network.close_day(lambda lines: [replace(one, amount_minor=one.amount_minor + 1) for one in lines])
    await network.reconcile()

    assert [Kind.AMOUNT] == await kinds(shop.house)
