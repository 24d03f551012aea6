"""What a file's line and an attempt of ours mean together. Pure: facts in, verdict out."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from tuppence.core import Leg, Policy
from tuppence.core.calendar import FED
from tuppence.payments.reconciliation.model import Candidate, FileRow, Kind, Known, LineRow, Verdict
from tuppence.payments.sends.model import Answer, Fate
from tuppence.rails.card.clearing import CUT_OFF, FIRST, ClearingFile, Line

WATCH_DAYS = 2  # business days: how long a reversed debit may still appear, and its reversal may still follow
LOOK_BACK = timedelta(
    days=14
)  # how far behind a file's day attempts are compared; breaks stay for as long as they last
RUN_AFTER = timedelta(minutes=30)  # the cut-off
AGAIN_AFTER = timedelta(minutes=10)

AGREES = Verdict()


# - files -----------------------------------------------------------------------------------------------------------


def why_not(file: ClearingFile, read: Mapping[int, FileRow]) -> Kind | None:
    """Why a file cannot be read now, given those that were; None: it is the next. A known one is nobody's concern."""
    known = read.get(file.sequence)
    if known:
        return None if known.digest == file.digest else Kind.FILE_DIFFERS
    before = read.get(file.sequence - 1)
    digest, first = (before.digest, False) if before else (FIRST, not read and file.sequence == 1)
    return None if (before or first) and file.before == digest else Kind.FILE_OUT_OF_ORDER


def closed_day(now: datetime) -> date:
    """The business day that ended at the last cut-off."""
    return before(FED.business_date(now, CUT_OFF))


def end_of(day: date) -> datetime:
    """The cut-off at which a business day ended."""
    return datetime.combine(day, CUT_OFF, UTC if day == date.min else FED.zone)


def before(day: date) -> date:
    """The business day before one."""
    day -= timedelta(days=1)
    while not FED.is_open(day):
        day -= timedelta(days=1)
    return day


def is_file_missing(now: datetime, read_to: date | None) -> bool:
    """Whether a day's file is not there though another day has closed since."""
    return read_to is not None and read_to < before(closed_day(now))


def next_run(now: datetime, read_to: date | None) -> datetime:
    """After the next cut-off, or soon where the last day's file was not there yet."""
    if read_to is None or read_to < closed_day(now):
        return now + AGAIN_AFTER
    return datetime.combine(FED.business_date(now, CUT_OFF), CUT_OFF, FED.zone) + RUN_AFTER


# - lines -----------------------------------------------------------------------------------------------------------

_BY_MOVEMENT = {
    "debit": "card_clearing",
    "purchase": "card_clearing",
    "reversal": "card_clearing",
    "push": "payout_clearing",
    "return": "payout_clearing",
    "refund": "refund_clearing",
}


def matches(line: Line, known: Known | None) -> bool:
    """Whether a line is about the attempt that it names: the network's own reference must be the one told us then."""
    return known is not None and known.rrn in (None, line.rrn)


def account_of(line: Line, known: Known | None, currency: str) -> str | None:
    """The clearing account that a line empties; None in a currency that this house does not keep."""
    if line.currency != currency:
        return None
    return "refund_clearing" if known and known.leg == Leg.REFUND else _BY_MOVEMENT[line.movement]


# - attempts --------------------------------------------------------------------------------------------------------


def judge(one: Candidate, lines: Sequence[LineRow], *, read_to: date, now: datetime, policy: Policy) -> Verdict:
    """What an attempt and all lines about it say together, the files having been read up to a day."""
    mine = [line for line in lines if line.currency == one.currency]
    settled = sum(line.signed_minor for line in mine)
    if len(mine) < len(lines):
        return Verdict(Kind.CURRENCY, one.expected_minor - settled)
    match one.fate:
        case Fate.ACCEPTED:
            return _accepted(one, mine, settled, read_to)
        case Fate.UNKNOWN if one.leg == Leg.DEBIT:
            return _debit_unknown(one, settled, now, policy)
        case Fate.UNKNOWN:
            return _credit_unknown(one, mine, settled, read_to, policy)
        case Fate.DEAD if one.leg == Leg.DEBIT:
            return _debit_dead(one, mine, settled, read_to)
        case Fate.LIVE:
            return Verdict(Kind.AHEAD, -settled) if settled else AGREES
        case _:
            return Verdict(Kind.NOT_OURS, -settled) if settled else AGREES


