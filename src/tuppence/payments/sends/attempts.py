"""What is known of a rail attempt: what an answer means, when to ask again, what proves it dead. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from tuppence.core import Leg, Policy
from tuppence.payments.sends.model import SETTLED, Answer, Attempt, Fate
from tuppence.payments.sends.states import Event

A = TypeVar("A", bound=Attempt)

_LEG_EVENTS: Mapping[Leg, Mapping[Fate, Event]] = {
    Leg.DEBIT: {
        Fate.ACCEPTED: Event.DEBIT_ACCEPTED,
        Fate.DECLINED: Event.DEBIT_DECLINED,
        Fate.UNKNOWN: Event.DEBIT_UNANSWERED,
        Fate.DEAD: Event.DEBIT_DEAD,
    },
    Leg.CREDIT: {
        Fate.ACCEPTED: Event.CREDIT_ACCEPTED,
        Fate.DECLINED: Event.CREDIT_DECLINED,
        Fate.UNKNOWN: Event.CREDIT_UNANSWERED,
        Fate.DEAD: Event.CREDIT_DEAD,
    },
    Leg.REFUND: {
        Fate.ACCEPTED: Event.REFUND_ACCEPTED,
        Fate.DECLINED: Event.REFUND_DECLINED,
        Fate.UNKNOWN: Event.REFUND_UNANSWERED,
        Fate.DEAD: Event.REFUND_DEAD,
    },
}
_CORRECTIONS = frozenset({"found", "returned"})
_UNANSWERED = frozenset({Fate.UNKNOWN, Fate.DEAD})  # we may hear of a silence only when it is over


def hear(attempt: A, answer: Answer, *, now: datetime, real_now: datetime, policy: Policy) -> tuple[Event, A] | None:
    """What an answer means: the event, and the attempt as it is known now. None: known already, or nothing new.

    A settled attempt stays as it is, however often and in whatever order its answers come; only a file of the rail's
    corrects it, and once.
    """
    if answer.state in _CORRECTIONS:
        return _corrected(attempt, answer, now)
    if attempt.fate in SETTLED:
        return None
    fate = _fate(attempt, answer, now, real_now, policy)
    heard = replace(
        attempt,
        fate=fate,
        unknown_at=attempt.unknown_at or (now if fate in _UNANSWERED else None),
        decline_code=answer.decline_code if fate == Fate.DECLINED else None,
        approval=answer.approval,
        trace=answer.trace,
        rrn=answer.rrn,
        network_at=answer.network_at,
    )
    return _LEG_EVENTS[attempt.leg][fate], heard


def _corrected(attempt: A, answer: Answer, now: datetime) -> tuple[Event, A] | None:
    """A dead debit that was done after all, or a delivered credit that was sent back; of any other attempt it is no
    news, or a break for somebody to look into.
    """
    if answer.state == "found" and (attempt.leg, attempt.fate) == (Leg.DEBIT, Fate.DEAD):
        found = replace(attempt, fate=Fate.ACCEPTED, approval=answer.approval, rrn=answer.rrn or attempt.rrn)
        return Event.DEBIT_FOUND, replace(found, network_at=answer.network_at)
    if answer.state == "returned" and (attempt.leg, attempt.fate) == (Leg.CREDIT, Fate.ACCEPTED):
        sent_back = replace(attempt, returned_at=now, decline_code=answer.decline_code)
        return None if attempt.returned_at else (Event.CREDIT_RETURNED, sent_back)
    return None


def _fate(attempt: Attempt, answer: Answer, now: datetime, real_now: datetime, policy: Policy) -> Fate:
    match answer.state:
        case "accepted":
            return Fate.ACCEPTED
        case "declined":
            return Fate.DECLINED
        case "reversed" | "never_sent":
            return Fate.DEAD
        case "never_seen" if proves_never(attempt, now=now, real_now=real_now, policy=policy):
            return Fate.DEAD
        case _:
            return Fate.UNKNOWN


def proves_never(attempt: Attempt, *, now: datetime, real_now: datetime, policy: Policy) -> bool:
    """Whether the network's "never seen" proves that nothing moved: it may learn of it for another day.

    The second clock is the real one: in the sandbox a day can pass while a message is on the wire.
    """
    rail = policy.rail
    off_the_wire = real_now - attempt.recorded_at >= timedelta(seconds=2 * rail.answer_seconds)
    since = attempt.unknown_at
    return off_the_wire and since is not None and now - since >= timedelta(hours=rail.never_seen_proof_hours)


def may_try_again(tries: Sequence[Attempt], *, now: datetime, policy: Policy) -> bool:
    """Whether the latest refusal of a leg was the bank being out of reach, with tries and time left."""
    rail, latest = policy.rail, max(tries, key=lambda one: one.n)
    down = [one for one in tries if one.decline_code == "issuer_down"]
    waited = now - min((one.marked_at for one in down), default=now)
    return (
        latest.decline_code == "issuer_down"
        and len(down) < rail.issuer_down_attempts
        and waited < timedelta(seconds=rail.issuer_down_seconds)
    )


def next_inquiry(leg: Leg, since: datetime, now: datetime, policy: Policy) -> datetime:
    """The first instant of the schedule that lies ahead: its offsets from when the answer failed to come, then
    evenly. A debit is asked after sooner, because the vault is taking it back all the while.
    """
    rail = policy.rail
    offsets = rail.debit_inquiry_seconds if leg == Leg.DEBIT else rail.inquiry_seconds
    for offset in offsets:
        if (at := since + timedelta(seconds=offset)) > now:
            return at
    return now + timedelta(seconds=rail.inquiry_then_seconds)
