"""Holding payments for a look: the risk of what was just debited, and what became of reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.core import Policy
from tuppence.db import Tx, columns
from tuppence.payments import risk
from tuppence.payments.risk import Verdict
from tuppence.payments.sends.plans import Plan
from tuppence.payments.sends.queries import SQL
from tuppence.payments.sends.states import Event, State


@dataclass(frozen=True, slots=True)
class Ruling:
    """Who decided on a review, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Opened:
    payment_id: UUID
    score: int
    reasons: str


@dataclass(frozen=True, slots=True)
class _Ended:
    payment_id: UUID
    decision: str
    by: str | None
    reason: str | None


async def risks(tx: Tx, payment_ids: Sequence[UUID], policy: Policy) -> dict[UUID, Verdict]:
    """The risk of payments that were just debited; nothing is read where there is none."""
    if not payment_ids:
        return {}
    return {one.payment_id: risk.assess(one, policy.risk) for one in await risk.risk_facts(tx, payment_ids)}


async def write(
    tx: Tx, plans: Sequence[Plan], risks: Mapping[UUID, Verdict], rulings: Mapping[UUID, Ruling], now: datetime
) -> None:
    """Open the reviews of what is held from now on, and end those of what is not any more."""
    opened = [one.payment.id for one in plans if one.payment.state == State.IN_REVIEW]
    if opened:
        rows = [_Opened(one, risks[one].score, ",".join(risks[one].reasons)) for one in opened]
        await tx.execute(SQL.open_reviews, now=now, **columns(rows, "payment_id", "score", "reasons"))
    ended = [_ended(one, rulings.get(one.payment.id)) for one in plans if one.moment.event in _DECIDED]
    if ended:
        await tx.execute(SQL.end_reviews, now=now, **columns(ended, "payment_id", "decision", "by", "reason"))


_DECIDED = {Event.REVIEW_PASSED: "approved", Event.REVIEW_REJECTED: "rejected"}


def _ended(plan: Plan, ruling: Ruling | None) -> _Ended:
    if ruling is None:
        return _Ended(plan.payment.id, "timed_out", None, None)
    return _Ended(plan.payment.id, _DECIDED[plan.moment.event], ruling.by, ruling.reason)
