"""Times as an operator types them: a day, or an instant with its offset; always UTC inside."""

from datetime import UTC, date, datetime

import typer

from tuppence.ledger.books.rules import end_of
from tuppence.ledger.model import NANOSECONDS, TIMESTAMP_MAX


def since(text: str) -> int:
    """The first nanosecond meant: a day's first, or the instant's. Nothing typed: the beginning."""
    if not text:
        return 0
    day = _day(text)
    return _instant(text) if day is None else end_of(day) - 86_400 * NANOSECONDS


def until(text: str) -> int:
    """The first nanosecond not meant any more: after the day, or the instant. Nothing typed: no end."""
    if not text:
        return TIMESTAMP_MAX
    day = _day(text)
    return _instant(text) if day is None else end_of(day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a time is a day, 2026-03-31, or an instant, 2026-03-31T12:00:00Z") from None
    if moment.tzinfo is None:
        raise typer.BadParameter("an instant names its offset from UTC, for instance with a Z at its end")
    return round(moment.astimezone(UTC).timestamp() * 1_000_000) * 1_000
