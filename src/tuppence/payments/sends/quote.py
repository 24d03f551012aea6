"""What the amount sheet says before anything is sent: when it would arrive, what it costs, whether a PIN is asked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.payments import arrival, pace
from tuppence.payments.ach.windows import quoted_by_bank
from tuppence.payments.arrival import Arrival
from tuppence.payments.sends import queries
from tuppence.payments.sends.model import Send
from tuppence.payments.sends.plan_send import SendFacts, step_up_reason
from tuppence.payments.sends.sync import when

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Quote:
    """A send that somebody considers."""

    payer: UUID
    payee: UUID
    amount_minor: int
    currency: str
    device_since: datetime | None


async def quote(tx: Tx, ask: Quote, *, policy: Policy) -> dict[str, Any]:
    """A quote promises nothing and reserves nothing; `arrival` is None while the payee has nothing to receive on."""
    would = Send(
        id=_NOBODY,
        payer=ask.payer,
        payee=ask.payee,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        note="",
        card_id=None,
        session_id=_NOBODY,
        device_since=ask.device_since,
    )
    now = await outbox.now(tx)
    facts = (await queries.send_facts(tx, [would], now=now, policy=policy))[0]
    bank = facts.payee_slow_bank
    lags = (await pace.lags_of(tx, [bank], policy=policy))[bank] if bank else None
    reason = step_up_reason(would, facts, datetime.now(UTC), policy)
    return {
        "arrival": _arrival(facts, lags, now, policy),
        "fee_minor": 0,
        "step_up": {"needed": reason is not None, "reason": reason},
    }


def _arrival(facts: SendFacts, lags: pace.Lags | None, now: datetime, policy: Policy) -> dict[str, Any] | None:
    if facts.payee_by_bank:
        return arrival_view(quoted_by_bank(now, policy))
    if facts.payee_fast_funds is None:
        return None
    return arrival_view(arrival.estimate(now, pace=lags, policy=policy.arrival, calendar=policy.calendar))


def arrival_view(would: Arrival) -> dict[str, Any]:
    """An interval on the wire."""
    return {
        "earliest": when(would.earliest),
        "latest": when(would.latest),
        "fast": would.fast,
        "reason_code": would.reason_code,
        "reason_facts": dict(would.reason_facts),
    }
