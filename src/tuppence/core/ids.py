"""Time-ordered ids made here, never by the database, and the ids that a payment's steps derive from its own."""

import os
import threading
import time
from enum import IntEnum
from uuid import UUID

_RANDOM_BITS = 74
_MAX_STEPS = 1 << 12


class Leg(IntEnum):
    """Which movement of a payment a step belongs to; four bits of a step's id."""

    DEBIT = 1
    CREDIT = 2
    REFUND = 3
    PARK = 4
    UNPARK = 5


class _Clock:
    """Milliseconds with a random tail, never going back within this process (RFC 9562, section 6.2, method 2)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | int.from_bytes(os.urandom(10)) >> (80 - _RANDOM_BITS)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return self._last


_clock = _Clock()


def uuid7() -> UUID:
    """A new UUIDv7: sorts by time of making, monotonic within this process."""
    value = _clock.next()
    ms, rand_a, rand_b = value >> 74, (value >> 62) & 0xFFF, value & ((1 << 62) - 1)
    return UUID(int=ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def step_id(payment: UUID, leg: Leg, n: int) -> UUID:
    """The id of a payment's n-th step on a leg: the payment's id, its last 16 bits replaced by (leg, n).

    The same step always gets the same id, which is what makes repeating it harmless; and since the time bits
    stay, ledger ids remain time-ordered. Two payments whose first 112 bits agree would clash: uuid7 leaves 58
    random bits there.
    """
    assert 0 < n < _MAX_STEPS
    return UUID(int=payment.int >> 16 << 16 | leg << 12 | n)
