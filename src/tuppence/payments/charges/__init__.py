"""Charges: a business is paid by somebody's card, and gives some of it back. It knows nothing of what was bought."""

from tuppence.payments.charges.actions import charge, record, refund
from tuppence.payments.charges.model import Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.queries import access_charge, charges, refunds, refunds_of
from tuppence.payments.charges.states import State

__all__ = [
    "Charge",
    "Charged",
    "Refund",
    "Refunded",
    "Share",
    "State",
    "access_charge",
    "charge",
    "charges",
    "record",
    "refund",
    "refunds",
    "refunds_of",
]
