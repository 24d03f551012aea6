"""Reading the books."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.ledger.actions import SQL
from tuppence.ledger.model import Account, Transfer


class Broken(NamedTuple):
    """A rule of the books that does not hold, and where."""

    what: str
    which: str


class Line(NamedTuple):
    """One line of a trial balance; debit-side amounts are positive, minor units."""

    name: str
    account: Account
    posted: int
    pending: int


async def lookup_accounts(tx: Tx, ids: Sequence[UUID]) -> list[Account]:
    """Accounts by id; those that don't exist are left out."""
    return await tx.fetch(SQL.lookup_accounts, Account, ids=list(ids))


async def transfers_about(tx: Tx, about: Sequence[UUID]) -> list[Transfer]:
    """Every transfer whose `user_data_128` is one of these (a payment's id, say), in order of time."""
    return await tx.fetch(SQL.transfers_about, Transfer, about=list(about))


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with the books; empty means that they are proven."""
    return await tx.fetch(SQL.broken, Broken)


async def trial_balance(tx: Tx) -> list[Line]:
    """Every account that ever moved; the sums of both columns are zero per currency."""
    return [
        Line(
            chart.name_of(account.code),
            account,
            posted=account.debits_posted - account.credits_posted,
            pending=account.debits_pending - account.credits_pending,
        )
        for account in await tx.fetch(SQL.accounts, Account)
        if any(account[4:8])
    ]
