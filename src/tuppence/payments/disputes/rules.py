"""Decisions about disputes: facts in, plan out. Pure: opens nothing, knows no clock.

The table says which rows there are, the guards here which of them holds, and what entering a state brings with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.core import Policy
from tuppence.payments.disputes import clocks, states
from tuppence.payments.disputes.errors import (
    AlreadyReported,
    AwardRefused,
    CaseAmountRefused,
    DisputeMovedOn,
    DisputeNotFound,
    NothingToReport,
    ReportedTooLate,
)
from tuppence.payments.disputes.model import (
    Ask,
    Booking,
    Case,
    Dispute,
    Moment,
    Outcome,
    Plan,
    Reason,
    Recovery,
    Report,
    Subject,
    Timer,
)
from tuppence.payments.disputes.states import Books, Event, Guard, Kind, Row, State
from tuppence.payments.errors import IdTaken, PaymentNotFound


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step needs to know besides the dispute. `now` is business time."""

    now: datetime
    policy: Policy
    subject: Subject


# Whose businesses answer for what they sold, and bear it. What the house itself sells to businesses, which is ads, an
# operator decides: a business that answered its own claim would be given what it owes.
_SELLERS = frozenset({"games", "apps"})


def plan_report(ask: Report, subject: Subject, already: list[Dispute], facts: Facts) -> Plan | Dispute:
    """Decide whether a person may report this; what they reported before under the same id is told again.

    Raises, checked in this order: IdTaken, AlreadyReported, NothingToReport, ReportedTooLate. The caller has checked
    that it is theirs.
    """
    for known in already:
        if known.id == ask.id:
            same = (known.claimant_id, known.subject_id, known.reason, known.says)
            if same == (ask.person_id, ask.subject_id, ask.reason, ask.says):
                return known
            raise IdTaken
    live = [one for one in already if one.kind != Kind.CHARGEBACK and one.state not in states.TERMINAL]
    if live:
        raise AlreadyReported(dispute_id=str(live[0].id))
    if subject.owed_minor <= 0:
        raise NothingToReport
    if not clocks.may_report(subject.paid_at, facts.now, facts.policy):
        raise ReportedTooLate(last_day=clocks.last_day(subject.paid_at, facts.policy).isoformat())
    bought = subject.owner in _SELLERS and ask.reason in (Reason.NOT_RECEIVED, Reason.WRONG_AMOUNT)
    drafted = _drafted(Kind.GOODS if bought else Kind.USER, subject, facts.now)
    opened = replace(drafted, id=ask.id, reason=ask.reason, says=ask.says, amount_minor=subject.owed_minor)
    return step(opened, Ask(ask.id, Event.OPEN), facts)


def check_case(case: Case, subject: Subject | None, already: Dispute | None) -> None:
    """What a file says is about something of ours, and about the same as before.

    Raises: PaymentNotFound, where there is no such payment or charge; CaseAmountRefused, for more than was paid or in
    another currency; IdTaken, for a case that is about something else.
    """
    if subject is None or subject.about != case.about:
        raise PaymentNotFound
    if case.currency != subject.currency or not 0 < case.amount_minor <= subject.amount_minor:
        raise CaseAmountRefused(amount_minor=subject.amount_minor, currency=subject.currency)
    if already is not None and already.subject_id != case.subject_id:
        raise IdTaken


def plan_case(dispute_id: UUID, case: Case, facts: Facts) -> Plan:
    """A chargeback that a network's file tells of for the first time."""
    kept = stays_with_us(case, facts.subject)
    drafted = _drafted(Kind.CHARGEBACK, facts.subject, facts.now)
    opened = replace(
        drafted,
        id=dispute_id,
        case_number=case.number,
        reason=case.reason,
        amount_minor=case.amount_minor,
        network_by=case.respond_by,
    )
    seen = replace(facts, subject=replace(facts.subject, kept=kept))
    return step(opened, Ask(dispute_id, Event.OPEN), seen)


def stays_with_us(case: Case, subject: Subject) -> bool:
    """Whether what a bank takes back is all of what has not left us."""
    return subject.kept and case.amount_minor == subject.amount_minor


