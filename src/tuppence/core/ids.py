"""Time-ordered ids made here, never by the database, and the ids that a payment's steps derive from its own."""

import hashlib
import os
import threading
import time
from enum import IntEnum
from uuid import UUID

_RANDOM_BITS = 74
_MAX_STEPS = 1 << 12


class Leg(IntEnum):
    """Which movement of a payment a step belongs to."""

    DEBIT = 1
    CREDIT = 2
    REFUND = 3
    PARK = 4
    UNPARK = 5
    CHARGE = 6
    GIVE_BACK = 7
    PAYOUT = 8
    REDRESS = 9


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
    return _version_7(value >> _RANDOM_BITS, value & ((1 << _RANDOM_BITS) - 1))


def step_id(payment: UUID, leg: Leg, n: int) -> UUID:
    """The id of a payment's n-th step on a leg, which makes repeating the step harmless.

    The payment's time, so that ledger ids stay time-ordered; then 74 bits of a hash of (payment, leg, n). Not the
    payment's own bits with some replaced: payment ids are the callers', many libraries count up in the lowest bits,
    and two payments of one millisecond must never share a step.
    """
    assert 0 < n < _MAX_STEPS
    return derived_id(payment, b"%d/%d" % (leg, n))


def derived_id(of: UUID, what: bytes) -> UUID:
    """An id that follows from another and from what it is for: the other's time, then 74 bits of a hash of both."""
    digest = hashlib.sha256(b"%b/%b" % (of.bytes, what)).digest()
    return _version_7(of.int >> 80, int.from_bytes(digest[:10]) >> (80 - _RANDOM_BITS))


def _version_7(ms: int, tail: int) -> UUID:
    """48 bits of milliseconds and 74 others around version and variant (RFC 9562, section 5.7)."""
    return UUID(int=ms << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1))
