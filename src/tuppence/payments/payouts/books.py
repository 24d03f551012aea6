"""Payouts as ledger transfers. Pure. Ids follow from the payout's own and the number of its try."""

from tuppence.core import CURRENCIES, Leg, step_id
from tuppence.ledger import Transfer, TransferFlags, chart
from tuppence.payments.payouts.model import PaidOut
from tuppence.payments.payouts.states import Books

SETTLES = 0x800  # added to the try by the transfer that posts or voids the pending one
TAKES_BACK = 0x400  # and by the one that brings a payout back

_SETTLING = {Books.POST: TransferFlags.POST_PENDING_TRANSFER, Books.VOID: TransferFlags.VOID_PENDING_TRANSFER}


def transfer(payout: PaidOut, books: Books) -> Transfer:
    """The transfer of a step, of the payout's latest try."""
    held = step_id(payout.id, Leg.PAYOUT, payout.tries)
    if books in _SETTLING:
        return Transfer(
            step_id(payout.id, Leg.PAYOUT, payout.tries + SETTLES),
            amount=payout.amount_minor,
            flags=_SETTLING[books],
            pending_id=held,
            user_data_128=payout.id,
        )
    clearing, back = chart.house("payout_clearing", payout.currency), books is Books.TAKE_BACK
    return Transfer(
        step_id(payout.id, Leg.PAYOUT, payout.tries + TAKES_BACK) if back else held,
        clearing if back else payout.account,
        payout.account if back else clearing,
        payout.amount_minor,
        ledger=CURRENCIES[payout.currency].numeric,
        code=chart.Step.PAYOUT,
        flags=TransferFlags.NONE if back else TransferFlags.PENDING,
        user_data_128=payout.id,
    )
