"""When the next file is made, and on which day its entries settle. Pure."""

from datetime import date, datetime, time, timedelta

from tuppence.core import Policy
from tuppence.core.calendar import BankCalendar
from tuppence.core.policy import BankPolicy
from tuppence.payments.arrival import Arrival, by_bank

_DAY = timedelta(days=1)


def next_cutoff(now: datetime, policy: BankPolicy, calendar: BankCalendar) -> datetime:
    """The first cut-off that lies ahead, on a day when banks are open."""
    today = now.astimezone(calendar.zone).date()
    day = calendar.roll(today)
    ahead = [at for at in _cutoffs(day, policy, calendar) if at > now]
    return ahead[0] if ahead else _cutoffs(calendar.roll(day + _DAY), policy, calendar)[0]


def quoted_by_bank(now: datetime, policy: Policy) -> Arrival:
    """The interval of an entry that is put down now, and leaves with the next file."""
    made_at = next_cutoff(now, policy.bank, policy.calendar)
    settles = settles_on(made_at, same_day=policy.bank.same_day, policy=policy.bank, calendar=policy.calendar)
    return by_bank(now, settles, policy=policy.arrival, calendar=policy.calendar)


def settles_on(made_at: datetime, *, same_day: bool, policy: BankPolicy, calendar: BankCalendar) -> date:
    """The settlement date of a file made at this instant: the next banking day after the file's own, or that day.

    A file made within a minute of the last cut-off counts as in time: our own clock was what woke us.
    """
    day = calendar.business_date(made_at - timedelta(minutes=1), _last(policy))
    return day if same_day else calendar.add(day, 1)


def _last(policy: BankPolicy) -> time:
    return time.fromisoformat(policy.cutoffs[-1])


def _cutoffs(day: date, policy: BankPolicy, calendar: BankCalendar) -> list[datetime]:
    return [datetime.combine(day, time.fromisoformat(one), calendar.zone) for one in sorted(policy.cutoffs)]
