"""Whose request it is."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tuppence import people
from tuppence.core import Failure
from tuppence.db import GroupCommit, Tx

REMEMBERED_SECONDS = 0.5
_REMEMBERED_MOST = 20_000


class Sessions:
    """Sessions by token, believed for half a second after the database said so: a revoked one ends within a second.

    Lookups that miss share one statement, as every verb does.
    """

    def __init__(self, together: GroupCommit, clock_seconds: Callable[[], float] = time.monotonic) -> None:
        self._together = together
        self._clock_seconds = clock_seconds
        self._known: OrderedDict[str, tuple[float, people.Session]] = OrderedDict()

    async def of(self, token: str) -> people.Session:
        """Who this token belongs to. Raises what people raises for one that is unknown, expired or revoked."""
        known = self._known.get(token)
        now = self._clock_seconds()
        if known and now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        session = await self._together(_access, token)
        self._known[token] = (now, session)
        self._known.move_to_end(token)
        if len(self._known) > _REMEMBERED_MOST:
            self._known.popitem(last=False)
        return session

    def forget(self, session_id: object) -> None:
        """Drop a session that ended here, so that it ends at once."""
        for token in [token for token, (_, session) in self._known.items() if session.id == session_id]:
            del self._known[token]


async def _access(tx: Tx, tokens: Sequence[str]) -> list[people.Session | Failure]:
    """Whose these are; and once in a while, that they were seen."""
    sessions = await people.access_session(tx, tokens)
    now = datetime.now(UTC)
    await people.touch(tx, [one.id for one in sessions if isinstance(one, people.Session) and one.seen_long_ago(now)])
    return sessions
