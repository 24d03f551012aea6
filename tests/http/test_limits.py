"""Token buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.http.errors import TooManyRequests
from tuppence.http.limits import Bucket, Limits, headers, taken


class Clock:
    """Seconds that move when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def _allowed(limits: Limits, who: str, tries: int) -> int:
    passed = 0
    for _ in range(tries):
        try:
            limits.take("knock", who)
        except TooManyRequests:
            continue
        passed += 1
    return passed


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 10)), max_size=30))
def test_no_stretch_of_time_sees_more_than_the_bucket_and_its_refill(steps: list[tuple[float, int]]) -> None:
    """However the tries are spread, at most the burst plus what dripped in meanwhile gets through."""
    clock, bucket = Clock(), Bucket(5, 2.0)
    limits, passed = Limits({"knock": bucket}, clock), 0
    for pause, tries in steps:
        clock.seconds += pause
        passed += _allowed(limits, "ann", tries)

    assert passed <= bucket.burst + (clock.seconds - 1000) / bucket.seconds + 1e-6


def test_the_wait_that_is_told_is_enough_and_no_neighbour_pays() -> None:
    """After the told number of seconds a try passes; somebody else never had to wait."""
    clock = Clock()
    limits = Limits({"knock": Bucket(3, 10)}, clock)
    assert 3 == _allowed(limits, "ann", 50)
    with pytest.raises(TooManyRequests) as refused:
        limits.take("knock", "ann")
    clock.seconds += refused.value.facts["retry_after_seconds"]

    assert 1 == _allowed(limits, "ann", 50)
    assert 3 == _allowed(limits, "bo", 50)


def test_the_headers_say_how_often_still_and_from_when_as_often_as_ever() -> None:
    """Two structured fields with a member for each limit that a request took from; nothing where there was none."""
    clock = Clock()
    limits = Limits({"knock": Bucket(3, 10), "ring": Bucket(100, 0.5)}, clock)
    for _ in range(2):
        noted = taken.set([])
        limits.take("knock", "ann")
        limits.take("ring", "ann")
        told = headers(taken.get() or [])
        taken.reset(noted)

    assert {
        "RateLimit-Policy": '"knock";q=3;w=30, "ring";q=100;w=50',
        "RateLimit": '"knock";r=1;t=20, "ring";r=98;t=1',
    } == told
    assert {} == headers([])
