"""Breaks of bank files, of the rail `ach` or `sepa`: what does not agree, kept until somebody explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.core import Policy, uuid7
from tuppence.db import Tx, columns
from tuppence.payments.ach.entries import SQL


@dataclass(frozen=True, slots=True)
class Break:
    """Something to be explained. `subject` names it; `amount_minor` is what it leaves in `account`."""

    kind: str
    subject: str
    detail: Mapping[str, Any]
    amount_minor: int = 0
    account: str | None = None
    payment_id: UUID | None = None


async def open_all(tx: Tx, found: Sequence[Break], now: datetime, policy: Policy) -> None:
    """Open a break about each subject; one that is open about it already stays as it is."""
    if found:
        rows = columns(found, "kind", "subject", "payment_id", "account", "amount_minor", "detail")
        ids, currency = [uuid7() for _ in found], [policy.currency] * len(found)
        await tx.execute(SQL.open_breaks, id=ids, rail=policy.scheme, currency=currency, at=now, **rows)


async def explain(tx: Tx, subjects: Sequence[str], now: datetime, reason: str) -> None:
    """End what is open about these, because it agrees by now."""
    await tx.execute(SQL.explain_breaks, subjects=list(subjects), at=now, reason=reason)
