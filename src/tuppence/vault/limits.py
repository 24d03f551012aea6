"""How often a card may be used or asked about: a brake on whoever stole the key that server and worker hold.

Buckets in memory that fill again evenly. They are meant to make a theft slow and loud, not to count to the last, so a
restart may forget them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_MOST_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds, all of them at once if need be."""

    most: int
    seconds: float


HOUR_S, MINUTE_S = 3600.0, 60.0
RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "use_card": Rate(600, HOUR_S),
        "use_person": Rate(1_200, HOUR_S),
        "use_caller": Rate(120_000, MINUTE_S),
        "describe_card": Rate(120, HOUR_S),
        "describe_caller": Rate(6_000, MINUTE_S),
    }
)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Limits:
    """Buckets by what is limited and whom."""

    def __init__(self, rates: Mapping[str, Rate], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, **whom: str) -> str | None:
        """One from each bucket, or from none; the name of the first that is empty. `use_card="card_…"`."""
        buckets = {name: self._bucket(name, one) for name, one in whom.items()}
        empty = next((name for name, bucket in buckets.items() if bucket.left < 1), None)
        if empty is None:
            for bucket in buckets.values():
                bucket.left -= 1
        return empty

    def _bucket(self, name: str, whom: str) -> _Bucket:
        now, rate = self._clock(), self._rates[name]
        if len(self._buckets) >= _MOST_BUCKETS:
            self._forget(now)
        bucket = self._buckets.setdefault((name, whom), _Bucket(rate.most, now))
        bucket.left = min(rate.most, bucket.left + (now - bucket.at) * rate.most / rate.seconds)
        bucket.at = now
        return bucket

    def _forget(self, now: float) -> None:
        """Full buckets are as good as none."""
        for (name, whom), bucket in list(self._buckets.items()):
            if now - bucket.at >= self._rates[name].seconds:
                del self._buckets[name, whom]
