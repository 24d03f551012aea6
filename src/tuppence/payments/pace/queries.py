"""Notes of when money arrived: written once a payment, read by bank."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tuppence.core import Policy
from tuppence.db import Statements, Tx, columns
from tuppence.payments.pace.model import Kept, Lags, Noted
from tuppence.payments.pace.rules import learn

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Seen:
    bank: str
    lag_days: int
    payments: int


async def note(tx: Tx, arrived: Sequence[Noted]) -> None:
    """Note when payments arrived. A later word on the same payment takes the place of the first."""
    if arrived:
        fields = ("payment_id", "bank", "lag_days", "promised_first", "promised_last", "at")
        await tx.execute(SQL.note, **columns(arrived, *fields))


async def lags_of(tx: Tx, banks: Iterable[str], *, policy: Policy) -> dict[str, Lags]:
    """What may be promised for each of these banks."""
    asked = sorted(set(banks))
    if not asked:
        return {}
    seen: dict[str, dict[int, int]] = defaultdict(dict)
    for row in await tx.fetch(SQL.seen, _Seen, banks=asked):
        seen[row.bank][row.lag_days] = row.payments
    return {bank: learn(seen[bank], policy.arrival) for bank in asked}


async def promises(tx: Tx, since: datetime) -> list[Kept]:
    """Promised against observed, by bank, since a business time."""
    return await tx.fetch(SQL.promises, Kept, since=since)
