"""The life of a bank account, as a table. What the rows mean is in docs/design/bank-accounts.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    VERIFYING = "verifying"
    ACTIVE = "active"
    REJECTED = "rejected"
    DEAD = "dead"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Event(StrEnum):
    """What can happen to a bank account: its owner acts, a timer fires, a bank tells."""

    ADD = "add"
    RIGHT_AMOUNTS = "right_amounts"
    WRONG_AMOUNTS = "wrong_amounts"
    LAST_WRONG_AMOUNTS = "last_wrong_amounts"
    EXPIRE = "expire"
    DEPOSIT_RETURNED = "deposit_returned"
    CREDIT_RETURNED = "credit_returned"
    UNAUTHORISED = "unauthorised"
    CORRECTED = "corrected"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Row:
    before: State | None
    event: Event
    after: State


def _rows() -> Iterable[Row]:
    s, e = State, Event
    yield Row(None, e.ADD, s.VERIFYING)
    yield Row(s.VERIFYING, e.RIGHT_AMOUNTS, s.ACTIVE)
    yield Row(s.VERIFYING, e.WRONG_AMOUNTS, s.VERIFYING)
    yield Row(s.VERIFYING, e.LAST_WRONG_AMOUNTS, s.REJECTED)
    yield Row(s.VERIFYING, e.EXPIRE, s.REJECTED)
    yield Row(s.VERIFYING, e.DEPOSIT_RETURNED, s.REJECTED)
    yield Row(s.ACTIVE, e.DEPOSIT_RETURNED, s.DEAD)  # confirmed before the bank sent them back
    for before in (s.VERIFYING, s.ACTIVE, s.SUSPENDED):
        yield Row(before, e.CORRECTED, before)
    for before in (s.ACTIVE, s.SUSPENDED):
        yield Row(before, e.CREDIT_RETURNED, s.DEAD)
        yield Row(before, e.UNAUTHORISED, s.SUSPENDED)
    for before in State:
        yield Row(before, e.REMOVE, s.REMOVED)


TABLE = tuple(_rows())
_BY_PAIR = {(row.before, row.event): row for row in TABLE}


def row(before: State | None, event: Event) -> Row | None:
    """The row of a pair; None means refused."""
    return _BY_PAIR.get((before, event))
