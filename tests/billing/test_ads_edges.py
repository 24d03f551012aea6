"""Each named edge of an advertiser's life, on the real database, worker and ledger; the bank does as it is told."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.billing.advertiser import Advertiser
from tests.payments.conftest import House

from tuppence.billing.ads import errors, operating
from tuppence.billing.ads.coupons import Redeem, make_coupons, redeem
from tuppence.billing.ads.meter.model import Metered
from tuppence.core import uuid7

# - bills ------------------------------------------------------------------------------------------------------------


async def test_a_bill_is_charged_at_the_threshold(advertiser: Advertiser) -> None:
    """At $25 the cycle closes, the primary is charged, the next one is open already."""
    await advertiser.use(1_000, 1_000)
    assert [("accruing", 2_000)] == [(one.state, one.due_minor) for one in await advertiser.bills()]

    await advertiser.use(700)
    paid, accruing = await advertiser.bills()

    assert ("paid", "full", "charge", 2_700) == (paid.state, paid.why_closed, paid.paid_by, paid.due_minor)
    assert ("accruing", 0) == (accruing.state, accruing.due_minor)
    assert {"card_clearing": 2_700, "revenue": -2_700} == await advertiser.house.balances()
    assert await advertiser.delivery() is None


async def test_a_bill_is_drawn_up_on_the_monthly_date(advertiser: Advertiser) -> None:
    """Whichever comes first: an account that spends little is billed once a month, at midnight of its own clock."""
    await advertiser.use(300)
    (accruing,) = await advertiser.bills()
    at = accruing.bill_at.astimezone(ZoneInfo(advertiser.zone))
    await advertiser.wait(days=32)
    paid, following = await advertiser.bills()

    assert (0, 0) == (at.hour, at.minute)
    assert ("paid", "date", 300) == (paid.state, paid.why_closed, paid.due_minor)
    assert following.bill_at > accruing.bill_at


async def test_a_month_without_usage_costs_nothing(advertiser: Advertiser) -> None:
    """The cycle closes with nothing due, and nobody is charged."""
    await advertiser.wait(days=32)
    paid, _ = await advertiser.bills()

    assert ("paid", "nothing", 0) == (paid.state, paid.paid_by, paid.due_minor)
    assert [] == advertiser.house.bank.asked


async def test_accrual_goes_on_while_charging_up_to_the_grace_cap(advertiser: Advertiser) -> None:
    """The bank does not answer; ads run on until the new cycle holds 1.2 thresholds, and are stopped then."""
    advertiser.house.bank.fates["ann's ads"] = "silent"
    await advertiser.use(2_500)
    assert "charge_unknown" == (await advertiser.bills())[0].state
    assert await advertiser.delivery() is None

    await advertiser.use(2_900)
    assert await advertiser.delivery() is None

    await advertiser.use(100)
    assert "grace_cap" == await advertiser.delivery()
    assert ["charge_unknown", "accruing"] == [one.state for one in await advertiser.bills()]


# - failures ---------------------------------------------------------------------------------------------------------


async def test_a_soft_decline_is_tried_again_after_4_and_24_hours(advertiser: Advertiser) -> None:
    """Ads run on meanwhile; the third try works, and nothing was charged twice."""
    house = advertiser.house
    house.bank.fates["ann's ads"] = "insufficient_funds"
    await advertiser.use(2_500)
    first = (await advertiser.see()).account
    await advertiser.wait(hours=4, minutes=1)
    tries = len(house.bank.asked)
    house.bank.fates["ann's ads"] = "accept"
    await advertiser.wait(hours=19)
    assert "retrying" == (await advertiser.bills())[0].state
    await advertiser.wait(hours=1)

    assert ("grace", 2) == (first.state, tries)
    assert ("paid", "active_auto") == ((await advertiser.bills())[0].state, (await advertiser.see()).account.state)
    assert 1 == len(house.bank.moved("purchase"))


async def test_when_all_tries_fail_everything_stops_until_it_is_paid(advertiser: Advertiser) -> None:
    """Past due: no delivery, and usage that is reported of later is not charged. Paid by hand, ads run again."""
    house = advertiser.house
    house.bank.fates["ann's ads"] = "insufficient_funds"
    await advertiser.use(2_500)
    await advertiser.wait(hours=25)
    assert "past_due" == await advertiser.delivery()

    await advertiser.wait(minutes=5)
    assert [Metered] == [type(one) for one in await advertiser.use(700)]
    assert [2_500, 0] == [one.due_minor for one in await advertiser.bills()]

    house.bank.fates["ann's ads"] = "accept"
    await advertiser.pay()
    assert await advertiser.delivery() is None
    assert ["paid", "accruing"] == [one.state for one in await advertiser.bills()]
    assert {"card_clearing": 2_500, "revenue": -3_200, "loss": 700} == await house.balances()


async def test_backups_are_charged_at_once(advertiser: Advertiser) -> None:
    """The primary is hard-declined; the backup pays within the same minute, and the primary is left alone."""
    house = advertiser.house
    backup = await house.add_card(house.ann, "ann's backup")
    await advertiser.set_methods(advertiser.card, backup)
    house.bank.fates["ann's ads"] = "lost_or_stolen"
    await advertiser.use(2_500)
    (paid, _), world = await advertiser.bills(), await advertiser.see()

    assert ("paid", 1) == (paid.state, paid.failures)
    assert "active_auto" == world.account.state
    assert ["ann's ads", "ann's backup"] == [one.token for one in house.bank.asked]


async def test_a_hard_decline_of_the_only_card_is_not_tried_again(advertiser: Advertiser) -> None:
    """Nothing will change by itself, so nobody waits: it is past due at once."""
    advertiser.house.bank.fates["ann's ads"] = "lost_or_stolen"
    await advertiser.use(2_500)
    assert "past_due" == (await advertiser.see()).account.state

    await advertiser.wait(days=2)
    assert 1 == len(advertiser.house.bank.asked)


async def test_past_due_for_a_month_is_disabled_and_may_be_written_off(advertiser: Advertiser) -> None:
    """What is given up is the house's loss, in the books; what was used stays on the bill."""
    house = advertiser.house
    house.bank.fates["ann's ads"] = "fraud"
    await advertiser.use(2_500)
    await advertiser.wait(days=31)
    assert "disabled" == (await advertiser.see()).account.state

    async with house.database.transaction() as tx:
        await operating.write_off(tx, advertiser.account, policy=house.policy)
    assert "written_off" == (await advertiser.see()).account.state
    assert {"loss": 2_500, "revenue": -2_500} == await house.balances()


