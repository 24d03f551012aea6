"""Payouts: what a business is owed leaves for its bank account, once, when enough people agree."""

from tuppence.payments.payouts.actions import approve, hold, release, schedule
from tuppence.payments.payouts.model import Approval, Approve, Destination, Hold, PaidOut, Payout, Release
from tuppence.payments.payouts.queries import (
    Page,
    access_payout,
    approvals,
    destinations,
    destinations_of,
    list_payouts,
    payouts,
)
from tuppence.payments.payouts.states import State

__all__ = [
    "Approval",
    "Approve",
    "Destination",
    "Hold",
    "Page",
    "PaidOut",
    "Payout",
    "Release",
    "State",
    "access_payout",
    "approvals",
    "approve",
    "destinations",
    "destinations_of",
    "hold",
    "list_payouts",
    "payouts",
    "release",
    "schedule",
]
