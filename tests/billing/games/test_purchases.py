"""Purchases on PostgreSQL, with the real worker, ledger and charges."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.billing.games.arcade import ROOT, Arcade, kept_failure

from tuppence import outbox
from tuppence.billing.games import actions, errors, queries, settings
from tuppence.billing.games.model import AskRefund, Purchase
from tuppence.billing.games.states import Event, State
from tuppence.core import uuid7
from tuppence.payments.errors import CardUnusable, NoCard


async def test_a_sale_from_the_quote_to_the_developers_account(arcade: Arcade) -> None:
    """The game agrees, the card is debited once, and everybody has their part: 70 % of the price, 30 %, the tax."""
    bought = await arcade.buy()

    assert (State.COMPLETED, 700, 300, 60) == (bought.state, bought.dev_minor, bought.house_minor, bought.tax_minor)
    assert 700 == await arcade.account("dev_payable")
    balances = await arcade.house.balances()
    assert (-300, -60, 1060) == tuple(balances[name] for name in ("revenue", "tax_payable", "card_clearing"))
    assert ["completed"] == await arcade.told()
    assert [("gems", 1, 1000, 60)] == [
        (one["sku"], one["quantity"], one["price_minor"], one["tax_minor"]) for one in arcade.server.asked
    ]


async def test_nobody_is_told_who_buys(arcade: Arcade) -> None:
    """The game hears its own request id and nothing of the buyer."""
    await arcade.buy()

    assert "order-1" == arcade.server.asked[0]["request_id"]
    assert str(arcade.house.ann) not in str(arcade.server.asked)


@pytest.mark.parametrize(
    ("answer", "says", "why"),
    [
        ({"approve": False, "reason": "Sold\u202e out"}, "Sold out", "app_refused"),
        ({"approve": False}, None, "app_refused"),
        (None, None, "app_silent"),
        (b"<html>", None, "app_silent"),
        ({"approve": "yes"}, None, "app_silent"),
        ([], None, "app_silent"),
    ],
)
async def test_a_game_that_does_not_agree_is_a_no(arcade: Arcade, answer: Any, says: str | None, why: str) -> None:
    """Refusal, silence and nonsense cancel before anything is debited; the reason is the buyer's to read."""
    arcade.server.answer = answer
    bought = await arcade.buy()

    assert (State.REJECTED_BY_APP, says, why) == (bought.state, bought.says, bought.why)
    assert [] == arcade.house.bank.asked
    assert ["failed"] == await arcade.told()


async def test_a_game_with_its_old_secret_is_heard_for_a_while(arcade: Arcade) -> None:
    """Its server holds the first secret and is asked after a rotation. Three old ones sign at most, or none."""

    async def rotated(overlap: timedelta) -> list[int]:
        await arcade.house.do(settings.rotate, arcade.game, overlap=overlap)
        async with arcade.house.database.transaction() as tx:
            game = await queries.access_game(tx, arcade.business, arcade.game)
        good = ROOT.good(game, datetime.now(UTC))
        return [version for version in range(1, 9) if ROOT.of(arcade.game, version) in good]

    assert [1, 2] == await rotated(timedelta(days=1))
    assert State.COMPLETED == (await arcade.buy()).state
    assert [1, 2, 3] == await rotated(timedelta(days=1))
    assert [1, 2, 3, 4] == await rotated(timedelta(days=1))
    assert [2, 3, 4, 5] == await rotated(timedelta(days=1))
    assert [6] == await rotated(timedelta(0))
    assert [6, 7] == await rotated(timedelta(days=1))


async def test_a_worker_that_comes_late_debits_nobody(arcade: Arcade) -> None:
    """Who looked a minute ago is not debited now: the question is taken for unanswered, and not asked."""
    purchase = await arcade.quote()
    ask = arcade.ask(purchase)
    await arcade.house.do(actions.buy, [ask], policy=arcade.policy)
    hasty = replace(arcade.policy, games=replace(arcade.policy.games, veto_seconds=-60))
    await arcade.open_jobs(hasty)
    await arcade.house.work()

    assert State.REJECTED_BY_APP == (await arcade.see(purchase)).state
    assert [] == arcade.server.asked


async def test_a_game_without_a_callback_is_not_asked(arcade: Arcade) -> None:
    """Its purchases go straight to the debit."""
    await arcade.set_game(callback_url=None)

    assert State.COMPLETED == (await arcade.buy()).state
    assert [] == arcade.server.asked


