"""How many debits came back, against what Nacha allows: measured over sixty days, and a break when it is too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuppence import outbox
from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.db import Tx
from tuppence.outbox import Job
from tuppence.payments.ach import breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL
from tuppence.payments.banks.rules import UNAUTHORISED_CODES

RATES = "payments.bank_rates"
KEY = "now"
_DAILY = "daily"  # a key of its own: the timer must not put off what is asked for meanwhile

# Source: Nacha Operating Rules, article two, 2.17.2: of the debits of sixty days, in basis points.
_MEASURED = timedelta(days=60)
MOST = {"unauthorised": 50, "administrative": 300, "overall": 1_500}
_ADMINISTRATIVE_CODES = ("R02", "R03", "R04")
_LOOKED_AT_HOUR = 9


@dataclass(frozen=True, slots=True)
class Rates:
    """Debits that left in sixty days, and how many of them came back."""

    debits: int
    unauthorised: int
    administrative: int
    overall: int

    def basis_points(self, name: str) -> int:
        """A rate, rounded up: what is passed by a hair is passed."""
        returned: int = getattr(self, name)
        return -(-returned * 10_000 // self.debits) if self.debits else 0

    def passed(self) -> list[str]:
        """The limits that are passed."""
        return [name for name, most in MOST.items() if self.basis_points(name) > most]


async def rates(tx: Tx, *, now: datetime) -> Rates:
    """The counts as they are now."""
    counted = await tx.fetch_one(
        SQL.return_rates,
        Rates,
        since=now - _MEASURED,
        unauthorised=sorted(UNAUTHORISED_CODES),
        administrative=list(_ADMINISTRATIVE_CODES),
    )
    assert counted is not None
    return counted


async def watch(tx: Tx, *, policy: Policy) -> Sequence[str]:
    """Open a break for each limit that is passed and explain the others; look again tomorrow if any is passed."""
    now = await outbox.now(tx)
    counted = await rates(tx, now=now)
    passed = counted.passed() if counted.debits >= policy.bank.return_rate_least else []
    found = [
        Break(
            f"return_rate_{name}",
            f"rate:{name}",
            {
                "debits": counted.debits,
                "returned": getattr(counted, name),
                "basis_points": counted.basis_points(name),
                "allowed_basis_points": MOST[name],
            },
        )
        for name in passed
    ]
    await breaks.open_all(tx, found, now, policy)
    await breaks.explain(tx, [f"rate:{name}" for name in MOST if name not in passed], now, "fallen")
    if passed:
        tomorrow = FED.instant(FED.add(now.astimezone(FED.zone).date(), 1), _LOOKED_AT_HOUR)
        await outbox.enqueue(tx, [Job(RATES, _DAILY, {}, tomorrow)])
    return passed
