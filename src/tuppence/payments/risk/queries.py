"""Reading what the score is made of."""

from collections.abc import Sequence
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.risk.model import RiskFacts

SQL = Statements(__package__)


async def risk_facts(tx: Tx, payment_ids: Sequence[UUID]) -> list[RiskFacts]:
    """The facts of payments, whose rows are locked."""
    return await tx.fetch(SQL.risk_facts, RiskFacts, ids=list(payment_ids))
