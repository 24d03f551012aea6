"""How often somebody may do something: a token bucket for each named action, in this process's memory.

These keep a house quiet; they guard no money. What must never be passed (limits of sends, tries of a PIN) is counted
in the database, in the transaction that it protects.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from tuppence.http.errors import TooManyRequests

_REMEMBERED_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """`burst` at once, then one every `seconds`."""

    burst: int
    seconds: float


BUCKETS: Mapping[str, Bucket] = {
    "sign_up": Bucket(100, 10),  # an address
    "sign_in": Bucket(100, 2),  # an address
    "sign_in_as": Bucket(10, 30),  # a handle, whoever tries
    "find_person": Bucket(60, 5),  # a person: handles must not be harvested
    "ask_friend": Bucket(30, 60),
    "message": Bucket(120, 0.5),
    "payment": Bucket(120, 0.5),
    "act": Bucket(120, 0.5),
    "prove": Bucket(20, 6),
    "card": Bucket(20, 60),
    "document": Bucket(10, 15),
    "read": Bucket(600, 0.05),
    "write": Bucket(120, 1),
    "ledger": Bucket(1000, 0.005),  # a key
    "business": Bucket(10, 60),  # a person founds them
    "business_key": Bucket(600, 0.01),  # a key
    "oauth": Bucket(120, 0.5),  # an address
    "bubble": Bucket(600, 0.1),  # an address
    "health": Bucket(30, 0.2),  # an address
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request took of a limit: how many are left at once, and in how many seconds it would be full again."""

    action: str
    bucket: Bucket
    left: int
    seconds: int


taken: ContextVar[list[Taken] | None] = ContextVar("taken", default=None)  # by the request that is being answered


def headers(some: Sequence[Taken]) -> dict[str, str]:
    """As draft-ietf-httpapi-ratelimit-headers-10 has them: two structured fields, a member for each limit."""
    if not some:
        return {}
    policies = [
        f'"{one.action}";q={one.bucket.burst};w={math.ceil(one.bucket.burst * one.bucket.seconds)}' for one in some
    ]
    left = [f'"{one.action}";r={one.left};t={one.seconds}' for one in some]
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}


class Limits:
    """Who has done what lately. A limit is the time at which the bucket would be full again (GCRA)."""

    def __init__(
        self, buckets: Mapping[str, Bucket] = BUCKETS, clock_seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._buckets = buckets
        self._clock_seconds = clock_seconds
        self._full_at: OrderedDict[tuple[str, object], float] = OrderedDict()

    def take(self, action: str, who: object) -> None:
        """Take one token. Raises TooManyRequests with the whole seconds until there is one."""
        bucket, now = self._buckets[action], self._clock_seconds()
        full_at = max(self._full_at.get((action, who), now), now) + bucket.seconds
        wait = full_at - now - bucket.burst * bucket.seconds
        self._note(action, bucket, full_at - now)
        if wait > 1e-6:
            raise TooManyRequests(action=action, retry_after_seconds=math.ceil(wait))
        self._full_at[action, who] = full_at
        self._full_at.move_to_end((action, who))
        if len(self._full_at) > _REMEMBERED_MOST:
            self._full_at.popitem(last=False)

    def _note(self, action: str, bucket: Bucket, until_full: float) -> None:
        """For the headers of the answer."""
        notes = taken.get()
        if notes is not None:
            left = math.floor(bucket.burst - until_full / bucket.seconds + 1e-6)
            notes.append(Taken(action, bucket, max(0, left), math.ceil(until_full)))

    def forget(self) -> None:
        """Start anew: every bucket is full."""
        self._full_at.clear()
