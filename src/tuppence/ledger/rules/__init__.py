"""The ledger as a pure state machine: rows and events in; results, and the rows to write, out. No I/O, no clock.

`State` holds the rows; `create_accounts`, `create_transfers` and `expire` move it on; `State.take` hands over what is
to be written. Each event is checked in the order that docs/design/ledger.md gives, refusals first, and then applied, so
that the next event of the batch already sees it.
Source: TigerBeetle 0.17, create_accounts and create_transfers.
"""

from tuppence.ledger.rules.batch import (
    EXPIRED_AT_ONCE_MOST,
    create_accounts,
    create_transfers,
    create_transfers_in_pieces,
    expire,
)
from tuppence.ledger.rules.state import Decided, State

__all__ = [
    "EXPIRED_AT_ONCE_MOST",
    "Decided",
    "State",
    "create_accounts",
    "create_transfers",
    "create_transfers_in_pieces",
    "expire",
]
