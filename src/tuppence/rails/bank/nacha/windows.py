"""When an entry moves: which file it must be in, on which day it settles, how long it may come back. Pure.

Sources: Nacha Operating Rules, article three (effective and settlement dates) and article two (reversals, new tries);
Federal Reserve Banks, FedACH processing schedule, eastern time.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tuppence.core.calendar import FED
from tuppence.rails.bank.nacha.codes import Direction

SAME_DAY_MOST_MINOR = 1_000_000_00
STANDARD_SETTLES = time(8, 30)
DAYS_AHEAD = {Direction.CREDIT: 2, Direction.DEBIT: 1}  # banking days between processing and settlement, at most
REVERSAL_BANKING_DAYS = 5
NEW_TRIES_MOST = 2  # of an entry that came back R01 or R09 ...
NEW_TRIES_WITHIN = timedelta(days=180)  # ... counted from the first one's settlement
_DAY_ENDS = timedelta(hours=3)  # a file that comes in the small hours belongs to the processing day before


@dataclass(frozen=True, slots=True)
class Window:
    """A same-day window: files in by the deadline settle on the same day."""

    deadline: time
    settles: time


SAME_DAY = (Window(time(10, 30), time(13)), Window(time(14, 45), time(17)), Window(time(16, 45), time(18)))


@dataclass(frozen=True, slots=True)
class Terms:
    """What our bank asks: files this much before the operator's own deadlines, others by this hour of a banking day."""

    lead: timedelta = timedelta(minutes=15)
    standard: time = time(20)


@dataclass(frozen=True, slots=True)
class Passage:
    """How an entry gets there: in a file sent by then, with this effective date, settled at that moment."""

    send_by: datetime
    effective: date
    settles_at: datetime
    window: Window | None = None  # None: the next banking day


def passages(at: datetime, terms: Terms, amount_minor: int) -> list[Passage]:
    """Every way that is open to an entry at an instant, the earliest settlement first.

    One that is too large for the same day has the standard way only.
    """
    ways = [_standard(at, terms)]
    if amount_minor <= SAME_DAY_MOST_MINOR:
        ways += _same_day(at, terms)
    return sorted(ways, key=lambda way: way.settles_at)


def settles_at(received: datetime, effective: date | None, direction: Direction, amount_minor: int) -> datetime:
    """When an entry settles, as the operator decides it from the file's arrival and the batch's effective date.

    An effective date of today or before asks for the same day; if no window is left, or the amount is too large, the
    next banking day. One that is no banking day is the next; one that is too far ahead is as far as the rules allow.
    """
    local = received.astimezone(FED.zone)
    day = FED.roll((local - _DAY_ENDS).date())
    if effective is None or effective <= day:
        window = _window(local, day) if amount_minor <= SAME_DAY_MOST_MINOR else None
        if window is not None:
            return datetime.combine(day, window.settles, FED.zone)
        effective = FED.add(day, 1)
    latest = FED.add(day, DAYS_AHEAD[direction])
    return datetime.combine(min(FED.roll(effective), latest), STANDARD_SETTLES, FED.zone)


def last_reversal_day(settled: date) -> date:
    """Until when an entry sent by mistake may be taken back."""
    return FED.add(settled, REVERSAL_BANKING_DAYS)


def may_try_again(first_settled: date, tried: int, today: date) -> bool:
    """Whether an entry that came back for want of funds may be sent once more, after so many new tries."""
    return tried < NEW_TRIES_MOST and today <= first_settled + NEW_TRIES_WITHIN


def _standard(at: datetime, terms: Terms) -> Passage:
    day = FED.business_date(at, terms.standard)
    effective = FED.add(day, 1)
    return Passage(
        datetime.combine(day, terms.standard, FED.zone),
        effective,
        datetime.combine(effective, STANDARD_SETTLES, FED.zone),
    )


def _same_day(at: datetime, terms: Terms) -> list[Passage]:
    """The windows still open on this banking day, and the next one's."""
    today = FED.roll(at.astimezone(FED.zone).date())
    days = (today, FED.add(today, 1))
    ways = [_through(window, day, terms) for day in days for window in SAME_DAY]
    return [way for way in ways if at < way.send_by]


def _through(window: Window, day: date, terms: Terms) -> Passage:
    send_by = datetime.combine(day, window.deadline, FED.zone) - terms.lead
    return Passage(send_by, day, datetime.combine(day, window.settles, FED.zone), window)


def _window(local: datetime, day: date) -> Window | None:
    """The window that a file which arrives on a processing day still makes."""
    return next((one for one in SAME_DAY if local <= datetime.combine(day, one.deadline, FED.zone)), None)
