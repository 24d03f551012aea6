"""Businesses are paid by card, on the real database, worker and ledger; the bank does as it is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House
from tests.payments.shop import Shop

from tuppence.core import Failure, uuid7
from tuppence.payments import errors
from tuppence.payments.cards import Remove, remove
from tuppence.payments.charges import Refund, Share
from tuppence.payments.charges.errors import (
    ChargeNotCharged,
    ChargeNotFound,
    NothingLeft,
    RefundNotCovered,
)


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    """After the test every charge's money is where its state says."""
    shop = await Shop(house).open()
    yield shop
    assert [] == await shop.broken()


async def test_a_charge_is_taken_with_all_its_shares(shop: Shop) -> None:
    """The card is asked once, as a purchase under the business's name; what was taken is the shares', to the cent."""
    charge_id = await shop.charge(999)
    (asked,) = shop.house.bank.asked
    charged = await shop.see(charge_id)

    assert ("purchase", "5816", "BLUE FOX GAMES", 999) == (asked.kind, asked.category, asked.says, asked.amount_minor)
    assert ("charged", 999, None) == (charged.state, charged.refundable_minor, charged.decline_code)
    assert {"card_clearing": 999, "dev_payable": -900, "fee_income": -99} == await shop.house.balances()
    assert [("games.charge_changed", {"charge_id": str(charge_id), "state": "charged"})] == shop.heard


@pytest.mark.parametrize(
    ("code", "may_retry"),
    [
        ("insufficient_funds", True),
        ("do_not_honor", True),
        ("limit_exceeded", True),
        ("expired_card", False),
        ("lost_or_stolen", False),
        ("fraud", False),
        ("not_permitted", False),
    ],
)
async def test_a_decline_says_why_and_whether_to_try_again(shop: Shop, code: str, may_retry: bool) -> None:
    """Nothing is taken; the owner hears, and sees whether the same card may pass some other time."""
    shop.house.bank.fates["ann's other"] = code
    charge_id = await shop.charge()
    charged = await shop.see(charge_id)

    assert ("declined", code, may_retry) == (charged.state, charged.decline_code, charged.may_retry)
    assert {} == await shop.house.balances()
    assert "declined" == shop.heard[-1][1]["state"]


async def test_a_bank_out_of_reach_is_tried_once_more(shop: Shop) -> None:
    """Half a minute later, under a new attempt; then the charge is declined, and may be tried another day."""
    shop.house.bank.fates["ann's other"] = "issuer_down"
    charge_id = await shop.charge()

    assert ("charging", 1) == ((await shop.see(charge_id)).state, len(shop.house.bank.asked))

    await shop.house.work(after=timedelta(seconds=40))
    charged = await shop.see(charge_id)

    assert ("declined", "issuer_down", True, 2) == (
        charged.state,
        charged.decline_code,
        charged.may_retry,
        len(shop.house.bank.asked),
    )


async def test_silence_is_undone_and_then_declined(shop: Shop) -> None:
    """A purchase without answer is reversed; once that is acknowledged nothing was taken, and it may be tried again."""
    shop.house.bank.fates["ann's other"] = "silent"
    charge_id = await shop.charge()
    (asked,) = shop.house.bank.asked

    assert "unknown" == (await shop.see(charge_id)).state

    shop.house.bank.known[asked.id] = replace(shop.house.bank.known[asked.id], state="reversed")
    await shop.house.work(after=timedelta(seconds=5))
    charged = await shop.see(charge_id)

    assert ("declined", "no_answer", True) == (charged.state, charged.decline_code, charged.may_retry)
    assert ["unknown", "declined"] == [payload["state"] for _, payload in shop.heard]
    assert {} == await shop.house.balances()


async def test_an_answer_that_we_missed_is_heard_later(shop: Shop) -> None:
    """The vault knew that it was accepted: then it is, nobody having been told that it failed."""
    shop.house.bank.fates["ann's other"] = "silent"
    charge_id = await shop.charge()
    (asked,) = shop.house.bank.asked
    shop.house.bank.known[asked.id] = replace(shop.house.bank.known[asked.id], state="accepted")
    await shop.house.work(after=timedelta(seconds=5))

    assert "charged" == (await shop.see(charge_id)).state


async def test_what_was_taken_after_all_is_given_back(shop: Shop) -> None:
    """A reversed purchase in a settlement file: it stands in the payer's name until their card has it again."""
    shop.house.bank.fates["purchase ann's other"] = "silent"
    charge_id = await shop.charge(500)
    (asked,) = shop.house.bank.asked
    await shop.tell(asked.id, "reversed")
    await shop.tell(asked.id, "found", rrn="123456789012")
    await shop.tell(asked.id, "found", rrn="123456789012")

    assert {"card_clearing": 500, "parked": -500} == await shop.house.balances()

    await shop.house.work()
    charged = await shop.see(charge_id)

    assert ("declined", 500, 0) == (charged.state, charged.refunded_minor, charged.refundable_minor)
    assert {"card_clearing": 500, "refund_clearing": -500} == await shop.house.balances()
    assert ("refund", asked.id, 500) == (lambda one: (one.kind, one.of, one.amount_minor))(shop.house.bank.asked[-1])
    assert not any(kind == "games.refund_changed" for kind, _ in shop.heard)


