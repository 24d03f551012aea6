"""Reading the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.ledger.actions import SQL
from tuppence.ledger.model import Account, Transfer
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
    found = await fetch_transfers(tx, SQL.load_transfers, ids=list(ids))
    known = {transfer.id: transfer for transfer, _ in found}
    return [known[one] for one in ids if one in known]


async def transfers_about(tx: Tx, about: Sequence[UUID]) -> list[Transfer]:
    """Every transfer whose `user_data_128` is one of these (a payment's id, say), in order of time."""
    return [one for one, _ in await fetch_transfers(tx, SQL.transfers_about, about=list(about))]


async def check(tx: Tx) -> list[Broken]:
    """What is wrong with the books; empty means that they are proven. Reads everything there is."""
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