async def test_a_decline_and_a_debit_without_answer_fail(arcade: Arcade) -> None:
    """A declined purchase fails with the bank's reason; one without answer is initiated until it is proven dead."""
    arcade.house.bank.fates["ann's"] = "insufficient_funds"
    declined = await arcade.buy()
    arcade.house.bank.fates["ann's"] = "silent"
    silent = await arcade.buy()

    assert (State.FAILED, "insufficient_funds") == (declined.state, declined.why)
    assert (State.INITIATED, "no_answer") == (silent.state, silent.why)
    assert ["failed"] == await arcade.told()


async def test_an_id_is_one_quote_and_one_buyers(arcade: Arcade) -> None:
    """A repeat answers the held price; another product under the id is refused; so is whoever comes second."""
    purchase = await arcade.quote()
    again = await arcade.quote(id=purchase.id)
    with pytest.raises(errors.PurchaseDiffers):
        await arcade.quote("dot", id=purchase.id)
    asks = [arcade.ask(purchase), arcade.ask(purchase), arcade.ask(purchase, buyer_id=arcade.house.bo)]
    results = await arcade.house.do(actions.buy, asks, policy=arcade.policy)
    await arcade.house.work()

    assert purchase == again
    assert results[0] == results[1]
    assert errors.PurchaseNotFound is kept_failure(results[2])
    assert 1 == len(arcade.house.bank.asked)


async def test_a_price_holds_for_a_quarter_of_an_hour(arcade: Arcade) -> None:
    """After that nobody can buy it, and it says that it expired."""
    purchase = await arcade.quote()
    await arcade.house.work(after=timedelta(minutes=15, seconds=1))

    assert State.EXPIRED == (await arcade.see(purchase)).state
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.house.do(actions.buy, [arcade.ask(purchase)], policy=arcade.policy)


async def test_who_closes_the_sheet_for_good_ends_it(arcade: Arcade) -> None:
    """A cancelled quote is nobody's to buy; cancelling it again is harmless."""
    purchase = await arcade.quote()
    cancel = actions.Cancel(purchase.id, arcade.house.ann)
    for _ in range(2):
        cancelled: Purchase = await arcade.house.do(actions.cancel, [cancel], policy=arcade.policy)

        assert State.USER_CANCELLED == cancelled.state
    with pytest.raises(errors.PurchaseNotFound):
        await arcade.house.do(actions.cancel, [actions.Cancel(purchase.id, arcade.house.bo)], policy=arcade.policy)


async def test_what_is_too_large_for_one_or_for_a_day(arcade: Arcade) -> None:
    """A purchase has a limit, and so have a day's; what is left of it is told."""
    confirmed = replace(arcade.policy, step_up=replace(arcade.policy.step_up, above_minor=10**9))
    first = await arcade.quote("crown")
    second = await arcade.quote("crown")
    results = await arcade.house.do(actions.buy, [arcade.ask(first), arcade.ask(second)], policy=confirmed)

    assert State.VETOABLE == results[0].state
    assert errors.PurchaseTooLarge(most_minor=50_000 - 42_400) == results[1]


async def test_a_large_purchase_takes_a_fresh_proof(arcade: Arcade) -> None:
    """Above the amount at which payments ask for the PIN, purchases do; the first one of a business too."""
    with pytest.raises(errors.ConfirmationNeeded):
        await arcade.buy("crown")
    first = replace(arcade.policy, step_up=replace(arcade.policy.step_up, new_payee=True))
    purchase = await arcade.quote()
    with pytest.raises(errors.ConfirmationNeeded):
        await arcade.house.do(actions.buy, [arcade.ask(purchase)], policy=first)
    await arcade.buy()
    await arcade.house.do(actions.buy, [arcade.ask(purchase)], policy=first)


async def test_the_card_must_be_the_buyers_and_pay(arcade: Arcade) -> None:
    """Somebody else's card is no card, and one that cannot pay is named."""
    (bos,) = await arcade.house.cards(arcade.house.bo)
    purchase = await arcade.quote()
    with pytest.raises(NoCard):
        await arcade.house.do(actions.buy, [arcade.ask(purchase, card_id=uuid7())], policy=arcade.policy)
    theirs = arcade.ask(purchase, card_id=UUID(bos["id"]))
    with pytest.raises(NoCard):
        await arcade.house.do(actions.buy, [theirs], policy=arcade.policy)
    dead = await arcade.house.add_card(arcade.house.ann, "cannot", can_fund=False)
    with pytest.raises(CardUnusable):
        await arcade.house.do(actions.buy, [arcade.ask(purchase, card_id=dead)], policy=arcade.policy)


