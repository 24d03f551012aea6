"""Disputes: one machine for what people report, what banks take back, and what was bought and did not come."""

from tuppence.payments.disputes import errors, jobs
from tuppence.payments.disputes.actions import act, bear, hear, move, report
from tuppence.payments.disputes.model import Ask, Case, Dispute, Outcome, Reason, Report, View
from tuppence.payments.disputes.queries import access_dispute, access_reportable, disputes, list_disputes, queue
from tuppence.payments.disputes.states import Event, Kind, State

__all__ = [
    "Ask",
    "Case",
    "Dispute",
    "Event",
    "Kind",
    "Outcome",
    "Reason",
    "Report",
    "State",
    "View",
    "access_dispute",
    "access_reportable",
    "act",
    "bear",
    "disputes",
    "errors",
    "hear",
    "jobs",
    "list_disputes",
    "move",
    "queue",
    "report",
]
