"""How rows travel to PostgreSQL and back."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tuppence.db import Statement, Tx
from tuppence.ledger.model import Account, PendingStatus, Transfer


class KnownTransfer(NamedTuple):
    """A stored transfer; what has become of it if it was a pending one."""

    transfer: Transfer
    status: PendingStatus | None


async def fetch_accounts(tx: Tx, statement: Statement, **parameters: Any) -> list[Account]:
    return [account_of(row) for row in await tx.rows(statement, **parameters)]


async def fetch_transfers(tx: Tx, statement: Statement, **parameters: Any) -> list[KnownTransfer]:
    return [known_of(row) for row in await tx.rows(statement, **parameters)]


def account_of(row: tuple[Any, ...]) -> Account:
    """Columns in the order of the fields; `user_data_64` is a Decimal, since PostgreSQL has no unsigned 64 bits."""
    return Account._make((*row[:9], int(row[9]), *row[10:], 0))


def known_of(row: tuple[Any, ...]) -> KnownTransfer:
    """A transfer's columns in the order of its fields, and what has become of it."""
    status = row[13]
    return KnownTransfer(
        Transfer._make((*row[:10], int(row[10]), *row[11:13])), None if status is None else PendingStatus(status)
    )


def account_array(accounts: Sequence[Account]) -> str:
    """A PostgreSQL array of accounts, their fields in the order of the table's columns."""
    return (
        "{"
        + ",".join([_ACCOUNT % (one.id.int, *one[1:8], one.user_data_128.int, *one[9:12]) for one in accounts])
        + "}"
    )


def transfer_array(transfers: Sequence[Transfer]) -> str:
    """A PostgreSQL array of transfers. One template a row, since this is where a batch spends its time."""
    return "{" + ",".join([_TRANSFER % _ints(one) for one in transfers]) + "}"


_ACCOUNT = '"(%032x,%d,%d,%d,%d,%d,%d,%d,%032x,%d,%d,%d)"'
_TRANSFER = '"(%032x,%032x,%032x,%d,%d,%d,%d,%032x,%d,%032x,%d,%d,%d,)"'  # the era is for the door to say


def _ints(transfer: Transfer) -> tuple[int, ...]:
    id_, debit, credit, amount, ledger, code, flags, pending, timeout, data_128, data_64, data_32, timestamp = transfer
    return (
        id_.int,
        debit.int,
        credit.int,
        amount,
        ledger,
        code,
        flags,
        pending.int,
        timeout,
        data_128.int,
        data_64,
        data_32,
        timestamp,
    )
