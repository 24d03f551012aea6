"""When an account is billed: a day of the month on its own clock. Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_bill(after: datetime, day: int, zone: ZoneInfo) -> datetime:
    """The first midnight of the bill day that lies after an instant. Months without that day use their last."""
    local = after.astimezone(zone).date()
    found = _midnight(_day(local.year, local.month, day), zone)
    if found > after:
        return found
    following = local.replace(day=1) + timedelta(days=32)
    return _midnight(_day(following.year, following.month, day), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The account's own day; some have 23 hours, some 25."""
    return at.astimezone(zone).date()


def hour_of(at: datetime, zone: ZoneInfo) -> datetime:
    """The beginning of the hour on the account's clock, as an instant: zones a half hour off have their own hours."""
    return at.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day of the account's begins."""
    return _midnight(day, zone)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
