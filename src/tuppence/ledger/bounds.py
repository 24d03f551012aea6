"""What a caller who is not the house may touch: accounts of its own, and nothing else.

An account is an owner's if it says so itself: `user_data_128` is the owner, `code` is past the chart. Neither ever
changes, so what was in bounds stays so. Everything here is checked with the ledger held, by the rows that are there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence.core import Failure, Kind
from tuppence.db import Database, Run, Tx, alone
from tuppence.ledger import actions
from tuppence.ledger.chart import BEYOND
from tuppence.ledger.memory import FromMemory
from tuppence.ledger.model import ZERO, Account, AccountFlags, AccountResult, Transfer, TransferFlags, TransferResult
from tuppence.ledger.queries import lookup_accounts, lookup_transfers


class OutOfBounds(Failure):
    """Something that this names is not yours to touch: one's own accounts say so in user_data_128 and have a code of
    10,000 or more, and imports are the house's. Nothing of the batch was written."""

    kind = Kind.FORBIDDEN
    code = "out_of_bounds"


@dataclass(frozen=True, slots=True)
class Batch:
    """One caller's transfers; `owner` of None: the house's, who may touch any account."""

    transfers: Sequence[Transfer]
    owner: UUID | None


def is_own(account: Account, owner: UUID | None) -> bool:
    """Whether an account is within somebody's bounds."""
    return owner is None or (account.user_data_128 == owner and account.code >= BEYOND)


async def create_accounts(tx: Tx, accounts: Sequence[Account], owner: UUID | None) -> list[AccountResult]:
    """Open accounts within bounds. Raises OutOfBounds. Locks: the ledger, until the transaction ends."""
    if owner is not None:
        await actions.hold(tx)
        known = await lookup_accounts(tx, [one.id for one in accounts])
        imported = any(one.flags & AccountFlags.IMPORTED for one in accounts)
        if imported or not all(is_own(one, owner) for one in [*accounts, *known]):
            raise OutOfBounds
    return await actions.create_accounts(tx, accounts)


def _alone(database: Database) -> Run[Batch, list[TransferResult]]:
    """The house's batches have no bounds to be checked, and may be decided from memory."""
    unbounded = FromMemory(database)

    async def run(asks: Sequence[Batch]) -> Sequence[list[TransferResult] | Failure]:
        if all(ask.owner is None for ask in asks):
            return await unbounded([ask.transfers for ask in asks])
        async with database.transaction() as tx:
            return await create_batches(tx, asks)

    return run


@alone(_alone, size=lambda ask: len(ask.transfers))
async def create_batches(tx: Tx, asks: Sequence[Batch]) -> list[list[TransferResult] | Failure]:
    """Write several callers' transfers, each within its bounds and as if alone. Order in, order out.

    The house's go first, in one; each other is checked by what is there then. Refuses: OutOfBounds.
    Locks: the ledger, until the transaction ends.
    """
    free = [ask for ask in asks if ask.owner is None]
    done = iter(await actions.create_batches(tx, [ask.transfers for ask in free]) if free else [])
    return [next(done) if ask.owner is None else await _bounded(tx, ask.transfers, ask.owner) for ask in asks]


async def _bounded(tx: Tx, transfers: Sequence[Transfer], owner: UUID) -> list[TransferResult] | Failure:
    await actions.hold(tx)
    named = {one.id for one in transfers}.union(one.pending_id for one in transfers) - {ZERO}
    known = await lookup_transfers(tx, list(named))
    accounts = await lookup_accounts(tx, list(_sides([*transfers, *known])))
    imported = any(one.flags & TransferFlags.IMPORTED for one in transfers)
    if imported or not all(is_own(one, owner) for one in accounts):
        return OutOfBounds()
    return await actions.create_transfers(tx, transfers)


def _sides(transfers: Iterable[Transfer]) -> set[UUID]:
    return {side for one in transfers for side in (one.debit_account_id, one.credit_account_id)} - {ZERO}
