"""The ledger: accounts and transfers, and the only writer of balances. The contract is TigerBeetle 0.17's."""

from tuppence.ledger import bounds as bounds
from tuppence.ledger import chart
from tuppence.ledger.actions import create_accounts, create_batches, create_transfers, expire_transfers, open_house
from tuppence.ledger.filters import AccountFilter, QueryFilter
from tuppence.ledger.model import Account, AccountFlags, Transfer, TransferFlags, TransferResult
from tuppence.ledger.queries import (
    check,
    get_account_balances,
    get_account_transfers,
    lookup_accounts,
    lookup_transfers,
    query_accounts,
    query_transfers,
    transfers_about,
    trial_balance,
)
from tuppence.ledger.statuses import CreateAccountStatus, CreateTransferStatus

__all__ = [
    "Account",
    "AccountFilter",
    "AccountFlags",
    "CreateAccountStatus",
    "CreateTransferStatus",
    "QueryFilter",
    "Transfer",
    "TransferFlags",
    "TransferResult",
    "chart",
    "check",
    "create_accounts",
    "create_batches",
    "create_transfers",
    "expire_transfers",
    "get_account_balances",
    "get_account_transfers",
    "lookup_accounts",
    "lookup_transfers",
    "open_house",
    "query_accounts",
    "query_transfers",
    "transfers_about",
    "trial_balance",
]
