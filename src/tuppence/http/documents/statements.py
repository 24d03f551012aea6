"""The facts of a statement, as the template takes them: every text is ready, nothing is left to decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tuppence.http.documents.words import Words, utc
from tuppence.payments.statements import Line, Period, Summary, Totals
from tuppence.payments.statements.model import Move
from tuppence.people import Person

LINES_MOST = 2_000


def statement(
    person: Person, period: Period, told: tuple[Summary, Sequence[Line]], words: Words, *, now: datetime, sandbox: bool
) -> dict[str, Any]:
    """What is printed: whose it is, of when, what it comes to, and every move."""
    summary, lines = told
    say = words.say
    return {
        "title": f"{say('statement')} – {person.name}",
        "lang": words.language,
        "name": person.name,
        "handle": f"@{person.handle}",
        "period": say("period", first=words.day(period.first), last=words.day(period.last)),
        "zone": say("zone", zone=period.zone.key),
        "made": say("made", at=words.time(now)),
        "foot": say("sandbox") if sandbox else "Tuppence",
        "page": say("page"),
        "nothing": say("nothing"),
        "moves": say("moves"),
        "total_head": [say("what"), say("amount")],
        "totals": [_totals(one, words) for one in summary.totals],
        "head": [say("date"), say("what"), say("out"), say("in")],
        "lines": [_line(line, words) for line in lines],
    }


def _totals(totals: Totals, words: Words) -> dict[str, Any]:
    """What is always said, and beside it what is not nought."""
    rows = [
        ("opening", totals.opening_minor, True),
        ("sent", totals.sent_minor, True),
        ("delivered", totals.delivered_minor, True),
        ("came_back", totals.came_back_minor, False),
        ("refunded", totals.refunded_minor, False),
        ("closing", totals.closing_minor, True),
        ("parked", totals.parked_minor, False),
        ("received", totals.received_minor, True),
        ("returned", totals.returned_minor, False),
        ("fees", 0, True),
    ]
    return {
        "title": words.say("summary", currency=totals.currency),
        "rows": [
            {"name": words.say(name), "amount": words.money(minor, totals.currency)}
            for name, minor, always in rows
            if always or minor
        ],
    }


def _line(line: Line, words: Words) -> dict[str, Any]:
    def amount(minor: int | None) -> str:
        return "" if minor is None else words.money(minor, line.currency)

    values = {"name": line.other.name}
    if line.move == Move.PARKED:
        values["amount"] = words.money(line.amount_minor, line.currency)
    return {
        "time": words.time(line.at),
        "utc": utc(line.at),
        "what": words.say(f"move_{line.move}", **values),
        "more": [more for more in (line.note, f"@{line.other.handle}", _own(line), str(line.payment_id)) if more],
        "out": amount(line.out_minor),
        "into": amount(line.in_minor),
    }


def _own(line: Line) -> str:
    """The reader's own card or account that the money left or reached."""
    if line.account:
        return f"{line.account.bank} ••{line.account.last4}"
    return f"{brand(line.card.brand)} ••{line.card.last4}" if line.card else ""


def brand(name: str) -> str:
    """As its owner writes it."""
    return {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover"}.get(
        name, name
    )
