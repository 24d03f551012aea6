"""Token mode: an acquirer keeps the cards. The whole house runs, and no number is in any process or file of ours."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.simulation.canary import Scanner, files, memory
from tests.simulation.house import insist, quick_house
from tests.simulation.test_kill import Couple
from tests.simulation.test_vault_keys import MOVED, ended, gone

from tuppence.cli.client import Refused
from tuppence.core import uuid7
from tuppence.rails.simulator.control import control

OURS = ("server", "worker", "vault")


async def test_the_story_is_the_same() -> None:
    """The main job with every state and the books, as `TUPPENCE_VAULT_MODE=token tuppence demo --story` plays it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tuppence.cli", "demo", "--story"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TUPPENCE_VAULT_MODE": "token"},
    )
    said, _ = await process.communicate()

    assert (0, True) == (process.returncode, b"The story went as it must" in said), said.decode()


async def test_no_number_enters_our_house(tmp_path: Path) -> None:
    """Cards added, debited, pushed, refused, left without answer and killed over: the numbers are in the acquirer's
    file, and in no memory, log, key file or table of ours, the vault's own included.
    """
    async with quick_house(vault_mode="token") as house:
        couples = [Couple(house, n) for n in (10, 11)]
        for couple in couples:
            for friend in (couple.payer, couple.payee):
                friend.acquirer_address = house.settings.acquirer_api
            await couple.arrive(house.settings.simulator_control_port)
        first, second = couples
        await control(
            house.settings.simulator_control_port, "set", number=second.cards[0]["number"], habits={"debit": "silent"}
        )
        for couple in couples:
            one = uuid7()
            await insist(lambda couple=couple, one=one: couple.payer.send(couple.payee, 500, payment_id=one))  # type: ignore[misc]
        states = [await ended(couple) for couple in couples]
        await house.processes.kill("vault")
        await insist(lambda: first.payer.send(first.payee, 600, payment_id=AGAIN))
        states += [await ended(first)]
        wrong = await _refused(first, first.cards[1] | {"cvv": "999"})

        numbers = {f"card {n}": one["number"] for n, one in enumerate(card for c in couples for card in c.cards)}
        scanner = Scanner(numbers, tmp_path / "patterns")
        found = await asyncio.to_thread(scanner.found_in, _ours(house))
        kept = (house.settings.data_dir / "simulator" / "acquirer").read_text()
        await gone(couples)

    assert [True, False, True] == [set(one) <= MOVED for one in states]
    assert "details_dont_match" == wrong
    assert set() == found
    assert all(
        number in kept for number in numbers.values()
    )  # the seeded find: what is looked for is there to be found


AGAIN = uuid7()


def _ours(house: Any) -> Any:
    """Everything but what is the acquirer's and the banks' own."""
    yield from files(house.settings.data_dir, but=house.settings.data_dir / "simulator")
    for name in OURS:
        yield from memory(name, house.processes.pid(name))


async def _refused(couple: Couple, card: dict[str, Any]) -> str:
    with pytest.raises(Refused) as refused:
        await couple.payer.add_card(card)
    return refused.value.code