async def test_a_late_purchase_that_cannot_go_back_stays_its_payers(shop: Shop) -> None:
    """The card was closed meanwhile: the money is parked in the payer's name, and nobody else's."""
    shop.house.bank.fates |= {"purchase ann's other": "silent", "refund ann's other": "invalid_card"}
    charge_id = await shop.charge(500)
    await shop.tell(shop.house.bank.asked[0].id, "reversed")
    await shop.tell(shop.house.bank.asked[0].id, "found")
    await shop.house.work()

    assert {"card_clearing": 500, "parked": -500} == await shop.house.balances()
    assert ("declined", 0, 0) == (lambda one: (one.state, one.refunded_minor, one.refunding_minor))(
        await shop.see(charge_id)
    )


async def test_a_purchase_that_was_never_in_doubt_is_not_found(shop: Shop) -> None:
    """A file's claim about a charge that was plainly declined is for an operator, not for the machine."""
    shop.house.bank.fates["ann's other"] = "do_not_honor"
    await shop.charge()
    await shop.tell(shop.house.bank.asked[0].id, "found")

    assert {} == await shop.house.balances()


# - giving back -------------------------------------------------------------------------------------------------------


async def test_a_charge_is_given_back_in_parts(shop: Shop) -> None:
    """Many refunds, never more than was taken; the last cent can go, and what is asked for beyond is refused."""
    charge_id = await shop.charge(1_000)
    first = await shop.refund(charge_id, 300)
    second = await shop.refund(charge_id, 600, shares=[Share(shop.payable, 500), Share(shop.income, 100)])

    with pytest.raises(NothingLeft) as refused:
        await shop.refund(charge_id, 101)
    third = await shop.refund(charge_id, 100)

    assert {"refundable_minor": 100} == refused.value.facts
    assert ["refunded"] * 3 == [(await shop.see_refund(one.id)).state for one in (first, second, third)]
    assert (1_000, 0) == (lambda one: (one.refunded_minor, one.refundable_minor))(await shop.see(charge_id))
    assert {"card_clearing": 1_000, "refund_clearing": -1_000} == await shop.house.balances()


async def test_what_was_given_back_already_is_a_success(shop: Shop) -> None:
    """Somebody asks for what has happened: the refund that did it is the answer, and nothing moves."""
    charge_id = await shop.charge(1_000)
    first = await shop.refund(charge_id, 1_000)
    again = await shop.refund(charge_id, 1_000)

    assert (first.id, "refunded") == (again.id, again.state)
    assert 1 == len([one for one in shop.house.bank.asked if one.kind == "refund"])


async def test_a_refund_under_way_counts(shop: Shop) -> None:
    """Two refunds that together are more than was taken: the second is refused while the first is on its way."""
    shop.house.bank.fates["refund ann's other"] = "silent"
    charge_id = await shop.charge(1_000)
    first = await shop.refund(charge_id, 600)

    with pytest.raises(NothingLeft):
        await shop.refund(charge_id, 600)

    assert "refund_unknown" == (await shop.see_refund(first.id)).state


async def test_a_refused_refund_leaves_the_money_where_it_was(shop: Shop) -> None:
    """The bank says no: the refund failed and says why, its accounts have it again, and another may be tried."""
    charge_id = await shop.charge(1_000)
    shop.house.bank.fates["refund ann's other"] = "invalid_card"
    failed = await shop.refund(charge_id, 1_000)

    assert ("refund_failed", "invalid_card") == (lambda one: (one.state, one.failed_why))(
        await shop.see_refund(failed.id)
    )
    assert 1_000 == (await shop.see(charge_id)).refundable_minor
    assert -900 == (await shop.house.balances())["dev_payable"]
    assert "refund_failed" == shop.heard[-1][1]["state"]

    del shop.house.bank.fates["refund ann's other"]
    assert "refunded" == (await shop.see_refund((await shop.refund(charge_id, 1_000)).id)).state


async def test_an_unanswered_refund_is_asked_after(shop: Shop) -> None:
    """It is never sent again: the network is asked until it says that it was done."""
    charge_id = await shop.charge(1_000)
    shop.house.bank.fates["refund ann's other"] = "silent"
    refund = await shop.refund(charge_id, 400)
    asked = shop.house.bank.asked[-1]
    await shop.house.work(after=timedelta(seconds=40))

    assert "refund_unknown" == (await shop.see_refund(refund.id)).state

    shop.house.bank.known[asked.id] = replace(shop.house.bank.known[asked.id], state="accepted")
    await shop.house.work(after=timedelta(minutes=3))

    assert "refunded" == (await shop.see_refund(refund.id)).state
    assert 1 == len([one for one in shop.house.bank.asked if one.kind == "refund"])