def _drafted(kind: Kind, subject: Subject, now: datetime) -> Dispute:
    return Dispute(
        id=subject.id,
        kind=kind,
        about=subject.about,
        subject_id=subject.id,
        owner=subject.owner,
        case_number=None,
        claimant_id=subject.payer_id,
        respondent_id=subject.paid_id,
        reason=Reason.NOT_ME,
        says="",
        amount_minor=subject.amount_minor,
        currency=subject.currency,
        state=State.OPENED,
        version=0,
        opened_at=now,
        updated_at=now,
    )


_BY_CLAIMANT = frozenset({Event.WITHDRAW})
_BY_RESPONDENT = frozenset({Event.ANSWER, Event.CONCEDE})


def check_actor(dispute: Dispute, ask: Ask) -> None:
    """Who asked may do this. Raises: DisputeNotFound to strangers, and to the other side before they were asked."""
    if ask.by is None:
        return
    if ask.by == dispute.claimant_id and ask.event in _BY_CLAIMANT:
        return
    if not (ask.by == dispute.respondent_id and dispute.asked and ask.event in _BY_RESPONDENT):
        raise DisputeNotFound


def step(dispute: Dispute, ask: Ask, facts: Facts) -> Plan:
    """Take the table's step for an event. Raises: DisputeMovedOn if the table has no row for it, AwardRefused."""
    row = _row(dispute, ask, facts)
    version = dispute.version + 1
    after = replace(dispute, state=row.after, version=version, updated_at=facts.now)
    after = _decided(_answered(after, ask), row, ask)
    entered = row.before != row.after or row.event in (Event.OPEN, Event.CONTESTED)
    after, timers = _clocks(after, row, ask, facts) if entered else (after, ())
    booked = tuple(Booking(one, _minor(one, after)) for one in row.books)
    pays = sum(one.minor for one in booked if one.books == Books.OWE)
    if pays:
        after = replace(after, given_minor=pays)
    done = row.after in states.TERMINAL and row.before not in states.TERMINAL
    return Plan(
        dispute=after,
        moment=Moment(dispute.id, version, row.number, row.event, row.after, facts.now, _detail(ask)),
        books=booked,
        timers=timers,
        forget=TIMED if done else (),
        pays_minor=pays,
        response=_RESPONSES.get((row.number, row.event)) if dispute.kind == Kind.CHARGEBACK else None,
    )


TIMED = (Event.RESPONDENT_SILENT, Event.RESPONSE_DUE, Event.CREDIT_DUE, Event.DECISION_DUE)
_RESPONSES: Mapping[tuple[str, Event], str] = {
    **{
        (number, event): "represent"
        for number in ("14", "15a")
        for event in (Event.ANSWER, Event.REPRESENT, Event.RESPONSE_DUE)
    },
    ("16", Event.CONCEDE): "accept",
    ("13", Event.OPEN): "accept",
}


def _row(dispute: Dispute, ask: Ask, facts: Facts) -> Row:
    before = None if ask.event == Event.OPEN else dispute.state
    for row in states.rows(dispute.kind, before, ask.event):
        if row.guard is None or _GUARDS[row.guard](dispute, ask, facts):
            return row
    raise DisputeMovedOn


def _owed(dispute: Dispute, facts: Facts) -> bool:
    return dispute.given_minor == 0 and facts.subject.owed_minor >= dispute.amount_minor


_GUARDS: Mapping[Guard, Callable[[Dispute, Ask, Facts], bool]] = {
    Guard.BUSINESS: lambda _, __, facts: facts.subject.sold,
    Guard.KEPT: lambda _, __, facts: facts.subject.kept,
    Guard.ASKABLE: lambda dispute, *_: dispute.reason != Reason.NOT_ME,
    Guard.OWED: lambda dispute, _, facts: _owed(dispute, facts),
    Guard.LENDABLE: lambda dispute, _, facts: _owed(dispute, facts) and dispute.reason != Reason.TRICKED,
    Guard.LENT: lambda dispute, *_: dispute.given_minor > 0,
    Guard.NOT_LENT: lambda dispute, *_: dispute.given_minor == 0,
    Guard.DENIED: lambda _, ask, __: ask.outcome in (Outcome.DENIED_REFUND, Outcome.BANNED_USER),
    Guard.UNRECOVERED: lambda dispute, *_: _unrecovered(dispute),
    Guard.UNBORNE: lambda dispute, _, facts: facts.subject.sold and _unrecovered(dispute),
}


