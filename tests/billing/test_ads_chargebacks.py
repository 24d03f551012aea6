"""A bank takes back what a bill, or a top-up, was paid with."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.billing.advertiser import Advertiser

from tuppence.billing.ads import operating
from tuppence.core import uuid7
from tuppence.payments import disputes
from tuppence.payments.disputes import Ask, Case, Event, Reason, Report
from tuppence.payments.disputes.errors import DisputeMovedOn, DisputeNotFound


async def hear(advertiser: Advertiser, charge: UUID, minor: int, event: Event) -> None:
    """The network's file says something of a chargeback of a charge."""
    until = (await advertiser.now() + timedelta(days=30)).date()
    case = Case("CB1", event, "charge", charge, Reason.NOT_ME, minor, "USD", until)
    await advertiser.house.do(disputes.hear, [case], policy=advertiser.house.policy)
    await advertiser.house.work()


async def charge_of(advertiser: Advertiser) -> UUID:
    """The charge that was asked of the bank last."""
    return advertiser.house.bank.asked[-1].payment_id


async def test_a_chargeback_of_a_bill_is_owed_again_and_ends_the_climb(advertiser: Advertiser) -> None:
    """Ads stop, the threshold is the lowest and stays there until an operator says so; won, it counts as paid."""
    house = advertiser.house
    await advertiser.use(2_500)
    charge = await charge_of(advertiser)
    await hear(advertiser, charge, 2_500, Event.OPEN)
    account = (await advertiser.see()).account
    assert ("past_due", True, "past_due") == (account.state, account.is_manual, await advertiser.delivery())
    assert {"ads_receivable": 2_500, "revenue": -2_500} == await house.balances()

    await hear(advertiser, charge, 2_500, Event.NETWORK_WON)
    assert ["paid", "accruing"] == [one.state for one in await advertiser.bills()]
    assert {"card_clearing": 2_500, "revenue": -2_500} == await house.balances()

    for _ in range(4):
        await advertiser.use(2_500)
        await advertiser.wait(days=4)
    assert 0 == (await advertiser.see()).account.rung
    async with house.database.transaction() as tx:
        await operating.trust(tx, advertiser.account, policy=house.policy)
    assert not (await advertiser.see()).account.is_manual


async def test_a_chargeback_of_a_top_up_takes_the_balance(advertiser: Advertiser) -> None:
    """What is still there goes back to the bank; nothing is ever below zero."""
    await advertiser.change(way="prepaid")
    await advertiser.top_up(1_000)
    await hear(advertiser, await charge_of(advertiser), 1_000, Event.OPEN)

    assert (0, "no_balance") == ((await advertiser.see()).prepaid_minor, await advertiser.delivery())


async def test_what_a_spent_top_up_lacks_is_the_houses_to_bear(advertiser: Advertiser) -> None:
    """The balance is used: the chargeback stays with the house, and the advertiser's rest is left alone."""
    await advertiser.change(way="prepaid")
    await advertiser.top_up(1_000)
    await advertiser.use(400)
    await hear(advertiser, await charge_of(advertiser), 1_000, Event.OPEN)

    assert 600 == (await advertiser.see()).prepaid_minor


async def test_what_the_house_wrote_off_is_not_owed_again(advertiser: Advertiser) -> None:
    """The operator was faster than the worker: the bill stays paid, and the loss is booked once."""
    house = advertiser.house
    await advertiser.use(2_500)
    charge = await charge_of(advertiser)
    until = (await advertiser.now() + timedelta(days=30)).date()
    for event in (Event.OPEN, Event.NETWORK_LOST):
        case = Case("CB1", event, "charge", charge, Reason.NOT_ME, 2_500, "USD", until)
        dispute = await house.do(disputes.hear, [case], policy=house.policy)
    await house.do(disputes.move, [Ask(dispute.id, Event.WRITE_OFF, operator="olga")], policy=house.policy)
    await house.work()

    assert ["paid", "accruing"] == [one.state for one in await advertiser.bills()]
    assert {"loss": 2_500, "revenue": -2_500} == await house.balances()


async def test_a_business_does_not_answer_its_own_claim(advertiser: Advertiser) -> None:
    """Whoever paid for ads belongs to who bought them: an operator decides, and the business can concede nothing."""
    house = advertiser.house
    await advertiser.use(2_500)
    report = Report(uuid7(), house.ann, "charge", await charge_of(advertiser), Reason.NOT_RECEIVED, "Nobody saw them.")
    opened = await house.do(disputes.report, [report], policy=house.policy)
    assert ("user", "opened") == (opened["kind"], opened["state"])
    with pytest.raises(DisputeNotFound):
        await house.do(disputes.act, [Ask(report.id, Event.CONCEDE, by=advertiser.business)], policy=house.policy)
    await house.do(disputes.move, [Ask(report.id, Event.ASK, operator="olga")], policy=house.policy)
    with pytest.raises(DisputeMovedOn):
        await house.do(disputes.act, [Ask(report.id, Event.CONCEDE, by=advertiser.business)], policy=house.policy)
    await house.work()

    assert {"card_clearing": 2_500, "revenue": -2_500} == await house.balances()