# - the ladder -------------------------------------------------------------------------------------------------------


async def test_the_threshold_climbs_with_clean_bills_and_falls_with_a_failure(advertiser: Advertiser) -> None:
    """Three clean bills and a week: $50. One failure: $25 again."""
    for _ in range(3):
        await advertiser.use(2_500)
        await advertiser.wait(days=4)
    assert 1 == (await advertiser.see()).account.rung

    await advertiser.use(4_000)
    assert "accruing" == (await advertiser.bills())[-1].state
    assert 4_000 == (await advertiser.see()).accrued_minor

    advertiser.house.bank.fates["ann's ads"] = "insufficient_funds"
    await advertiser.use(1_000)
    assert 0 == (await advertiser.see()).account.rung


async def test_people_may_set_a_lower_threshold_of_their_own(advertiser: Advertiser) -> None:
    """$10 is charged at $10; a higher one than was earned is refused."""
    with pytest.raises(errors.ThresholdTooHigh):
        await advertiser.change(own_threshold_minor=2_501)
    await advertiser.change(own_threshold_minor=1_000)
    await advertiser.use(1_000)

    assert ["paid", "accruing"] == [one.state for one in await advertiser.bills()]


# - limits -----------------------------------------------------------------------------------------------------------


async def test_limits_of_peoples_own_are_hard(advertiser: Advertiser) -> None:
    """What lag delivers beyond the account's cap is the house's loss, and stands on the bill as not charged."""
    await advertiser.change(spend_cap_minor=500)
    (_, second) = await advertiser.use(400, 300)
    (accruing,) = await advertiser.bills()

    assert second == Metered(second.id, 200) if isinstance(second, Metered) else False
    assert (700, 200, 500) == (accruing.usage_minor, accruing.waived_minor, accruing.due_minor)
    assert "spend_cap" == await advertiser.delivery()
    await advertiser.change(reset_spent=True)
    assert await advertiser.delivery() is None


