"""Disputes of buyers: a tap, 72 hours, and money back by itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.billing.games.arcade import Arcade

from tuppence.billing.games import claims, errors, queries
from tuppence.billing.games.model import Dispute, Purchase
from tuppence.billing.games.states import State
from tuppence.payments import disputes


async def _dispute(arcade: Arcade, purchase: Purchase) -> Dispute:
    async with arcade.house.database.transaction() as tx:
        return (await queries.disputes_of(tx, [purchase.id]))[purchase.id]


async def _answer(arcade: Arcade, purchase: Purchase, outcome: Any) -> Purchase:
    ask = claims.AnswerDispute(purchase.id, arcade.business, outcome)
    await arcade.house.do(claims.answer, [ask], policy=arcade.policy)
    await arcade.house.work()
    return await arcade.see(purchase)


async def test_unanswered_for_72_hours_is_refunded(arcade: Arcade) -> None:
    """The developer says nothing: the buyer gets back what is left, and both hear of it."""
    bought = await arcade.buy()
    await arcade.mark(bought)
    await arcade.refund(bought, 60)
    await arcade.dispute(bought)
    await arcade.house.work(after=timedelta(hours=71))
    assert State.PART_REFUNDED == (await arcade.see(bought)).state
    await arcade.house.work(after=timedelta(hours=1, seconds=1))
    await arcade.house.work()

    assert State.REFUNDED == (await arcade.see(bought)).state
    assert "refunded_by_operator" == (await _dispute(arcade, bought)).outcome
    assert 0 == await arcade.account("dev_payable")
    assert 2 == len(arcade.house.bank.moved("refund"))
    heard = [one for one in await arcade.told() if one.startswith("dispute")]
    assert ("dispute.opened", "dispute.closed") == (heard[0], next(one for one in heard if "closed" in one))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("refunded_in_cash", State.REFUNDED),
        ("granted_replacement_item", State.COMPLETED),
        ("denied_refund", State.COMPLETED),
        ("banned_user", State.COMPLETED),
    ],
)
async def test_the_developer_answers(arcade: Arcade, outcome: Any, state: State) -> None:
    """Only the first of these moves money; what is refused to the buyer the house looks at, the others end it."""
    bought = await arcade.buy()
    await arcade.dispute(bought)
    assert state == (await _answer(arcade, bought, outcome)).state
    assert state == (await _answer(arcade, bought, outcome)).state
    with pytest.raises(errors.NotDisputable):
        await _answer(arcade, bought, "denied_refund" if outcome != "denied_refund" else "banned_user")
    await arcade.house.work(after=timedelta(days=4))
    ended = await _dispute(arcade, bought)

    assert state == (await arcade.see(bought)).state
    assert outcome == ended.outcome
    assert (ended.closed_at is None) == (outcome in ("denied_refund", "banned_user"))


async def test_a_small_purchase_is_refunded_at_once(arcade: Arcade) -> None:
    """Looking into a few cents costs more than they are."""
    bought = await arcade.buy("dot")

    assert State.REFUNDED == (await arcade.dispute(bought)).state
    assert "refunded_by_operator" == (await _dispute(arcade, bought)).outcome


async def test_what_can_be_disputed_and_by_whom(arcade: Arcade) -> None:
    """A paid purchase of one's own, once; a repeat of the same words changes nothing."""
    with pytest.raises(errors.PurchaseNotFound):
        await arcade.dispute(await arcade.quote())
    bought = await arcade.buy()
    theirs = claims.OpenDispute(bought.id, arcade.house.bo, "not_received", "")
    with pytest.raises(errors.PurchaseNotFound):
        await arcade.house.do(claims.dispute, [theirs], policy=arcade.policy)
    await arcade.dispute(bought)
    await arcade.dispute(bought)
    with pytest.raises(errors.NotDisputable):
        await arcade.dispute(bought, "mistake")
    returned = await arcade.buy()
    await arcade.refund(returned)
    with pytest.raises(errors.NotDisputable):
        await arcade.dispute(returned)


async def test_a_chargeback_of_the_bank_is_borne_by_whose_the_money_was(arcade: Arcade) -> None:
    """The network's file takes it from all of them; won, it comes back; the house bears nothing meanwhile."""
    bought = await arcade.buy()
    await _file(arcade, bought, "7", disputes.Event.OPEN)
    assert State.CHARGEBACK == (await arcade.see(bought)).state
    balances = await arcade.house.balances()
    assert {"dev_payable", "revenue", "tax_payable", "chargeback_receivable"} & balances.keys() == set()
    await _file(arcade, bought, "7", disputes.Event.NETWORK_WON)

    assert State.CHARGEBACK_REVERSED == (await arcade.see(bought)).state
    assert 700 == await arcade.account("dev_payable")
    assert "chargeback_receivable" not in await arcade.house.balances()
    assert ["completed", "chargeback", "chargeback_reversed"] == [
        one for one in await arcade.told() if not one.startswith("dispute")
    ]


