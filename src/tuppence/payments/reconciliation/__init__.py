"""What rails cleared, beside what we hold for true: lines matched, breaks named, clearing accounts emptied."""

from tuppence.payments.reconciliation import errors
from tuppence.payments.reconciliation.actions import close, judge, read
from tuppence.payments.reconciliation.jobs import KEY, RECONCILE, Reconciler, handlers
from tuppence.payments.reconciliation.model import Break, Close, Kind, Summary
from tuppence.payments.reconciliation.queries import list_breaks

__all__ = [
    "KEY",
    "RECONCILE",
    "Break",
    "Close",
    "Kind",
    "Reconciler",
    "Summary",
    "close",
    "errors",
    "handlers",
    "judge",
    "list_breaks",
    "read",
]