async def test_a_campaigns_daily_cap_and_budget_are_hard_too(advertiser: Advertiser) -> None:
    """$3 a day and $5 in all; the rest is not charged, and a new day makes room within the budget."""
    await advertiser.set_campaign(daily_cap_minor=300, budget_minor=500)
    await advertiser.use(250, 250)
    await advertiser.wait(days=1)
    await advertiser.use(250, 250)
    (accruing,) = await advertiser.bills()

    assert (1_000, 500, 500) == (accruing.usage_minor, accruing.waived_minor, accruing.due_minor)


@pytest.mark.parametrize(("ticked", "billed"), [(False, 300), (True, 600)])
async def test_missed_spend_is_caught_up_only_if_ticked(advertiser: Advertiser, ticked: bool, billed: int) -> None:
    """After a stop of a day, a daily cap of $3 grows by what was missed, for those who asked for it."""
    house, capped = advertiser.house, uuid7()
    await advertiser.change(catch_up=ticked)
    await advertiser.set_campaign(capped, daily_cap_minor=300)
    house.bank.fates["ann's ads"] = "not_permitted"
    await advertiser.use(2_500)
    await advertiser.wait(days=1)
    house.bank.fates["ann's ads"] = "accept"
    await advertiser.pay()
    await advertiser.use(2_000, campaign_id=capped)
    (*_, accruing) = await advertiser.bills()

    assert billed == accruing.due_minor


# - usage ------------------------------------------------------------------------------------------------------------


async def test_an_event_counts_once_however_often_it_comes(advertiser: Advertiser) -> None:
    """A repeat is told as one; the same id with other words is refused, and so are events out of time."""
    now = await advertiser.now()
    event = advertiser.usage(100, now)
    first, again, other = await advertiser.meter([event, event, replace(event, amount_minor=200)])
    (later,) = await advertiser.meter([event])
    early, late = await advertiser.meter(
        [advertiser.usage(1, now + timedelta(hours=1)), advertiser.usage(1, now - timedelta(days=91))]
    )

    assert [Metered(event.id, 0), Metered(event.id, 0, True), errors.UsageIdTaken()] == [first, again, other]
    assert Metered(event.id, 0, True) == later
    assert [errors.UsageTooEarly(), errors.UsageTooLate(days_most=90)] == [early, late]
    assert 100 == (await advertiser.see()).accrued_minor


async def test_late_usage_goes_on_the_bill_that_is_open(advertiser: Advertiser) -> None:
    """A bill that is closed is never rewritten."""
    await advertiser.use(2_500)
    await advertiser.wait(days=10)
    await advertiser.use(400, ago=timedelta(days=10))

    assert [2_500, 400] == [one.due_minor for one in await advertiser.bills()]


async def test_a_correction_names_its_event_and_gives_no_more_back(advertiser: Advertiser) -> None:
    """Half is given back, then the other half; a third is refused, and so is one of nothing."""
    event = advertiser.usage(1_000, await advertiser.now())
    await advertiser.meter([event])
    back = [
        advertiser.usage(-500, event.at, kind="correction", corrects=event.id),
        advertiser.usage(-500, event.at, kind="correction", corrects=event.id),
        advertiser.usage(-1, event.at, kind="correction", corrects=event.id),
        advertiser.usage(-1, event.at, kind="correction", corrects=uuid7()),
    ]
    results = await advertiser.meter(back)

    expected = [Metered, Metered, errors.GivesBackTooMuch, errors.CorrectsNothing]
    assert expected == [type(one) for one in results]
    assert 0 == (await advertiser.see()).accrued_minor


