"""Payments: money between people, every lifecycle. Sending is the first.

The verbs that decide take the policy by keyword; bind it once (`functools.partial`) and hand group commit the same
object each time, since that is what it groups by.
"""

from tuppence.payments import cards, errors, jobs, statements
from tuppence.payments.limits import access_limits
from tuppence.payments.sends.actions import act, blocked, locked_out, proof_digest, record, send, step_up
from tuppence.payments.sends.model import Act, Recorded, Send, StepUp
from tuppence.payments.sends.queries import Page, access_payment, list_payments, snapshot, views
from tuppence.payments.sends.quote import Quote, quote
from tuppence.payments.sends.sync import View

__all__ = [
    "Act",
    "Page",
    "Quote",
    "Recorded",
    "Send",
    "StepUp",
    "View",
    "access_limits",
    "access_payment",
    "act",
    "blocked",
    "cards",
    "errors",
    "jobs",
    "list_payments",
    "locked_out",
    "proof_digest",
    "quote",
    "record",
    "send",
    "snapshot",
    "statements",
    "step_up",
    "views",
]
