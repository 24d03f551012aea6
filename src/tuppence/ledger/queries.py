"""Reading the books."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple
from uuid import UUID

from tuppence.db import Statement, Tx
from tuppence.ledger import chart
from tuppence.ledger.filters import AccountFilter, AccountFilterFlags, QueryFilter, QueryFilterFlags, is_valid
from tuppence.ledger.loading import SQL
from tuppence.ledger.model import TIMESTAMP_MAX, Account, AccountBalance, Transfer
from tuppence.ledger.rows import fetch_accounts, fetch_transfers


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of the books that does not hold, and where."""

    what: str
    which: str


class Line(NamedTuple):
    """One line of a trial balance: debits less credits, minor units."""

    name: str
    account: Account
    posted_minor: int
    pending_minor: int


async def lookup_accounts(tx: Tx, ids: Sequence[UUID]) -> list[Account]:
    """Accounts by id, in the order asked for; those that don't exist are left out."""
    known = {account.id: account for account in await fetch_accounts(tx, SQL.lookup_accounts, ids=list(ids))}
    return [known[one] for one in ids if one in known]


async def lookup_transfers(tx: Tx, ids: Sequence[UUID]) -> list[Transfer]:
    """Transfers by id, in the order asked for; those that don't exist are left out."""
    found = await fetch_transfers(tx, SQL.lookup_transfers, ids=list(ids))
    known = {transfer.id: transfer for transfer, _ in found}
    return [known[one] for one in ids if one in known]


async def transfers_about(tx: Tx, about: Sequence[UUID]) -> list[Transfer]:
    """Every transfer whose `user_data_128` is one of these (a payment's id, say), in order of time."""
    return [one for one, _ in await fetch_transfers(tx, SQL.transfers_about, about=list(about))]


async def get_account_transfers(tx: Tx, asked: AccountFilter) -> list[Transfer]:
    """Transfers of one account, in order of time or backwards. Raises TooMuchData."""
    if not is_valid(asked):
        return []
    statement = _directed(SQL.account_transfers, asked.flags & AccountFilterFlags.REVERSED)
    return [one for one, _ in await fetch_transfers(tx, statement, **_of_account(asked))]


async def get_account_balances(tx: Tx, asked: AccountFilter) -> list[AccountBalance]:
    """Balances of one account with HISTORY after each of its transfers, in order of time or backwards.

    Raises TooMuchData. An expiry is no transfer, so what it left shows with the next one.
    """
    if not is_valid(asked):
        return []
    statement = _directed(SQL.account_balances, asked.flags & AccountFilterFlags.REVERSED)
    return [AccountBalance(*astuple(row)) for row in await tx.fetch(statement, _BalanceRow, **_of_account(asked))]


async def query_transfers(tx: Tx, asked: QueryFilter) -> list[Transfer]:
    """Transfers that have all of this, in order of time or backwards. Raises TooMuchData."""
    if not is_valid(asked):
        return []
    statement = _directed(SQL.query_transfers, asked.flags & QueryFilterFlags.REVERSED)
    return [one for one, _ in await fetch_transfers(tx, statement, **_until(asked))]


async def query_accounts(tx: Tx, asked: QueryFilter) -> list[Account]:
    """Accounts that have all of this, in order of time or backwards. Raises TooMuchData."""
    if not is_valid(asked):
        return []
    statement = _directed(SQL.query_accounts, asked.flags & QueryFilterFlags.REVERSED)
    return await fetch_accounts(tx, statement, **_until(asked))


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with the books; empty means that they are proven. Reads everything there is."""
    await tx.read_everything()
    return await tx.fetch(SQL.broken, Broken)


async def trial_balance(tx: Tx) -> list[Line]:
    """Every account with a balance, by currency and chart; both columns add up to zero for each currency."""
    return [
        Line(
            chart.name_of(account.code),
            account,
            posted_minor=account.debits_posted - account.credits_posted,
            pending_minor=account.debits_pending - account.credits_pending,
        )
        for account in await fetch_accounts(tx, SQL.moved_accounts)
    ]


@dataclass(slots=True)
class _BalanceRow:
    account_id: UUID
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    timestamp: int


def _of_account(asked: AccountFilter) -> dict[str, Any]:
    sides = {
        "debits": bool(asked.flags & AccountFilterFlags.DEBITS),
        "credits": bool(asked.flags & AccountFilterFlags.CREDITS),
    }
    return _until(asked) | sides


def _until(asked: AccountFilter | QueryFilter) -> dict[str, Any]:
    """A filter as parameters. No time to end at means the end of time."""
    parameters = asked._asdict() | {"timestamp_max": asked.timestamp_max or TIMESTAMP_MAX}
    del parameters["flags"]
    return parameters


def _directed(statement: Statement, reversed_: int) -> Statement:
    """The statement as it stands, or with the newest first."""
    if not reversed_:
        return statement
    return Statement(f"{statement.name} reversed", statement.text.replace(" ASC", " DESC"))
