"""Accounts and transfers, field for field as TigerBeetle 0.17 has them, in the order in which PostgreSQL keeps them."""

from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from tuppence.ledger.statuses import CreateAccountStatus, CreateTransferStatus

ZERO = UUID(int=0)
ID_MAX = UUID(int=2**128 - 1)
AMOUNT_MAX = 2**63 - 1  # our int_max, PostgreSQL's bigint; asked for in a post or a balancing transfer it means "all"
TIMESTAMP_MAX = 2**63 - 1  # nanoseconds: the year 2262
NANOSECONDS = 1_000_000_000  # in a second


class AccountFlags:
    """Plain integers, no IntFlag: the rules ask for flags a dozen times an event, and that has to cost nothing."""

    NONE = 0
    LINKED = 1
    DEBITS_MUST_NOT_EXCEED_CREDITS = 2
    CREDITS_MUST_NOT_EXCEED_DEBITS = 4
    HISTORY = 8
    IMPORTED = 16
    CLOSED = 32


class TransferFlags:
    NONE = 0
    LINKED = 1
    PENDING = 2
    POST_PENDING_TRANSFER = 4
    VOID_PENDING_TRANSFER = 8
    BALANCING_DEBIT = 16
    BALANCING_CREDIT = 32
    CLOSING_DEBIT = 64
    CLOSING_CREDIT = 128
    IMPORTED = 256


class Account(NamedTuple):
    """One account. Amounts in minor units; `ledger` is the currency's ISO 4217 number, `code` the chart's.

    `reserved` is zero in every stored account: it is here so that a caller can be told so.
    """

    id: UUID
    ledger: int
    code: int
    flags: int = 0
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    timestamp: int = 0
    reserved: int = 0


class Transfer(NamedTuple):
    """One debit-credit pair. The id is the caller's, and repeating it is how one asks again.

    `timeout` is in seconds and `timestamp` in nanoseconds since 1970, given by the ledger.
    """

    id: UUID
    debit_account_id: UUID = ZERO
    credit_account_id: UUID = ZERO
    amount: int = 0
    ledger: int = 0
    code: int = 0
    flags: int = 0
    pending_id: UUID = ZERO
    timeout: int = 0
    user_data_128: UUID = ZERO
    user_data_64: int = 0
    user_data_32: int = 0
    timestamp: int = 0

    @property
    def expires_at(self) -> int:
        """When a pending transfer with a timeout lapses by itself, nanoseconds."""
        return self.timestamp + self.timeout * NANOSECONDS


class PendingStatus(IntEnum):
    """What has become of a pending transfer. It leaves PENDING once and for good."""

    PENDING = 1
    POSTED = 2
    VOIDED = 3
    EXPIRED = 4


class AccountBalance(NamedTuple):
    """An account's balances right after one event; kept for accounts with HISTORY."""

    account_id: UUID
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    timestamp: int


class Expiry(NamedTuple):
    """A pending transfer that lapsed, and when the ledger let it go."""

    id: UUID
    timestamp: int


class Refusal(NamedTuple):
    """An id that a refusal of the moment has used up, and when."""

    id: UUID
    timestamp: int


class AccountResult(NamedTuple):
    status: CreateAccountStatus
    timestamp: int


class TransferResult(NamedTuple):
    status: CreateTransferStatus
    timestamp: int
