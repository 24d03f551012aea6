"""When it will be there: golden dates, and the laws of a promise."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.payments.arrival import estimate, presumed_at
from tuppence.payments.pace import prior

GOLDEN = list(csv.DictReader((Path(__file__).parents[1] / "golden" / "arrival.csv").read_text().splitlines()))
POLICY = Policy.load().arrival
UNKNOWN = prior(POLICY)
NEW_YORK = ZoneInfo("America/New_York")
instants = st.builds(datetime.combine, st.dates(date(2015, 1, 1), date(2045, 1, 1)), st.times(), st.just(NEW_YORK))


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["sent_local"])
def test_a_slow_bank_by_the_golden_table(row: dict[str, str]) -> None:
    """One to two business days after the table's day 0, at the hour when the bank posts."""
    sent = datetime.fromisoformat(row["sent_local"]).replace(tzinfo=ZoneInfo(row["zone"]))
    promise = estimate(sent.astimezone(UTC), pace=UNKNOWN, policy=POLICY, calendar=FED)

    expected = [f"{row['plus_1']} 09:00", f"{row['plus_2']} 09:00"]
    assert expected == [f"{at.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" for at in (promise.earliest, promise.latest)]


@pytest.mark.parametrize(
    ("sent", "code", "facts"),
    [
        ("2015-03-17T10:00", "bank_posts_slowly", {}),
        ("2015-03-17T18:30", "after_cutoff", {"cutoff": "17:00"}),
        ("2015-03-20T18:30", "weekend", {}),
        ("2015-05-22T18:30", "holiday", {"holiday": "Memorial Day", "holiday_on": "2015-05-25"}),
        ("2016-12-23T18:30", "holiday", {"holiday": "Christmas Day", "holiday_on": "2016-12-26"}),
    ],
)
def test_the_reason_is_what_explains_most(sent: str, code: str, facts: dict[str, str]) -> None:
    """A holiday before the weekend, the weekend before the cut-off, the cut-off before the bank's pace."""
    at = datetime.fromisoformat(sent).replace(tzinfo=NEW_YORK)
    promise = estimate(at, pace=UNKNOWN, policy=POLICY, calendar=FED)

    days = {"lag_min": 1, "lag_max": 2} | {one: promise.reason_facts[one] for one in ("accepted_on", "usually_on")}
    assert (code, facts | days) == (promise.reason_code, promise.reason_facts)


@given(instants)
def test_a_fast_bank_shows_it_within_the_half_hour_day_and_night(at: datetime) -> None:
    """No calendar, no cut-off: from the instant of acceptance to thirty minutes later."""
    promise = estimate(at, pace=None, policy=POLICY, calendar=FED)

    assert (at, at + timedelta(minutes=30)) == (promise.earliest, promise.latest)


@given(instants)
def test_a_slow_promise_is_in_order_on_business_days_and_within_the_cap(at: datetime) -> None:
    """Never in the past, never on a closed day, never later than three business days, and presumed only afterwards."""
    promise = estimate(at, pace=UNKNOWN, policy=POLICY, calendar=FED)
    cap = FED.add(FED.business_date(at, time(17)), POLICY.promise_cap_days)

    assert at < promise.earliest <= promise.latest
    assert FED.is_open(promise.earliest.astimezone(NEW_YORK).date())
    assert promise.latest.astimezone(NEW_YORK).date() <= cap
    assert promise.latest + timedelta(hours=20) <= presumed_at(promise.latest, POLICY, FED)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_sending_later_never_promises_sooner(at: datetime, later: timedelta) -> None:
    """The promise never goes back as time goes on."""
    one, other = (
        estimate(sent, pace=UNKNOWN, policy=POLICY, calendar=FED)
        for sent in (at.astimezone(UTC), at.astimezone(UTC) + later)
    )

    assert one.earliest <= other.earliest
    assert one.latest <= other.latest