async def test_invalid_traffic_of_a_paid_bill_is_a_negative_line_of_the_next(advertiser: Advertiser) -> None:
    """What was paid and never should have been is taken off what is used next."""
    await advertiser.use(2_500)
    await advertiser.use(-1_500)
    assert -1_500 == (await advertiser.see()).accrued_minor

    await advertiser.wait(days=32)
    await advertiser.use(1_600)
    _, carried, accruing = await advertiser.bills()

    assert ("paid", "nothing", -1_500) == (carried.state, carried.paid_by, carried.carried_out_minor)
    assert 100 == accruing.due_minor


async def test_invalid_traffic_of_a_closed_account_is_refunded(advertiser: Advertiser) -> None:
    """There is no next bill, so it goes back to the card that paid."""
    house = advertiser.house
    await advertiser.use(2_500)
    await advertiser.close()
    assert "closed" == (await advertiser.see()).account.state

    await advertiser.use(-1_500)
    assert 1 == len(house.bank.moved("refund"))
    assert {"card_clearing": 2_500, "refund_clearing": -1_500, "revenue": -1_000} == await house.balances()
    refused = await advertiser.use(100)
    assert [errors.UsageNotTaken(state="closed")] == refused


async def test_a_new_account_owes_nothing_before_it_is_set_up(house: House) -> None:
    """Nothing was agreed to yet, so what somebody reports of it is written and not charged."""
    advertiser = Advertiser(house)
    advertiser.card = uuid7()
    await advertiser.open("prepaid")
    (told,) = await advertiser.use(500)

    assert isinstance(told, Metered)
    assert (500, 0) == (told.waived_minor, (await advertiser.see()).unpaid_minor)
    assert [] == await advertiser.broken()


async def test_nobody_meters_for_another_business(advertiser: Advertiser) -> None:
    """A campaign of somebody else's is as good as none."""
    advertiser.business = uuid7()
    assert [errors.CampaignNotFound()] == await advertiser.use(100)


# - credits ----------------------------------------------------------------------------------------------------------


async def test_a_coupon_pays_first_and_only_once(advertiser: Advertiser) -> None:
    """It is used up before anything is owed; another account cannot redeem it, nor anybody twice."""
    house = advertiser.house
    async with house.database.transaction() as tx:
        (coupon,) = await make_coupons(tx, count=1, amount_minor=1_000, currency="USD", valid_days=30, lasts_days=60)
    ask = Redeem(advertiser.business, advertiser.account, house.ann, coupon.code)
    for _ in range(2):
        await house.do(redeem, [ask], policy=house.policy)
    await advertiser.use(1_200)
    (accruing,) = await advertiser.bills()

    assert (1_000, 200) == (accruing.credits_minor, accruing.due_minor)
    assert {"promo": 1_000, "ads_receivable": 200, "revenue": -1_200} == await house.balances()
    with pytest.raises(errors.CouponUnknown):
        await house.do(redeem, [replace(ask, code="AAAA-BBBB-CCCC-DDDD")], policy=house.policy)


async def test_the_soonest_to_expire_is_used_first_and_gifts_never_become_cash(advertiser: Advertiser) -> None:
    """Of two credits the one that ends sooner pays; what they paid is given back to them, not to the card."""
    house = advertiser.house
    async with house.database.transaction() as tx:
        await operating.grant_credit(tx, advertiser.account, 500, 60, policy=house.policy)
    async with house.database.transaction() as tx:
        await operating.grant_credit(tx, advertiser.account, 500, 30, policy=house.policy)
    await advertiser.use(700)
    sooner, later = (await advertiser.see()).credits
    assert (0, 300) == (sooner.left_minor, later.left_minor)

    await advertiser.use(-700)
    assert [500, 500] == [one.left_minor for one in (await advertiser.see()).credits]
    assert {} == await house.balances()

    await advertiser.wait(days=31)
    await advertiser.use(700)
    assert 200 == (await advertiser.see()).accrued_minor


# - prepaid ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def prepaid(advertiser: Advertiser) -> Advertiser:
    await advertiser.change(way="prepaid")
    return advertiser


