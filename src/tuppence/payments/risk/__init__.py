"""Whether a payment should be looked at before it is delivered: facts in, score and reasons out."""

from tuppence.payments.risk.model import CLEAR, RiskFacts, Verdict
from tuppence.payments.risk.queries import risk_facts
from tuppence.payments.risk.rules import assess

__all__ = ["CLEAR", "RiskFacts", "Verdict", "assess", "risk_facts"]
