"""The Fed's business days: the golden table, the odd years, and the laws of counting."""

import csv
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core.calendar import FED, TARGET

GOLDEN = list(csv.DictReader((Path(__file__).parents[1] / "golden" / "arrival.csv").read_text().splitlines()))
CUTOFF = time(17)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["sent_local"])
def test_business_days_of_the_golden_table(row: dict[str, str]) -> None:
    """A push sent at a time in New York counts from the day that the table says."""
    sent = datetime.fromisoformat(row["sent_local"]).replace(tzinfo=ZoneInfo(row["zone"]))
    day_0 = FED.business_date(sent, CUTOFF)

    expected = [row["day_0"], row["plus_1"], row["plus_2"], row["plus_3"]]
    assert expected == [FED.add(day_0, n).isoformat() for n in range(4)]
    assert int(row["calendar_days"]) == (FED.add(day_0, 3) - sent.date()).days


@pytest.mark.parametrize(
    ("day", "open_", "why"),
    [
        ("2021-06-18", True, "Juneteenth's first year: a Saturday, and the Fed was open on the Friday"),
        ("2022-06-20", False, "Juneteenth on a Sunday"),
        ("2023-06-19", False, "Juneteenth on a Monday"),
        ("2020-06-19", True, "before Juneteenth was a holiday"),
        ("2021-12-31", True, "New Year's Day 2022 is a Saturday"),
        ("2023-01-02", False, "New Year's Day 2023 is a Sunday"),
        ("2026-07-03", True, "4 July 2026 is a Saturday"),
        ("2027-07-05", False, "4 July 2027 is a Sunday"),
        ("2026-04-03", True, "Good Friday"),
        ("2026-11-27", True, "the day after Thanksgiving"),
        ("2026-11-11", False, "Veterans Day"),
        ("2026-10-12", False, "Columbus Day"),
        ("2026-11-28", False, "a Saturday"),
    ],
)
def test_days_that_are_easy_to_get_wrong(day: str, open_: bool, why: str) -> None:
    """The Saturday rule, the Sunday rule, and days that other calendars close."""
    assert open_ == FED.is_open(date.fromisoformat(day)), why


@given(days)
def test_a_year_has_ten_or_eleven_holidays_and_none_on_a_weekend(day: date) -> None:
    """Counting the named weekdays of a year finds each holiday at most once, less those lost to a Saturday."""
    year = [date.fromordinal(n) for n in range(date(day.year, 1, 1).toordinal(), date(day.year + 1, 1, 1).toordinal())]
    named = [one for one in year if FED.holiday(one)]

    assert 11 - 3 - (day.year < 2021) <= len(named) <= 11 - (day.year < 2021)
    assert all(one.weekday() < 5 for one in named)


@given(days, st.integers(0, 30), st.integers(0, 30))
def test_business_days_add_up(day: date, one: int, other: int) -> None:
    """Counting on from where one stopped is counting the sum, and every stop is an open day."""
    assert FED.add(day, one + other) == FED.add(FED.add(day, one), other)
    assert FED.is_open(FED.add(day, one))


@given(days, st.integers(0, 10))
def test_three_business_days_pass_in_at_most_as_many_as_the_calendar_allows(day: date, n: int) -> None:
    """Between a day and the n-th after it lie exactly n - 1 further open days; never two stops on one day."""
    start = FED.roll(day)
    between = range(start.toordinal() + 1, FED.add(day, n).toordinal() + 1)

    assert n == sum(FED.is_open(date.fromordinal(one)) for one in between)


@given(st.builds(datetime.combine, days, st.times(), st.just(FED.zone)))
def test_the_cut_off_moves_a_day_on_and_never_back(at: datetime) -> None:
    """Sent from the cut-off on, it counts as the next day; nothing counts as a day before it was sent."""
    first = FED.business_date(at, CUTOFF)

    assert first >= at.date()
    assert FED.business_date(at.replace(hour=16, minute=59), CUTOFF) <= FED.business_date(at.replace(hour=17), CUTOFF)
    assert at.time() < CUTOFF or first > at.date()


def test_a_bank_may_be_closed_when_the_fed_is_open() -> None:
    """A bank's own holiday rolls its dates on, and nobody else's."""
    patriots = replace(FED, also_closed=frozenset({date(2026, 4, 20)}))

    assert date(2026, 4, 21) == patriots.roll(date(2026, 4, 20))
    assert date(2026, 4, 20) == FED.roll(date(2026, 4, 20))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2027, 3, 26), "Good Friday"),
        (date(2026, 5, 1), "Labour Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2029, 12, 26), "Christmas Holiday"),
        (date(2026, 11, 26), None),  # Thanksgiving is nobody's holiday there
        (date(2026, 4, 2), None),
        (date(2026, 5, 25), None),  # Whit Monday: TARGET is open
        (date(2023, 1, 2), None),  # the Monday after a holiday on a Sunday is a business day
    ],
)
def test_target_is_closed_on_six_days(day: date, name: str | None) -> None:
    """On those and at weekends; nothing moves to a Monday. Source: European Central Bank, TARGET calendar."""
    assert name == TARGET.holiday(day)
    assert (name is None) == TARGET.is_open(day)


@given(year=st.integers(2003, 2060))
def test_easter_closes_target_from_friday_to_monday(year: int) -> None:
    """Four days in a row, whenever Easter is."""
    (friday,) = (day for day, name in TARGET.named(year).items() if name == "Good Friday")

    assert 4 == friday.weekday()
    assert (TARGET.add(friday, 0) - friday).days == 4


def test_a_day_in_frankfurt_begins_before_ours() -> None:
    """Eleven at night in New York is already tomorrow there."""
    assert date(2026, 11, 25) == TARGET.business_date(
        datetime(2026, 11, 24, 23, tzinfo=ZoneInfo("America/New_York")), CUTOFF
    )
