"""The life of an order, as a table. A pair (state, event) that is not here changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    RETRYING = "retrying"
    FAILED = "failed"
    RETURNED = "returned"


class Event(StrEnum):
    """What can happen to an order: our bank answers, a day passes, the other bank sends it back, its owner gives up."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    CAME_BACK = "came_back"
    CAME_BACK_FOR_NOW = "came_back_for_now"
    AGAIN = "again"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Row:
    before: State
    event: Event
    after: State


def _rows() -> Iterable[Row]:
    s, e = State, Event
    yield Row(s.WAITING, e.REFUSED, s.FAILED)
    yield Row(s.WAITING, e.ACCEPTED, s.ACCEPTED)
    for before in (s.WAITING, s.ACCEPTED):
        yield Row(before, e.SETTLED, s.SETTLED)
        yield Row(before, e.CAME_BACK, s.FAILED)
        yield Row(before, e.CAME_BACK_FOR_NOW, s.RETRYING)
    yield Row(s.RETRYING, e.AGAIN, s.WAITING)
    yield Row(s.RETRYING, e.GIVEN_UP, s.FAILED)
    yield Row(s.SETTLED, e.CAME_BACK, s.RETURNED)


TABLE = tuple(_rows())
_AFTER = {(row.before, row.event): row.after for row in TABLE}


def after(before: State, event: Event) -> State | None:
    """Where an event leads; None: nowhere."""
    return _AFTER.get((before, event))
