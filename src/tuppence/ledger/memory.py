"""Deciding from memory: while nobody else writes to the ledger, what a process knows of it is how it is.

A batch that is all of its transaction need not take the ledger and look. It is decided on the accounts as the batches
before left them, and sent as one statement, which refuses it if the newest timestamp is no longer the one that is
remembered: timestamps only rise, so if it is, nothing has been written since.

While one batch is on its way the next is decided ahead, on what that one is about to leave, and waits for its turn. It
is sent only once the one before it is in. If that failed, or nobody knows, all that was known is forgotten, and the
next one takes the ledger and looks, as it does when another process has written, or when there is anything that memory
does not know.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import chain
from uuid import UUID

from tuppence.db import Database, OutcomeUnknown, Outdated
from tuppence.ledger import deciding, rules
from tuppence.ledger.loading import SQL, accounts_of
from tuppence.ledger.model import Account, Transfer, TransferFlags, TransferResult
from tuppence.ledger.rows import transfer_array

QUIET = 8  # batches in a row between which nobody else wrote: from then on it is worth while to remember
MOST_KNOWN = 30_000  # accounts, about half a kilobyte each; when there are more all are forgotten


@dataclass(slots=True)
class Ahead:
    """A batch as it was decided: what it asks for and writes, and how it leaves the ledger."""

    known: "Known"
    seen: int
    last: int
    next_expiry: int | None
    accounts: dict[int, Account]
    asked: list[UUID]
    decided: rules.Decided
    results: list[list[TransferResult]]


@dataclass(slots=True)
class Known:
    """The ledger as of its newest timestamp, as far as it is known. Accounts go by the number of their id, which is
    hashed four times as quickly."""

    last: int
    next_expiry: int | None
    accounts: dict[int, Account]
    absent: set[int] = field(default_factory=set)
    ahead: Ahead | None = None  # on its way

    async def decide(self, batches: Sequence[Sequence[Transfer]], transfers: list[Transfer], now: int) -> Ahead | None:
        """Decide on top of what is decided; nothing if that takes more than is known. Timestamps are nanoseconds."""
        before = self.ahead or self
        found = {number: self.find(number) for number in _named(transfers)}
        if any(account is None and number not in self.absent for number, account in found.items()):
            return None
        if before.next_expiry is not None and before.next_expiry <= max(now, before.last + 1):
            return None
        state = rules.State(filter(None, found.values()), last=before.last)
        results = await _in_turns(state, batches, now)
        decided = state.take()
        if not any(decided):
            return None  # there is nothing to send by which to find out whether these ids are new
        next_expiry = _sooner(before.next_expiry, state.next_expiry())
        asked = [one.id for one in transfers]
        return Ahead(self, before.last, state.last, next_expiry, _by_number(state), asked, decided, results)

    def find(self, number: int) -> Account | None:
        """An account as it will be once what is decided is in."""
        moved = self.ahead.accounts.get(number) if self.ahead else None
        return moved or self.accounts.get(number)

    def missing(self, transfers: Sequence[Transfer]) -> list[UUID]:
        """Accounts of which nothing is known."""
        named = _named(transfers).items()
        return [id_ for number, id_ in named if number not in self.absent and self.find(number) is None]

    def keep(self, batch: Ahead) -> None:
        """This one is in."""
        self.last, self.next_expiry = batch.last, batch.next_expiry
        self.accounts.update(batch.accounts)
        if len(self.accounts) + len(self.absent) > MOST_KNOWN:
            self.accounts.clear()
            self.absent.clear()
        self.ahead = None


class FromMemory:
    """Transactions of `create_batches` and nothing else: one for each process and database."""

    def __init__(self, database: Database) -> None:
        self.now_ns: int | None = None  # None is real time; anything else is for tests
        self._database = database
        self._known: Known | None = None
        self._last = 0  # as we left it
        self._quiet = 0
        self._deciding = asyncio.Lock()
        self._writing = asyncio.Lock()  # whoever decides takes it before the next may decide: nobody overtakes

    async def __call__(self, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
        transfers = list(chain.from_iterable(batches))
        async with AsyncExitStack() as turn:
            async with self._deciding:
                batch = await self._decide(batches, transfers)
                await turn.enter_async_context(self._writing)
                if batch is None or batch.known is not self._known:
                    await self._read(transfers)
                    batch = await self._decide(batches, transfers)
                if batch is not None:
                    batch.known.ahead = batch  # whoever is cancelled before their turn leaves nothing to build on
            return await self._write_or_look(batch, batches)

    async def _decide(self, batches: Sequence[Sequence[Transfer]], transfers: list[Transfer]) -> Ahead | None:
        if self._known is None or not all(map(_is_plain, transfers)):
            return None
        return await self._known.decide(batches, transfers, time.time_ns() if self.now_ns is None else self.now_ns)

    async def _read(self, transfers: Sequence[Transfer]) -> None:
        """Get to know the accounts that these name, now that everything decided is in."""
        known = self._known
        if known is None or not (missing := known.missing(transfers)):
            return
        with suppress(OutcomeUnknown):
            rows = await self._database.at_once(SQL.peek, accounts=missing)
            if rows[0][0] == known.last:
                known.accounts.update((account.id.int, account) for account in accounts_of(rows))
                known.absent.update(id_.int for id_ in missing if id_.int not in known.accounts)

    async def _write_or_look(
        self, batch: Ahead | None, batches: Sequence[Sequence[Transfer]]
    ) -> list[list[TransferResult]]:
        known = self._known
        if batch is not None:
            with suppress(Outdated):
                return await self._write(batch)
        return await self._look(known, batches)

    async def _write(self, batch: Ahead) -> list[list[TransferResult]]:
        """Raises: Outdated, and nothing was written. Unless it is in, what was decided on it is forgotten too."""
        try:
            await self._database.at_once(
                SQL.write_remembered,
                transfers=transfer_array(batch.decided.transfers),
                failed=[refusal.id for refusal in batch.decided.failed],
                failed_at=[refusal.timestamp for refusal in batch.decided.failed],
                asked=batch.asked,
                seen=batch.seen,
                last=batch.last,
            )
        except BaseException:
            self._known = None
            raise
        batch.known.keep(batch)
        self._last = batch.last
        return batch.results

    async def _look(self, known: Known | None, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
        """Take the ledger, and see whether anybody has written since our last batch."""
        self._known = None
        async with self._database.transaction() as tx:
            results, (loaded, state) = await deciding.create_in_pieces(tx, batches, self.now_ns)
        self._quiet = self._quiet + 1 if loaded.last == self._last else 0
        self._last = state.last
        if self._quiet >= QUIET:
            accounts = known.accounts if known is not None and known.last == loaded.last else {}
            accounts.update(_by_number(state))
            self._known = Known(state.last, _sooner(loaded.next_expiry, state.next_expiry()), accounts)
        return results


async def _in_turns(state: rules.State, batches: Sequence[Sequence[Transfer]], now: int) -> list[list[TransferResult]]:
    """Decide; between two pieces of what is much, others of this process have a turn."""
    results: list[list[TransferResult]] = []
    since = 0
    for batch in batches:
        results.append([])
        for piece in rules.create_transfers_in_pieces(state, batch, now, deciding.PIECE):
            results[-1] += piece
            since += len(piece)
            if since >= deciding.PIECE:
                since = 0
                await asyncio.sleep(0)
    return results


def _named(transfers: Sequence[Transfer]) -> dict[int, UUID]:
    moved = chain.from_iterable((one.debit_account_id, one.credit_account_id) for one in transfers)
    return {account_id.int: account_id for account_id in moved}


def _by_number(state: rules.State) -> dict[int, Account]:
    return {account.id.int: account for account in state.accounts.values()}


def _sooner(one: int | None, other: int | None) -> int | None:
    return min((time for time in (one, other) if time is not None), default=None)


def _is_plain(transfer: Transfer) -> bool:
    """Whether it has to do with nothing but its two accounts: it ends no pending transfer, and brings no time."""
    return not transfer.pending_id.int and not transfer.flags & TransferFlags.IMPORTED
