"""How a batch is decided: take the ledger, load the rows that it names, let the rules decide, write.

A large batch is written in pieces: while PostgreSQL writes one, the rules decide the next, so that neither waits for
the other.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tuppence.db import Tx
from tuppence.ledger import rules
from tuppence.ledger.loading import SQL, Loaded, load, load_due
from tuppence.ledger.model import Account, Transfer, TransferResult
from tuppence.ledger.rows import account_array, transfer_array

PIECE = 340  # transfers: each piece costs a statement, and while the first is decided PostgreSQL waits


class Made(NamedTuple):
    """What a batch was decided on, and what the rules made of it."""

    loaded: Loaded
    state: rules.State


async def create_in_pieces(
    tx: Tx, batches: Sequence[Sequence[Transfer]], now_ns: int | None = None
) -> tuple[list[list[TransferResult]], Made]:
    """Several callers' transfers, each batch as if it were alone."""
    results: list[list[TransferResult]] = [[] for _ in batches]

    def evaluate(state: rules.State, now: int) -> Iterator[None]:
        for batch, told in zip(batches, results, strict=True):
            for piece in rules.create_transfers_in_pieces(state, batch, now, PIECE):
                told += piece
                yield

    made = await decide(tx, now_ns, evaluate, transfers=[one for batch in batches for one in batch])
    return results, made


async def decide(
    tx: Tx,
    now_ns: int | None,
    evaluate: Callable[[rules.State, int], Iterator[None]],
    *,
    accounts: Sequence[Account] = (),
    transfers: Sequence[Transfer] = (),
) -> Made:
    """Lock, then load, then decide, then write. `evaluate` pauses where what it has decided so far may be written."""
    loaded = await load(tx, accounts, transfers)
    now = time.time_ns() if now_ns is None else now_ns
    await load_due(tx, loaded, now)
    state = _state(loaded)
    rules.expire(state, now)
    pen = _Pen(tx, loaded.last)
    try:
        for _ in evaluate(state, now):
            if state.decided_count >= PIECE:
                await pen.write(state.take(more=True), state.last, more=True)
        await pen.write(state.take(), state.last)
    finally:
        await pen.end()
    return Made(loaded, state)


class _Pen:
    """Writes one piece after another. If more is to come a piece is only on its way, and the rules may go on."""

    def __init__(self, tx: Tx, seen: int) -> None:
        self._tx = tx
        self._seen = seen
        self._writing: asyncio.Task[int] | None = None

    async def write(self, decided: rules.Decided, last: int, *, more: bool = False) -> None:
        if not any(decided):
            return
        encoded = _encoded(decided, self._seen, last)
        self._seen = last
        await self.end()
        writing = self._tx.execute(SQL.write, **encoded)
        if more:
            self._writing = asyncio.create_task(writing)
            await asyncio.sleep(0)  # now it is sent
        else:
            await writing

    async def end(self) -> None:
        """Wait for the piece that is on its way, if there is one."""
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing


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
    if any(decided):
        await tx.execute(SQL.write, **_encoded(decided, seen, last))


def _encoded(decided: rules.Decided, seen: int, last: int) -> dict[str, Any]:
    return {
        "accounts": account_array(decided.accounts),
        "transfers": transfer_array(decided.transfers),
        "failed": [refusal.id for refusal in decided.failed],
        "failed_at": [refusal.timestamp for refusal in decided.failed],
        "expired": [expiry.id for expiry in decided.expired],
        "expired_at": [expiry.timestamp for expiry in decided.expired],
        "seen": seen,
        "last": last,
    }
