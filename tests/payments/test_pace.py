"""What a bank teaches us: laws of learning, a year of promises, and notes in the database."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from benchmarks.arrivals import kept_percent, year
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.conftest import House

from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.payments import pace
from tuppence.payments.pace import Kept, Lags, learn, noted, prior

POLICY = Policy.load().arrival
NEW_YORK = ZoneInfo("America/New_York")
histories = st.dictionaries(st.integers(0, 6), st.integers(0, 500))


def test_of_a_stranger_the_rails_own_rule_is_promised() -> None:
    """One to two business days, before anything was seen."""
    assert Lags(1, 1, 2) == prior(POLICY)


@given(histories)
def test_what_is_promised_would_have_held_for_most_of_what_was_seen(seen: dict[int, int]) -> None:
    """Once a bank is known, nine in ten of its arrivals lie in what is promised, or the promise ends at the cap."""
    promised, many = learn(seen, POLICY), sum(seen.values())
    inside = sum(count for lag, count in seen.items() if promised.first <= lag <= promised.last)

    assert 0 <= promised.first <= promised.usual <= promised.last <= POLICY.promise_cap_days
    if many >= POLICY.learn_from and max(lag for lag, count in seen.items() if count) <= POLICY.promise_cap_days:
        assert inside * 100 >= many * POLICY.coverage_percent


@given(st.integers(2, 24))
def test_a_few_arrivals_widen_a_promise_and_do_not_move_it(many: int) -> None:
    """While fewer than thirty were seen the rail's own rule counts for the rest: slower comes in addition."""
    assert (1, 3) == (learn({3: many}, POLICY).first, learn({3: many}, POLICY).last)


@pytest.mark.parametrize(
    ("seen_at", "lag"),
    [("2026-11-24T09:00", 0), ("2026-11-25T08:59", 0), ("2026-11-25T09:00", 1), ("2026-11-29T12:00", 2)],
)
def test_what_is_seen_before_the_hour_of_posting_was_posted_the_day_before(seen_at: str, lag: int) -> None:
    """Thanksgiving and the weekend are no business days, and a morning before nine belongs to the day before."""
    at = datetime.fromisoformat(seen_at).replace(tzinfo=NEW_YORK)

    assert lag == noted(date(2026, 11, 24), at, POLICY, FED)


def test_a_years_promises_hold() -> None:
    """Nine in ten arrivals come inside their interval, at every bank; a house that does not learn breaks its word."""
    learned, stubborn = (list(year(7, 30, POLICY, learning=learning)) for learning in (True, False))
    banks: dict[str, list[Kept]] = defaultdict(list)
    for one in learned:
        banks[one.bank].append(one)

    assert 90 <= kept_percent(learned)
    assert all(85 <= kept_percent(payments) for payments in banks.values()), "some weeks of learning included"
    assert 90 > kept_percent(stubborn), "the seeded bug: the rail's rule for everybody"


async def _noted(house: House) -> list[tuple[Any, ...]]:
    async with house.database.transaction() as tx:
        kept = await pace.promises(tx, datetime(2020, 1, 1, tzinfo=NEW_YORK))
    return [(one.bank, one.lag_days, one.promised_first, one.promised_last) for one in kept]


async def test_a_tap_teaches_and_the_next_promise_knows(house: House) -> None:
    """When it arrived is noted once, under the promise that was made; after thirty the bank's own pace is promised."""
    sent = await house.send(amount_minor=100)
    await house.work_off_undo()
    seen = await house.see(sent, house.bo)
    await house.until(seen["arrival"]["latest"])
    await house.act(sent, house.bo, "not_arrived")
    assert [("First Bank", 3, 1, 2)] == await _noted(house)
    await house.work(after=timedelta(hours=1))
    await house.act(sent, house.bo, "arrived")
    assert [("First Bank", 2, 1, 2)] == await _noted(house), "the later word counts"

    at = datetime.fromisoformat(seen["arrival"]["latest"])
    for _ in range(40):
        await house.do(pace.note, [pace.Noted(house.ask().id, "First Bank", 3, 1, 2, at)])
    again = await house.send(amount_minor=100)
    await house.work_off_undo()
    facts = (await house.see(again, house.bo))["arrival"]["reason_facts"]
    assert (3, 3) == (facts["lag_min"], facts["lag_max"])
