"""Small worlds for the pure rules, and the shortest way to write an event."""

from typing import Any
from uuid import UUID

from tuppence.ledger import rules
from tuppence.ledger.model import (
    AMOUNT_MAX,
    NANOSECONDS,
    Account,
    AccountFlags,
    Transfer,
    TransferFlags,
)
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T

NOW = 1_000_000 * NANOSECONDS
USD, EUR = 840, 978
LINKED, PENDING, POST, VOID = 1, 2, 4, 8
F = TransferFlags


def u(n: int) -> UUID:
    return UUID(int=n)


def account(n: int, **given: Any) -> Account:
    """A stored account; its time is its number, long before everything else."""
    return Account(**{"id": u(n), "ledger": USD, "code": 1, "timestamp": n, **given})


def transfer(n: int, **given: Any) -> Transfer:
    """From account 1 to account 2."""
    usual: dict[str, Any] = {
        "debit_account_id": u(1),
        "credit_account_id": u(2),
        "amount": 10,
        "ledger": USD,
        "code": 1,
    }
    return Transfer(u(n), **usual | given)


def settle(n: int, flags: int, **given: Any) -> Transfer:
    """A post or a void that leaves empty what may be empty."""
    return Transfer(u(n), flags=flags, **given)


def world(*transfers: Transfer, **changed: Any) -> rules.State:
    """Accounts: 1 and 2 plain, 3 in EUR, 4 may not owe more than it has, 5 the other way round, 6 and 7 closed."""
    state = rules.State(
        [
            account(1),
            account(2),
            account(3, ledger=EUR),
            account(4, flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, credits_posted=100),
            account(5, flags=AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS, debits_posted=100),
            account(6, flags=AccountFlags.CLOSED),
            account(7, flags=AccountFlags.CLOSED),
            account(8, debits_pending=AMOUNT_MAX - 1),
            account(9, credits_pending=AMOUNT_MAX - 1),
        ],
        last=1000,
        **changed,
    )
    for one in transfers:
        assert [T.CREATED] == post(state, one)
    return state


def post(state: rules.State, *events: Transfer, now: int = NOW) -> list[T]:
    return [result.status for result in rules.create_transfers(state, events, now)]


def open_accounts(state: rules.State, *events: Account, now: int = NOW) -> list[A]:
    return [result.status for result in rules.create_accounts(state, events, now)]
