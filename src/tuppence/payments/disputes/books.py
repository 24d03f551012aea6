"""A dispute's steps as ledger transfers. Pure: ids follow from the dispute, so writing a step twice writes it once.

What the house bears stands in `chargeback_receivable` until it is recovered or lost. What a claimant is given is owed
to them, in their `parked` account, until a rail has taken it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tuppence.core import CURRENCIES, Leg, step_id
from tuppence.ledger import Account, Transfer, TransferFlags, chart
from tuppence.payments.disputes.model import Booking, Dispute
from tuppence.payments.disputes.states import Books

SETTLES = 0x800  # added to n by the transfer that posts or voids the pending one

_STEPS: dict[Books, tuple[int, str, str, chart.Step]] = {
    Books.OWE: (1, "chargeback_receivable", "parked", chart.Step.REDRESS),
    Books.TAKEN: (2, "chargeback_receivable", "card_clearing", chart.Step.CHARGEBACK),
    Books.GIVEN_BACK: (3, "card_clearing", "chargeback_receivable", chart.Step.CHARGEBACK_WON),
    Books.LOSE: (4, "loss", "chargeback_receivable", chart.Step.WRITE_OFF),
    Books.RECOVERED: (5, "house_cash", "chargeback_receivable", chart.Step.DEPOSIT),
}


def transfers(dispute: Dispute, bookings: Iterable[Booking]) -> list[Transfer]:
    """The transfers of a step. Of a charge, what the house owes is given back by the room of charges."""
    elsewhere = Books.OWE if dispute.about == "charge" else None
    return [_transfer(dispute, one) for one in bookings if one.minor and one.books != elsewhere]


def owe(dispute: Dispute) -> Transfer:
    """What the house owes a claimant, after all: what took their money does not give it back."""
    return _transfer(dispute, Booking(Books.OWE, dispute.given_minor))


def claimants_accounts(disputes: Sequence[Dispute]) -> list[Account]:
    """The accounts that must exist before anything is owed to these claimants."""
    pairs = sorted({(one.claimant_id, one.currency) for one in disputes})
    return [chart.personal_account("parked", person, currency) for person, currency in pairs]


def _transfer(dispute: Dispute, booking: Booking) -> Transfer:
    n, debit, credit, code = _STEPS[booking.books]
    return Transfer(
        step_id(dispute.id, Leg.REDRESS, n),
        _account(dispute, debit),
        _account(dispute, credit),
        booking.minor,
        ledger=CURRENCIES[dispute.currency].numeric,
        code=code,
        user_data_128=dispute.id,
    )


def hold(dispute: Dispute, attempt_id: UUID) -> Transfer:
    """What is owed leaves by an attempt: pending until the rail has said."""
    return Transfer(
        attempt_id,
        _account(dispute, "parked"),
        _account(dispute, "refund_clearing"),
        dispute.given_minor,
        ledger=CURRENCIES[dispute.currency].numeric,
        code=chart.Step.REDRESS,
        flags=TransferFlags.PENDING,
        user_data_128=dispute.id,
    )


def settle(dispute: Dispute, n: int, *, accepted: bool) -> Transfer:
    """Post what an attempt moved, or let it go."""
    flag = TransferFlags.POST_PENDING_TRANSFER if accepted else TransferFlags.VOID_PENDING_TRANSFER
    return Transfer(
        step_id(dispute.id, Leg.REFUND, n + SETTLES),
        amount=dispute.given_minor,
        flags=flag,
        pending_id=step_id(dispute.id, Leg.REFUND, n),
        user_data_128=dispute.id,
    )


def _account(dispute: Dispute, name: str) -> UUID:
    if name == "parked":
        return chart.personal(name, dispute.claimant_id, dispute.currency)
    return chart.house(name, dispute.currency)
