"""The verbs. How they decide is in deciding.py; when they need not look, in memory.py."""

from collections.abc import Iterator, Sequence

from tuppence.db import Tx, alone
from tuppence.ledger import chart, rules
from tuppence.ledger.deciding import create_in_pieces, decide
from tuppence.ledger.loading import load
from tuppence.ledger.memory import FromMemory
from tuppence.ledger.model import Account, AccountResult, Transfer, TransferResult
from tuppence.ledger.statuses import CreateAccountStatus


async def create_accounts(tx: Tx, accounts: Sequence[Account], *, now_ns: int | None = None) -> list[AccountResult]:
    """Open accounts. Order in, order out; a repeat answers `exists`.

    Locks: the ledger, until the transaction ends.
    Source: TigerBeetle 0.17, create_accounts.
    """

    results: list[AccountResult] = []

    def evaluate(state: rules.State, now: int) -> Iterator[None]:
        results.extend(rules.create_accounts(state, accounts, now))
        yield

    await decide(tx, now_ns, evaluate, accounts=accounts)
    return results


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


@alone(FromMemory, size=len)
async def create_batches(
    tx: Tx, batches: Sequence[Sequence[Transfer]], *, now_ns: int | None = None
) -> list[list[TransferResult]]:
    """Several callers' batches in one go, each as if it were alone: no chain reaches from one into the next.

    Made for group commit: `await together(ledger.create_batches, [transfer])`.
    Locks: the ledger, until the transaction ends.
    """
    results, _ = await create_in_pieces(tx, batches, now_ns)
    return results


async def expire_transfers(tx: Tx, *, now_ns: int | None = None) -> None:
    """Let go of pending transfers whose time is over, the first to lapse first, as many as a batch may hold.

    Every other verb does this on its way. Call it now and then for a quiet ledger, so that balances which nobody moves
    are right too.
    Locks: the ledger, until the transaction ends.
    """
    await decide(tx, now_ns, lambda _state, _now: iter(()))


async def hold(tx: Tx) -> None:
    """Keep everybody else from deciding until the transaction ends, so that what is read now is so when it is used."""
    await load(tx, [], [])


async def open_house(tx: Tx, currency: str) -> None:
    """See that the house's accounts of the chart exist."""
    results = await create_accounts(tx, chart.house_accounts(currency))
    assert {result.status for result in results} <= {CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS}, results
