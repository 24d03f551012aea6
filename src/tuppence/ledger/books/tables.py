"""The books as CSV. Pure. Nothing in a cell can begin a formula: a spreadsheet would run it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from tuppence.core import CURRENCIES
from tuppence.ledger import chart
from tuppence.ledger.model import NANOSECONDS, ZERO, Account, Expiry, Refusal, TransferFlags
from tuppence.ledger.proof.entries import NAMES, Entry

CODES = {currency.numeric: currency for currency in CURRENCIES.values()}
COLUMNS = (
    *("position", "time", "kind", "id", "step", "debit", "credit", "amount", "currency", "amount_minor", "about"),
    *("pending", "ends", "flags", "timeout", "chain"),
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def row(cells: Iterable[object]) -> str:
    """A line of CSV, RFC 4180."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow([cell(one) for one in cells])
    return file.getvalue()


def cell(value: object) -> str:
    """A value as a cell: text that a spreadsheet would take for a formula gets an apostrophe, numbers stay numbers."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def decimal(minor: int, ledger: int) -> str:
    """An amount in whole units with its currency's decimals; minor units in a ledger that is no currency."""
    exponent = CODES[ledger].exponent if ledger in CODES else 0
    sign, digits = "-" if minor < 0 else "", f"{abs(minor):0{exponent + 1}d}"
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


def currency(ledger: int) -> str:
    """What a ledger's amounts are in, as ISO 4217 or, for ledgers that are no currency, by number."""
    return CODES[ledger].code if ledger in CODES else f"LEDGER{ledger}"


def moment(timestamp: int) -> str:
    """Nanoseconds as RFC 3339 in UTC, to the nanosecond: times are the entries' order."""
    seconds, nanoseconds = divmod(timestamp, NANOSECONDS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09}Z"


def step(code: int) -> str:
    """What a transfer's code is called."""
    return chart.Step(code).name.lower() if code in set(chart.Step) else str(code)


class Names:
    """Accounts by name: the house's by the chart, a person's by the chart and the person. Remembers each account."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[int, UUID]] = {}

    def see(self, account_id: UUID, code: int, person_id: UUID) -> None:
        self._known[account_id] = (code, person_id)

    def of(self, account_id: UUID) -> str:
        code, person_id = self._known.get(account_id, (0, ZERO))
        if code not in chart.CODES:
            return str(account_id)
        return chart.name_of(code) if person_id == ZERO else f"{chart.name_of(code)}:{person_id}"


def entry_row(position: int, entry: Entry, link: bytes, names: Names) -> Sequence[object]:
    """An entry's cells, in the order of COLUMNS."""
    begin = (position, moment(entry.timestamp), NAMES[type(entry)], entry.id)
    if isinstance(entry, Expiry):
        return (*begin, *[""] * 7, "", entry.id, "", "", link.hex())
    if isinstance(entry, Refusal):
        return (*begin, *[""] * 11, link.hex())
    if isinstance(entry, Account):
        names.see(entry.id, entry.code, entry.user_data_128)
        about = "" if entry.user_data_128 == ZERO else entry.user_data_128
        return (
            *begin,
            names.of(entry.id),
            *[""] * 3,
            currency(entry.ledger),
            "",
            about,
            *[""] * 2,
            entry.flags,
            "",
            link.hex(),
        )
    return (
        *begin,
        step(entry.code),
        names.of(entry.debit_account_id),
        names.of(entry.credit_account_id),
        decimal(entry.amount, entry.ledger),
        currency(entry.ledger),
        entry.amount,
        "" if entry.user_data_128 == ZERO else entry.user_data_128,
        "yes" if entry.flags & TransferFlags.PENDING else "",
        "" if entry.pending_id == ZERO else entry.pending_id,
        entry.flags,
        entry.timeout,
        link.hex(),
    )
