"""The life of a payout, as a table: in which state, upon which event, under which guard, into which state.

Numbers are those of docs/design/payouts.md. A pair (state, event) that is not here is refused, whoever asks. Where one
pair has several rows, the first whose guard holds is taken; a row without a guard always holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    SCHEDULED = "scheduled"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    SUBMIT_UNKNOWN = "submit_unknown"
    ACCEPTED = "accepted"
    PAID = "paid"
    HELD = "held"
    BLOCKED = "blocked"
    CARRIED = "carried"


class Event(StrEnum):
    """What can happen to a payout: its owner or a person acts, its day comes, our bank or the payee's tells."""

    SCHEDULE = "schedule"
    APPROVE = "approve"
    HOLD = "hold"
    BLOCK = "block"
    RELEASE = "release"
    DUE = "due"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"


class Guard(StrEnum):
    """A question about the facts; rules.py answers each."""

    BELOW_MINIMUM = "below minimum"
    AGREED = "agreed"  # as many people as policy wants have approved it for this account, or none is wanted
    NOT_READY = "not ready"  # the bank account cannot receive
    TOO_EARLY = "too early"  # its day has not come, or the account was changed a moment ago
    NOT_COVERED = "not covered"  # the account that it is paid from does not hold as much


class Books(StrEnum):
    """What a step does in the ledger; books.py knows the accounts."""

    HOLD = "pending Dr account Cr payout_clearing"
    POST = "post Dr account Cr payout_clearing"
    VOID = "void Dr account Cr payout_clearing"
    TAKE_BACK = "Dr payout_clearing Cr account"


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

    yield Row("1a", None, e.SCHEDULE, s.CARRIED, g.BELOW_MINIMUM)
    yield Row("1b", None, e.SCHEDULE, s.HELD, g.NOT_READY)
    yield Row("1c", None, e.SCHEDULE, s.APPROVED, g.AGREED)
    yield Row("1", None, e.SCHEDULE, s.SCHEDULED)
    yield Row("2", s.SCHEDULED, e.APPROVE, s.APPROVED, g.AGREED)
    yield Row("2a", s.SCHEDULED, e.APPROVE, s.SCHEDULED)

    yield Row("3a", s.APPROVED, e.DUE, s.APPROVED, g.TOO_EARLY)
    yield Row("3b", s.APPROVED, e.DUE, s.HELD, g.NOT_READY)
    yield Row("3c", s.APPROVED, e.DUE, s.BLOCKED, g.NOT_COVERED)
    yield Row("3", s.APPROVED, e.DUE, s.SUBMITTED, books=b.HOLD)

    for before in (s.SUBMITTED, s.SUBMIT_UNKNOWN):
        yield Row("4", before, e.UNANSWERED, s.SUBMIT_UNKNOWN)
        yield Row("5", before, e.ACCEPTED, s.ACCEPTED, books=b.POST)
        yield Row("5", before, e.SETTLED, s.PAID, books=b.POST)
        for event in (e.FAILED, e.RETURNED):
            yield Row("6", before, event, s.HELD, books=b.VOID)
    yield Row("7", s.ACCEPTED, e.SETTLED, s.PAID)
    yield Row("8", s.ACCEPTED, e.FAILED, s.HELD, books=b.TAKE_BACK)
    for before in (s.ACCEPTED, s.PAID):
        yield Row("8", before, e.RETURNED, s.HELD, books=b.TAKE_BACK)

    for before in (s.SCHEDULED, s.APPROVED):
        yield Row("9", before, e.HOLD, s.HELD)
    for before in (s.SCHEDULED, s.APPROVED, s.HELD):
        yield Row("9a", before, e.BLOCK, s.BLOCKED)
    for before in (s.HELD, s.BLOCKED):
        yield Row("10a", before, e.RELEASE, s.HELD, g.NOT_READY)
        yield Row("10", before, e.RELEASE, s.APPROVED, g.AGREED)
        yield Row("10b", before, e.RELEASE, s.SCHEDULED)


TABLE = tuple(_rows())


def rows(before: State | None, event: Event) -> tuple[Row, ...]:
    """The rows of a pair, in the order in which their guards are asked; none means refused."""
    return tuple(row for row in TABLE if (row.before, row.event) == (before, event))


# Nothing more happens by itself; `paid` is left only when the payee's bank sends it back.
TERMINAL = frozenset({State.PAID, State.CARRIED})
