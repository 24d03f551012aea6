"""Deciding from memory: while nobody else writes to the ledger, what a process knows of it is how it is.

A batch that is all of its transaction need not take the ledger and look. It is decided on the accounts as the batches
before left them, and sent as one statement, which refuses it if the newest timestamp is no longer the one that is
remembered: timestamps only rise, so if it is, nothing has been written since. One batch is under way at a time, and
while it is, nothing is remembered. So a batch whose outcome is not known, or that failed, is decided upon by nobody:
the next one takes the ledger and looks, as it does when another process has written, or when there is anything that
memory does not know.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from tuppence.db import Database, OutcomeUnknown, Outdated
from tuppence.ledger import rules
from tuppence.ledger.deciding import create_in_pieces
from tuppence.ledger.loading import SQL, accounts_of
from tuppence.ledger.model import Account, Transfer, TransferFlags, TransferResult
from tuppence.ledger.rows import transfer_array

QUIET = 8  # batches in a row between which nobody else wrote: from then on it is worth while to remember
MOST_KNOWN = 30_000  # accounts, about half a kilobyte each; when there are more all are forgotten


@dataclass(slots=True)
class Known:
    """The ledger as of its newest timestamp, as far as it is known."""

    last: int
    next_expiry: int | None
    accounts: dict[int, Account]  # by the number of the id, which is hashed four times as quickly


class FromMemory:
    """Transactions of `create_batches` and nothing else: one for each process and database."""

    def __init__(self, database: Database) -> None:
        self.now_ns: int | None = None  # None is real time; anything else is for tests
        self._database = database
        self._known: Known | None = None
        self._last = 0  # as we left it
        self._quiet = 0

    async def __call__(self, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
        known, self._known = self._known, None
        try:
            return await self._remember(known, batches)
        except Outdated:
            return await self._look(known, batches)

    async def _look(self, known: Known | None, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
        """Take the ledger, and see whether anybody has written since our last batch."""
        async with self._database.transaction() as tx:
            results, (loaded, state) = await create_in_pieces(tx, batches, self.now_ns)
        self._quiet = self._quiet + 1 if loaded.last == self._last else 0
        if self._quiet >= QUIET:
            accounts = known.accounts if known is not None and known.last == loaded.last else {}
            self._known = _known(state, loaded.next_expiry, accounts)
        self._last = state.last
        return results

    async def _remember(self, known: Known | None, batches: Sequence[Sequence[Transfer]]) -> list[list[TransferResult]]:
        """Raises: Outdated, and nothing was written."""
        transfers = list(chain.from_iterable(batches))
        if known is None or not all(map(_is_plain, transfers)):
            raise Outdated
        state = await self._recall(known, transfers)
        now = time.time_ns() if self.now_ns is None else self.now_ns
        if known.next_expiry is not None and known.next_expiry <= max(now, known.last + 1):
            raise Outdated
        results = [rules.create_transfers(state, batch, now) for batch in batches]
        await self._write(known.last, state, transfers)
        self._known = _known(state, known.next_expiry, known.accounts)
        self._last = state.last
        return results

    async def _recall(self, known: Known, transfers: Sequence[Transfer]) -> rules.State:
        """The accounts that these name; those that memory does not have are read."""
        moved = chain.from_iterable((one.debit_account_id, one.credit_account_id) for one in transfers)
        named = {account_id.int: account_id for account_id in moved}
        accounts = [known.accounts[number] for number in named if number in known.accounts]
        missing = [account_id for number, account_id in named.items() if number not in known.accounts]
        if missing:
            try:
                rows = await self._database.at_once(SQL.peek, accounts=missing)
            except OutcomeUnknown as error:
                raise Outdated from error
            if rows[0][0] != known.last:
                raise Outdated
            accounts += accounts_of(rows)
        return rules.State(accounts, last=known.last)

    async def _write(self, seen: int, state: rules.State, transfers: Sequence[Transfer]) -> None:
        decided = state.take()
        if not any(decided):
            raise Outdated  # and there is nothing to send by which to find out whether these ids are new
        await self._database.at_once(
            SQL.write_remembered,
            transfers=transfer_array(decided.transfers),
            failed=[refusal.id for refusal in decided.failed],
            failed_at=[refusal.timestamp for refusal in decided.failed],
            asked=[one.id for one in transfers],
            seen=seen,
            last=state.last,
        )


def _known(state: rules.State, next_expiry: int | None, accounts: dict[int, Account]) -> Known:
    """What is known once a batch is in."""
    accounts.update({account.id.int: account for account in state.accounts.values()})
    if len(accounts) > MOST_KNOWN:
        accounts.clear()
    lapses = [time for time in (next_expiry, state.next_expiry()) if time is not None]
    return Known(state.last, min(lapses, default=None), accounts)


def _is_plain(transfer: Transfer) -> bool:
    """Whether it has to do with nothing but its two accounts: it ends no pending transfer, and brings no time."""
    return not transfer.pending_id.int and not transfer.flags & TransferFlags.IMPORTED
