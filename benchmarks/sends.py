"""Sends through HTTP: how many a second are accepted, durable, with every rule and limit applied.

One run, one machine: group commit on and off, the worker paused and everything running, and plain pgbench for scale.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from benchmarks import client, machine, rivals
from benchmarks.seed import Pairs, seed
from tuppence.cli.house import environment, sandbox_settings
from tuppence.cli.supervisor import Supervisor
from tuppence.core import uuid7
from tuppence.db import migrate
from tuppence.db.embedded import DATABASE, Server
from tuppence.settings import Settings

PAIRS = 10_000
CALLERS = 64
GROUPED = 256


def requests(pairs: Pairs, port: int) -> Iterator[bytes]:
    """PUT /v1/payments/{id} without end: payer after payer, a dollar and some cents so that no two look alike."""
    n = 0
    while True:
        pair, lap = n % len(pairs.payers), n // len(pairs.payers)
        body = json.dumps(
            {
                "payee_id": str(pairs.payees[pair]),
                "amount_minor": 100 + lap,
                "currency": "USD",
                "note": "bench",
            }
        ).encode()
        yield (
            f"PUT /v1/payments/{uuid7()} HTTP/1.1\r\nHost: localhost:{port}\r\n"
            f"Authorization: Bearer {pairs.tokens[pair]}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        n += 1


@asynccontextmanager
async def house(parts: Mapping[str, tuple[str, ...]], settings: Settings) -> AsyncIterator[None]:
    """These processes, for as long as one is inside."""
    supervisor = Supervisor(environment(settings), settings.data_dir / "logs", print)
    try:
        for name, module in parts.items():
            await supervisor.start(name, sys.executable, "-m", *module)
        yield
    finally:
        await supervisor.stop()


async def measure(title: str, most: int, seconds: float, *, everything: bool = False) -> client.Load:
    """Sends/s on a fresh database of ten thousand pairs."""
    with tempfile.TemporaryDirectory(prefix="tup-") as folder:
        settings = sandbox_settings(Path(folder), free_ports=True)
        database = Server(settings.data_dir / "postgres").start()
        try:
            await migrate(database.urls.owner, which="main")
            await migrate(database.urls.owner, which="vault")
            pairs = await asyncio.to_thread(seed, database.superuser_url.replace("/postgres?", f"/{DATABASE}?"), PAIRS)
            parts = {"server": ("benchmarks.server", str(most))}
            if everything:
                others = {"simulator": "simulate", "vault": "vault", "worker": "work"}
                parts = {name: ("tuppence.cli", verb) for name, verb in others.items()} | parts
            async with house(parts, settings):
                address = ("127.0.0.1", settings.port)
                load = await asyncio.to_thread(
                    client.run, address, requests(pairs, settings.port), callers=CALLERS, seconds=seconds
                )
        finally:
            database.remove()
    show(title, load)
    return load


def show(title: str, load: client.Load) -> None:
    """A line of the table."""
    cpu = load.client_cpu_seconds / load.seconds
    latency = f"p50 {load.percentile(0.5):6.1f} ms   p99 {load.percentile(0.99):6.1f} ms"
    print(f"{title:<44} {load.per_second:8,.0f}/s   {latency}   client {cpu:4.0%} of a core   {dict(load.statuses)}")


def pgbench(seconds: float) -> float:
    """TPC-B of PostgreSQL's own benchmark on the same server settings: transactions a second."""
    with tempfile.TemporaryDirectory(prefix="tup-") as folder:
        database = Server(Path(folder)).start()
        try:
            return rivals.tpc_b(database, seconds)
        finally:
            database.remove()


async def main(seconds: float = 30.0) -> None:
    print(f"sends: {machine.describe()}; {CALLERS} callers, {PAIRS:,} pairs, {seconds:.0f} s each, all here")
    on = await measure("sends, group commit on, worker paused", GROUPED, seconds)
    off = await measure("sends, group commit off, worker paused", 1, seconds)
    whole = await measure("sends, group commit on, everything running", GROUPED, seconds, everything=True)
    tpc_b = await asyncio.to_thread(pgbench, seconds)
    print(f"{'pgbench TPC-B, as it comes':<44} {tpc_b:8,.0f}/s")
    print(
        f"group commit carries {on.per_second / off.per_second:.1f} times as many; "
        f"{on.per_second / tpc_b:.2f} of pgbench; with everything running {whole.per_second / on.per_second:.2f}"
    )


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0))