async def test_given_and_used_up_are_marked_once(arcade: Arcade) -> None:
    """Fulfilling again changes nothing; what was not paid cannot be given, what was not given cannot be used up."""
    bought = await arcade.buy()
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.mark(bought, "consume")
    fulfilled = await arcade.mark(bought)

    assert fulfilled == await arcade.mark(bought)
    consumed = await arcade.mark(bought, "consume")
    assert consumed == await arcade.mark(bought)
    assert ("consumed", True) == (consumed.delivery, consumed.consumed_at is not None)
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.mark(await arcade.quote())


async def test_what_is_not_given_within_a_day_is_told(arcade: Arcade) -> None:
    """The developer hears of it and the buyer's devices look again; of what was given, nobody hears anything."""
    given, forgotten = await arcade.buy(), await arcade.buy()
    await arcade.mark(given)
    await arcade.house.work(after=timedelta(hours=24, seconds=1))

    assert ["completed", "completed", "unfulfilled"] == await arcade.told()
    assert str(forgotten.id) == (await arcade.house.feed(arcade.house.ann, "purchase"))[-1]["id"]


# - refunds -----------------------------------------------------------------------------------------------------------


async def test_money_goes_back_in_parts_until_none_is_left(arcade: Arcade) -> None:
    """Many refunds, each out of what each party had; then all is back, and asking for more is done already."""
    bought = await arcade.buy()
    part = await arcade.refund(bought, 300)
    assert (State.PART_REFUNDED, 700 - 198) == (part.state, await arcade.account("dev_payable"))
    with pytest.raises(errors.RefundTooLarge) as refused:
        await arcade.refund(bought, 761)
    assert {"refundable_minor": 760} == refused.value.facts
    whole = await arcade.refund(bought)

    assert (State.REFUNDED, 0) == (whole.state, await arcade.account("dev_payable"))
    assert State.REFUNDED == (await arcade.refund(bought, 5)).state
    assert {} == {name: minor for name, minor in (await arcade.house.balances()).items() if "clearing" not in name}
    assert ["completed", "refunded", "refunded"] == await arcade.told()


async def test_a_refund_is_asked_for_once(arcade: Arcade) -> None:
    """A repeat moves nothing; the same id for another amount is refused."""
    bought, refund_id = await arcade.buy(), uuid7()
    for _ in range(2):
        await arcade.refund(bought, 100, id=refund_id)
    with pytest.raises(errors.RefundDiffers):
        await arcade.refund(bought, 200, id=refund_id)

    assert 2 == len(arcade.house.bank.asked)


async def test_a_refund_that_the_bank_refuses_leaves_everything_refundable(arcade: Arcade) -> None:
    """A closed card takes nothing back: the purchase stays paid, and the developer keeps their share."""
    bought = await arcade.buy()
    arcade.house.bank.fates["refund ann's"] = "invalid_card"
    after = await arcade.refund(bought)

    assert (State.COMPLETED, 700) == (after.state, await arcade.account("dev_payable"))
    arcade.house.bank.fates = {}
    assert State.REFUNDED == (await arcade.refund(bought)).state


async def test_what_was_not_paid_is_not_refunded(arcade: Arcade) -> None:
    """A quote, and a failed purchase, have nothing to give back."""
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.refund(await arcade.quote())


# - small ones --------------------------------------------------------------------------------------------------------


async def test_small_purchases_of_a_day_are_one_debit(arcade: Arcade) -> None:
    """Each is complete at once; at the day's end one debit takes what is left of them."""
    dots = [await arcade.buy("dot") for _ in range(3)]
    assert [] == arcade.house.bank.asked
    assert {State.COMPLETED} == {one.state for one in dots}
    assert State.REFUNDED == (await arcade.refund(dots[0])).state
    await arcade.refund(dots[1], 10)
    await arcade.house.work(after=timedelta(days=1))

    assert [53 + 43] == [one.amount_minor for one in arcade.house.bank.asked]
    assert 35 + 28 == await arcade.account("dev_payable")
    assert (State.COMPLETED, State.PART_REFUNDED) == (
        (await arcade.see(dots[2])).state,
        (await arcade.see(dots[1])).state,
    )


async def test_a_declined_bundle_takes_every_purchase_with_it(arcade: Arcade) -> None:
    """Nothing was taken, so all of them fall, and their game hears of each."""
    dots = [await arcade.buy("dot") for _ in range(2)]
    for one in dots:
        await arcade.mark(one)
    arcade.house.bank.fates["ann's"] = "insufficient_funds"
    await arcade.house.work(after=timedelta(days=1))

    assert {State.BUNDLE_DECLINED} == {(await arcade.see(one)).state for one in dots}
    assert ["completed", "completed", "failed", "failed"] == await arcade.told()
    assert 0 == await arcade.account("dev_payable")


