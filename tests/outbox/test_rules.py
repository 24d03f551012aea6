from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Failure
from tuppence.outbox import Later
from tuppence.outbox.errors import WorkerLost
from tuppence.outbox.rules import MOST_ATTEMPTS, Again, Claimed, Dead, Done, after, back_off


def claimed(attempts: int) -> Claimed:
    return Claimed("test", "a", {}, None, UUID(int=1), asked=3, attempts=attempts, lost=0)


@pytest.mark.parametrize(
    ("attempts", "result", "expected"),
    [
        (1, None, Done()),
        (MOST_ATTEMPTS, None, Done()),
        (1, Later(5), Again(timedelta(seconds=5), fresh=True)),
        (MOST_ATTEMPTS, Later(5), Again(timedelta(seconds=5), fresh=True)),
        (1, Failure(), Again(timedelta(seconds=0.2), fresh=False)),
        (MOST_ATTEMPTS - 1, ValueError(), Again(timedelta(seconds=300), fresh=False)),
        (MOST_ATTEMPTS, ValueError("somebody's data"), Dead("ValueError")),
        (MOST_ATTEMPTS, Failure(), Dead("refused")),
        (2, WorkerLost(), Dead("WorkerLost")),
    ],
)
def test_what_becomes_of_a_job(attempts: int, result: object, expected: object) -> None:
    """Done, again, or a dead letter that names the error and quotes nothing."""
    assert expected == after(claimed(attempts), result, asked=3, jitter=1)  # type: ignore[arg-type]


@given(st.integers(1, 2 * MOST_ATTEMPTS), st.sampled_from([None, Later(9), Failure(), ValueError(), WorkerLost()]))
def test_a_job_asked_for_again_runs_again_whatever_came_of_it(attempts: int, result: object) -> None:
    """An ask that was written while the job ran is never lost, not even to the dead-letter list."""
    assert Again(timedelta(0), fresh=True) == after(claimed(attempts), result, asked=4, jitter=1)  # type: ignore[arg-type]


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0.8, 1.2))
def test_each_wait_is_longer_than_the_one_before(attempts: int, jitter: float) -> None:
    """Back-off never shrinks, and jitter spreads it by a fifth at most."""
    assert back_off(attempts) <= back_off(attempts + 1) <= timedelta(minutes=5)
    again = after(claimed(attempts), ValueError(), asked=3, jitter=jitter)

    assert isinstance(again, Again)
    assert abs(again.wait - back_off(attempts)) <= 0.21 * back_off(attempts)
