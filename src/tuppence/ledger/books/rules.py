"""When a day is closed. Real time and UTC, as the ledger's own. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from tuppence.ledger.model import NANOSECONDS

GRACE = timedelta(seconds=5)  # after midnight: a batch that began before it may still be committing
INTERIM_EVERY = timedelta(seconds=10)  # statements on demand are not made more often


def day_to_close(now: datetime, last_closed: date | None, next_entry: date | None) -> date | None:
    """The day whose statement is due, if one is. Days on which nothing was written are passed over, but for yesterday.

    Args:
        last_closed: the day of the newest statement that closes one.
        next_entry: the day of the first entry after that.
    """
    yesterday = open_day(now) - timedelta(days=1)
    first = last_closed + timedelta(days=1) if last_closed else next_entry
    if first is None:
        return None
    day = max(first, min(next_entry or yesterday, yesterday))
    return day if day <= yesterday else None


def open_day(now: datetime) -> date:
    """The day that statements belong to now."""
    return (now.astimezone(UTC) - GRACE).date()


def end_of(day: date) -> int:
    """The first nanosecond that is not in this day any more."""
    return round(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) * NANOSECONDS


def day_of(timestamp: int) -> date:
    """The day of an instant in nanoseconds."""
    return datetime.fromtimestamp(timestamp // NANOSECONDS, UTC).date()