def _accepted(one: Candidate, lines: Sequence[LineRow], settled: int, read_to: date) -> Verdict:
    left = one.expected_minor - settled
    if left == 0:
        return AGREES
    if not lines:
        return Verdict(Kind.MISSING, left) if read_to >= _due_day(one) else AGREES
    if settled == 0 and one.leg == Leg.CREDIT and any(line.movement == "return" for line in lines):
        return Verdict(news=Answer("returned"))
    return Verdict(Kind.DUPLICATE if settled == 2 * one.expected_minor else Kind.AMOUNT, left)


def _due_day(one: Candidate) -> date:
    """The day whose file must have it: the network's own, or the one after the attempt where it did not say."""
    if one.network_at:
        return FED.business_date(one.network_at, CUT_OFF)
    return FED.add(FED.business_date(one.marked_at, CUT_OFF), 1)


def _debit_unknown(one: Candidate, settled: int, now: datetime, policy: Policy) -> Verdict:
    """It is being reversed. The reversal may come a day after the debit."""
    if settled:
        return Verdict(Kind.AWAITING_REVERSAL, -settled)
    assert one.unknown_at is not None
    overdue = now - one.unknown_at >= timedelta(hours=policy.rail.debit_case_hours)
    return Verdict(Kind.UNANSWERED) if overdue else AGREES


def _credit_unknown(one: Candidate, lines: Sequence[LineRow], settled: int, read_to: date, policy: Policy) -> Verdict:
    """A line proves that it was done, even if it was sent back since: that is the next news."""
    done = [line for line in lines if line.signed_minor == one.full_minor]
    if done:
        return Verdict(news=Answer("accepted", rrn=done[0].rrn, trace=done[0].rrn, network_at=done[0].network_at))
    if settled:
        return Verdict(Kind.AMOUNT, -settled)
    due = FED.add(FED.business_date(one.marked_at, CUT_OFF), policy.rail.credit_case_business_days)
    return Verdict(Kind.UNANSWERED) if read_to >= due else AGREES


def _debit_dead(one: Candidate, lines: Sequence[LineRow], settled: int, read_to: date) -> Verdict:
    """Reversed, and yet there: late if the reversal was known before that day ended, or never followed."""
    if settled == 0:
        return AGREES
    if settled != one.full_minor:
        return Verdict(Kind.NOT_OURS, -settled)
    last = lines[-1]
    cut = datetime.combine(last.business_date, CUT_OFF, FED.zone)
    known_before = one.dead_at is not None and one.dead_at < cut
    if known_before or read_to >= FED.add(last.business_date, WATCH_DAYS):
        return Verdict(Kind.LATE_DEBIT, -settled, Answer("found", rrn=last.rrn, network_at=last.network_at))
    return Verdict(Kind.AWAITING_REVERSAL, -settled)


def beside(verdict: Verdict, closed: Sequence[tuple[Kind, int]]) -> Verdict:
    """A verdict beside what operators closed: what they wrote off is no longer left, and came too much if it came."""
    written_off = sum(amount for _, amount in closed)
    if verdict.kind is None:
        return Verdict(Kind.AMOUNT, -written_off, verdict.news) if written_off else verdict
    left = verdict.left_minor - written_off
    if left == 0 and (written_off or any(kind == verdict.kind for kind, _ in closed)):
        return Verdict(news=verdict.news)
    return Verdict(verdict.kind, left, verdict.news)
