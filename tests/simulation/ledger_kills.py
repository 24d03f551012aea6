"""`kill -9` of PostgreSQL and of every client in the middle of batches, again and again, and what must be so after.

An acknowledged batch is there whole; one that was not acknowledged is there whole or not at all; asked again, what is
there exists, and what is not there is made; the books balance. `make kill-ledger` does it fifty times, or
`python -m tests.simulation.ledger_kills --rounds 50 --seed 1`.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
from tests.simulation.ledger_client import OPENING, answers_of, batch_of

from tuppence import ledger
from tuppence.db import Database, Statement, migrate
from tuppence.db.embedded import Server

CLIENTS = 3
WARM_SECONDS_MAX = 30.0
RUN_SECONDS = (0.02, 0.4)  # between the first acknowledgement of each client and the kill
FAILED = Statement("failed", "SELECT id FROM ledger.transfer_failed WHERE id = ANY(%(ids)s::uuid[])")


class Broken(AssertionError):
    """A promise that did not survive a kill."""


@dataclass
class Tally:
    """What a run has seen."""

    rounds: int = 0
    acknowledged: int = 0
    in_flight: int = 0  # sent, and not acknowledged when the kill came
    survived: int = 0  # of those, how many were there all the same

    def __str__(self) -> str:
        lost = self.in_flight - self.survived
        return (
            f"{self.rounds} kills, {self.acknowledged:,} acknowledged batches all there; "
            f"{self.in_flight} in flight: {self.survived} there whole, {lost} not at all"
        )


@dataclass
class Field:
    """A server, and what its clients have been told so far."""

    folder: Path
    server: Server
    early: bool
    tally: Tally = field(default_factory=Tally)
    told: dict[int, set[int]] = field(default_factory=lambda: {client: set() for client in range(CLIENTS)})
    next_number: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(CLIENTS), 1))

    def log(self, client: int) -> Path:
        return self.folder / f"client-{client}.log"

    async def round(self, dice: Random) -> None:
        """Run, kill everything, look."""
        clients = [self._start(client) for client in range(CLIENTS)]
        try:
            await self._until_all_are_told(clients)
            await asyncio.sleep(dice.uniform(*RUN_SECONDS))
            await self._kill(clients, dice)
        finally:
            for process in clients:
                process.kill()
                process.wait()
        await asyncio.to_thread(self._recover)
        await self._look()
        self.tally.rounds += 1

    def _start(self, client: int) -> subprocess.Popen[bytes]:
        self.log(client).unlink(missing_ok=True)
        program = [sys.executable, "-m", "tests.simulation.ledger_client", self.server.urls.app, str(self.log(client))]
        bugs = ["early"] if self.early else []
        with (self.folder / "clients.err").open("ab") as told:  # mostly that the server is gone
            return subprocess.Popen([*program, str(client), str(self.next_number[client]), *bugs], stderr=told)

    async def _until_all_are_told(self, clients: list[subprocess.Popen[bytes]]) -> None:
        ends = time.monotonic() + WARM_SECONDS_MAX
        while not all(self._said(client)[1] for client in range(CLIENTS)):
            assert time.monotonic() < ends, "the clients do not get on"
            assert [None] * CLIENTS == [process.poll() for process in clients]
            await asyncio.sleep(0.01)

    async def _kill(self, clients: list[subprocess.Popen[bytes]], dice: Random) -> None:
        """SIGKILL for the postmaster and every client, in any order, at once or within a few commits."""
        postmaster = self.server._pid()
        assert postmaster is not None
        victims = [postmaster, *(process.pid for process in clients)]
        dice.shuffle(victims)
        pause_seconds = dice.choice([0, 0.003, 0.01])
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(pause_seconds)

    def _recover(self) -> None:
        """Start again once it is dead: a signal takes its moment."""
        while self.server.running():
            time.sleep(0.01)
        self.server.start()

    def _said(self, client: int) -> tuple[set[int], set[int]]:
        """What a client has sent, and what it was told. Its last line may be half written."""
        text = self.log(client).read_text() if self.log(client).exists() else ""
        lines = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
        sent = {int(n) for what, n in lines if what == "sent"}
        return sent, {int(n) for what, n in lines if what == "told"}

    async def _look(self) -> None:
        """Hold the database against the logs, ask again for what was in flight, and prove the books."""
        database = await Database.open(self.server.urls.app, name="checker", max_size=2)
        try:
            for client in range(CLIENTS):
                sent, told = self._said(client)
                self.told[client] |= told
                self.next_number[client] = max(sent, default=self.next_number[client] - 1) + 1
                for n in sorted(told):
                    await self._acknowledged(database, client, n)
                for n in sorted(sent - told):
                    await self._in_flight(database, client, n)
            async with database.transaction(read_only=True) as tx:
                broken = await ledger.check(tx)
            if broken:
                raise Broken(f"the books: {broken}")
        finally:
            await database.close()

    async def _acknowledged(self, database: Database, client: int, n: int) -> None:
        self.tally.acknowledged += 1
        if not await self._is_there(database, client, n):
            raise Broken(f"batch {n} of client {client} was acknowledged and is not there")
        await self._repeat(database, client, n, again=True)

    async def _in_flight(self, database: Database, client: int, n: int) -> None:
        there = await self._is_there(database, client, n)
        self.tally.in_flight += 1
        self.tally.survived += there
        await self._repeat(database, client, n, again=there)
        await self._repeat(database, client, n, again=True)

    async def _is_there(self, database: Database, client: int, n: int) -> bool:
        """Whether a batch is there, whole: every transfer that it made, and the id that it used up."""
        batch = batch_of(client, n)
        ids = [one.id for one in batch]
        async with database.transaction(read_only=True) as tx:
            found = [*(one.id for one in await ledger.lookup_transfers(tx, ids)), *await tx.scalars(FAILED, ids=ids)]
        if found not in ([], ids):
            raise Broken(f"batch {n} of client {client} is there in part: {len(found)} of {len(ids)}")
        return bool(found)

    async def _repeat(self, database: Database, client: int, n: int, *, again: bool) -> None:
        """Ask for a batch once more. It must be answered as what is there says, and change nothing that is there."""
        batch = batch_of(client, n)
        async with database.transaction() as tx:
            statuses = [one.status for one in await ledger.create_transfers(tx, batch)]
        if statuses != answers_of(batch, again=again):
            raise Broken(f"batch {n} of client {client}, asked again: {statuses}")


@asynccontextmanager
async def field_of(*, early: bool = False) -> AsyncIterator[Field]:
    """A fresh server that flushes what it commits, with accounts in its ledger."""
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        server = Server(Path(name) / "postgres").start()
        try:
            with psycopg.connect(server.superuser_url) as superuser:
                assert superuser.execute("SHOW fsync").fetchone() == ("on",)
            await migrate(server.urls.owner, which="main")
            database = await Database.open(server.urls.app, name="opening", max_size=1)
            async with database.transaction() as tx:
                await ledger.create_accounts(tx, OPENING)
            await database.close()
            yield Field(Path(name), server, early)
        finally:
            await asyncio.to_thread(server.remove)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = Random(given.seed)
    async with field_of() as battlefield:
        for _ in range(given.rounds):
            await battlefield.round(dice)
            sys.stdout.write(f"{battlefield.tally}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
