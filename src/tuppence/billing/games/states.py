"""The life of a purchase as a table: in which state, upon which event, under which guard, into which state.

Whether the game has given what was bought, and whether it is used up, is a second, shorter table: money may go back
before or after either. A pair (state, event) that is not here is refused, whoever asks. Where one pair has several
rows, the first whose guard holds is taken; a row without a guard always holds.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    QUOTED = "quoted"
    USER_CANCELLED = "user_cancelled"
    EXPIRED = "expired"
    VETOABLE = "vetoable"
    REJECTED_BY_APP = "rejected_by_app"
    AUTHORIZING = "authorizing"
    INITIATED = "initiated"
    FAILED = "failed"
    COMPLETED = "completed"
    BUNDLE_DECLINED = "bundle_declined"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSED = "chargeback_reversed"


class Event(StrEnum):
    """What can happen to a purchase: the buyer acts, the game answers, a timer fires, a charge ends."""

    QUOTE = "quote"
    CANCEL = "cancel"
    EXPIRE = "expire"
    BUY = "buy"
    APP_AGREED = "app_agreed"
    APP_REFUSED = "app_refused"
    APP_SILENT = "app_silent"
    CHARGED = "charged"
    WAITS = "waits"
    DECLINED = "declined"
    BUNDLE_DECLINED = "bundle_declined"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    CHARGEBACK_WON = "chargeback_won"


class Guard(StrEnum):
    """A question about the facts; rules.py answers each."""

    SMALL = "small enough for a bundle"
    ALL = "all of it has gone back"


class Delivery(StrEnum):
    """What became of the thing that was bought."""

    PENDING = "pending"
    FULFILLED = "fulfilled"
    CONSUMED = "consumed"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    before: State | None
    event: Event
    after: State
    guard: Guard | None = None


_S, _E = State, Event
TABLE = (
    Row(None, _E.QUOTE, _S.QUOTED),
    Row(_S.QUOTED, _E.CANCEL, _S.USER_CANCELLED),
    Row(_S.QUOTED, _E.EXPIRE, _S.EXPIRED),
    Row(_S.QUOTED, _E.BUY, _S.VETOABLE),
    Row(_S.VETOABLE, _E.APP_REFUSED, _S.REJECTED_BY_APP),
    Row(_S.VETOABLE, _E.APP_SILENT, _S.REJECTED_BY_APP),
    Row(_S.VETOABLE, _E.APP_AGREED, _S.COMPLETED, Guard.SMALL),
    Row(_S.VETOABLE, _E.APP_AGREED, _S.AUTHORIZING),
    Row(_S.AUTHORIZING, _E.CHARGED, _S.COMPLETED),
    Row(_S.AUTHORIZING, _E.WAITS, _S.INITIATED),
    Row(_S.AUTHORIZING, _E.DECLINED, _S.FAILED),
    Row(_S.INITIATED, _E.CHARGED, _S.COMPLETED),
    Row(_S.INITIATED, _E.DECLINED, _S.FAILED),
    *(
        row
        for paid in (_S.COMPLETED, _S.PART_REFUNDED, _S.CHARGEBACK_REVERSED)
        for row in (
            Row(paid, _E.REFUNDED, _S.REFUNDED, Guard.ALL),
            Row(paid, _E.REFUNDED, _S.PART_REFUNDED),
            Row(paid, _E.CHARGED_BACK, _S.CHARGEBACK),
        )
    ),
    Row(_S.COMPLETED, _E.BUNDLE_DECLINED, _S.BUNDLE_DECLINED),
    Row(_S.PART_REFUNDED, _E.BUNDLE_DECLINED, _S.BUNDLE_DECLINED),
    Row(_S.CHARGEBACK, _E.REFUNDED, _S.CHARGEBACK),  # one that was on its way; the chargeback took the rest
    Row(_S.CHARGEBACK, _E.CHARGEBACK_WON, _S.CHARGEBACK_REVERSED),
)

PAID: Set[State] = frozenset({_S.COMPLETED, _S.PART_REFUNDED, _S.CHARGEBACK_REVERSED})
"""The buyer's money is the game's: it may be refunded, and the thing may be given."""

TERMINAL: Set[State] = frozenset(
    {_S.USER_CANCELLED, _S.EXPIRED, _S.REJECTED_BY_APP, _S.FAILED, _S.BUNDLE_DECLINED, _S.REFUNDED}
)

DELIVERIES = {
    (Delivery.PENDING, "fulfil"): Delivery.FULFILLED,
    (Delivery.FULFILLED, "consume"): Delivery.CONSUMED,
}


def after(before: State | None, event: Event, holds: Set[Guard] = frozenset()) -> State | None:
    """The state that an event leads to; None where it is not possible."""
    rows = (row for row in TABLE if row.before == before and row.event == event)
    return next((row.after for row in rows if row.guard is None or row.guard in holds), None)
