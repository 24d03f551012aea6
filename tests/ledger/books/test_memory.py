"""Sealing, exporting, verifying and checking take the memory of a batch, however many transfers there are."""

import subprocess
import sys
from pathlib import Path
from uuid import UUID

from tests.ledger.books.conftest import CLEARING, TRANSIT

from tuppence import ledger
from tuppence.db import Database
from tuppence.db.embedded import Urls
from tuppence.ledger import Transfer, chart

FEW, MANY = 10_000, 110_000
BATCH = 5_000


async def fill(database: Database, begin: int, end: int) -> None:
    """Transfers by the batch, numbered."""
    for start in range(begin, end, BATCH):
        batch = [Transfer(UUID(int=n), CLEARING, TRANSIT, n, 840, 1) for n in range(start + 1, start + BATCH + 1)]
        async with database.transaction() as tx:
            await ledger.create_transfers(tx, batch)


def peaks(urls: Urls, file: Path) -> tuple[int, int, int]:
    """How many entries were exported, and the memory of the process before and after, KiB."""
    program = Path(__file__).with_name("exporter_process.py")
    said = subprocess.run([sys.executable, program, urls.app, file], capture_output=True, text=True, check=True).stdout
    entries, *_, before, after = said.split()
    return int(entries), int(before), int(after)


async def test_memory_does_not_grow_with_the_books(database: Database, urls: Urls, tmp_path: Path) -> None:
    """Eleven times the transfers, at most a tenth more memory on top of what a process of ours takes anyway."""
    async with database.transaction() as tx:
        await ledger.open_house(tx, "USD")
    await fill(database, 0, FEW)
    few = peaks(urls, tmp_path / "few")
    await fill(database, FEW, MANY)
    many = peaks(urls, tmp_path / "many")

    assert (FEW + len(chart.HOUSE), MANY + len(chart.HOUSE)) == (few[0], many[0])
    assert many[2] < 1.1 * few[2], (few, many)
