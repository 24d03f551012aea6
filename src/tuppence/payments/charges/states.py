"""The life of a charge and of its refunds, as a table: in which state, upon which event, under which guard, into which
state.

Numbers are those of docs/design/charges.md. A pair (state, event) that is not here is refused, whoever asks. Where one
pair has several rows, the first whose guard holds is taken; a row without a guard always holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CHARGING = "charging"
    UNKNOWN = "unknown"
    CHARGED = "charged"
    DECLINED = "declined"
    RETURNED = "returned"
    REFUNDING = "refunding"
    REFUND_UNKNOWN = "refund_unknown"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"


class Event(StrEnum):
    """What can happen: somebody asks, a rail tells, a file of the rail's corrects it."""

    CHARGE = "charge"
    REFUND = "refund"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    DEAD = "dead"
    FOUND = "found"
    RETURNED = "returned"


class Guard(StrEnum):
    """A question about the facts; rules.py answers each."""

    TRY_AGAIN = "try again"  # the bank could not be reached, and tries are left
    WATCHED = "watched"  # an attempt was unknown once, so settlement files are searched for it


class Books(StrEnum):
    """What a step does in the ledger; books.py knows the accounts."""

    TAKE = "Dr card_clearing Cr each share"  # bank_clearing, where it was taken from a bank account
    TAKE_LATE = "Dr card_clearing Cr parked"
    HOLD = "pending Dr each share Cr refund_clearing"
    POST = "post Dr each share Cr refund_clearing"
    VOID = "void Dr each share Cr refund_clearing"
    TAKE_BACK = "Dr refund_clearing Cr each share"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    number: str
    before: State | None
    event: Event
    after: State
    guard: Guard | None = None
    books: Books | None = None


def _rows() -> Iterable[Row]:
    s, e, g, b = State, Event, Guard, Books

    yield Row("1", None, e.CHARGE, s.CHARGING)
    yield Row("2", s.CHARGING, e.ACCEPTED, s.CHARGED, books=b.TAKE)
    yield Row("3a", s.CHARGING, e.DECLINED, s.CHARGING, g.TRY_AGAIN)
    yield Row("3", s.CHARGING, e.DECLINED, s.DECLINED)
    yield Row("4", s.CHARGING, e.UNANSWERED, s.UNKNOWN)
    yield Row("4a", s.UNKNOWN, e.UNANSWERED, s.UNKNOWN)
    yield Row("5", s.CHARGING, e.DEAD, s.DECLINED)
    yield Row("5", s.UNKNOWN, e.DEAD, s.DECLINED)
    yield Row("5", s.UNKNOWN, e.DECLINED, s.DECLINED)
    yield Row("6", s.UNKNOWN, e.ACCEPTED, s.CHARGED, books=b.TAKE)
    yield Row("7", s.DECLINED, e.FOUND, s.DECLINED, g.WATCHED, b.TAKE_LATE)
    yield Row("8", s.CHARGED, e.RETURNED, s.RETURNED)

    yield Row("r1", None, e.REFUND, s.REFUNDING, books=b.HOLD)
    yield Row("r4", s.REFUNDING, e.UNANSWERED, s.REFUND_UNKNOWN)
    yield Row("r4a", s.REFUND_UNKNOWN, e.UNANSWERED, s.REFUND_UNKNOWN)
    for before in (s.REFUNDING, s.REFUND_UNKNOWN):
        yield Row("r2", before, e.ACCEPTED, s.REFUNDED, books=b.POST)
        yield Row("r3a", before, e.DECLINED, s.REFUNDING, g.TRY_AGAIN)
        yield Row("r3", before, e.DECLINED, s.REFUND_FAILED, books=b.VOID)
        yield Row("r5", before, e.DEAD, s.REFUNDING)
    yield Row("r6", s.REFUNDED, e.RETURNED, s.REFUND_FAILED, books=b.TAKE_BACK)


TABLE = tuple(_rows())


def rows(before: State | None, event: Event) -> tuple[Row, ...]:
    """The rows of a pair, in the order in which their guards are asked; none means refused."""
    return tuple(row for row in TABLE if (row.before, row.event) == (before, event))


# Nothing more happens by itself; what is left of these again is left because a bank corrects itself, or sends back.
TERMINAL = frozenset({State.CHARGED, State.DECLINED, State.RETURNED, State.REFUNDED, State.REFUND_FAILED})
