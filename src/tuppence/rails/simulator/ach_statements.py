"""Our bank's statements of its customer's account: one a banking day, from its first settlement on. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tuppence.core.calendar import FED
from tuppence.rails.bank.sepa import Balance, Booking, Detail, Statement

if TYPE_CHECKING:
    from tuppence.rails.simulator.ach import AchBooks

ITEM_FEE_MINOR = 1  # what the bank takes for an entry of ours
_CUT_HOUR = 19  # after the last window of the day has settled


def days_until(books: "AchBooks", now: datetime) -> Iterator[date]:
    """The banking days that are over, from the first on which something settled."""
    first = min((one.settles_on for one in books.taken if not one.reason), default=None)
    day = first
    while day is not None and _cut(day) <= now:
        yield day
        day = FED.add(day, 1)


def statement_of(books: "AchBooks", day: date) -> Statement:
    """A day's statement: what was there, what was booked, what is there."""
    until = _cut(day)
    since = _cut(_before(day))
    booked = [(at, one) for at, one in _bookings(books) if at <= until]
    today = tuple(one for at, one in booked if at > since)
    opening = sum(one.amount_minor for at, one in booked if at <= since)
    closing = opening + sum(one.amount_minor for one in today)
    balances = (Balance("OPBD", opening, "USD", day), Balance("CLBD", closing, "USD", day))
    account = next(one.customer for one in books.taken if not one.reason)
    return Statement(f"GT-{day}", until, account, balances, today)


def reference_of(place: int) -> str:
    """What the header of a file that we send calls it, by its place among them."""
    return f"GT{place + 1:06d}"


def _cut(day: date) -> datetime:
    return FED.instant(day, _CUT_HOUR)


def _before(day: date) -> date:
    day -= timedelta(days=1)
    return day if FED.is_open(day) else _before(day)


def _bookings(books: "AchBooks") -> Iterator[tuple[datetime, Booking]]:
    """Everything that ever moved, with its instant."""
    for file in books.taken:
        if not file.reason:
            yield file.settles_at, _booking("ACH SETTLEMENT", file.name, file.amount_minor, file.settles_on)
            fee = -ITEM_FEE_MINOR * len(file.postings)
            yield file.settles_at, _booking("ACH FEE", file.name, fee, file.settles_on)
    for place, sent in enumerate(books.sent):
        if sent.kind == "returns":
            back = sum(books.by_trace[one.partition(":")[2]].signed_minor for one in sent.about)
            day = FED.business_date(sent.at, _cut(sent.at.date()).time())
            yield sent.at, _booking("ACH RETURN", reference_of(place), back, day)


def _booking(code: str, about: str, amount_minor: int, day: date) -> Booking:
    return Booking(amount_minor, "USD", "BOOK", day, day, f"{code[4:7]}-{about}"[:35], code, False, (Detail(id=about),))