def _unrecovered(dispute: Dispute) -> bool:
    return dispute.recovery == Recovery.NONE and _borne(dispute) > 0


def _borne(dispute: Dispute) -> int:
    """What of it stands with the house."""
    return dispute.amount_minor if dispute.kind == Kind.CHARGEBACK else dispute.given_minor


def _answered(after: Dispute, ask: Ask) -> Dispute:
    if ask.event not in _BY_RESPONDENT:
        return after
    return replace(after, answer=ask.says or after.answer, outcome=ask.outcome or after.outcome)


_RECOVERED = {
    Event.BORNE: Recovery.FROM_RESERVE,
    Event.RECOVER: Recovery.FROM_RECIPIENT,
    Event.WRITE_OFF: Recovery.WRITTEN_OFF,
    Event.NETWORK_WON: Recovery.NONE,
}


def _decided(after: Dispute, row: Row, ask: Ask) -> Dispute:
    """What a decision says, and who bears it."""
    awarded, outcome = after.awarded_minor, after.outcome
    match row.after:
        case State.RESOLVED_FOR_CLAIMANT:
            awarded, outcome = after.amount_minor, outcome or Outcome.REFUNDED_BY_HOUSE
        case State.SPLIT if row.event == Event.HALVE:
            awarded = ask.awarded_minor
            if awarded is None or not 0 < awarded < after.amount_minor:
                raise AwardRefused(amount_minor=after.amount_minor)
        case State.RESOLVED_FOR_RESPONDENT | State.WITHDRAWN:
            awarded = 0
        case _:
            pass
    recovery = _RECOVERED.get(row.event, after.recovery)
    if row.guard == Guard.KEPT:
        recovery = Recovery.FROM_TRANSIT
    elif Books.LOSE in row.books:
        recovery = Recovery.WRITTEN_OFF
    told = replace(after, decided_by=ask.operator, why=ask.says or after.why) if ask.operator else after
    return replace(told, awarded_minor=awarded, outcome=outcome, recovery=recovery)


def _minor(books: Books, after: Dispute) -> int:
    if books == Books.OWE:
        return after.awarded_minor or after.amount_minor
    return _borne(after)


def _clocks(after: Dispute, row: Row, ask: Ask, facts: Facts) -> tuple[Dispute, tuple[Timer, ...]]:
    """The dates of a state that is entered, and the timers that keep them."""
    if row.after in states.TERMINAL:
        return replace(after, respond_by=None, credit_by=None, decide_by=None), ()
    if after.kind == Kind.CHARGEBACK:
        return _network_clocks(replace(after, network_by=ask.network_by or after.network_by), row, facts)
    timers = []
    if row.event == Event.OPEN:
        after = replace(after, decide_by=clocks.decide_by(facts.now, facts.policy))
        timers.append(Timer(Event.DECISION_DUE, clocks.decide_by(facts.now, facts.policy)))
        if after.kind == Kind.USER and after.reason != Reason.TRICKED:
            after = replace(after, credit_by=clocks.credit_by(facts.now, facts.policy))
            timers.append(Timer(Event.CREDIT_DUE, clocks.credit_by(facts.now, facts.policy)))
    if row.after == State.AWAITING_RESPONDENT:
        by = clocks.respond_by(facts.now, facts.policy)
        return replace(after, asked=True, respond_by=by), (*timers, Timer(Event.RESPONDENT_SILENT, by))
    return replace(after, respond_by=None), tuple(timers)


def _network_clocks(after: Dispute, row: Row, facts: Facts) -> tuple[Dispute, tuple[Timer, ...]]:
    asked = after.asked or row.after == State.AWAITING_RESPONDENT
    if row.after == State.REPRESENTMENT:
        return replace(after, respond_by=None), ()
    assert after.network_by is not None, "a network says by when it wants an answer"
    by = clocks.answer_network_by(after.network_by, facts.now, facts.policy)
    return replace(after, asked=asked, respond_by=by), (Timer(Event.RESPONSE_DUE, by),)


def _detail(ask: Ask) -> dict[str, Any]:
    return {"operator": ask.operator} if ask.operator else {}
