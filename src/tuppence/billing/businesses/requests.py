"""What programs of a business asked of the API, lately: for their developers to look up. No bodies, no queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.billing.businesses.errors import RequestNotFound
from tuppence.billing.businesses.queries import SQL
from tuppence.db import Tx, columns

KEPT_DAYS = 7
KEPT_MOST = 10_000  # a business


@dataclass(frozen=True, slots=True)
class Asked:
    """One request by a key of a business, and how it was answered; on the real clock."""

    id: UUID
    business_id: UUID
    key_id: UUID
    method: str
    path: str
    status: int
    code: str | None
    took_ms: int
    at: datetime

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "business_id"}


async def note(tx: Tx, asked: Sequence[Asked], *, most: int = KEPT_MOST) -> None:
    """Write requests down, and forget those that are too old or too many."""
    rows = columns(asked, *Asked.__slots__)
    await tx.execute(SQL.insert_requests, **rows)
    await tx.execute(SQL.trim_requests, businesses=list({one.business_id for one in asked}), most=most)
    await tx.execute(SQL.sweep_requests, days=KEPT_DAYS)


async def access_request(tx: Tx, business_id: UUID, request_id: UUID) -> Asked:
    """Raises: RequestNotFound."""
    found = await tx.fetch_one(SQL.request, Asked, business_id=business_id, id=request_id)
    if found is None:
        raise RequestNotFound
    return found


async def list_requests(
    tx: Tx, business_id: UUID, *, failed: bool = False, limit: int = 50, before: UUID | None = None
) -> tuple[list[Asked], UUID | None]:
    """The latest first, those that were refused only if so asked; and the last one's id if there are more."""
    asked = {"failed": failed, "before": before, "limit": limit + 1}
    rows = await tx.fetch(SQL.requests, Asked, business_id=business_id, **asked)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None
