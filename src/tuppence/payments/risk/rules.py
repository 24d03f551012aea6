"""The score of a payment. Pure: docs/design/risk.md has the table."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from tuppence.core.policy import RiskPolicy
from tuppence.payments.risk.model import RiskFacts, Verdict

_HOLDS: Mapping[str, Callable[[RiskFacts, RiskPolicy], bool]] = {
    "new_payee": lambda facts, _: facts.new_payee,
    "new_device": lambda facts, policy: (
        facts.device_age is None or facts.device_age < timedelta(hours=policy.new_device_hours)
    ),
    "many": lambda facts, policy: facts.day_count >= policy.many_count,
    "much": lambda facts, policy: facts.day_minor >= policy.much_minor,
    "many_cards": lambda facts, policy: facts.day_cards >= policy.cards_most,
    "passing_through": lambda facts, policy: (
        facts.received_minor > 0 and facts.amount_minor * 100 >= facts.received_minor * policy.passing_through_percent
    ),
}


def assess(facts: RiskFacts, policy: RiskPolicy) -> Verdict:
    """Add up the points of every reason that holds."""
    reasons = tuple(reason for reason, holds in _HOLDS.items() if holds(facts, policy))
    score = sum(points(reason, policy) for reason in reasons)
    return Verdict(score, reasons, held=score >= policy.review_at)


def points(reason: str, policy: RiskPolicy) -> int:
    """What a reason adds."""
    found: int = getattr(policy, f"{reason}_points")
    return found
