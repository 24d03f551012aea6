"""The ledger: accounts and transfers, and the only writer of balances."""

from tuppence.ledger import chart
from tuppence.ledger.actions import create_accounts, create_transfers, open_house
from tuppence.ledger.model import Account, Transfer, TransferFlags, TransferStatus
from tuppence.ledger.queries import check, lookup_accounts, transfers_about, trial_balance

__all__ = [
    "Account",
    "Transfer",
    "TransferFlags",
    "TransferStatus",
    "chart",
    "check",
    "create_accounts",
    "create_transfers",
    "lookup_accounts",
    "open_house",
    "transfers_about",
    "trial_balance",
]
