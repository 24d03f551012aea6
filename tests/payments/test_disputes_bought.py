"""Disputes about what a business charged: its answer, its silence, its buyer's bank."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House
from tests.payments.shop import Shop
from tests.payments.test_disputes import hear, operator, proven_books, report, responses, see

from tuppence.core import Failure, uuid7
from tuppence.db import Statement
from tuppence.payments import disputes
from tuppence.payments.charges.errors import NothingLeft
from tuppence.payments.disputes import Ask, Case, Event, Outcome, Reason
from tuppence.payments.disputes.errors import CaseAmountRefused, DisputeMovedOn, DisputeNotFound, NothingToReport
from tuppence.payments.errors import IdTaken, PaymentNotFound

assert proven_books  # used by every test here

DAY = timedelta(days=1)
EVENTS = Statement("events", "SELECT type FROM outbox.event ORDER BY seq")


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    """After the test every charge's money is where its state says."""
    shop = await Shop(house).open()
    yield shop
    assert [] == await shop.broken()


async def complain(shop: Shop, charge_id: UUID, reason: Reason = Reason.NOT_RECEIVED) -> disputes.View:
    return await report(shop.house, {"id": str(charge_id)}, reason, about="charge")


async def reply(shop: Shop, dispute: disputes.View, event: Event = Event.ANSWER, **facts: Any) -> disputes.View:
    ask = Ask(UUID(dispute["id"]), event, by=shop.business, says="See the log.", **facts)
    view: disputes.View = await shop.house.do(disputes.act, [ask], policy=shop.house.policy)
    return view


def told(shop: Shop) -> list[str]:
    return [payload["state"] for kind, payload in shop.heard if kind == "games.dispute_changed"]


async def test_silence_refunds_what_was_bought(shop: Shop) -> None:
    """Seventy-two hours: the buyer's card is refunded; the house bears it until the owner says who does."""
    charge_id = await shop.charge(999)
    opened = await complain(shop, charge_id)
    assert ("goods", "awaiting_respondent") == (opened["kind"], opened["state"])
    await shop.house.work(after=timedelta(hours=73))

    seen = await see(shop.house, opened, shop.house.ann)
    assert ("resolved_for_claimant", "refunded_by_house", 999) == (
        seen["state"],
        seen["outcome"],
        seen["given_minor"],
    )
    assert 999 == (await shop.see(charge_id)).refunded_minor
    balances = await shop.house.balances()
    assert (999, -900) == (balances["chargeback_receivable"], balances["dev_payable"])
    assert ["awaiting_respondent", "resolved_for_claimant"] == told(shop)
    borne = await shop.house.do(
        disputes.move, [Ask(UUID(opened["id"]), Event.BORNE, operator="games")], policy=shop.house.policy
    )
    assert "from_reserve" == borne.recovery
    await shop.house.work(after=2 * DAY)
    assert 1 == sum(one.kind == "refund" for one in shop.house.bank.asked)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.GRANTED_REPLACEMENT_ITEM, "resolved_for_respondent"),
        (Outcome.DENIED_REFUND, "investigating"),
        (Outcome.BANNED_USER, "investigating"),
    ],
)
async def test_a_no_of_the_business_is_looked_at_by_the_house(shop: Shop, outcome: Outcome, state: str) -> None:
    """A replacement settles it; a refusal does not."""
    opened = await complain(shop, await shop.charge(999))
    answered = await reply(shop, opened, outcome=outcome)

    assert (state, outcome, "respondent") == (answered["state"], answered["outcome"], answered["viewer"])
    assert "See the log." == answered["says"]


async def test_the_business_can_give_the_money_back(shop: Shop) -> None:
    """Conceded: refunded at once, and it says so."""
    opened = await complain(shop, await shop.charge(999))
    await reply(shop, opened, Event.CONCEDE, outcome=Outcome.REFUNDED_IN_CASH)
    await shop.house.work()

    seen = await see(shop.house, opened, shop.house.ann)
    assert ("resolved_for_claimant", "refunded_in_cash") == (seen["state"], seen["outcome"])
    assert -999 == (await shop.house.balances())["refund_clearing"]


async def test_what_was_given_back_by_the_business_is_not_given_again(shop: Shop) -> None:
    """Refunded while it was disputed: silence then ends it without another refund."""
    charge_id = await shop.charge(999)
    opened = await complain(shop, charge_id)
    await shop.refund(charge_id, 999)
    await shop.house.work(after=timedelta(hours=73))

    assert ("withdrawn", 0) == ((seen := await see(shop.house, opened, shop.house.ann))["state"], seen["given_minor"])
    with pytest.raises(NothingToReport):
        await complain(shop, charge_id)


async def test_a_refund_that_the_bank_refuses_is_pushed(shop: Shop) -> None:
    """The card is closed: a day later it is owed to the buyer, and goes to another card of theirs."""
    shop.house.bank.fates["refund ann's other"] = "invalid_card"
    opened = await complain(shop, await shop.charge(999))
    await reply(shop, opened, Event.CONCEDE)
    await shop.house.work()
    await shop.house.work(after=DAY + timedelta(minutes=1))

    assert ("push", "ann's", 999) == ((last := shop.house.bank.asked[-1]).kind, last.token, last.amount_minor)
    balances = await shop.house.balances()
    assert (999, 0) == (balances["chargeback_receivable"], balances.get("parked", 0))


async def test_who_did_not_make_it_is_not_a_matter_of_goods(shop: Shop) -> None:
    """An operator decides; strangers to it, other businesses included, do not see it."""
    opened = await complain(shop, await shop.charge(999), Reason.NOT_ME)
    assert "user" == opened["kind"]
    with pytest.raises(DisputeNotFound):
        await see(shop.house, opened, shop.business)
    await operator(shop.house, opened, Event.FOR_CLAIMANT)
    await shop.house.work()
    assert -999 == (await shop.house.balances())["refund_clearing"]