async def test_a_refund_needs_what_it_is_taken_from(shop: Shop) -> None:
    """A reserve that does not hold as much refuses, alone; its neighbours in the batch go on."""
    charge_id = await shop.charge(1_000)
    short = Refund(uuid7(), charge_id, [Share(shop.payable, 100), Share(shop.reserve, 1)], "requested")
    good = Refund(uuid7(), charge_id, [Share(shop.payable, 700)], "requested")

    refused, begun = await shop.house.do(shop.refunding, [short, good])
    again = await shop.house.do(shop.refunding, [short, replace(good, id=uuid7())])
    await shop.house.work()

    assert (RefundNotCovered(), "refunding") == (refused, begun.state)
    assert [RefundNotCovered(), NothingLeft(refundable_minor=300)] == again
    assert (700, 0) == (lambda one: (one.refunded_minor, one.refunding_minor))(await shop.see(charge_id))


@pytest.mark.parametrize("fate", ["do_not_honor", "silent"])
async def test_only_what_was_charged_is_given_back(shop: Shop, fate: str) -> None:
    """Of a charge that was declined, or of which nothing is known, there is nothing to give back."""
    shop.house.bank.fates["ann's other"] = fate
    charge_id = await shop.charge()

    with pytest.raises(ChargeNotCharged):
        await shop.refund(charge_id, 1)
    with pytest.raises(ChargeNotFound):
        await shop.refund(uuid7(), 1)


# - asking ------------------------------------------------------------------------------------------------------------


async def test_a_repeat_tells_what_is(shop: Shop) -> None:
    """The same ask twice, in one batch, at once and later, is one charge; another body under its id is refused."""
    ask = shop.ask()
    both = await shop.house.do(shop.charging, [ask, ask])
    raced = await asyncio.gather(*(shop.house.do(shop.charging, [ask]) for _ in range(3)))
    await shop.house.work()
    later = await shop.house.do(shop.charging, [ask])
    differs = await shop.house.do(shop.charging, [replace(ask, says="Red Fox"), ask])

    assert {ask.id} == {one.id for one in (*both, *raced, later)}
    assert "charged" == later.state
    assert errors.IdTaken() == differs[0]
    assert 1 == len(shop.house.bank.asked)


async def test_two_requests_at_once_are_one_charge(shop: Shop) -> None:
    """Both find nothing, both write, and one of them learns that it came second."""
    asks = [shop.ask() for _ in range(20)]
    batches = await asyncio.gather(*(shop.house.do(shop.charging, asks) for _ in range(4)))
    await shop.house.work()

    assert [[one.id for one in asks]] * 4 == [[one.id for one in batch] for batch in batches]
    assert 20 == len(shop.house.bank.asked)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount_minor": 0, "shares": []}, errors.AmountRefused()),
        ({"currency": "EUR"}, errors.CurrencyRefused()),
        ({"card_id": None, "bank_id": UUID(int=1)}, errors.BankAccountNotFound()),
        ({"card_id": UUID(int=1)}, errors.CardNotFound()),
        ({"payer_id": UUID(int=1)}, errors.CardNotFound()),
    ],
)
async def test_what_cannot_be_charged_is_refused(shop: Shop, changes: dict[str, Any], refusal: Failure) -> None:
    """Each refusal has its name, spoils no neighbour, and nothing is written or asked for."""
    refused, good = await shop.house.do(shop.charging, [shop.ask(**changes), shop.ask()])
    await shop.house.work()

    assert (refusal, "charging") == (refused, good.state)
    assert 1 == len(shop.house.bank.asked)


async def test_a_card_that_is_gone_pays_nothing(shop: Shop) -> None:
    """A removed card is refused, and one that refused for good was suspended by that."""
    await shop.house.do(remove, [Remove(shop.card, shop.house.ann)])

    with pytest.raises(errors.CardUnusable):
        await shop.charge()


async def test_a_lost_card_is_suspended_by_a_purchase(shop: Shop) -> None:
    """What a bank says of a card to a business holds for friends too."""
    shop.house.bank.fates["ann's other"] = "lost_or_stolen"
    await shop.charge()

    with pytest.raises(errors.CardUnusable):
        await shop.charge()


async def test_a_share_without_an_account_is_a_defect(shop: Shop) -> None:
    """Money that nobody could be given is never taken."""
    with pytest.raises(AssertionError, match="accounts of shares"):
        await shop.charge(shares=[Share(uuid7(), 999)])

    assert [] == shop.house.bank.asked
