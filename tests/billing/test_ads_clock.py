"""When an account is billed and how its threshold climbs, on the days and at the seconds that are easy to get wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.billing.test_ads_law import account_of

from tuppence.billing.ads import ladder
from tuppence.billing.ads.calendar import begins, day_of, next_bill
from tuppence.core import Policy

POLICY = Policy.load().ads
NEW_YORK, BEIRUT, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Beirut"), ZoneInfo("Asia/Kolkata")
INSTANTS = st.integers(662_688_000, 2_837_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))  # 1991 to 2059
NOW = datetime(2026, 11, 26, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "day", "zone", "at"),
    [
        ("2026-01-31T12:00:00-05:00", 31, NEW_YORK, "2026-02-28T00:00:00-05:00"),
        ("2028-01-31T12:00:00-05:00", 31, NEW_YORK, "2028-02-29T00:00:00-05:00"),
        ("2026-02-28T00:00:00-05:00", 31, NEW_YORK, "2026-03-31T00:00:00-04:00"),
        ("2026-02-27T23:59:59-05:00", 30, NEW_YORK, "2026-02-28T00:00:00-05:00"),
        ("2026-04-01T00:00:00-04:00", 31, NEW_YORK, "2026-04-30T00:00:00-04:00"),
        ("2026-12-31T23:59:59-05:00", 1, NEW_YORK, "2027-01-01T00:00:00-05:00"),
        ("2026-03-07T12:00:00-05:00", 9, NEW_YORK, "2026-03-09T00:00:00-04:00"),  # the 8th has 23 hours
        ("2026-11-01T12:00:00-05:00", 2, NEW_YORK, "2026-11-02T00:00:00-05:00"),  # the 1st has 25
        ("2026-03-28T12:00:00+02:00", 29, BEIRUT, "2026-03-29T01:00:00+03:00"),  # whose midnight there is not
        ("2026-03-30T18:29:59+00:00", 31, KOLKATA, "2026-03-31T00:00:00+05:30"),
    ],
)
def test_a_bill_is_due_at_midnight_of_its_day(after: str, day: int, zone: ZoneInfo, at: str) -> None:
    """On the account's own clock; a month without that day uses its last."""
    assert datetime.fromisoformat(at) == next_bill(datetime.fromisoformat(after), day, zone)


@given(
    at=INSTANTS,
    day=st.integers(1, 31),
    zone=st.sampled_from([NEW_YORK, BEIRUT, KOLKATA, ZoneInfo("Pacific/Apia"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_there_is_one_bill_day_in_each_month(at: datetime, day: int, zone: ZoneInfo) -> None:
    """Twelve in a year, each later than the one before, in as many months."""
    found = [at]
    for _ in range(12):
        found.append(next_bill(found[-1], day, zone))
    months = [(one.year, one.month) for one in (day_of(at, zone) for at in found[1:])]

    assert found == sorted(set(found))
    assert 12 == len(set(months))


@given(instant=INSTANTS, zone=st.sampled_from([NEW_YORK, BEIRUT, KOLKATA]))
def test_a_day_lasts_from_23_to_25_hours(instant: datetime, zone: ZoneInfo) -> None:
    """Each instant is in the day that has begun, and in no other."""
    day = day_of(instant, zone)
    begun, ends = begins(day, zone), begins(day + timedelta(days=1), zone)

    assert begun <= instant < ends
    assert timedelta(hours=23) <= ends - begun <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("clean", "days", "rung"),
    [(2, 7, 1), (1, 7, 0), (2, 6, 0), (9, 6, 0), (9, 30, 1)],
)
def test_a_rung_takes_three_clean_bills_and_a_week(clean: int, days: int, rung: int) -> None:
    """The third clean one climbs if the week is over, a later one if it was not; one rung at a time."""
    before = account_of(clean_cycles=clean, rung_since=NOW - timedelta(days=days))
    after = ladder.after_clean(before, NOW, POLICY)

    assert (rung, 0 if rung else clean + 1) == (after.rung, after.clean_cycles)
    assert rung == 0 or ladder.after_clean(after, NOW + timedelta(days=7), POLICY).rung == rung


def test_a_week_is_seven_whole_days() -> None:
    """A second short of it is not a week."""
    short = account_of(clean_cycles=5, rung_since=NOW - timedelta(days=7) + timedelta(seconds=1))

    assert 0 == ladder.after_clean(short, NOW, POLICY).rung
    assert 1 == ladder.after_clean(short, NOW + timedelta(seconds=1), POLICY).rung


def test_the_ladder_has_a_foot_and_a_top() -> None:
    """$25 to $750, and neither below nor above; the grace cap is a fifth more."""
    climbed, seen = account_of(), []
    for _ in range(40):
        seen.append(ladder.threshold_minor(climbed, POLICY))
        climbed = ladder.after_clean(replace(climbed, rung_since=NOW - timedelta(days=7)), NOW, POLICY)
    assert [2_500, 5_000, 25_000, 50_000, 75_000] == sorted(set(seen))
    assert 90_000 == ladder.grace_cap_minor(climbed, POLICY)
    for _ in range(9):
        climbed = ladder.after_failure(climbed, NOW)

    assert (0, 3_000) == (climbed.rung, ladder.grace_cap_minor(climbed, POLICY))


def test_a_chargeback_ends_the_climb() -> None:
    """Back to the foot, and whatever is clean afterwards changes nothing until somebody says so."""
    after = ladder.after_chargeback(account_of(rung=4), NOW)
    for days in range(0, 70, 7):
        after = ladder.after_clean(after, NOW + timedelta(days=days), POLICY)

    assert (0, True) == (after.rung, after.is_manual)


@pytest.mark.parametrize(("own", "threshold"), [(None, 5_000), (1_000, 1_000), (5_000, 5_000)])
def test_peoples_own_threshold_counts_while_it_is_lower(own: int | None, threshold: int) -> None:
    """A rung down may leave it above what is earned: then that counts."""
    account = account_of(rung=1, own_threshold_minor=own)

    assert threshold == ladder.threshold_minor(account, POLICY)
    assert min(2_500, threshold) == ladder.threshold_minor(ladder.after_failure(account, NOW), POLICY)
