"""The ledger under `kill -9`: PostgreSQL and every client, in the middle of batches.

`make kill-ledger` does it fifty times.
"""

from random import Random

import pytest
from tests.simulation.ledger_kills import Broken, Tally, field_of

ROUNDS = 4
ROUNDS_UNTIL_NOTICED_MOST = 25


async def fight(rounds: int, seed: int, *, early: bool = False) -> Tally:
    """So many kills on a fresh server; what was seen."""
    async with field_of(early=early) as battlefield:
        dice = Random(seed)
        for _ in range(rounds):
            await battlefield.round(dice)
        return battlefield.tally


async def test_an_acknowledged_batch_survives_and_no_batch_is_halved() -> None:
    """Killed in the middle, every acknowledged batch is there whole, every other whole or absent; repeats exist."""
    seen = await fight(ROUNDS, seed=4)

    assert seen.acknowledged > ROUNDS
    assert seen.in_flight > 0


async def test_a_client_that_believes_before_the_commit_is_caught() -> None:
    """A seeded bug, an acknowledgement before the commit, loses a batch within a few kills, and the check says so."""
    with pytest.raises(Broken, match="was acknowledged and is not there"):
        await fight(ROUNDS_UNTIL_NOTICED_MOST, seed=5, early=True)
