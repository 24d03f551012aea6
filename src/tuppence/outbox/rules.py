"""What becomes of a job that was run: decided here, written down by the worker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tuppence.core import Failure
from tuppence.outbox.errors import WorkerLost
from tuppence.outbox.model import Later

MOST_ATTEMPTS = 12
MOST_LOST = 5  # in a row; the first two among others, the last three alone
_BACK_OFF_SECONDS = (0.2, 1, 3, 10, 30, 60, 300)

Result = Later | BaseException | None  # None: done


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in a worker's hands until its lease ends."""

    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime | None
    lease: UUID
    asked: int
    attempts: int
    lost: int


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Again:
    """It runs again after a wait; `fresh` forgets the attempts so far."""

    wait: timedelta
    fresh: bool


@dataclass(frozen=True, slots=True)
class Dead:
    """Somebody has to look at it."""

    error: str


def after(claimed: Claimed, result: Result, *, asked: int, jitter: float) -> Done | Again | Dead:
    """Decide what becomes of a job. `asked` is how often it has been asked for by now; `jitter` is about 1."""
    if asked != claimed.asked:  # the handler may have looked before the last ask was written
        return Again(timedelta(0), fresh=True)
    if result is None:
        return Done()
    if isinstance(result, Later):
        return Again(timedelta(seconds=result.seconds), fresh=True)
    if claimed.attempts >= MOST_ATTEMPTS or isinstance(result, WorkerLost):
        return Dead(name_of(result))
    return Again(back_off(claimed.attempts) * jitter, fresh=False)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: soon at first, then minutes."""
    return timedelta(seconds=_BACK_OFF_SECONDS[min(attempts, len(_BACK_OFF_SECONDS)) - 1])


def name_of(error: BaseException) -> str:
    """What failed, by code or class: a message might quote somebody's data."""
    return error.code if isinstance(error, Failure) else type(error).__name__
