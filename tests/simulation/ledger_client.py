"""A client of the ledger that may be killed at any moment: what it was told is on disk before it goes on.

`python -m tests.simulation.ledger_client URL LOG CLIENT FIRST [early]`: posts batches from number FIRST on, for ever.
Its log has a line `sent N` before a batch leaves and `told N` once it is acknowledged. With `early` it is seeded with a
bug: it believes a batch before the commit.
"""

import asyncio
import itertools
import os
import sys
from collections.abc import Iterator
from random import Random
from uuid import UUID

from tuppence import ledger
from tuppence.db import Database, DatabaseAway, GroupCommit, OutcomeUnknown
from tuppence.ledger import Account, AccountFlags, Transfer, TransferFlags
from tuppence.ledger import CreateTransferStatus as T

USD = 840
BANK, SHOP, POOR = (UUID(int=n) for n in (1, 2, 3))
OPENING = [Account(BANK, USD, 1), Account(SHOP, USD, 1, AccountFlags.HISTORY), Account(POOR, USD, 1, 2)]
ABREAST = 4  # batches of one client under way at once


def batch_of(client: int, n: int) -> list[Transfer]:
    """The batch of this number, the same each time it is asked for.

    Plain transfers, a reservation and its post, a chain of three, and one from an account that has nothing.
    """
    dice = Random(client * 1_000_003 + n)
    ids = (UUID(int=(client + 1) << 96 | n << 32 | k) for k in itertools.count(1))
    plain = [Transfer(next(ids), BANK, SHOP, dice.randint(1, 99), USD, 1) for _ in range(dice.randint(1, 40))]
    held = Transfer(next(ids), BANK, SHOP, 50, USD, 1, TransferFlags.PENDING)
    post = Transfer(next(ids), amount=20, flags=TransferFlags.POST_PENDING_TRANSFER, pending_id=held.id)
    chain = [Transfer(next(ids), SHOP, BANK, 1, USD, 1, flags) for flags in (1, 1, 0)]
    return [*plain, held, post, *chain, Transfer(next(ids), POOR, BANK, 1, USD, 1)]


def answers_of(batch: list[Transfer], *, again: bool) -> list[T]:
    """What a batch is told when it is new, or again when it is there."""
    if not again:
        return [T.CREATED] * (len(batch) - 1) + [T.EXCEEDS_CREDITS]
    chain = [T.EXISTS, T.LINKED_EVENT_FAILED, T.LINKED_EVENT_FAILED]  # a chain that is there stops at its head
    return [T.EXISTS] * (len(batch) - 4) + chain + [T.ID_ALREADY_FAILED]


class Client:
    """Batches under way, and the log of what was sent and told."""

    def __init__(self, database: Database, log: str, client: int) -> None:
        self._database = database
        self._together = GroupCommit(database)
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._client = client

    async def run(self, numbers: Iterator[int], *, early: bool) -> None:
        post = self._post_and_believe_early if early else self._post
        async with asyncio.TaskGroup() as workers:
            for _ in range(ABREAST):
                workers.create_task(self._work(numbers, post))

    async def _work(self, numbers: Iterator[int], post: object) -> None:
        for n in numbers:
            self._note("sent", n)
            try:
                await post(n)  # type: ignore[operator]
            except (DatabaseAway, OutcomeUnknown, OSError):
                await asyncio.sleep(60)  # the server was killed, and so are we

    async def _post(self, n: int) -> None:
        batch = batch_of(self._client, n)
        results = await self._together(ledger.create_batches, batch)
        assert answers_of(batch, again=False) == [one.status for one in results]
        self._note("told", n)

    async def _post_and_believe_early(self, n: int) -> None:
        async with self._database.transaction() as tx:
            await ledger.create_transfers(tx, batch_of(self._client, n))
            self._note("told", n)

    def _note(self, what: str, n: int) -> None:
        """The kernel has it when this returns, and keeps it when we are killed."""
        os.write(self._log, f"{what} {n}\n".encode())


async def main(url: str, log: str, client: str, first: str, *bugs: str) -> None:
    database = await Database.open(url, name=f"client {client}", max_size=ABREAST)
    await Client(database, log, int(client)).run(itertools.count(int(first)), early="early" in bugs)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
