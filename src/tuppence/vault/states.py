"""The life of an attempt as a table: what may follow what. A pair that is not here is refused and changes nothing.

A debit without answer is reversed until the network acknowledges it; from then on nothing makes it accepted, however
late an acceptance arrives. A credit without answer is never reversed and never sent again: it is asked about.
"""

from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    DEBIT = "debit"
    PURCHASE = "purchase"
    PUSH = "push"
    REFUND = "refund"


class State(StrEnum):
    SENT = "sent"  # written before it was sent: it may have been, it may not
    ACCEPTED = "accepted"
    DECLINED = "declined"  # or provably never sent
    UNKNOWN = "unknown"  # a credit without answer
    NEVER_SEEN = "never_seen"  # a credit that the network says it does not know; proof only after a day
    REVERSING = "reversing"  # a debit without answer
    REVERSED = "reversed"


class Event(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_SENT = "not_sent"
    NO_ANSWER = "no_answer"  # a time-out, a broken connection, or a vault that died meanwhile
    NEVER_SEEN = "never_seen"  # an inquiry's answer
    ACKNOWLEDGED = "acknowledged"  # a reversal's answer


_ANSWERED = {
    (State.SENT, Event.ACCEPTED): State.ACCEPTED,
    (State.SENT, Event.DECLINED): State.DECLINED,
    (State.SENT, Event.NOT_SENT): State.DECLINED,
}
DEBIT = MappingProxyType(
    _ANSWERED
    | {
        (State.SENT, Event.NO_ANSWER): State.REVERSING,
        (State.REVERSING, Event.ACKNOWLEDGED): State.REVERSED,
    }
)
CREDIT = MappingProxyType(
    _ANSWERED
    | {
        (State.SENT, Event.NO_ANSWER): State.UNKNOWN,
        (State.UNKNOWN, Event.ACCEPTED): State.ACCEPTED,
        (State.UNKNOWN, Event.DECLINED): State.DECLINED,
        (State.UNKNOWN, Event.NEVER_SEEN): State.NEVER_SEEN,
        (State.NEVER_SEEN, Event.ACCEPTED): State.ACCEPTED,
        (State.NEVER_SEEN, Event.DECLINED): State.DECLINED,
        (State.NEVER_SEEN, Event.NEVER_SEEN): State.NEVER_SEEN,
    }
)


TAKES = frozenset({Kind.DEBIT, Kind.PURCHASE})  # they take money, so that silence is undone and not asked about


def after(kind: Kind, state: State, event: Event) -> State | None:
    """The state that follows, or None if the event is refused."""
    return (DEBIT if kind in TAKES else CREDIT).get((state, event))
