"""Rates of return: what is counted, what is passed, and the alarm that ends by itself."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.payments.ach_world import opened
from tests.payments.conftest import House
from tests.payments.test_bank_orders import CLOSED, GOOD, Till

from tuppence import outbox
from tuppence.payments.ach.rates import Rates, rates


@pytest.fixture
async def till(house: House, tmp_path: Path) -> AsyncIterator[Till]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        policy = replace(house.policy, bank=replace(house.policy.bank, return_rate_least=1))
        house.policy = policy
        world.originate_again()
        yield Till(world)


@pytest.mark.parametrize(
    ("counted", "passed"),
    [
        (Rates(0, 0, 0, 0), []),
        (Rates(200, 1, 6, 30), []),
        (Rates(199, 1, 0, 1), ["unauthorised"]),
        (Rates(1_000, 5, 31, 36), ["administrative"]),
        (Rates(1_000, 0, 0, 151), ["overall"]),
        (Rates(10, 1, 1, 2), ["unauthorised", "administrative", "overall"]),
    ],
)
def test_which_limits_are_passed(counted: Rates, passed: list[str]) -> None:
    """Half a percent, three, fifteen: at the limit is within it, a hair more is not."""
    assert passed == counted.passed()


async def test_a_rate_that_is_passed_is_a_break_until_it_has_fallen(till: Till) -> None:
    """One debit of two came back R02: administrative and overall are passed; sixty days later both are explained."""
    await till.debit(await till.account(GOOD))
    await till.debit(await till.account(CLOSED))
    await till.world.days(6)
    async with till.world.house.database.transaction() as tx:
        counted = await rates(tx, now=await outbox.now(tx))

    assert Rates(2, 0, 1, 1) == counted
    assert {"return_rate_administrative", "return_rate_overall"} == {kind for kind, _ in await till.world.breaks()}
    await till.world.house.do(outbox.move_clock, [till.world.now + timedelta(days=61)])
    await till.world.turn()
    assert [] == await till.world.breaks()


async def test_few_debits_raise_no_alarm(till: Till) -> None:
    """Below the least number that policy names, a rate says nothing."""
    policy = till.world.house.policy
    till.world.house.policy = replace(policy, bank=replace(policy.bank, return_rate_least=2))
    till.world.originate_again()
    await till.debit(await till.account(CLOSED))
    await till.world.days(6)

    assert [] == await till.world.breaks()
