"""Three lives as tables: of an advertiser's account, of a billing cycle, and of a hold on spending.

Numbers are those of docs/design/ads.md. A pair (state, event) that is not here is refused, whoever asks. Where one
pair has several rows, the first whose guard holds is taken; a row without a guard always holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar


class AccountState(StrEnum):
    NEW = "new"
    ACTIVE_AUTO = "active_auto"  # billed afterwards
    ACTIVE_PREPAID = "active_prepaid"
    ACTIVE_INVOICE = "active_invoice"
    GRACE = "grace"  # a charge failed and will be tried again; ads run on, within the grace cap
    PAST_DUE = "past_due"  # everything failed: nothing is delivered, nothing accrues
    DISABLED = "disabled"  # past due for too long
    CLOSING = "closing"  # its last bill and its refunds are under way
    CLOSED = "closed"
    WRITTEN_OFF = "written_off"


class AccountEvent(StrEnum):
    OPEN = "open"
    SET_UP_AUTO = "set_up_auto"
    SET_UP_PREPAID = "set_up_prepaid"
    SET_UP_INVOICE = "set_up_invoice"
    CHARGE_FAILED = "charge_failed"
    ALL_FAILED = "all_failed"
    PAID = "paid"
    DISABLE = "disable"
    CLOSE = "close"
    SETTLED = "settled"
    WRITE_OFF = "write_off"


class AccountGuard(StrEnum):
    OWES = "owes"  # a bill is still failing
    OPEN_ENDS = "open ends"  # a bill or a refund is still under way
    PAYS_PREPAID = "pays prepaid"
    PAYS_INVOICE = "pays by invoice"


class CycleState(StrEnum):
    ACCRUING = "accruing"
    CLOSING = "closing"  # nothing more is added; its bill is being made
    CHARGING = "charging"
    CHARGE_UNKNOWN = "charge_unknown"
    RETRYING = "retrying"
    INVOICED = "invoiced"
    PAST_DUE = "past_due"
    PAID = "paid"
    WRITTEN_OFF = "written_off"


class CycleEvent(StrEnum):
    OPEN = "open"
    FULL = "full"  # the threshold is reached
    DATE = "date"  # the monthly date
    ENOUGH = "enough"  # the account closes
    BILL = "bill"
    CHARGED = "charged"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    RETRY = "retry"
    PAY = "pay"
    MARK_PAID = "mark_paid"
    OVERDUE = "overdue"
    RETURNED = "returned"  # a bank debit came back
    CHARGED_BACK = "charged_back"
    WON_BACK = "won_back"
    WRITE_OFF = "write_off"


class CycleGuard(StrEnum):
    NOTHING_DUE = "nothing due"
    BY_INVOICE = "by invoice"
    HAS_METHOD = "has a method"
    ANOTHER_METHOD = "another method"  # one that this attempt at the bill has not tried
    TRY_AGAIN = "try again"  # the primary's refusal was soft, and tries are left
    NOT_YET_DUE = "not yet due"


class HoldState(StrEnum):
    NONE = "none"
    HELD = "held"  # spending is paused until two admins say that it was them


class HoldEvent(StrEnum):
    SUSPECT = "suspect"
    CONFIRM = "confirm"
    DENY = "deny"  # an admin says that it was not them: only an operator ends it now
    RELEASE = "release"


class HoldGuard(StrEnum):
    SECOND = "second"  # another admin confirmed before, and nobody denied


class Books(StrEnum):
    """What a step does in the ledger; books.py knows the accounts."""

    TAX = "Dr revenue Cr tax_payable"
    MARK_PAID = "Dr house_cash Cr ads_receivable"
    WRITE_OFF = "Dr loss Cr ads_receivable"
    TAKE_BACK = "Dr ads_receivable Cr chargeback_receivable"
    WIN_BACK = "Dr chargeback_receivable Cr ads_receivable"
    TAKE_BACK_PREPAID = "Dr ads_prepaid Cr chargeback_receivable"  # of a top-up, which has no table of its own
    WIN_BACK_PREPAID = "Dr chargeback_receivable Cr ads_prepaid"


S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)
G = TypeVar("G", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row(Generic[S, E, G]):
    """One row of a table."""

    number: str
    before: S | None
    event: E
    after: S
    guard: G | None = None
    books: tuple[Books, ...] = ()


AccountRow = Row[AccountState, AccountEvent, AccountGuard]
CycleRow = Row[CycleState, CycleEvent, CycleGuard]
HoldRow = Row[HoldState, HoldEvent, HoldGuard]


def _account_rows() -> Iterable[AccountRow]:
    s, e, g = AccountState, AccountEvent, AccountGuard
    active = (s.ACTIVE_AUTO, s.ACTIVE_PREPAID, s.ACTIVE_INVOICE)

    yield Row("A1", None, e.OPEN, s.NEW)
    for before in (s.NEW, *active):
        yield Row("A2", before, e.SET_UP_AUTO, s.ACTIVE_AUTO)
        yield Row("A3", before, e.SET_UP_PREPAID, s.ACTIVE_PREPAID)
        yield Row("A4", before, e.SET_UP_INVOICE, s.ACTIVE_INVOICE)
    for before in active:
        yield Row("A5", before, e.CHARGE_FAILED, s.GRACE)
    yield Row("A5a", s.GRACE, e.CHARGE_FAILED, s.GRACE)
    for before in (*active, s.GRACE):
        yield Row("A6", before, e.ALL_FAILED, s.PAST_DUE)
    for before in (s.GRACE, s.PAST_DUE, s.DISABLED):
        yield Row("A7", before, e.PAID, before, g.OWES)
        yield Row("A8", before, e.PAID, s.ACTIVE_PREPAID, g.PAYS_PREPAID)
        yield Row("A8", before, e.PAID, s.ACTIVE_INVOICE, g.PAYS_INVOICE)
        yield Row("A8", before, e.PAID, s.ACTIVE_AUTO)
    yield Row("A9", s.PAST_DUE, e.DISABLE, s.DISABLED)
    for before in (s.NEW, *active, s.GRACE):
        yield Row("A10", before, e.CLOSE, s.CLOSING)
    yield Row("A11", s.CLOSING, e.SETTLED, s.CLOSING, g.OPEN_ENDS)
    yield Row("A12", s.CLOSING, e.SETTLED, s.CLOSED)
    for before in (s.DISABLED, s.CLOSING):
        yield Row("A13", before, e.WRITE_OFF, s.WRITTEN_OFF)


def _cycle_rows() -> Iterable[CycleRow]:
    s, e, g, b = CycleState, CycleEvent, CycleGuard, Books

    yield Row("C1", None, e.OPEN, s.ACCRUING)
    for event in (e.FULL, e.DATE, e.ENOUGH):
        yield Row("C2", s.ACCRUING, event, s.CLOSING)
    yield Row("C3", s.CLOSING, e.BILL, s.PAID, g.NOTHING_DUE, (b.TAX,))
    yield Row("C4", s.CLOSING, e.BILL, s.INVOICED, g.BY_INVOICE, (b.TAX,))
    yield Row("C5", s.CLOSING, e.BILL, s.CHARGING, g.HAS_METHOD, (b.TAX,))
    yield Row("C6", s.CLOSING, e.BILL, s.PAST_DUE, books=(b.TAX,))
    yield Row("C7", s.CHARGING, e.UNANSWERED, s.CHARGE_UNKNOWN)
    for before in (s.CHARGING, s.CHARGE_UNKNOWN):
        yield Row("C8", before, e.CHARGED, s.PAID)
        yield Row("C9", before, e.DECLINED, s.INVOICED, g.NOT_YET_DUE)
        yield Row("C10", before, e.DECLINED, s.CHARGING, g.ANOTHER_METHOD)
        yield Row("C11", before, e.DECLINED, s.RETRYING, g.TRY_AGAIN)
        yield Row("C12", before, e.DECLINED, s.PAST_DUE)
    yield Row("C13", s.RETRYING, e.RETRY, s.CHARGING, g.HAS_METHOD)
    yield Row("C13a", s.RETRYING, e.RETRY, s.PAST_DUE)
    for before in (s.RETRYING, s.INVOICED, s.PAST_DUE):
        yield Row("C14", before, e.PAY, s.CHARGING, g.HAS_METHOD)
        yield Row("C15", before, e.MARK_PAID, s.PAID, books=(b.MARK_PAID,))
    yield Row("C16", s.INVOICED, e.OVERDUE, s.PAST_DUE)
    yield Row("C17", s.PAID, e.RETURNED, s.CHARGING, g.ANOTHER_METHOD, (b.TAKE_BACK,))
    yield Row("C17a", s.PAID, e.RETURNED, s.PAST_DUE, books=(b.TAKE_BACK,))
    yield Row("C17b", s.PAID, e.CHARGED_BACK, s.PAST_DUE, books=(b.TAKE_BACK,))
    yield Row("C18", s.PAST_DUE, e.WON_BACK, s.PAID, books=(b.WIN_BACK,))
    for before in (s.PAST_DUE, s.ACCRUING):
        yield Row("C19", before, e.WRITE_OFF, s.WRITTEN_OFF, books=(b.WRITE_OFF,))


def _hold_rows() -> Iterable[HoldRow]:
    s, e, g = HoldState, HoldEvent, HoldGuard

    yield Row("H1", s.NONE, e.SUSPECT, s.HELD)
    yield Row("H2", s.HELD, e.CONFIRM, s.NONE, g.SECOND)
    yield Row("H3", s.HELD, e.CONFIRM, s.HELD)
    yield Row("H4", s.HELD, e.DENY, s.HELD)
    yield Row("H5", s.HELD, e.RELEASE, s.NONE)


ACCOUNT_TABLE = tuple(_account_rows())
CYCLE_TABLE = tuple(_cycle_rows())
HOLD_TABLE = tuple(_hold_rows())


def rows(table: Sequence[Row[S, E, G]], before: S | None, event: E) -> tuple[Row[S, E, G], ...]:
    """The rows of a pair, in the order in which their guards are asked; none means refused."""
    return tuple(row for row in table if row.before == before and row.event == event)


def chosen(table: Sequence[Row[S, E, G]], before: S | None, event: E, facts: Mapping[G, bool]) -> Row[S, E, G] | None:
    """The first row of a pair whose guard holds; None: there is none."""
    return next((row for row in rows(table, before, event) if row.guard is None or facts[row.guard]), None)


ACTIVE = frozenset({AccountState.ACTIVE_AUTO, AccountState.ACTIVE_PREPAID, AccountState.ACTIVE_INVOICE})
SPENDS = ACTIVE | {AccountState.GRACE}  # ads may run
ENDED = frozenset({AccountState.CLOSED, AccountState.WRITTEN_OFF})
COLLECTING = frozenset({CycleState.CLOSING, CycleState.CHARGING, CycleState.CHARGE_UNKNOWN, CycleState.RETRYING})
FAILING = frozenset({CycleState.RETRYING, CycleState.PAST_DUE})
UNPAID = COLLECTING | {CycleState.ACCRUING, CycleState.INVOICED, CycleState.PAST_DUE}
