"""A process that exports, verifies and checks, and says how much memory it took: `python -m … URL FILE`."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.db import Database
from tuppence.ledger import books
from tuppence.ledger.books import exporting
from tuppence.ledger.proof.export import Reader
from tuppence.ledger.proof.statement import public_text


def peak_kib() -> int:
    """Not getrusage: that counts what the process was before it became this program."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


async def _write(file: Path, lines: AsyncIterator[bytes]) -> None:
    with file.open("wb") as out:
        async for line in lines:
            out.write(line)


async def main(url: str, file: Path) -> None:
    """Prints the seconds of sealing, export, verification and check, then the peak in KiB before and after them."""
    key, took, before = Ed25519PrivateKey.generate(), [], peak_kib()
    database = await Database.open(url, name="exporter", max_size=1)
    began = time.perf_counter()
    await books.seal_all(database)
    took.append(time.perf_counter() - began)
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        began = time.perf_counter()
        stretch = await exporting.stretch_of(tx)
        await _write(file, exporting.export_lines(tx, stretch, key))
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        with file.open("rb") as lines:
            reader = Reader(public_text(key)).read(lines)
        assert not reader.found, reader.found
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        checked = await books.check(tx, public_text(key))
        assert not checked.broken, checked.broken
        took.append(time.perf_counter() - began)
    await database.close()
    print(stretch.last, *(round(one, 2) for one in took), before, peak_kib())


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
