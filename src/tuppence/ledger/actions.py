"""The verbs: take the ledger, load the rows that a batch names, let the rules decide, write once."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from tuppence.db import Statements, Tx
from tuppence.ledger import chart, rules
from tuppence.ledger.loading import Loaded, load, load_due
from tuppence.ledger.model import Account, AccountResult, Transfer, TransferResult
from tuppence.ledger.rows import account_array, transfer_array
from tuppence.ledger.statuses import CreateAccountStatus

R = TypeVar("R")

SQL = Statements(__package__)


async def create_accounts(tx: Tx, accounts: Sequence[Account], *, now_ns: int | None = None) -> list[AccountResult]:
    """Open accounts. Order in, order out; a repeat answers `exists`.

    Locks: the ledger, until the transaction ends.
    Source: TigerBeetle 0.17, create_accounts.
    """

    def evaluate(state: rules.State, now: int) -> list[AccountResult]:
        return rules.create_accounts(state, accounts, now)

    return await _decide(tx, now_ns, evaluate, accounts=accounts)


async def create_transfers(tx: Tx, transfers: Sequence[Transfer], *, now_ns: int | None = None) -> list[TransferResult]:
    """Write transfers: their rows and the balances they move. Call it last before the commit.

    Args:
        tx: an open transaction; the caller commits.
        transfers: one debit-credit pair each, amounts in minor units; linked ones stand or fall together; ids are
            the caller's and make a repeat visible.
        now_ns: real time in nanoseconds, for tests; the ledger never goes back behind a time that it has given.
    Returns: one result per transfer, in order, decided in the order that docs/design/ledger.md gives.
    Locks: the ledger, until the transaction ends.
    Source: TigerBeetle 0.17, create_transfers.
    """
    return (await create_batches(tx, [transfers], now_ns=now_ns))[0]


async def create_batches(
    tx: Tx, batches: Sequence[Sequence[Transfer]], *, now_ns: int | None = None
) -> list[list[TransferResult]]:
    """Several callers' batches in one go, each as if it were alone: no chain reaches from one into the next.

    Made for group commit: `await together(ledger.create_batches, [transfer])`.
    Locks: the ledger, until the transaction ends.
    """

    def evaluate(state: rules.State, now: int) -> list[list[TransferResult]]:
        return [rules.create_transfers(state, batch, now) for batch in batches]

    return await _decide(tx, now_ns, evaluate, transfers=[one for batch in batches for one in batch])


async def expire_transfers(tx: Tx, *, now_ns: int | None = None) -> None:
    """Let go of pending transfers whose time is over, the first to lapse first, as many as a batch may hold.

    Every other verb does this on its way. Call it now and then for a quiet ledger, so that balances which nobody moves
    are right too.
    Locks: the ledger, until the transaction ends.
    """
    await _decide(tx, now_ns, lambda _state, _now: None)


async def hold(tx: Tx) -> None:
    """Keep everybody else from deciding until the transaction ends, so that what is read now is so when it is used."""
    await load(tx, [], [])


async def open_house(tx: Tx, currency: str) -> None:
    """See that the house's accounts of the chart exist."""
    results = await create_accounts(tx, chart.house_accounts(currency))
    assert {result.status for result in results} <= {CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS}, results


async def _decide(
    tx: Tx,
    now_ns: int | None,
    evaluate: Callable[[rules.State, int], R],
    *,
    accounts: Sequence[Account] = (),
    transfers: Sequence[Transfer] = (),
) -> R:
    """Lock, then load, then decide, then write: the one way in which anything happens here."""
    loaded = await load(tx, accounts, transfers)
    now = time.time_ns() if now_ns is None else now_ns
    await load_due(tx, loaded, now)
    state = _state(loaded)
    rules.expire(state, now)
    result = evaluate(state, now)
    await write(tx, state.take(), seen=loaded.last, last=state.last)
    return result


def _state(loaded: Loaded) -> rules.State:
    return rules.State(
        loaded.accounts,
        (transfer for transfer, _ in loaded.transfers),
        {transfer.id: status for transfer, status in loaded.transfers if status is not None},
        loaded.failed,
        last=loaded.last,
        account_times=loaded.account_times,
        transfer_times=loaded.transfer_times,
        expiry_times=loaded.expiry_times,
    )


async def write(tx: Tx, decided: rules.Decided, *, seen: int, last: int) -> None:
    """Hand the decided rows to the write door."""
    if not any(decided):
        return
    await tx.execute(
        SQL.write,
        accounts=account_array(decided.accounts),
        transfers=transfer_array(decided.transfers),
        failed=[refusal.id for refusal in decided.failed],
        failed_at=[refusal.timestamp for refusal in decided.failed],
        expired=[expiry.id for expiry in decided.expired],
        expired_at=[expiry.timestamp for expiry in decided.expired],
        seen=seen,
        last=last,
    )
