"""Testers: how a developer sees each end of a purchase without a cent moving."""

from datetime import timedelta
from typing import Any

import pytest
from tests.billing.games.arcade import Arcade

from tuppence.billing.games import actions, errors, settings
from tuppence.billing.games.model import Purchase
from tuppence.billing.games.states import State


async def _name(arcade: Arcade, outcome: Any) -> None:
    ask = settings.SetTester(arcade.game, "ann", outcome)
    await arcade.house.do(settings.set_tester, arcade.house.bo, ask)


async def _end(arcade: Arcade, bought: Purchase) -> Purchase:
    """What has become of it a day later."""
    await arcade.house.work(after=timedelta(minutes=3))
    await arcade.house.work(after=timedelta(days=1))
    return await arcade.see(bought)


@pytest.mark.parametrize(
    ("outcome", "at_once", "state", "why", "told"),
    [
        ("ok", State.COMPLETED, State.COMPLETED, None, ["completed"]),
        ("fail", State.FAILED, State.FAILED, "insufficient_funds", ["failed"]),
        ("async_ok", State.INITIATED, State.COMPLETED, None, ["completed"]),
        ("async_fail", State.INITIATED, State.FAILED, "insufficient_funds", ["failed"]),
        ("timeout_unknown", State.INITIATED, State.FAILED, "no_answer", ["failed"]),
        ("duplicate_webhook", State.COMPLETED, State.COMPLETED, None, ["completed", "completed"]),
        ("late_chargeback", State.COMPLETED, State.CHARGEBACK, "forced", ["completed", "chargeback"]),
        ("refund_race", State.REFUNDED, State.REFUNDED, None, ["completed", "refunded"]),
    ],
)
async def test_every_forced_outcome(
    arcade: Arcade, outcome: Any, at_once: State, state: State, why: str | None, told: list[str]
) -> None:
    """Each ends as its name says, with the events of a real one, no rail called and nothing booked."""
    await _name(arcade, outcome)
    bought = await arcade.buy()
    ended = await _end(arcade, bought)

    assert (at_once, state, why) == (bought.state, ended.state, ended.why)
    assert told == await arcade.told()
    assert ended.test
    assert [] == arcade.house.bank.asked
    assert {} == await arcade.house.balances()


async def test_a_tester_may_choose_and_nobody_else(arcade: Arcade) -> None:
    """What a tester says beats what was set for them; from anybody else it is refused."""
    with pytest.raises(errors.NotATester):
        await arcade.buy(outcome="ok")
    await _name(arcade, "ok")
    assert State.FAILED == (await arcade.buy(outcome="fail")).state
    await _name(arcade, None)

    with pytest.raises(errors.NotATester):
        await arcade.buy(outcome="fail")


async def test_a_testers_purchase_asks_the_game_and_needs_no_card(arcade: Arcade) -> None:
    """The veto is the real one; there is no limit, no PIN and no card."""
    await _name(arcade, "ok")
    bought = await arcade.buy("crown")

    assert (State.COMPLETED, None) == (bought.state, bought.card_id)
    assert [True] == [one["test"] for one in arcade.server.asked]


async def test_a_testers_purchase_can_be_refunded_in_play(arcade: Arcade) -> None:
    """The refund ends at once, and no report knows of it."""
    await _name(arcade, "ok")
    bought = await arcade.buy()
    assert State.PART_REFUNDED == (await arcade.refund(bought, 100)).state
    assert State.REFUNDED == (await arcade.refund(bought)).state

    assert 0 == await arcade.account("dev_payable")
    cancel = actions.Cancel(bought.id, arcade.house.ann)
    with pytest.raises(errors.PurchaseMovedOn):
        await arcade.house.do(actions.cancel, [cancel], policy=arcade.policy)