async def test_prepaid_stops_at_zero_and_lag_is_the_houses_loss(prepaid: Advertiser) -> None:
    """$10 in advance are $10: what is delivered beyond them is not charged, and the balance is never below zero."""
    house = prepaid.house
    assert "no_balance" == await prepaid.delivery()
    await prepaid.top_up(1_000)
    assert await prepaid.delivery() is None

    await prepaid.use(900, 300)
    assert "no_balance" == await prepaid.delivery()
    assert {"card_clearing": 1_000, "loss": 200, "revenue": -1_200} == await house.balances()


async def test_unused_prepaid_money_goes_back_to_where_it_came_from(prepaid: Advertiser) -> None:
    """On demand, the latest top-up first, and no more than is there."""
    house = prepaid.house
    await prepaid.top_up(1_000)
    await prepaid.top_up(500)
    await prepaid.use(300)
    with pytest.raises(errors.NothingUnused) as refused:
        await prepaid.refund_unused(1_201)
    await prepaid.refund_unused()

    assert {"refundable_minor": 1_200} == refused.value.facts
    assert [500, 700] == sorted(one.amount_minor for one in house.bank.asked if one.kind == "refund")
    assert {"card_clearing": 1_500, "refund_clearing": -1_200, "revenue": -300} == await house.balances()


async def test_a_refund_repeated_is_one_refund_and_its_id_names_no_other(prepaid: Advertiser) -> None:
    """The same amount gives nothing more back; another amount under the same id is refused."""
    ask_id = uuid7()
    await prepaid.top_up(1_000)
    for _ in range(2):
        await prepaid.refund_unused(400, ask_id=ask_id)
    with pytest.raises(errors.AdsIdTaken):
        await prepaid.refund_unused(500, ask_id=ask_id)

    assert [400] == [one.amount_minor for one in prepaid.house.bank.asked if one.kind == "refund"]


async def test_closing_a_prepaid_account_gives_the_rest_back(prepaid: Advertiser) -> None:
    """Nobody has to ask twice: closing refunds what is unused, and the account is closed once that is done."""
    await prepaid.top_up(1_000)
    await prepaid.use(300)
    await prepaid.close()

    assert "closed" == (await prepaid.see()).account.state
    assert {"card_clearing": 1_000, "refund_clearing": -700, "revenue": -300} == await prepaid.house.balances()


async def test_a_top_up_that_is_declined_changes_nothing(prepaid: Advertiser) -> None:
    """And it is told."""
    prepaid.house.bank.fates["ann's ads"] = "insufficient_funds"
    await prepaid.top_up(1_000)

    assert "no_balance" == await prepaid.delivery()
    assert {} == await prepaid.house.balances()


# - invoices ---------------------------------------------------------------------------------------------------------


async def test_an_invoice_is_due_in_a_month_and_may_be_paid_by_wire(advertiser: Advertiser) -> None:
    """With a credit line of $100: no threshold, one invoice a month, marked paid by an operator."""
    house = advertiser.house
    async with house.database.transaction() as tx:
        await operating.give_credit_line(tx, advertiser.account, 10_000, policy=house.policy)
    await advertiser.use(9_000)
    await advertiser.wait(days=32)
    invoice, _ = await advertiser.bills()
    await advertiser.use(1_000)
    assert "credit_line" == await advertiser.delivery()

    for _ in range(2):
        async with house.database.transaction() as tx:
            await operating.mark_paid(tx, invoice.id, "wire 4711", policy=house.policy)
    assert "invoiced" == invoice.state
    assert await advertiser.delivery() is None
    assert {"house_cash": 9_000, "ads_receivable": 1_000, "revenue": -10_000} == await house.balances()


async def test_an_invoice_that_nobody_pays_stops_delivery(advertiser: Advertiser) -> None:
    """Overdue is past due; paid by card, everything runs again."""
    house = advertiser.house
    async with house.database.transaction() as tx:
        await operating.give_credit_line(tx, advertiser.account, 10_000, policy=house.policy)
    await advertiser.use(9_000)
    await advertiser.wait(days=32)
    await advertiser.wait(days=31)
    assert "past_due" == await advertiser.delivery()

    await advertiser.pay()
    assert ("active_invoice", None) == ((await advertiser.see()).account.state, await advertiser.delivery())