async def test_a_bundle_that_has_come_to_much_is_debited_at_once(arcade: Arcade) -> None:
    """The house trusts a buyer with no more than a bundle's most; what comes after begins another."""
    for _ in range(20):
        await arcade.buy("dot")

    assert [53 * 19] == [one.amount_minor for one in arcade.house.bank.asked]
    await arcade.house.work(after=timedelta(days=1))
    assert [53 * 19, 53] == [one.amount_minor for one in arcade.house.bank.asked]


async def test_a_bundle_of_which_nothing_is_left_debits_nobody(arcade: Arcade) -> None:
    """What was refunded before the day's end was never taken."""
    await arcade.refund(await arcade.buy("dot"))
    await arcade.house.work(after=timedelta(days=1))

    assert [] == arcade.house.bank.asked


async def test_after_its_debit_a_small_purchase_is_refunded_by_the_bank(arcade: Arcade) -> None:
    """Then its money moved, and goes back by reference to the bundle's debit."""
    dot, _ = await arcade.buy("dot"), await arcade.buy("dot")
    await arcade.house.work(after=timedelta(days=1))

    assert State.REFUNDED == (await arcade.refund(dot)).state
    assert 35 == await arcade.account("dev_payable")


# - chargebacks -------------------------------------------------------------------------------------------------------


async def test_a_refund_on_its_way_and_a_chargeback_take_no_cent_twice(arcade: Arcade) -> None:
    """The chargeback takes what the refund under way left, and the refund still ends."""
    bought = await arcade.buy()
    await arcade.house.do(actions.refund, [AskRefund(uuid7(), bought.id, 500, "x")], policy=arcade.policy)
    await arcade.befall(bought, Event.CHARGED_BACK)
    await arcade.house.work()

    assert (State.CHARGEBACK, 0) == ((await arcade.see(bought)).state, await arcade.account("dev_payable"))


async def test_a_chargeback_takes_the_share_and_a_won_one_brings_it_back(arcade: Arcade) -> None:
    """Out of what accrues, below nothing if need be; exactly as much comes back."""
    bought = await arcade.buy()
    await arcade.refund(bought, 530)
    before = await arcade.account("dev_payable")
    assert State.CHARGEBACK == (await arcade.befall(bought, Event.CHARGED_BACK)).state
    assert 0 == await arcade.account("dev_payable")
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.refund(bought, 1)
    assert State.CHARGEBACK_REVERSED == (await arcade.befall(bought, Event.CHARGEBACK_WON)).state

    assert before == await arcade.account("dev_payable")
    assert State.REFUNDED == (await arcade.refund(bought)).state
    assert ["completed", "refunded", "chargeback", "chargeback_reversed", "refunded"] == await arcade.told()


# - other currencies --------------------------------------------------------------------------------------------------


async def test_a_price_in_another_currency_is_exchanged_and_says_so(arcade: Arcade) -> None:
    """The buyer reads what was listed, the rate and its day; the developer of our currency is owed in it."""
    bought = await arcade.buy("hat")
    shown = bought.facts["exchange"]

    assert (2000, "EUR", arcade.policy.fx.on) == (shown["listed_minor"], shown["listed_currency"], shown["on"])
    assert bought.dev_minor == await arcade.account("dev_payable")


async def test_a_developer_of_another_currency_is_owed_it(arcade: Arcade) -> None:
    """Their share of what they listed comes to them through `fx`, and goes back the same way."""
    other = await Arcade(arcade.house).open(currency="EUR")
    bought = await other.buy("hat")

    assert 1400 == await other.account("dev_payable", "EUR")
    await other.refund(bought, bought.total_minor // 2)
    assert 700 == await other.account("dev_payable", "EUR")
    await other.befall(bought, Event.CHARGED_BACK)
    assert 0 == await other.account("dev_payable", "EUR")
    assert [] == await other.broken()


async def test_now_is_business_time(arcade: Arcade) -> None:
    """What a purchase says of its times is the house's clock, which a sandbox moves."""
    await arcade.house.work(after=timedelta(days=400))
    bought = await arcade.buy()

    assert bought.completed_at is not None
    assert bought.completed_at - datetime.now(UTC) > timedelta(days=399)
    assert await arcade.house.do(outbox.now) >= bought.completed_at
