"""On which days banks move money. Dates come from the rail's zone, never from ours or the reader's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BankCalendar:
    """A settlement system's business days, and the zone in which its dates are told.

    `also_closed` are days on which one bank stays closed though the system is open.
    """

    zone: ZoneInfo
    named: Callable[[int], dict[date, str]]  # the days that have a name, by year
    sunday_moves: bool = True
    also_closed: frozenset[date] = frozenset()

    def holiday(self, day: date) -> str | None:
        """The name of the holiday that closes the system on this day; at a weekend it is closed anyway.

        One that falls on a Saturday closes nothing more. One on a Sunday closes the Monday after with the Fed, and
        nothing more with TARGET.
        """
        if self.sunday_moves and day.weekday() == 0 and (sunday := self.named(day.year).get(day - _DAY)):
            return sunday
        return self.named(day.year).get(day) if day.weekday() < 5 else None

    def is_open(self, day: date) -> bool:
        """Whether the system settles on this day."""
        return day.weekday() < 5 and self.holiday(day) is None and day not in self.also_closed

    def roll(self, day: date) -> date:
        """This day, or the next business day when it is not one."""
        while not self.is_open(day):
            day += _DAY
        return day

    def add(self, day: date, n: int) -> date:
        """The n-th business day after a day; a closed day counts as the next open one."""
        assert n >= 0
        day = self.roll(day)
        for _ in range(n):
            day = self.roll(day + _DAY)
        return day

    def days_between(self, first: date, last: date) -> int:
        """How many business days come after the first day, up to and with the last; none if that is no later."""
        days = (first + n * _DAY for n in range(1, (last - first).days + 1))
        return sum(map(self.is_open, days))

    def business_date(self, at: datetime, cutoff: time) -> date:
        """The business day that something done at an instant belongs to: from the cut-off on, the next."""
        local = at.astimezone(self.zone)
        late = local.time() >= cutoff
        return self.roll(local.date() + _DAY if late else local.date())

    def instant(self, day: date, hour: int) -> datetime:
        """An hour of a day in the rail's zone."""
        return datetime.combine(day, time(hour), self.zone)


@lru_cache(maxsize=64)
def _federal(year: int) -> dict[date, str]:
    """The eleven federal holidays on their own dates; ten before Juneteenth became the eleventh in 2021.

    A Sunday never sends its holiday across the year's end: 31 December is not a holiday.
    """
    import holidays  # only when a date is first asked for: it takes a quarter of a second

    return dict(holidays.country_holidays("US", years=year, observed=False))


@lru_cache(maxsize=64)
def _target(year: int) -> dict[date, str]:
    """The six days on which TARGET is closed: Easter's two, 1 January, 1 May, 25 and 26 December."""
    import holidays

    return dict(holidays.financial_holidays("XECB", years=year))


# Source: Federal Reserve Bank Services, holiday schedules.
FED = BankCalendar(ZoneInfo("America/New_York"), named=_federal)
# Source: European Central Bank, TARGET calendar.
TARGET = BankCalendar(ZoneInfo("Europe/Berlin"), named=_target, sunday_moves=False)