async def test_a_chargeback_is_answered_with_what_the_business_says(shop: Shop) -> None:
    """It is asked; its answer is the evidence; its programs hear of each step. Won, nothing is left."""
    charge_id = await shop.charge(999)
    told_by_file: dict[str, Any] = {"about": "charge", "subject_id": charge_id, "currency": "USD"}
    case = Case(
        number="CASE00000009",
        event=Event.OPEN,
        reason=Reason.NOT_RECEIVED,
        amount_minor=999,
        respond_by=datetime.now(UTC).date() + 30 * DAY,
        **told_by_file,
    )
    opened = await hear(shop.house, case)
    assert "awaiting_respondent" == opened.state
    answered = await reply(shop, {"id": str(opened.id)})
    assert "representment" == answered["state"]
    ((verdict, _, evidence),) = await responses(shop.house)
    assert ("represent", True) == (verdict, "Who was paid says: See the log." in evidence)
    won = Case(
        number="CASE00000009",
        event=Event.NETWORK_WON,
        reason=Reason.NOT_RECEIVED,
        amount_minor=999,
        respond_by=None,
        **told_by_file,
    )
    assert "won" == (await hear(shop.house, won)).state
    await shop.house.work()
    assert "won" == told(shop)[-1]
    async with shop.house.database.transaction() as tx:
        assert ["dispute.opened", "dispute.updated", "dispute.closed"] == await tx.scalars(EVENTS)
    assert {"card_clearing": 999, "dev_payable": -900, "fee_income": -99} == await shop.house.balances()


async def test_what_a_bank_took_back_is_not_given_back_as_well(shop: Shop) -> None:
    """A refund of what was charged back would pay its buyer twice; what is left of a part may still be refunded."""
    charge_id = await shop.charge(999)
    await hear(shop.house, chargeback(charge_id, amount_minor=600))
    with pytest.raises(NothingLeft) as refused:
        await shop.refund(charge_id, 400)
    assert 399 == refused.value.facts["refundable_minor"] == (await shop.see(charge_id)).refundable_minor
    await shop.refund(charge_id, 399)
    await shop.house.work()

    await hear(shop.house, chargeback(charge_id, Event.NETWORK_WON, amount_minor=600))
    assert 600 == (await shop.see(charge_id)).refundable_minor


async def test_what_was_pushed_to_another_card_is_not_owed_again(shop: Shop) -> None:
    """The refund failed, the push did not: from then on, and before it, there is nothing left to give back."""
    shop.house.bank.fates["refund ann's other"] = "invalid_card"
    charge_id = await shop.charge(999)
    await reply(shop, await complain(shop, charge_id), Event.CONCEDE)
    await shop.house.work()
    for _ in range(2):
        assert 0 == (await shop.see(charge_id)).refundable_minor
        with pytest.raises(NothingToReport):
            await complain(shop, charge_id)
        with pytest.raises(NothingLeft):
            await shop.refund(charge_id, 999)
        await shop.house.work(after=DAY + timedelta(minutes=1))

    assert 1 == len(shop.house.bank.moved("push"))


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"about": "payment"}, PaymentNotFound),
        ({"subject_id": uuid7()}, PaymentNotFound),
        ({"amount_minor": 1_000}, CaseAmountRefused),
        ({"currency": "EUR"}, CaseAmountRefused),
    ],
)
async def test_a_case_is_about_what_it_says(shop: Shop, changes: dict[str, Any], refused: type[Failure]) -> None:
    """Of another kind, of nobody's, of more than was paid, in other money: refused, and nothing is booked."""
    charge_id = await shop.charge(999)
    before = await shop.house.balances()
    with pytest.raises(refused):
        await hear(shop.house, replace(chargeback(charge_id), **changes))

    assert before == await shop.house.balances()


async def test_a_case_stays_with_what_it_is_about(shop: Shop) -> None:
    """Its number names one charge; a file that says otherwise is refused."""
    await hear(shop.house, chargeback(await shop.charge(999)))
    with pytest.raises(IdTaken):
        await hear(shop.house, chargeback(await shop.charge(999)))


@pytest.mark.parametrize("other", [Event.WRITE_OFF, Event.RECOVER, Event.BORNE])
async def test_one_chargeback_is_borne_once(shop: Shop, other: Event) -> None:
    """Whoever says so first; a second who waits for the lock is refused, so that nobody books it again."""
    opened = await hear(shop.house, chargeback(await shop.charge(999)))
    await hear(shop.house, chargeback(opened.subject_id, Event.NETWORK_LOST))
    asks = [Ask(opened.id, event, operator="olga") for event in (Event.BORNE, other) * 4]
    results = await asyncio.gather(
        *(shop.house.do(disputes.move, [ask], policy=shop.house.policy) for ask in asks), return_exceptions=True
    )

    assert 1 == sum(isinstance(one, disputes.Dispute) for one in results)
    assert 7 == sum(isinstance(one, DisputeMovedOn) for one in results)
    borne = next(one.recovery for one in results if isinstance(one, disputes.Dispute))
    left = {"from_reserve": 999, "written_off": 0, "from_recipient": 0}[borne]
    assert left == (await shop.house.balances()).get("chargeback_receivable", 0)


def chargeback(charge_id: UUID, event: Event = Event.OPEN, amount_minor: int = 999) -> Case:
    """What a network's file says of a charge."""
    by = datetime.now(UTC).date() + 30 * DAY
    return Case("CASE00000010", event, "charge", charge_id, Reason.FRAUD, amount_minor, "USD", by)
