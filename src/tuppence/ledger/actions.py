"""The verbs: lock and load the rows that a batch names, let the rules decide, write once."""

import time
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from tuppence.db import Statements, Tx, columns
from tuppence.ledger import chart
from tuppence.ledger.model import (
    ZERO,
    Account,
    AccountResult,
    PendingStatus,
    Transfer,
    TransferResult,
)
from tuppence.ledger.rules import Book

SQL = Statements(__package__)

_ACCOUNT_COLUMNS = ("id", "ledger", "code", "flags", "user_data_128", "user_data_64", "user_data_32", "timestamp")


async def create_accounts(tx: Tx, accounts: Sequence[Account]) -> list[AccountResult]:
    """Open accounts. Order in, order out; a repeat answers `exists`.

    Locks: those that exist already, in id order, then the ledger's clock, until the transaction ends.
    Source: TigerBeetle 0.17, create_accounts.
    """
    if not accounts:
        return []
    book = Book(await _lock(tx, {account.id for account in accounts}))
    at = await _next_timestamp(tx, len(accounts))
    results = book.create_accounts(accounts, at)
    await _write(tx, book, at)
    return results


async def create_transfers(tx: Tx, transfers: Sequence[Transfer]) -> list[TransferResult]:
    """Write transfers: their rows and the balances they move. Call it last before the commit.

    Args:
        tx: an open transaction; the caller commits.
        transfers: one debit-credit pair each, amounts in minor units; linked ones stand or fall together; ids are
            the caller's and make a repeat visible.
    Returns: one result per transfer, in order, decided in the order that docs/design/ledger.md gives.
    Locks: every account named, in id order, then the ledger's clock, until the transaction ends.
    Source: TigerBeetle 0.17, create_transfers.
    """
    if not transfers:
        return []
    settled = [transfer.pending_id for transfer in transfers if transfer.pending_id != ZERO]
    named = {transfer.id for transfer in transfers}.union(settled)
    accounts = await _lock(tx, await _accounts_of(tx, transfers, settled))
    known = await tx.fetch(SQL.known_transfers, _Known, ids=list(named))
    book = Book(
        accounts,
        [Transfer(*row[:-1]) for row in known],
        {row.id: PendingStatus(row.status) for row in known if row.status is not None},
        await tx.scalars(SQL.failed_ids, ids=[transfer.id for transfer in transfers]),
    )
    at = await _next_timestamp(tx, len(transfers))
    results = book.create_transfers(transfers, at)
    await _write(tx, book, at)
    return results


async def open_house(tx: Tx, currency: str) -> None:
    """See that the house's accounts of the chart exist."""
    await create_accounts(tx, chart.house_accounts(currency))


class _Known(NamedTuple):
    """A stored transfer with its pending status, None unless it is a pending one."""

    id: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount: int
    ledger: int
    code: int
    flags: int
    pending_id: UUID
    timeout: int
    user_data_128: UUID
    user_data_64: int
    user_data_32: int
    timestamp: int
    status: int | None


async def _accounts_of(tx: Tx, transfers: Sequence[Transfer], settled: list[UUID]) -> set[UUID]:
    """Every account that a batch may move. A post or void need not name them: its pending transfer, which never
    changes, does."""
    named = set(chain.from_iterable((one.debit_account_id, one.credit_account_id) for one in transfers)) - {ZERO}
    return named.union(await tx.scalars(SQL.pending_sides, ids=settled)) if settled else named


async def _lock(tx: Tx, ids: set[UUID]) -> list[Account]:
    return await tx.fetch(SQL.lock_accounts, Account, ids=sorted(ids))


async def _next_timestamp(tx: Tx, events: int) -> int:
    """The batch's timestamp, nanoseconds: real time, but always after everything written before."""
    last: int = (await tx.scalars(SQL.clock))[0]
    return max(time.time_ns(), last + events)


async def _write(tx: Tx, book: Book, at: int) -> None:
    if not (book.new_accounts or book.new_transfers or book.new_failed):
        return
    accounts = columns(book.new_accounts, *_ACCOUNT_COLUMNS)
    await tx.execute(
        SQL.write,
        **{f"account_{name}": values for name, values in accounts.items()},
        **columns(book.new_transfers, *Transfer._fields),
        failed=book.new_failed,
        last=at,
    )
