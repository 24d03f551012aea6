"""How often a card may be used or asked about: a brake on whoever stole the key that server and worker hold.

Buckets in memory that fill again evenly. They are meant to make a theft slow and loud, not to count to the last, so a
restart may forget them.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within so many seconds, all of them at once if need be."""

    most: int
    seconds: float


HOUR_S, MINUTE_S = 3600.0, 60.0
_CARRY_S = 1e-6  # what adding fractions of a second may make too much
RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "use_card": Rate(600, HOUR_S),
        "use_person": Rate(1_200, HOUR_S),
        "use_caller": Rate(120_000, MINUTE_S),
        "describe_card": Rate(120, HOUR_S),
        "describe_caller": Rate(6_000, MINUTE_S),
    }
)


class Limits:
    """What is limited and whom: the time at which the bucket would be full again (GCRA)."""

    def __init__(self, rates: Mapping[str, Rate], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = rates
        self._clock = clock
        self._full_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, **whom: str) -> str | None:
        """One from each bucket, or from none; the name of the first that is empty. `use_card="card_…"`."""
        now = self._clock()
        self._forget(now, 2 * len(whom))
        after = {(name, one): self._after(name, one, now) for name, one in whom.items()}
        empty = next((name for (name, _), at in after.items() if at - now > self._rates[name].seconds + _CARRY_S), None)
        if empty is None:
            self._full_at.update(after)
        return empty

    def __len__(self) -> int:
        """How many buckets are remembered."""
        return len(self._full_at)

    def _after(self, name: str, whom: str, now: float) -> float:
        rate = self._rates[name]
        return max(now, self._full_at.get((name, whom), now)) + rate.seconds / rate.most

    def _forget(self, now: float, most: int) -> None:
        """Full buckets are as good as none. Each use looks at a few, in turn, so that none has to look at all."""
        for key in list(islice(self._full_at, most)):
            if self._full_at[key] <= now:
                del self._full_at[key]
            else:
                self._full_at.move_to_end(key)
