"""A worker in a process of its own, which tests stop, kill, or let a job abort.

Arguments: the database's URL, what the handler does (`wait` for a line, or `abort` when it meets the poison), the
lease in seconds, and `unfenced` for the seeded bug.
"""

import asyncio
import os
import resource
import sys
from collections.abc import Sequence
from datetime import timedelta

from tuppence.db import Database
from tuppence.outbox import Job, Worker
from tuppence.outbox.rules import Claimed, Result
from tuppence.outbox.worker import _settle, _verdict


class Unfenced(Worker):
    """A seeded bug: writes down how a job went without looking whether it is still its own."""

    async def _write_down(self, kind: str, batch: list[Claimed], results: Sequence[Result]) -> None:
        async with self._database.transaction() as tx:
            pairs = zip(batch, results, strict=True)
            await _settle(tx, kind, {one.key: _verdict(one, result, one.asked) for one, result in pairs})


async def main(url: str, how: str, lease_s: str, *variant: str) -> None:
    database = await Database.open(url, name="victim")

    async def handle(jobs: Sequence[Job]) -> list[None]:
        print("started", *sorted(job.key for job in jobs), flush=True)
        if how == "wait":
            sys.stdin.readline()  # the whole process waits, as if it were frozen
        elif any(job.key == "poison" for job in jobs):
            os.abort()
        return [None for _ in jobs]

    kind = Unfenced if variant else Worker
    await kind(database, {"test": handle}, lease=timedelta(seconds=float(lease_s))).run(until_idle=True)
    print("idle", flush=True)
    await database.close()


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
asyncio.run(main(*sys.argv[1:]))
