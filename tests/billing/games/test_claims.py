"""Disputes of buyers: a tap, 72 hours, and money back by itself."""

from datetime import timedelta
from typing import Any

import pytest
from tests.billing.games.arcade import Arcade

from tuppence.billing.games import claims, errors, queries
from tuppence.billing.games.model import Dispute, Purchase
from tuppence.billing.games.states import State


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
    heard = [one for one in await arcade.told() if one.startswith("dispute")]
    assert ["dispute.opened", "dispute.closed"] == heard


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
    """Each answer closes the dispute for good; only the first of them moves money."""
    bought = await arcade.buy()
    await arcade.dispute(bought)
    assert state == (await _answer(arcade, bought, outcome)).state
    assert state == (await _answer(arcade, bought, outcome)).state
    with pytest.raises(errors.NotDisputable):
        await _answer(arcade, bought, "denied_refund" if outcome != "denied_refund" else "banned_user")
    await arcade.house.work(after=timedelta(days=4))

    assert state == (await arcade.see(bought)).state
    assert outcome == (await _dispute(arcade, bought)).outcome


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