async def test_a_bank_takes_a_part_and_so_do_we(arcade: Arcade) -> None:
    """What it did not take is still everybody's; won, each has again what they had."""
    bought = await arcade.buy()
    await _file(arcade, bought, "7", disputes.Event.OPEN, minor=530)
    assert (State.CHARGEBACK, 350) == ((await arcade.see(bought)).state, await arcade.account("dev_payable"))
    assert "chargeback_receivable" not in await arcade.house.balances()
    await _file(arcade, bought, "7", disputes.Event.NETWORK_WON, minor=530)

    assert 700 == await arcade.account("dev_payable")
    assert "chargeback_receivable" not in await arcade.house.balances()


@pytest.mark.parametrize("ends", [disputes.Event.NETWORK_WON, disputes.Event.NETWORK_LOST])
async def test_a_bank_takes_all_of_what_was_refunded_in_part(arcade: Arcade, ends: disputes.Event) -> None:
    """The developer gives back what they have of it; what the buyer got twice is the house's loss, if it is lost."""
    bought = await arcade.buy()
    await arcade.refund(bought, 106)
    await _file(arcade, bought, "7", disputes.Event.OPEN)
    assert 0 == await arcade.account("dev_payable")
    assert 106 == (await arcade.house.balances())["chargeback_receivable"]
    await _file(arcade, bought, "7", ends)
    await _file(arcade, bought, "7", ends)

    balances = await arcade.house.balances()
    lost = ends == disputes.Event.NETWORK_LOST
    assert (0 if lost else 630, 106 if lost else 0) == (await arcade.account("dev_payable"), balances.get("loss", 0))
    assert "chargeback_receivable" not in balances


async def test_what_the_house_wrote_off_is_taken_from_nobody(arcade: Arcade) -> None:
    """The operator was faster than the worker: the developer keeps their share."""
    bought = await arcade.buy()
    opened = await _hear(arcade, bought, "7", disputes.Event.OPEN)
    await _hear(arcade, bought, "7", disputes.Event.NETWORK_LOST)
    ask = disputes.Ask(opened.id, disputes.Event.WRITE_OFF, operator="olga")
    await arcade.house.do(disputes.move, [ask], policy=arcade.policy)
    await arcade.house.work()

    assert (State.COMPLETED, 700) == ((await arcade.see(bought)).state, await arcade.account("dev_payable"))
    assert bought.total_minor == (await arcade.house.balances())["loss"]
    with pytest.raises(errors.NotDisputable):
        await arcade.dispute(bought)


async def test_a_chargeback_of_a_bundle_falls_on_every_purchase_in_it(arcade: Arcade) -> None:
    """One debit, one chargeback, as many purchases."""
    dots = [await arcade.buy("dot") for _ in range(2)]
    await arcade.house.work(after=timedelta(days=1))
    bundle_id = (await arcade.see(dots[0])).bundle_id
    assert bundle_id
    fraud, respond_by = disputes.Reason.FRAUD, date(2027, 12, 24)
    case = disputes.Case("8", disputes.Event.OPEN, "charge", bundle_id, fraud, 106, "USD", respond_by)
    await arcade.house.do(disputes.hear, [case], policy=arcade.policy)
    await arcade.house.work()

    assert {State.CHARGEBACK} == {(await arcade.see(one)).state for one in dots}
    assert 0 == await arcade.account("dev_payable")


async def _file(arcade: Arcade, bought: Purchase, number: str, event: disputes.Event, minor: int | None = None) -> None:
    """The network's file says something of a case, and the worker sees to it; saying it again changes nothing."""
    await _hear(arcade, bought, number, event, minor)
    await arcade.house.work()


async def _hear(
    arcade: Arcade, bought: Purchase, number: str, event: disputes.Event, minor: int | None = None
) -> disputes.Dispute:
    minor = minor or bought.total_minor
    case = disputes.Case(number, event, "charge", bought.id, disputes.Reason.FRAUD, minor, "USD", date(2027, 12, 24))
    async with arcade.house.database.transaction() as tx:
        await disputes.hear(tx, [case], policy=arcade.policy)
        (dispute,) = (await disputes.queries.of_subjects(tx, [bought.id]))[bought.id]
    return dispute
