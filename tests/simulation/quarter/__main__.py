"""`make quarter`, or `python -m tests.simulation.quarter --days 92 --seed 1`: on a PostgreSQL of its own."""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import structlog
from tests.simulation.quarter.run import Quarter, play

from tuppence.db import Database, migrate
from tuppence.db.embedded import Server


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=92)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        server = Server(Path(name))
        try:
            await migrate(server.start().urls.owner, which="main")
            with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
                superuser.execute("ALTER SYSTEM SET fsync = off")  # nothing is killed here
                superuser.execute("SELECT pg_reload_conf()")
            database = await Database.open(server.urls.app, name="quarter", max_size=8)
            played = await play(database, server.urls, Path(name) / "ach", days=given.days, seed=given.seed)
            await database.close()
        finally:
            server.remove()
    tell(played, f"{given.days} days, seed {given.seed}, in {time.monotonic() - began:.0f} s")


def tell(played: Quarter, title: str) -> None:
    """The table of a quarter: numbers, edges with how often each was taken, and refusals. Amounts are minor units."""
    tables = ((title, played.numbers), ("edges", played.edges), ("refused", played.refused))
    for heading, rows in tables:
        sys.stdout.write(f"\n{heading}\n")
        for name, number in sorted(rows.items()):
            sys.stdout.write(f"  {name:<56} {number:>12,}\n")


if __name__ == "__main__":
    asyncio.run(main())
