"""Half-months on PostgreSQL: what developers are owed, what is kept back, what is paid; and reports tell it all."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.billing.games import recomputed
from tests.billing.games.arcade import Arcade

from tuppence import outbox
from tuppence.billing.games import actions, periods, reports
from tuppence.billing.games.model import Purchase
from tuppence.billing.games.statements import Statement
from tuppence.billing.games.states import PAID, Event, State
from tuppence.core import Policy

JANUARY = datetime(2027, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def policy() -> Policy:
    """Nobody is asked for a PIN, and Ann may buy as much as she likes."""
    policy = Policy.load()
    games = replace(policy.games, purchase_most_minor=10**9, buyer_day_most_minor=10**9)
    return replace(policy, games=games, step_up=replace(policy.step_up, new_payee=False, above_minor=10**9))


async def _at(arcade: Arcade, moment: datetime) -> None:
    """Let business time pass to an instant, and everything happen that fell due."""
    now = await arcade.house.do(outbox.now)
    await arcade.house.work(after=max(moment - now, timedelta(0)))


async def _closed(arcade: Arcade) -> list[Statement]:
    """The statements of the year."""
    return [one for one in await arcade.close() if one.first_day >= JANUARY.date()]


async def _season(arcade: Arcade, seed: int, days: int) -> None:
    """Sales every few days, and what befalls them: refunds in parts, chargebacks lost and won."""
    chance = random.Random(seed)
    sold: list[Purchase] = []
    for day in range(0, days, 4):
        await _at(arcade, JANUARY + timedelta(days=day))
        sold.append(await arcade.buy("gems", chance.choice([1, 2, 40])))
        if day % 8 == 0:
            sold.append(await arcade.buy("dot"))
        one = chance.choice(sold)
        state = (await arcade.see(one)).state
        if state in PAID and chance.random() < 0.4:
            await arcade.refund(one, chance.choice([1, 17, 53]) if state != State.REFUNDED else None)
        elif state in (State.COMPLETED, State.PART_REFUNDED) and one.sku != "dot" and chance.random() < 0.5:
            await arcade.befall(one, Event.CHARGED_BACK)
        elif state == State.CHARGEBACK:
            await arcade.befall(one, Event.CHARGEBACK_WON)


async def test_every_payout_can_be_computed_from_the_daily_details_alone(arcade: Arcade) -> None:
    """Five months of sales, refunds and chargebacks: somebody who has nothing but the CSVs finds every payout."""
    await _at(arcade, JANUARY)
    await _season(arcade, 7, 150)
    await _at(arcade, JANUARY + timedelta(days=165))
    found = await _closed(arcade)
    first, last = found[0].first_day, found[-1].last_day
    detail = await arcade.csv(first, last)
    expected = recomputed.payouts(detail, first, last, recomputed.Terms())

    assert expected == {one.first_day: one.payout_minor for one in found}
    assert sum(1 for payout in expected.values() if payout) >= 3
    assert any(one.released_minor for one in found)
    assert [one.last_day + timedelta(days=1) for one in found[:-1]] == [one.first_day for one in found[1:]]
    assert [] == await arcade.broken()


async def test_the_digest_is_the_sum_of_the_detail(arcade: Arcade) -> None:
    """What the two reports of a day say never differs."""
    await _at(arcade, JANUARY)
    await arcade.refund(await arcade.buy(), 200)
    await arcade.buy("gems", 3)
    async with arcade.house.database.transaction() as tx:
        lines, _ = await reports.detail(tx, arcade.business, JANUARY.date(), JANUARY.date())
        sums = await reports.digest(tx, arcade.business, JANUARY.date(), JANUARY.date())

    assert [("refund", 1), ("sale", 2)] == [(one.kind, one.count) for one in sums]
    for name in ("amount_minor", "tax_minor", "fee_minor", "share_minor", "owed_minor"):
        assert sum(getattr(one, name) for one in lines) == sum(getattr(one, name) for one in sums)
    assert all(one.amount_minor == one.tax_minor + one.fee_minor + one.share_minor for one in lines)


async def test_a_spreadsheet_takes_no_text_for_a_formula(arcade: Arcade) -> None:
    """What a developer's client wrote as its request id is text in their bookkeeper's spreadsheet."""
    await _at(arcade, JANUARY)
    purchase = await arcade.quote(request_id="=1+1")
    await arcade.house.do(actions.buy, [arcade.ask(purchase)], policy=arcade.policy)
    await arcade.house.work()

    assert ",'=1+1," in await arcade.csv(JANUARY.date(), JANUARY.date())


async def test_what_is_kept_back_comes_free_after_its_time(arcade: Arcade) -> None:
    """Five hundredths of what a period earned leave `dev_payable`, and come back with the first closing 90 days on."""
    await _at(arcade, JANUARY)
    await arcade.buy("gems", 10)
    await _at(arcade, JANUARY + timedelta(days=16))
    assert (7000 - 350, 350) == (await arcade.account("dev_payable"), await arcade.account("dev_reserve"))
    await _at(arcade, JANUARY + timedelta(days=106))
    found = await _closed(arcade)

    assert (7000, 0) == (await arcade.account("dev_payable"), await arcade.account("dev_reserve"))
    assert [350] == [one.released_minor for one in found if one.released_minor]
    assert date(2027, 4, 15) == found[0].release_on


async def test_too_little_is_carried_until_it_is_enough(arcade: Arcade) -> None:
    """Below the minimum nothing is paid, and nothing is lost."""
    await _at(arcade, JANUARY)
    await arcade.buy("gems", 10)
    await _at(arcade, JANUARY + timedelta(days=17))
    await arcade.buy("gems", 10)
    await _at(arcade, JANUARY + timedelta(days=32))
    first, second = await _closed(arcade)

    assert ("carried", 6650) == (first.state, first.carried_out_minor)
    assert (6650, 13_300, 0) == (second.carried_in_minor, second.payout_minor, second.carried_out_minor)


async def test_a_period_is_the_businesss_own(arcade: Arcade) -> None:
    """Midnight is where the business is: what was sold at half past eleven there belongs to the day before."""
    far = await Arcade(arcade.house).open(zone="Pacific/Auckland")
    eve = datetime.combine(date(2027, 1, 15), time(23, 30), tzinfo=UTC) - timedelta(hours=13)
    await _at(arcade, eve)
    await far.buy("gems", 20)
    await _at(arcade, eve + timedelta(hours=1))
    await far.buy("gems", 20)
    found = [one for one in await far.close() if one.net_minor]
    async with arcade.house.database.transaction() as tx:
        lines, _ = await reports.detail(tx, far.business, date(2027, 1, 15), date(2027, 1, 16))

    assert [(date(2027, 1, 1), 14_000)] == [(one.first_day, one.net_minor) for one in found]
    assert [date(2027, 1, 15), date(2027, 1, 16)] == [one.day for one in lines]
    assert [] == await far.broken()


async def test_a_statements_entries_are_named_by_their_set(arcade: Arcade) -> None:
    """Whoever has the detail can tell that a payout pays just these entries."""
    await _at(arcade, JANUARY)
    for _ in range(3):
        await arcade.buy()
    await _at(arcade, JANUARY + timedelta(days=16))
    found = [one for one in await arcade.close() if one.net_minor]
    async with arcade.house.database.transaction() as tx:
        lines, _ = await reports.detail(tx, arcade.business, found[0].first_day, found[0].last_day)

    assert [periods.entries_hash(one.entry_id for one in lines)] == [one.entries for one in found]
