"""Whose request it is."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

from tuppence import people
from tuppence.billing import apps
from tuppence.core import Failure
from tuppence.db import GroupCommit, Tx

REMEMBERED_SECONDS = 0.5
_REMEMBERED_MOST = 20_000

T = TypeVar("T")


class Remembered(Generic[T]):
    """What tokens stand for, believed for half a second after the database said so: a revoked one ends within a second.

    Lookups that miss share one statement, as every verb does.
    """

    def __init__(
        self,
        together: GroupCommit,
        look_up: Callable[[Tx, Sequence[str]], Awaitable[list[T | Failure]]],
        clock_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._together = together
        self._look_up = look_up
        self._clock_seconds = clock_seconds
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()

    async def of(self, token: str) -> T:
        """Whom this token belongs to. Raises what the room raises for one that is unknown, expired or revoked."""
        known = self._known.get(token)
        now = self._clock_seconds()
        if known and now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        found = await self._together(self._look_up, token)
        self._known[token] = (now, found)
        self._known.move_to_end(token)
        if len(self._known) > _REMEMBERED_MOST:
            self._known.popitem(last=False)
        return found

    def forget(self, is_over: Callable[[T], bool]) -> None:
        """Drop what ended here, so that it ends at once."""
        for token in [token for token, (_, found) in self._known.items() if is_over(found)]:
            del self._known[token]


class Sessions(Remembered[people.Session]):
    """Sessions of people, by token."""

    def __init__(self, together: GroupCommit, clock_seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__(together, _access, clock_seconds)


class Connections(Remembered[apps.Access]):
    """What apps may do for people, by access token."""

    def __init__(self, together: GroupCommit) -> None:
        super().__init__(together, apps.access)


async def _access(tx: Tx, tokens: Sequence[str]) -> list[people.Session | Failure]:
    """Whose these are; and once in a while, that they were seen."""
    sessions = await people.access_session(tx, tokens)
    now = datetime.now(UTC)
    await people.touch(tx, [one.id for one in sessions if isinstance(one, people.Session) and one.seen_long_ago(now)])
    return sessions
