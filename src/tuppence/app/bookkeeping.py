"""Keeping the books provable while the house runs: seals within seconds, lapsed reservations let go, days closed,
statements when they are asked for, and all of it checked every ten minutes,
or as seldom as keeps that to a twentieth of the time.

Not jobs, but loops of the worker's own: they follow real time, and what they do may take longer than a job may.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence import ledger
from tuppence.billing.ads import check as check_ads
from tuppence.billing.games.check import check as check_games
from tuppence.core import Policy
from tuppence.db import Database
from tuppence.ledger import books
from tuppence.ledger.proof.statement import public_text
from tuppence.outbox import Job, Later
from tuppence.payments.charges.check import check as check_charges
from tuppence.payments.payouts.check import check as check_payouts
from tuppence.payments.sends.check import check as check_payments

SEAL_SECONDS = 2.0
SWEEP_SECONDS = 5.0  # so that a reservation that lapsed lets go even if nobody moves anything
STATE_EVERY = timedelta(hours=1)  # so that nothing stays unsigned for a day
_LOOK_SECONDS = 15.0  # whether a check or a statement is due; another worker may have seen to it

log = structlog.get_logger()


async def check(database: Database, public: str, policy: Policy, seen: books.Seen | None = None) -> books.Checked:
    """Every invariant of the books, in one picture: the ledger's, the seals', those of payments, charges, payouts,
    ads and games. Nothing is written.

    Args:
        seen: what an earlier check of this process saw.
    """
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        broken = await ledger.check(tx)
        sealed = await books.check(tx, public, seen)
        broken += [*sealed.broken, *await check_payments(tx, policy=policy)]
        broken += [*await check_charges(tx), *await check_payouts(tx), *await check_games(tx), *await check_ads(tx)]
    return replace(sealed, broken=broken)


class Bookkeeper:
    """One worker's. Several take turns, each doing what the others have not done yet."""

    def __init__(self, database: Database, key: Ed25519PrivateKey, policy: Policy) -> None:
        self._database = database
        self._key = key
        self._policy = policy
        self._seen: books.Seen | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped. What fails is logged and tried again: sealing may be late, never wrong."""
        sealing = asyncio.create_task(self._every(SEAL_SECONDS, "books.seal_failed", self.keep_up))
        sweeping = asyncio.create_task(self._every(SWEEP_SECONDS, "books.sweep_failed", self.sweep))
        checking = asyncio.create_task(self._every(_LOOK_SECONDS, "books.check_failed", self._check_if_due))
        await asyncio.wait([sealing, sweeping])
        checking.cancel()
        await asyncio.wait([checking])

    def stop(self) -> None:
        self._stopping.set()

    async def keep_up(self) -> None:
        """Close the days that are over, and seal what has committed."""
        await books.keep_up(self._database, self._key, datetime.now(UTC))

    async def sweep(self) -> None:
        """Let go of reservations whose time is over. Whoever posts does it too; this is for a quiet ledger."""
        async with self._database.transaction() as tx:
            await ledger.expire_transfers(tx)

    async def state(self, asked: Sequence[Job]) -> list[Later | None]:
        """Somebody waits for a statement: make one, or wait until it is time for the next."""
        now = datetime.now(UTC)
        wait_seconds = await books.wait_for_statement(self._database, now)
        if wait_seconds:
            return [Later(wait_seconds)] * len(asked)
        await books.state_now(self._database, self._key, now)
        return [None] * len(asked)

    async def check(self) -> books.Checked:
        """Check everything, write down the verdict, and raise the alarm if anything is broken."""
        began = time.monotonic()
        checked = await check(self._database, public_text(self._key), self._policy, self._seen)
        took_seconds = time.monotonic() - began
        async with self._database.transaction() as tx:
            await books.judge(tx, checked, took_seconds)
        if checked.broken:
            places = [f"{one.what}: {one.which}" for one in checked.broken]
            log.error("books.broken", places=places, took_seconds=round(took_seconds, 3))
        else:
            self._seen = checked.seen
        return checked

    async def _check_if_due(self) -> None:
        async with self._database.transaction(read_only=True) as tx:
            verdict, stated = await books.verdict(tx), await books.latest(tx)
        now = datetime.now(UTC)
        if stated is None or now - stated.made_at >= STATE_EVERY:
            await books.state_now(self._database, self._key, now)
        if verdict is None or now >= verdict.next_at:
            await self.check()

    async def _every(self, seconds: float, failed: str, do: Callable[[], Awaitable[object]]) -> None:
        while not self._stopping.is_set():
            try:
                await do()
            except Exception as error:
                log.warning(failed, error=type(error).__name__, exc_info=error)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()
