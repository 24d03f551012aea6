"""A statement as CSV: RFC 4180, one line a move, the same shape in every language but for its words."""

import csv
import io
from collections.abc import Iterable

from tuppence.http.documents.words import Words, plain, utc
from tuppence.payments.statements import Line
from tuppence.payments.statements.model import Move

# The mark by which spreadsheet programs know UTF-8; without it they read "Chloé" as something else.
MARK = "\ufeff"
_COLUMNS = ("time", "utc", "move", "name", "handle", "note", "out", "in", "parked", "fee", "currency", "card", "id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def head(words: Words) -> str:
    """The names of the columns."""
    return MARK + _row([words.say(f"csv_{column}") for column in _COLUMNS])


def rows(lines: Iterable[Line], words: Words) -> str:
    return "".join(_row(_cells(line, words)) for line in lines)


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and does not run: what looks like a formula gets an apostrophe before it.

    Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _cells(line: Line, words: Words) -> list[str]:
    def amount(minor: int | None) -> str:
        return "" if minor is None else plain(minor, line.currency)

    moved = "kept" if line.move == Move.PARKED else line.move.value
    return [
        line.at.astimezone(words.zone).isoformat(sep=" ", timespec="seconds"),
        utc(line.at),
        words.say(f"csv_{moved}"),
        harmless(line.other.name),
        harmless(line.other.handle),
        harmless(line.note),
        amount(line.out_minor),
        amount(line.in_minor),
        amount(line.amount_minor) if line.move == Move.PARKED else "",
        plain(line.fee_minor, line.currency),
        line.currency,
        _own(line),
        str(line.payment_id),
    ]


def _own(line: Line) -> str:
    if line.account:
        return harmless(f"{line.account.bank} {line.account.last4}")
    return f"{line.card.brand} {line.card.last4}" if line.card else ""


def _row(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()
