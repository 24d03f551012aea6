"""When the next bank file is made and when it settles: dates worked out by hand."""

from dataclasses import replace
from datetime import datetime

import pytest

from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.payments import arrival
from tuppence.payments.ach.windows import next_cutoff, settles_on

POLICY = Policy.load()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=FED.zone)


@pytest.mark.parametrize(
    ("tapped", "file", "settles", "same_day"),
    [
        ("2015-03-17 10:00", "2015-03-17 10:15", "2015-03-18", "2015-03-17"),
        ("2015-03-17 10:15", "2015-03-17 14:30", "2015-03-18", "2015-03-17"),
        ("2015-03-17 16:29", "2015-03-17 16:30", "2015-03-18", "2015-03-17"),
        ("2015-03-17 16:30", "2015-03-18 10:15", "2015-03-19", "2015-03-18"),
        ("2015-03-20 18:30", "2015-03-23 10:15", "2015-03-24", "2015-03-23"),  # a weekend
        ("2015-05-22 18:30", "2015-05-26 10:15", "2015-05-27", "2015-05-26"),  # Memorial Day
        ("2015-07-03 10:00", "2015-07-03 10:15", "2015-07-06", "2015-07-03"),  # the 4th is a Saturday: Fed open
        ("2026-11-25 20:00", "2026-11-27 10:15", "2026-11-30", "2026-11-27"),  # Thanksgiving
    ],
)
def test_the_next_file_and_its_settlement(tapped: str, file: str, settles: str, same_day: str) -> None:
    """The first cut-off ahead on a banking day; settled on the next one, or where policy wants it on the same."""
    at = next_cutoff(_at(tapped), POLICY.bank, FED)

    assert _at(file) == at
    for same, expected in ((False, settles), (True, same_day)):
        assert expected == settles_on(at, same_day=same, policy=POLICY.bank, calendar=FED).isoformat()


def test_the_promise_runs_from_settlement_to_the_banking_day_after() -> None:
    """Sent on a Tuesday: Wed 18 – Thu 19 Mar, as the choice says."""
    at = next_cutoff(_at("2015-03-17 10:00"), POLICY.bank, FED)
    settles = settles_on(at, same_day=False, policy=POLICY.bank, calendar=FED)
    promise = arrival.by_bank(_at("2015-03-17 10:00"), settles, policy=POLICY.arrival, calendar=FED)

    assert (_at("2015-03-18 09:00"), _at("2015-03-19 09:00")) == (promise.earliest, promise.latest)
    assert not promise.fast


def test_a_worker_that_wakes_late_makes_no_false_promise() -> None:
    """A file made after the last cut-off belongs to the next banking day."""
    late = _at("2015-03-17 17:00")

    assert "2015-03-19" == settles_on(late, same_day=False, policy=POLICY.bank, calendar=FED).isoformat()


def test_an_operator_may_have_one_cutoff() -> None:
    """The last in the list is the last of the day, whatever their number."""
    once = replace(POLICY.bank, cutoffs=("12:00",))

    assert _at("2015-03-18 12:00") == next_cutoff(_at("2015-03-17 12:00"), once, FED)
