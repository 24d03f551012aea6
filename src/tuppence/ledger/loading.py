"""What a batch has to know: the ledger is taken, and the rows that its events can touch are read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from tuppence.db import Statement, Statements, Tx
from tuppence.ledger.model import TIMESTAMP_MAX, ZERO, Account, AccountFlags, Transfer, TransferFlags
from tuppence.ledger.rows import KnownTransfer, fetch_accounts, known_of
from tuppence.ledger.rules import EXPIRED_AT_ONCE_MOST

SQL = Statements(__package__)


@dataclass(slots=True)
class Loaded:
    """Rows as they were once the ledger was taken; the newest timestamp given; when the next pending one lapses."""

    last: int
    next_expiry: int | None
    accounts: list[Account]
    transfers: list[KnownTransfer]
    failed: list[UUID]
    account_times: list[int] = field(default_factory=list)
    transfer_times: list[int] = field(default_factory=list)
    expiry_times: list[int] = field(default_factory=list)


async def load(
    tx: Tx, accounts: Sequence[Account], transfers: Sequence[Transfer], *, take: Statement = SQL.lock
) -> Loaded:
    """Take the ledger, then read: what is read after a wait is of after the wait.

    A post or a void may leave its accounts to the pending transfer, so that one's come too. Most ids are new, and then
    there is no transfer to read.
    """
    ids = [one.id for one in transfers]
    pending = list({one.pending_id for one in transfers if one.pending_id.int})
    moved = chain.from_iterable((one.debit_account_id, one.credit_account_id) for one in transfers)
    named = {account_id.int: account_id for account_id in moved}  # a number is hashed four times as quickly as its UUID
    taken = await tx.rows(take, accounts=list(named.values()), pending=pending, transfers=ids)
    last, next_expiry, used = taken[0][:3]
    known = await tx.rows(SQL.load_transfers, ids=ids, pending=pending) if used or pending else []
    failed = [row[0] for row in known if row[1] is None]
    loaded = Loaded(last, next_expiry, accounts_of(taken), _transfers(known), failed)
    if accounts:
        loaded.accounts += await fetch_accounts(tx, SQL.lookup_accounts, ids=[one.id for one in accounts])
    await _load_times(tx, loaded, accounts, transfers)
    return loaded


async def load_due(tx: Tx, loaded: Loaded, now: int) -> None:
    """Add the pending transfers whose time is over, and their accounts."""
    now = max(now, loaded.last + 1)
    if loaded.next_expiry is None or loaded.next_expiry > now:
        return
    due = await tx.scalars(SQL.due_transfers, now=now, most=EXPIRED_AT_ONCE_MOST)
    lapsed = _transfers(await tx.rows(SQL.load_transfers, ids=[], pending=due))
    sides = {side for one, _ in lapsed for side in (one.debit_account_id, one.credit_account_id)}
    loaded.transfers += lapsed
    loaded.accounts += await fetch_accounts(tx, SQL.lookup_accounts, ids=list(sides))


async def _load_times(tx: Tx, loaded: Loaded, accounts: Sequence[Account], transfers: Sequence[Transfer]) -> None:
    """What imported events have to know of time: the newest of each kind, and which of their own times are taken."""
    imported = [one.timestamp for one in accounts if one.flags & AccountFlags.IMPORTED]
    imported += [one.timestamp for one in transfers if one.flags & TransferFlags.IMPORTED]
    if not imported:
        return
    rows = await tx.rows(SQL.known_times, times=[time for time in imported if time <= TIMESTAMP_MAX])
    loaded.account_times = [time for of, time in rows if of == "account"]
    loaded.transfer_times = [time for of, time in rows if of == "transfer"]
    loaded.expiry_times = [time for of, time in rows if of == "expiry"]


def accounts_of(rows: list[tuple[Any, ...]]) -> list[Account]:
    """What transfers have to know of accounts, so without code and user data. If there are none, one row says so."""
    return [
        Account._make((id_, ledger, 0, flags, dp, dr, cp, cr, ZERO, 0, 0, timestamp, 0))
        for _, _, _, id_, ledger, flags, dp, dr, cp, cr, timestamp in rows
        if id_ is not None
    ]


def _transfers(rows: list[tuple[Any, ...]]) -> list[KnownTransfer]:
    """From rows that are transfers, or ids that failed."""
    return [known_of(row) for row in rows if row[1] is not None]
