"""Half-months, reserves, minimum, debts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.billing.games import periods
from tuppence.billing.games.periods import Period, Standing
from tuppence.core import Policy
from tuppence.core.calendar import FED

POLICY = Policy.load().games
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 15))
NOTHING = Standing(0, None, 0)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_every_day_lies_in_one_period(day: date) -> None:
    """Periods follow one another with no day between them, and each is of its own days."""
    period = Period.of(day)

    assert period.first <= day <= period.last
    assert period == Period.of(period.first) == Period.of(period.last)
    assert period.last + timedelta(days=1) == period.next.first


def test_a_period_ends_where_the_business_is() -> None:
    """Midnight is the business's own."""
    assert datetime(2026, 11, 16, 5, tzinfo=UTC) == NOVEMBER.ends_at("America/New_York")
    assert date(2026, 11, 15) == periods.day_of(datetime(2026, 11, 16, 4, 59, tzinfo=UTC), "America/New_York")


@pytest.mark.parametrize(
    ("net", "standing", "held", "payout", "carried", "invoice"),
    [
        (20_000, NOTHING, 1_000, 19_000, 0, 0),
        (10_000, NOTHING, 500, 0, 9_500, 0),
        (1_000, Standing(9_500, None, 0), 50, 10_450, 0, 0),
        (-3_000, NOTHING, 0, 0, -3_000, 0),
        (-50_000, NOTHING, 0, 0, -50_000, 50_000),
        (0, Standing(-200, date(2026, 9, 15), 0), 0, 0, -200, 200),
        (0, Standing(-200, date(2026, 9, 30), 0), 0, 0, -200, 0),
        (0, Standing(0, None, 12_000), 0, 12_000, 0, 0),
        (5_000, Standing(-4_000, date(2026, 10, 31), 0), 250, 0, 750, 0),
    ],
)
def test_what_a_period_comes_to(
    net: int, standing: Standing, held: int, payout: int, carried: int, invoice: int
) -> None:
    """The reserve of what was earned, the minimum, what is carried, and a debt that is deep or old."""
    closing = periods.close(NOVEMBER, net, standing, POLICY, minimum_minor=10_000)

    assert (held, payout) == (closing.held_minor, closing.payout_minor)
    assert (carried, invoice) == (closing.carried_out_minor, closing.invoice_minor)


@given(net=st.integers(-(10**9), 10**9), carried=st.integers(-(10**9), 10**9), released=st.integers(0, 10**9))
def test_nothing_is_lost_between_periods(net: int, carried: int, released: int) -> None:
    """What came in is paid, kept back or carried; and nobody is paid below the minimum."""
    closing = periods.close(NOVEMBER, net, Standing(carried, None, released), POLICY, minimum_minor=10_000)

    assert carried + net + released == closing.payout_minor + closing.carried_out_minor + closing.held_minor
    assert closing.payout_minor == 0 or closing.payout_minor >= 10_000
    assert (closing.negative_since is None) == (closing.carried_out_minor >= 0)


def test_payouts_wait_for_the_lag_and_for_a_business_day() -> None:
    """Three weeks after the period, rolled forward past a weekend and a holiday."""
    assert date(2026, 12, 7) == periods.pay_on(NOVEMBER, POLICY, FED)  # the 6th is a Sunday
    assert date(2027, 2, 13) == periods.release_on(NOVEMBER, POLICY)
    assert date(2026, 12, 6) == periods.pay_on(NOVEMBER, replace(POLICY, payout_lag_days=21), _EveryDay())


class _EveryDay(type(FED)):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(FED.zone, FED.named)

    def is_open(self, day: date) -> bool:
        return True


def test_a_payout_is_named_by_the_set_of_its_entries() -> None:
    """The order in which entries are read does not matter; one more of them does."""
    some = [uuid4() for _ in range(3)]

    assert periods.entries_hash(some) == periods.entries_hash(reversed(some))
    assert periods.entries_hash(some) != periods.entries_hash(some[1:])
