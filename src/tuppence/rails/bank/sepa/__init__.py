"""SEPA credit transfers as ISO 20022 messages: orders out, statements, notifications and status reports in."""

from tuppence.rails.bank.sepa.accounts import bic_holds, iban_holds
from tuppence.rails.bank.sepa.banks import bank_at, place_of
from tuppence.rails.bank.sepa.errors import SepaError
from tuppence.rails.bank.sepa.model import (
    Balance,
    Booking,
    CreditTransfer,
    Detail,
    Order,
    Party,
    Report,
    Statement,
    Status,
)
from tuppence.rails.bank.sepa.orders import plain, read_orders, write_order
from tuppence.rails.bank.sepa.reports import read_incoming, read_report
from tuppence.rails.bank.sepa.statements import read_statements
from tuppence.rails.bank.sepa.written import write_report, write_statement

__all__ = [
    "Balance",
    "Booking",
    "CreditTransfer",
    "Detail",
    "Order",
    "Party",
    "Report",
    "SepaError",
    "Statement",
    "Status",
    "bank_at",
    "bic_holds",
    "iban_holds",
    "place_of",
    "plain",
    "read_incoming",
    "read_orders",
    "read_report",
    "read_statements",
    "write_order",
    "write_report",
    "write_statement",
]
