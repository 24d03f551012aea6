"""Advertisers: metered, billed, collected."""

from tuppence.billing.ads.bills import access_bill, access_bills
from tuppence.billing.ads.check import check
from tuppence.billing.ads.meter.actions import meter
from tuppence.billing.ads.queries import cycles_of, sole_methods
from tuppence.billing.ads.statements import Month, access_statement
from tuppence.billing.ads.viewing import (
    access_account,
    access_accounts,
    access_campaigns,
    access_credits,
    access_delivery,
    access_history,
    access_spend,
    gate_view,
    whose,
)

__all__ = [
    "Month",
    "access_account",
    "access_accounts",
    "access_bill",
    "access_bills",
    "access_campaigns",
    "access_credits",
    "access_delivery",
    "access_history",
    "access_spend",
    "access_statement",
    "check",
    "cycles_of",
    "gate_view",
    "meter",
    "sole_methods",
    "whose",
]
