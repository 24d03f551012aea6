"""The books as a Beancount file: what was moved for good, and balances that Beancount itself adds up and asserts. Pure.

Source: Beancount v3, "Beancount Language Syntax". Debits are positive there, as they are here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from tuppence.ledger import chart
from tuppence.ledger.books.reading import Standing
from tuppence.ledger.books.rules import day_of
from tuppence.ledger.books.tables import CODES, currency, decimal, step
from tuppence.ledger.model import ZERO, Account, Transfer, TransferFlags
from tuppence.ledger.proof.entries import Entry

_PENDING, _VOID = TransferFlags.PENDING, TransferFlags.VOID_PENDING_TRANSFER
_OPENING = "Equity:Opening-Balances"
_ROOTS = {
    "card_clearing": "Assets",
    "bank_clearing": "Assets",
    "payout_clearing": "Assets",
    "refund_clearing": "Assets",
    "chargeback_receivable": "Assets",
    "house_cash": "Assets",
    "in_transit": "Liabilities",
    "parked": "Liabilities",
    "balance": "Liabilities",
    "tax_payable": "Liabilities",
    "fee_income": "Income",
    "revenue": "Income",
    "promo": "Expenses",
    "rail_cost": "Expenses",
    "loss": "Expenses",
    "fx": "Equity",
}


def account_name(account_id: UUID, code: int, person_id: UUID) -> str:
    """`Assets:Card-Clearing`, `Liabilities:Parked:P0192…`; an account that the chart does not know, by its id."""
    if code not in chart.CODES:
        return f"Equity:Other:A{account_id.hex}"
    name = chart.name_of(code)
    said = f"{_ROOTS.get(name, 'Equity')}:{name.title().replace('_', '-')}"
    return said if person_id == ZERO else f"{said}:P{person_id.hex}"


class Journal:
    """Writes entries as directives, and at the end of each day the balances that the day has changed.

    It keeps a name and a sum for each account; transfers pass through.
    """

    def __init__(self) -> None:
        self._names: dict[UUID, str] = {}
        self._sums: dict[UUID, int] = defaultdict(int)
        self._ledgers: dict[UUID, int] = {}
        self._touched: set[UUID] = set()
        self._opened: set[str] = set()
        self._day: date | None = None

    def head(self, day: date) -> Iterator[str]:
        """Options, and the currencies."""
        yield 'option "title" "Tuppence"\n'
        for one in sorted(CODES.values(), key=lambda one: one.code):
            yield f"{day} commodity {one.code}\n  exponent: {one.exponent}\n"

    def begin(self, standings: Iterable[Standing], day: date) -> Iterator[str]:
        """What stood there before the first entry, if the file does not begin with it."""
        for one in standings:
            yield from self._open(one.id, account_name(one.id, one.code, one.person_id), one.ledger, day)
            held = one.debits_posted - one.credits_posted
            if held:
                yield from self._once(_OPENING, day)
                yield from self._transaction(day, "opening balance", [(one.id, held)], _OPENING)
                self._sums[one.id] = held

    def add(self, entry: Entry) -> Iterator[str]:
        """One entry: an account opened, or money moved for good. What is only reserved moves nothing."""
        day = day_of(entry.timestamp)
        if self._day is not None and day > self._day:
            yield from self.balances()
        self._day = day
        if isinstance(entry, Account):
            name = account_name(entry.id, entry.code, entry.user_data_128)
            yield from self._open(entry.id, name, entry.ledger, day)
        elif isinstance(entry, Transfer) and not entry.flags & (_PENDING | _VOID):
            yield from self._move(entry, day)

    def _move(self, entry: Transfer, day: date) -> Iterator[str]:
        sides = [(entry.debit_account_id, entry.amount), (entry.credit_account_id, -entry.amount)]
        about = "" if entry.user_data_128 == ZERO else f" ^{entry.user_data_128}"
        yield from self._transaction(day, step(entry.code), sides, about=about, entry=entry)
        for account_id, amount in sides:
            self._sums[account_id] += amount
            self._touched.add(account_id)

    def balances(self) -> Iterator[str]:
        """What each account that moved stands at, asserted at the beginning of the next day."""
        if self._day is None:
            return
        day = self._day + timedelta(days=1)
        for account_id in sorted(self._touched, key=lambda one: (self._names[one], self._ledgers[one])):
            ledger = self._ledgers[account_id]
            yield f"{day} balance {self._names[account_id]}  {self._amount(self._sums[account_id], ledger)}\n"
        self._touched.clear()

    def _transaction(
        self,
        day: date,
        what: str,
        sides: list[tuple[UUID, int]],
        other: str = "",
        *,
        about: str = "",
        entry: Transfer | None = None,
    ) -> Iterator[str]:
        yield f'{day} * "{what}"{about}\n'
        if entry is not None:
            yield f'  transfer: "{entry.id}"\n  nanoseconds: "{entry.timestamp}"\n'
        for account_id, amount in sides:
            yield f"  {self._names[account_id]}  {self._amount(amount, self._ledgers[account_id])}\n"
        if other:
            yield f"  {other}\n"

    def _open(self, account_id: UUID, name: str, ledger: int, day: date) -> Iterator[str]:
        self._names[account_id], self._ledgers[account_id] = name, ledger
        yield from self._once(name, day)

    def _once(self, name: str, day: date) -> Iterator[str]:
        """Accounts of one name in several currencies are one account there."""
        if name not in self._opened:
            self._opened.add(name)
            yield f"{day} open {name}\n"

    def _amount(self, minor: int, ledger: int) -> str:
        return f"{decimal(minor, ledger)} {currency(ledger)}"
