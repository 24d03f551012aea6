"""What the network clears: business days that close at five in New York, each with its file. Pure.

A file holds what the journal says happened between two cut-offs, and the faults that somebody asked for. It follows
from the journal alone, so the same day gives the same bytes, whenever it is written and however often.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from tuppence.core.calendar import FED
from tuppence.rails.card.cases import CaseLine
from tuppence.rails.card.clearing import CUT_OFF, FIRST, ClearingFile, Line
from tuppence.rails.simulator.books import TAKES, Books
from tuppence.rails.simulator.cases import CaseTold
from tuppence.rails.simulator.days import Day, DayOpened, Entry, Fault

LINES_MOST = 50_000  # of a file; a busier day has several

_ACQUIRER = "200000"
# What the network charges for each message that it carried out. docs/design/reconciliation.md says where from.
_REGULATED, _EXEMPT = (5, 22), (140, 0)  # of a debit: basis points of the amount, and minor units on top
_FLAT = {"push": 15, "refund": 5}
_NETWORK_FEE = 2


def days_due(books: Books, now: datetime) -> Iterator[DayOpened]:
    """The business days that have begun by now and are not open yet; opening one closes the one before."""
    today = FED.business_date(now, CUT_OFF)
    if books.days.open is None:
        yield DayOpened(today)
        return
    day = books.days.open
    while day < today:
        day = FED.add(day, 1)
        yield DayOpened(day)


class Files:
    """The files of the days that have closed, each made once and then forgotten: the next one names its digest."""

    def __init__(self, lines_most: int = LINES_MOST) -> None:
        self._lines_most = lines_most
        self._days = self._made = 0
        self._before = FIRST

    def new(self, books: Books) -> Iterator[ClearingFile]:
        """Those that were not made yet, oldest first. A day counts as made when whoever asked comes for the next."""
        for day in books.days.closed[self._days :]:
            made, before = self._made, self._before
            for lines, cases in _parts(books, day, self._lines_most):
                file = ClearingFile(_ACQUIRER, day.date, made + 1, before, lines, cases)
                yield file
                made, before = file.sequence, file.digest
            self._days, self._made, self._before = self._days + 1, made, before


def _parts(books: Books, day: Day, most: int) -> Iterator[tuple[tuple[Line, ...], tuple[CaseLine, ...]]]:
    """A day in files that can be held in memory; chargebacks are in the last."""
    lines: Iterable[Line] = (_line(books, entry) for entry in day.entries)
    for fault in day.faults:
        lines = list(_faulty(books.seed, fault, list(lines)))
    left = iter(lines)
    part = tuple(islice(left, most))
    while len(part) == most and (after := tuple(islice(left, most))):
        yield part, ()
        part = after
    yield part, tuple(_case(books, one) for one in day.cases)


def _case(books: Books, told: CaseTold) -> CaseLine:
    return CaseLine(
        word=told.word,
        reference=told.attempt.hex,
        number=told.number,
        rrn=books.decided[told.attempt].rrn,
        at=told.at.replace(microsecond=0),
        amount_minor=told.amount_minor,
        currency=books.decided[told.attempt].currency,
        reason=told.reason,
        respond_by=told.respond_by,
    )


def _line(books: Books, entry: Entry) -> Line:
    decided = books.decided[entry.attempt]
    account = books.accounts[decided.key or ""]
    fee = fee_minor(decided.movement, decided.amount_minor, regulated=account.bin.regulated)
    given_back = {"reversal": -fee, "return": 0}
    return Line(
        movement=entry.movement,
        reference=entry.attempt.hex,
        stan=decided.stan,
        rrn=decided.rrn,
        at=decided.at.replace(microsecond=0),
        amount_minor=decided.amount_minor,
        currency=decided.currency,
        approval=decided.approval,
        fee_minor=given_back.get(entry.movement, fee),
        masked=account.masked.replace("•", "*"),
    )


def fee_minor(movement: str, amount_minor: int, *, regulated: bool) -> int:
    """Interchange and the network's fee; basis points are rounded half up."""
    if movement not in TAKES:
        return _FLAT[movement] + _NETWORK_FEE
    points, fixed = _REGULATED if regulated else _EXEMPT
    return (amount_minor * points + 5_000) // 10_000 + fixed + _NETWORK_FEE


def _faulty(seed: int, fault: Fault, lines: list[Line]) -> Iterator[Line]:
    """The lines with one mistake in them."""
    for line in lines:
        if fault.attempt is None or line.reference != fault.attempt.hex:
            yield line
        else:
            yield from _CHANGES[fault.kind](line)
    if fault.kind == "extra":
        digits = hashlib.blake2b(f"{seed} extra {len(lines)}".encode(), digest_size=16).hexdigest()
        yield replace(lines[0], reference=digits, rrn="0" * 12, stan="0" * 6) if lines else _invented(digits)


def _invented(reference: str) -> Line:
    """A line out of nothing, on a day without any."""
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    return Line("debit", reference, "0" * 6, "0" * 12, at, 1_234, "USD", "000000", 0, "400011******0000")


def _twice(line: Line) -> Iterator[Line]:
    yield line
    yield line


def _none(_: Line) -> Iterator[Line]:
    yield from ()


def _more(by_minor: int, line: Line) -> Iterator[Line]:
    yield replace(line, amount_minor=line.amount_minor + by_minor)


def _swapped(line: Line) -> Iterator[Line]:
    yield replace(line, currency="USD" if line.currency == "EUR" else "EUR")


_CHANGES: Mapping[str, Callable[[Line], Iterator[Line]]] = {
    "missing": _none,
    "duplicated": _twice,
    "cent_more": partial(_more, 1),
    "cent_less": partial(_more, -1),
    "currency": _swapped,
}
FAULTS = frozenset(_CHANGES) | {"extra"}
