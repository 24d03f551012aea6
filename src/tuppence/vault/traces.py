"""What the vault leaves behind: a row for each use of a card, with who and why; and alarms. Neither can be removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from tuppence.core import uuid7
from tuppence.db import Database, Statements, Tx, columns

SQL = Statements(__package__)
log = structlog.get_logger()

CALLERS = frozenset({"form", "server", "worker", "operator", "vault"})
_TOLD_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Access:
    """One use of one card."""

    at: datetime
    caller: str
    verb: str  # store, describe, use, update, reseal, delete
    token: str
    reason: str
    attempt_id: UUID | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True, slots=True)
class _Counted:
    kind: str
    times: int


async def note(tx: Tx, uses: Sequence[Access]) -> None:
    """Write uses down, in the transaction that makes them possible: none without its trace, no trace without it."""
    if uses:
        await tx.execute(
            SQL.note_access, **columns(uses, "id", "at", "caller", "verb", "token", "attempt_id", "reason")
        )


class Alarms:
    """Raised where something is as it can only be by a defect or by somebody's hand."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def ring(self, kind: str, reason: str, token: str | None = None) -> None:
        """Log it as an error and keep it. The log comes first: a database that is away must not silence it."""
        log.error("alarm", kind=kind, reason=reason, card=token)
        row = {"id": uuid7(), "at": self._now(), "kind": kind, "reason": reason, "token": token}
        async with self._database.transaction() as tx:
            await tx.execute(SQL.ring, **row)

    async def recent(self) -> dict[str, int]:
        """How often each kind rang within a day: what health tells and monitoring watches."""
        async with self._database.transaction(read_only=True) as tx:
            rows = await tx.fetch(SQL.recent_alarms, _Counted, since=self._now() - _TOLD_FOR)
        return {one.kind: one.times for one in rows}
