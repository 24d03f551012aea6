"""A payment's steps as ledger transfers. Pure.

A transfer's id is derived from the payment's (leg, n), so writing a step twice writes it once. A pending transfer
carries the number of the rail attempt whose money it holds, and the same id; what settles it, or takes it back, is
numbered from beyond any attempt.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tuppence.core import CURRENCIES, Leg, step_id
from tuppence.ledger import Account, Transfer, TransferFlags, chart
from tuppence.payments.sends.model import Payment
from tuppence.payments.sends.plans import Booking
from tuppence.payments.sends.states import Books

SETTLES = 0x800  # added to n by the transfer that posts or voids the pending one
KEEPS = 0x400  # added to n by the transfer that keeps what its payer has back already
TAKES_BACK = 0x400  # added to n by the transfer that returns a delivered credit to transit

_PENDING = {Books.HOLD_CREDIT: Leg.CREDIT, Books.HOLD_REFUND: Leg.REFUND}
_SETTLING = {
    Books.POST_CREDIT: (Leg.CREDIT, TransferFlags.POST_PENDING_TRANSFER),
    Books.VOID_CREDIT: (Leg.CREDIT, TransferFlags.VOID_PENDING_TRANSFER),
    Books.POST_REFUND: (Leg.REFUND, TransferFlags.POST_PENDING_TRANSFER),
    Books.VOID_REFUND: (Leg.REFUND, TransferFlags.VOID_PENDING_TRANSFER),
}
_CODES = {
    Leg.DEBIT: chart.Step.DEBIT,
    Leg.CREDIT: chart.Step.CREDIT,
    Leg.REFUND: chart.Step.REFUND,
    Leg.PARK: chart.Step.PARK,
    Leg.UNPARK: chart.Step.UNPARK,
    Leg.REDRESS: chart.Step.REDRESS,
}


def transfers(payment: Payment, bookings: Iterable[Booking]) -> list[Transfer]:
    """The transfers of a step, in the order in which they must be decided."""
    return [_transfer(payment, one) for one in bookings]


def parked_accounts(pairs: Sequence[tuple[Payment, Booking]]) -> list[Account]:
    """The accounts that must exist before these steps are booked."""
    people = {(one.payer_id, one.currency) for one, booking in pairs if booking.books == Books.PARK}
    return [chart.personal_account("parked", person, currency) for person, currency in sorted(people)]


def _transfer(payment: Payment, booking: Booking) -> Transfer:
    books, n = booking.books, booking.n
    if books in _SETTLING:
        leg, flag = _SETTLING[books]
        return Transfer(
            step_id(payment.id, leg, n + SETTLES),
            amount=payment.amount_minor,
            flags=flag,
            pending_id=step_id(payment.id, leg, n),
            user_data_128=payment.id,
        )
    if books in _PENDING:
        return _pair(payment, _PENDING[books], n, ("in_transit", _clearing(booking)), TransferFlags.PENDING)
    match books:
        case Books.DEBIT:
            return _pair(payment, Leg.DEBIT, n, ("card_clearing", "in_transit"))
        case Books.TAKE_BACK_CREDIT:
            return _pair(payment, Leg.CREDIT, n + TAKES_BACK, (_clearing(booking), "in_transit"))
        case Books.PARK:
            return _pair(payment, Leg.PARK, n, ("in_transit", "parked"))
        case Books.KEEP:
            return _pair(payment, Leg.REDRESS, n + KEEPS, ("in_transit", "chargeback_receivable"))
        case _:
            assert books == Books.UNPARK
            return _pair(payment, Leg.UNPARK, n, ("parked", "in_transit"))


def _clearing(booking: Booking) -> str:
    """Where money stands between our books and a rail's settlement."""
    if booking.books == Books.HOLD_REFUND:
        return "refund_clearing"
    return "bank_clearing" if booking.by_bank else "payout_clearing"


def _pair(payment: Payment, leg: Leg, n: int, names: tuple[str, str], flags: int = TransferFlags.NONE) -> Transfer:
    debit, credit = (_account(payment, name) for name in names)
    numeric = CURRENCIES[payment.currency].numeric
    return Transfer(
        step_id(payment.id, leg, n),
        debit,
        credit,
        payment.amount_minor,
        ledger=numeric,
        code=_CODES[leg],
        flags=flags,
        user_data_128=payment.id,
    )


def _account(payment: Payment, name: str) -> UUID:
    if name == "parked":
        return chart.personal(name, payment.payer_id, payment.currency)
    return chart.house(name, payment.currency)
