"""Rolling windows: what is used, what is left, and when an amount fits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Policy
from tuppence.payments.limits.rules import Room, Use, Window, fits_at, rooms, used_of

SEND = Policy.load().send
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = Window("day", timedelta(days=1), 30_000)
uses = st.lists(
    st.builds(Use, st.integers(1, 20_000), st.integers(0, 172_800).map(lambda s: NOW - timedelta(seconds=s)))
)


def test_room_as_a_person_sees_it() -> None:
    """A payment takes room in every window that reaches back to it."""
    taken = [Use(10_000, NOW - timedelta(hours=1)), Use(5_000, NOW - timedelta(days=3))]

    assert [
        Room("day", 30_000, 10_000, 20_000, NOW + timedelta(hours=23)),
        Room("week", 100_000, 15_000, 85_000, NOW + timedelta(days=4)),
    ] == rooms(used_of(taken, SEND, NOW), SEND)


def test_a_use_counts_until_exactly_a_window_has_passed() -> None:
    """A second before, there is no room; at the instant, there is."""
    taken = [Use(30_000, NOW)]

    assert NOW + DAY.length == fits_at(taken, DAY, 1, NOW + DAY.length - timedelta(seconds=1))
    assert NOW + DAY.length == fits_at(taken, DAY, 1, NOW + DAY.length)


@given(uses, st.integers(1, 30_000))
def test_an_amount_fits_at_the_time_told_and_not_a_moment_before(taken: list[Use], amount: int) -> None:
    """By summing the window again at that instant, and just before it."""
    at = fits_at(taken, DAY, amount, NOW)

    assert at is not None
    assert _used(taken, at) + amount <= DAY.cap_minor
    assert at == NOW or _used(taken, at - timedelta(seconds=1)) + amount > DAY.cap_minor


def test_more_than_the_cap_never_fits() -> None:
    """There is no time to name."""
    assert fits_at([], DAY, 30_001, NOW) is None


def _used(taken: list[Use], at: datetime) -> int:
    return sum(use.amount_minor for use in taken if use.at > at - DAY.length)
