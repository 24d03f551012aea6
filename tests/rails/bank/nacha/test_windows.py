"""Which file an entry must be in, and on which day it settles."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.core.calendar import FED
from tuppence.rails.bank.nacha import Direction
from tuppence.rails.bank.nacha.windows import (
    SAME_DAY,
    Terms,
    last_reversal_day,
    may_try_again,
    passages,
    settles_at,
)

NEW_YORK = ZoneInfo("America/New_York")
CREDIT, DEBIT = Direction.CREDIT, Direction.DEBIT
moments = st.integers(1_704_067_200, 1_988_150_400).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)  # 2024 to 2032


def ny(text: str) -> datetime:
    """A moment in New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("at", "send_by", "settles"),
    [
        ("2026-11-24 09:00", "2026-11-24 10:15", "2026-11-24 13:00"),
        ("2026-11-24 10:15", "2026-11-24 14:30", "2026-11-24 17:00"),  # on the dot is late
        ("2026-11-24 14:29", "2026-11-24 14:30", "2026-11-24 17:00"),
        ("2026-11-24 16:00", "2026-11-24 16:30", "2026-11-24 18:00"),
        ("2026-11-24 16:30", "2026-11-24 20:00", "2026-11-25 08:30"),
        ("2026-11-25 19:00", "2026-11-25 20:00", "2026-11-27 08:30"),  # Thanksgiving between
        ("2026-11-26 12:00", "2026-11-27 10:15", "2026-11-27 13:00"),
        ("2026-11-28 12:00", "2026-11-30 10:15", "2026-11-30 13:00"),  # a Saturday
        ("2026-11-27 21:00", "2026-11-30 10:15", "2026-11-30 13:00"),
        ("2026-07-03 09:00", "2026-07-03 10:15", "2026-07-03 13:00"),  # the 4th is a Saturday: the Fed is open
    ],
)
def test_the_quickest_way(at: str, send_by: str, settles: str) -> None:
    """Fifteen minutes before the operator's deadline; over a weekend Monday's first window beats Tuesday morning."""
    first = passages(ny(at), Terms(), 100)[0]

    assert (ny(send_by), ny(settles)) == (first.send_by, first.settles_at)


@pytest.mark.parametrize(
    ("received", "effective", "direction", "amount_minor", "settles"),
    [
        ("2026-11-24 10:30", date(2026, 11, 24), CREDIT, 100, "2026-11-24 13:00"),
        ("2026-11-24 10:31", date(2026, 11, 24), CREDIT, 100, "2026-11-24 17:00"),
        ("2026-11-24 16:45", date(2026, 11, 23), DEBIT, 100, "2026-11-24 18:00"),  # a stale date asks for today
        ("2026-11-24 16:46", date(2026, 11, 24), DEBIT, 100, "2026-11-25 08:30"),
        ("2026-11-24 09:00", date(2026, 11, 24), CREDIT, 1_000_000_00, "2026-11-24 13:00"),
        ("2026-11-24 09:00", date(2026, 11, 24), CREDIT, 1_000_000_01, "2026-11-25 08:30"),
        ("2026-11-24 09:00", None, CREDIT, 100, "2026-11-24 13:00"),
        ("2026-11-24 09:00", date(2026, 11, 25), DEBIT, 100, "2026-11-25 08:30"),
        ("2026-11-24 09:00", date(2026, 11, 26), CREDIT, 100, "2026-11-27 08:30"),  # Thanksgiving
        ("2026-11-24 09:00", date(2026, 11, 27), DEBIT, 100, "2026-11-25 08:30"),  # too far ahead for a debit
        ("2026-11-24 09:00", date(2026, 12, 24), CREDIT, 100, "2026-11-27 08:30"),
        ("2026-11-25 02:00", date(2026, 11, 25), CREDIT, 100, "2026-11-25 08:30"),  # still Tuesday's processing
        ("2026-11-28 12:00", date(2026, 11, 30), CREDIT, 100, "2026-11-30 13:00"),  # Saturday's file is Monday's
    ],
)
def test_the_operator_decides_by_arrival_and_effective_date(
    received: str, effective: date | None, direction: Direction, amount_minor: int, settles: str
) -> None:
    """Same day while a window is open and the amount allows; else the effective date, within what the rules allow."""
    assert ny(settles) == settles_at(ny(received), effective, direction, amount_minor)


@settings(deadline=None)
@given(at=moments, amount_minor=st.integers(1, 2_000_000_00), direction=st.sampled_from(Direction))
def test_what_we_plan_is_what_the_operator_does(at: datetime, amount_minor: int, direction: Direction) -> None:
    """A file sent in time, with the effective date that we wrote, settles when we said, on a banking day, in order."""
    ways = passages(at, Terms(), amount_minor)

    assert ways == sorted(ways, key=lambda way: way.settles_at)
    for way in ways:
        assert at < way.send_by
        assert FED.is_open(way.settles_at.astimezone(NEW_YORK).date())
        assert way.settles_at == settles_at(way.send_by, way.effective, direction, amount_minor)


@settings(deadline=None)
@given(at=moments)
def test_a_large_amount_never_goes_the_same_day(at: datetime) -> None:
    """Nacha's limit is a million dollars an entry."""
    assert all(way.window is None for way in passages(at, Terms(), 1_000_000_01))


def test_a_bank_may_want_files_earlier() -> None:
    """Half an hour before the operator closes, the window is gone with a lead of an hour."""
    at = ny("2026-11-24 10:00")

    assert SAME_DAY[0] == passages(at, Terms(lead=timedelta(0)), 100)[0].window
    assert SAME_DAY[1] == passages(at, Terms(lead=timedelta(hours=1)), 100)[0].window
    assert time(17) == passages(at, Terms(lead=timedelta(hours=1)), 100)[0].settles_at.time()


def test_reversals_and_new_tries_have_their_limits() -> None:
    """Five banking days; two new tries within 180 days."""
    settled = date(2026, 11, 24)

    assert date(2026, 12, 2) == last_reversal_day(settled)
    assert may_try_again(settled, 1, date(2027, 5, 23))
    assert not may_try_again(settled, 2, date(2026, 12, 1))
    assert not may_try_again(settled, 0, date(2027, 5, 24))
