"""How rows travel to PostgreSQL and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tuppence.db import Statement, Tx
from tuppence.ledger.model import Account, PendingStatus, Transfer


class KnownTransfer(NamedTuple):
    """A stored transfer; what has become of it if it was a pending one."""

    transfer: Transfer
    status: PendingStatus | None


async def fetch_accounts(tx: Tx, statement: Statement, **parameters: Any) -> list[Account]:
    return [_account(row) for row in await tx.fetch(statement, _AccountRow, **parameters)]


async def fetch_transfers(tx: Tx, statement: Statement, **parameters: Any) -> list[KnownTransfer]:
    return [_known(row) for row in await tx.fetch(statement, _TransferRow, **parameters)]


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


@dataclass(slots=True)
class _AccountRow:
    """As the driver gives it: `user_data_64` is a Decimal, since PostgreSQL has no unsigned 64 bits."""

    id: UUID
    ledger: int
    code: int
    flags: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    user_data_128: UUID
    user_data_64: Decimal
    user_data_32: int
    timestamp: int


@dataclass(slots=True)
class _TransferRow:
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
    user_data_64: Decimal
    user_data_32: int
    timestamp: int
    status: int | None


def _account(row: _AccountRow) -> Account:
    return Account(
        row.id,
        row.ledger,
        row.code,
        row.flags,
        row.debits_pending,
        row.debits_posted,
        row.credits_pending,
        row.credits_posted,
        row.user_data_128,
        int(row.user_data_64),
        row.user_data_32,
        row.timestamp,
    )


def _known(row: _TransferRow) -> KnownTransfer:
    transfer = Transfer(
        row.id,
        row.debit_account_id,
        row.credit_account_id,
        row.amount,
        row.ledger,
        row.code,
        row.flags,
        row.pending_id,
        row.timeout,
        row.user_data_128,
        int(row.user_data_64),
        row.user_data_32,
        row.timestamp,
    )
    return KnownTransfer(transfer, None if row.status is None else PendingStatus(row.status))
