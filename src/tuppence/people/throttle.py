"""How often somebody may be wrong. Every try is counted, and committed, before it is looked at."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuppence.db import Tx
from tuppence.people.actions import SQL
from tuppence.people.errors import TooManyTries
from tuppence.people.rules import PASSWORD_BY_ADDRESS, PASSWORD_BY_HANDLE, Gate, pass_gate

Tries = Sequence[tuple[Gate, bytes]]


@dataclass(frozen=True, slots=True)
class _Row:
    scope: str
    who: bytes
    full_at: datetime
    now: datetime


def password_tries(handle: str, address: str | None) -> Tries:
    """What a try at somebody's password counts against. Addresses are kept as hashes: we need none of them back."""
    by_handle = (PASSWORD_BY_HANDLE, _who(handle))
    return (by_handle, (PASSWORD_BY_ADDRESS, _who(address))) if address else (by_handle,)


def _who(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


async def take(tx: Tx, tries: Tries) -> None:
    """Count one try at each gate; commit before you look whether it was right.

    Raises: TooManyTries, and counts nothing. Locks: the gates, in order.
    """
    keys = {"scope": [gate.scope for gate, _ in tries], "who": [who for _, who in tries]}
    await tx.execute(SQL.open_gates, **keys)
    rows = {(row.scope, row.who): row for row in await tx.fetch(SQL.lock_gates, _Row, **keys)}
    passed = _pass([(gate, rows[gate.scope, who]) for gate, who in tries])
    await tx.execute(SQL.write_gates, **keys, full_at=passed)


def _pass(asked: Sequence[tuple[Gate, _Row]]) -> list[datetime]:
    results = [pass_gate(gate, row.full_at, row.now) for gate, row in asked]
    waits = [result for result in results if isinstance(result, timedelta)]
    if waits:
        raise TooManyTries(retry_after_seconds=math.ceil(max(waits).total_seconds()))
    return [result for result in results if isinstance(result, datetime)]


async def forgive(tx: Tx, tries: Tries) -> None:
    """The try was right: what it took from the address is given back, and the handle begins anew."""
    back: Mapping[Gate, timedelta] = {
        PASSWORD_BY_HANDLE: PASSWORD_BY_HANDLE.burst * PASSWORD_BY_HANDLE.every,
        PASSWORD_BY_ADDRESS: PASSWORD_BY_ADDRESS.every,
    }
    ordered = sorted(tries, key=lambda one: (one[0].scope, one[1]))
    await tx.execute(
        SQL.forgive,
        scope=[gate.scope for gate, _ in ordered],
        who=[who for _, who in ordered],
        back=[back[gate] for gate, _ in ordered],
    )
    await tx.execute(SQL.sweep_gates)
