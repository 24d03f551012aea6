"""Two weeks of the simulated quarter; `make quarter` plays all of it."""

from pathlib import Path

from tests.simulation.quarter.run import play

from tuppence.db import Database
from tuppence.db.embedded import Urls


async def test_a_fortnight_closes_with_every_law_held(database: Database, urls: Urls, tmp_path: Path) -> None:
    """Bills are their usage, payouts are the daily reports, clearing is what the banks say, and every edge was seen."""
    played = await play(database, urls, tmp_path / "ach", days=14, seed=1)

    assert 1 <= played.numbers["games: payouts"]
