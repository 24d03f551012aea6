"""The long run: a million events through both engines, on a PostgreSQL of its own. `make agree`, or with
`python -m tests.ledger.agree --events 1000000 --seed 1`."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import psycopg
from tests.ledger.agreement import Agreement, played
from tests.ledger.precedence import TABLES, case, pairs

from tuppence.db import migrate
from tuppence.db.embedded import DATABASE, Server
from tuppence.ledger import deciding, memory
from tuppence.ledger.door import PostgresDoor, PureDoor

BATCHES = 16  # of a history; its rows are compared at its end
BATCH_MOST = 160
PIECE = 20  # so that most batches are written in several
TELL_EVERY_S = 10


async def play(events: int, seed: int, server: Server) -> int:
    """Histories until so many events were played; how many histories that took."""
    dice, histories, played, told = Random(seed), 0, 0, time.monotonic()
    while played < events:
        async with PostgresDoor.opened(server.superuser_url_of(DATABASE)) as postgres:
            both = Agreement(postgres)
            for _ in range(dice.randint(20, 60)):  # then the server restarts
                await history(both, dice)
                histories += 1
                if played + both.events >= events:
                    break
                if time.monotonic() - told > TELL_EVERY_S:
                    told = time.monotonic()
                    tell(f"{played + both.events:>9,} events, {histories:,} histories, no difference")
            played += both.events
            await postgres.reset()
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
    tell(f"{played:>9,} events, {histories:,} histories: no difference")
    return histories


async def every_pair(server: Server) -> None:
    """Each two rules that one event can break, in a world loaded into both engines."""
    compared, impossible = 0, 0
    async with PostgresDoor.opened(server.superuser_url_of(DATABASE)) as postgres:
        for kind in TABLES:
            for earlier, later, met in pairs(kind):
                for facts in met[:1]:
                    expected = await played(PureDoor(), case(kind, facts))
                    try:
                        found = await played(postgres, case(kind, facts))
                    except (psycopg.errors.CheckViolation, psycopg.errors.NumericValueOutOfRange):
                        impossible += 1  # a world that PostgreSQL would never have come to
                        continue
                    assert expected == found, (earlier.status, later.status)
                    compared += 1
        await postgres.reset()
    tell(f"{compared:,} pairs of broken rules: no difference; {impossible} in worlds that PostgreSQL refuses")


async def history(both: Agreement, dice: Random) -> None:
    """One ledger from empty; now and then its connections are closed and opened again."""
    seed = dice.getrandbits(64)
    try:
        await both.begin(seed, most=BATCH_MOST)
        for _ in range(BATCHES):
            await both.play(both.author.batch())
            if dice.random() < 0.02:
                await both.restart()
            if dice.random() < 0.05:
                await both.ask()
        await both.compare()
    except BaseException:
        tell(f"the history of seed {seed} differs")
        raise


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    deciding.PIECE, memory.QUIET = PIECE, 1
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        server = Server(Path(name))
        try:
            await migrate(server.start().urls.owner, which="main")
            with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
                superuser.execute("ALTER SYSTEM SET fsync = off")  # nothing is killed here
                superuser.execute("SELECT pg_reload_conf()")
            await every_pair(server)
            await play(given.events, given.seed, server)
        finally:
            server.remove()


if __name__ == "__main__":
    asyncio.run(main())
