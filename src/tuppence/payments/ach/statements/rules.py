"""What the lines of a statement mean beside what is ours. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tuppence.payments.ach.statements.model import Kind, Line, Ours, Verdict
from tuppence.rails.bank.sepa import Booking, Statement

# What our bank calls its bookings. Every bank has names of its own; one that is signed up with gets them here.
_KINDS: Mapping[str, Kind] = {"ACH SETTLEMENT": "settlement", "ACH RETURN": "returns", "ACH FEE": "fees"}
# SEPA's have one name everywhere. Source: ISO 20022, external code set for bank transaction codes.
_SEPA_KINDS: Mapping[str, Kind] = {
    "PMNT/ICDT/ESCT": "settlement",
    "PMNT/ICDT/RRTN": "returns",
    "PMNT/RCDT/RRTN": "returns",
    "PMNT/ICDT/CHRG": "fees",
}
_CLEARING = "bank_clearing"  # where what nobody knows waits for somebody who does


@dataclass(frozen=True, slots=True)
class Day:
    """A statement that was read."""

    id: str
    on_date: date
    opening_minor: int
    closing_minor: int


def why_not(statement: Statement, *, account: str, currency: str) -> str | None:
    """Why a statement cannot be believed; None: it can."""
    if statement.account != account:
        return "another account's"
    if not statement.balances or {one.currency for one in statement.balances} != {currency}:
        return "no balances in our currency"
    if not statement.adds_up:
        return "does not add up"
    return None


def day_of(statement: Statement) -> Day:
    """A statement's balances; it adds up."""
    opening = next(one for one in statement.balances if one.kind in ("OPBD", "PRCD"))
    closing = next(one for one in statement.balances if one.kind == "CLBD")
    return Day(statement.id, closing.on, opening.amount_minor, closing.amount_minor)


def lines_of(statement: Statement) -> list[Line]:
    """What was booked; what is only announced is not there yet."""
    booked = [one for one in statement.bookings if one.status == "BOOK"]
    return [
        Line(
            statement.id,
            number,
            _kind_of(one),
            _about(one),
            one.amount_minor,
        )
        for number, one in enumerate(booked, 1)
    ]


def brings_back(booking: Booking) -> bool:
    """Whether it is a credit transfer of ours that comes back."""
    return booking.status == "BOOK" and _SEPA_KINDS.get(booking.code) == "returns" and booking.amount_minor > 0


def _kind_of(booking: Booking) -> Kind:
    return _SEPA_KINDS.get(booking.code) or _KINDS.get(booking.code, "other")


def _about(booking: Booking) -> str:
    """Our name for what was booked: of an order that was booked as one, of a file; or the bank's for the booking."""
    if booking.batch or booking.code in _SEPA_KINDS:
        return booking.batch or booking.reference
    return booking.details[0].id if booking.details else booking.reference


def judge(line: Line, ours: Ours | None, *, told_before: bool) -> Verdict:
    """What a line means. All of it moved, a wrong one too; what of it is not ours stays in clearing under a name."""
    if told_before:
        return Verdict({_CLEARING: line.amount_minor}, kind="settled_twice", left_minor=-line.amount_minor)
    if ours is None:
        kind = "returns_unread" if line.kind == "returns" else "unknown_line"
        return Verdict({_CLEARING: line.amount_minor}, line.kind != "returns", kind, -line.amount_minor)
    if line.kind == "fees":
        return Verdict({"rail_payable": line.amount_minor}, adjusted_minor=ours.net_minor - line.amount_minor)
    differs = line.amount_minor - ours.net_minor
    moves = _with_rest(ours.parts, line.amount_minor)
    return Verdict(moves, kind="settled_differs" if differs else None, left_minor=-differs)


def judge_again(line: Line, ours: Ours) -> Verdict:
    """A line about returns that were read after it: what it put into clearing moves on to where it belongs."""
    differs = line.amount_minor - ours.net_minor
    rest = _with_rest(ours.parts, line.amount_minor)
    moves = {name: minor for name, minor in rest.items() if name != _CLEARING}
    return Verdict(moves, kind="settled_differs" if differs else None, left_minor=-differs)


def _with_rest(parts: Mapping[str, int], amount_minor: int) -> dict[str, int]:
    """By account; what of the amount belongs to no entry of ours is in bank_clearing."""
    rest = amount_minor - sum(parts.values())
    moves = {**parts, _CLEARING: parts.get(_CLEARING, 0) + rest}
    return {name: minor for name, minor in moves.items() if minor}


def gaps(days: Sequence[Day]) -> dict[str, int]:
    """Statements that do not begin where the one before ended, and by how much: one between them is missing."""
    found = {}
    for before, after in pairwise(days):
        if after.opening_minor != before.closing_minor:
            found[after.id] = after.opening_minor - before.closing_minor
    return found


def is_told(lines: Iterable[Line], line: Line) -> bool:
    """Whether one of these is about the same, so that this one says it again."""
    return any((one.kind, one.about) == (line.kind, line.about) for one in lines if one.number < line.number)
