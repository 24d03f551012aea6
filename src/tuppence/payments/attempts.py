"""Attempts on rails, whichever room asked for them: what reconciliation and costs go through page by page."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tuppence.db import Statement, Tx

PAGE = 1_000
FIRST = UUID(int=0)  # before every attempt

_PAGE = Statement(
    "payments.attempt_page",
    "SELECT * FROM payments.attempt_page(%(after)s, %(since)s, %(also)s::uuid[], %(most)s::int)",
)


async def page(tx: Tx, *, since: datetime, after: UUID, also: Sequence[UUID] = ()) -> list[UUID]:
    """The next attempts after one, by id: those marked since an instant, and these. A short page is the last."""
    return await tx.scalars(_PAGE, after=after, since=since, also=list(also), most=PAGE)


def after(some: Sequence[UUID]) -> UUID | None:
    """Where to go on after a page; None if it was the last."""
    return some[-1] if len(some) == PAGE else None
