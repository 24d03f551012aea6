"""The vault's keys in a whole house of real processes: custodians who must come, and keys that change under fire."""

import asyncio
import json
import random
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx2
import psycopg
import pytest
from tests.simulation.house import insist, quick_house
from tests.simulation.test_kill import Couple, let_time_pass

from tuppence.app.parts import urls
from tuppence.cli.house import RunningHouse, environment
from tuppence.core import uuid7

SHARE = re.compile(r"custodian \d+\n\s+(\S+)\n\s+(\S+)")
MOVED = {"credited", "available"}
UNDONE = {"debit_failed"}  # on the line when the vault was killed: reversed, and nothing was taken


async def operator(house: RunningHouse, *words: str, typed: str = "") -> tuple[int, str]:
    """`tuppence vault …`, as an operator or a custodian calls it; its exit code and what it said."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tuppence.cli", "vault", *words),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(house.settings),
    )
    said, _ = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, said.decode()


async def health(house: RunningHouse) -> dict[str, Any]:
    """What the vault says of itself, as soon as it says anything."""
    async with httpx2.AsyncClient(base_url=house.settings.vault_api_url, trust_env=False) as http:
        while True:
            with suppress(httpx2.TransportError):
                told: dict[str, Any] = (await http.get("/health")).json()
                return told
            await asyncio.sleep(0.05)


async def arrived(house: RunningHouse, many: int) -> list[Couple]:
    couples = [Couple(house, n) for n in range(10, 10 + many)]  # from 10 on their cards are ordinary
    for couple in couples:
        await couple.arrive(house.settings.simulator_control_port)
    return couples


async def gone(couples: Sequence[Couple]) -> None:
    for couple in couples:
        await couple.payer.close()
        await couple.payee.close()


async def ended(couple: Couple) -> list[str]:
    """How their payments ended, once all have: with the payee's bank, or with nothing taken."""
    async with asyncio.timeout(90):
        while not set(states := list((await couple.states()).values())) <= MOVED | UNDONE:  # noqa: ASYNC110 - processes, not events
            await asyncio.sleep(0.2)
    return states


async def test_two_custodians_and_not_one_bring_the_house_back() -> None:
    """Sealed and killed, the vault comes up locked: nothing moves, one share or a wrong one changes nothing; with the
    second share what was waiting is paid.
    """
    async with quick_house() as house:
        (couple,) = await arrived(house, 1)
        code, said = await operator(house, "init-shares", "--shares", "3", "--threshold", "2")
        shares = ["-".join(halves) for halves in SHARE.findall(said)]
        assert (0, 3) == (code, len(shares)), said
        await house.processes.kill("vault")
        assert "locked" == (await health(house))["status"]

        await insist(lambda: couple.payer.send(couple.payee, 500, payment_id=PAYMENT))
        first = await operator(house, "unlock", typed=shares[0])
        again = await operator(house, "unlock", typed=shares[0])
        wrong = await operator(house, "unlock", typed=shares[1].translate(str.maketrans("ABC", "BCD")))
        await asyncio.sleep(2)
        waiting = await couple.states()
        status = await operator(house, "status")
        second = await operator(house, "unlock", typed=shares[2])
        assert set(await ended(couple)) <= MOVED

        assert [(0, "1 of 2 shares given.\n")] * 2 == [first, again]
        assert (1, "unlock: share_refused") == (wrong[0], wrong[1].partition(" ")[0] + " " + wrong[1].split()[1][:-1])
        assert not set(waiting.values()) & MOVED
        assert (1, True) == (status[0], "wrong_share" in status[1])
        assert (0, "The vault is open.\n") == second
        log = (house.logs / "vault.log").read_text()
        assert "wrong_share" in log
        assert not any(share[:14] in log for share in shares)
        await gone([couple])


PAYMENT = uuid7()


@pytest.mark.parametrize("seed", [4])
async def test_keys_change_under_load_and_kill_minus_nine(seed: int) -> None:
    """Payments run, the vault is killed at random, an operator rotates KEK and records and calls again whenever that
    breaks: in the end every payment ended, no record failed to open, and one version of the KEK is left.
    """
    async with quick_house() as house:
        couples = await arrived(house, 4)
        dice = random.Random(seed)

        async def pay(couple: Couple) -> None:
            for n in range(8):
                await asyncio.sleep(dice.uniform(0.2, 0.9))
                one = uuid7()
                await insist(lambda one=one, n=n: couple.payer.send(couple.payee, 100 + n, payment_id=one))  # type: ignore[misc]

        async def kill() -> None:
            for _ in range(4):
                await asyncio.sleep(dice.uniform(0.5, 1.5))
                await house.processes.kill("vault")

        async def rotate() -> None:
            for _ in range(3):
                code, _ = await operator(house, "rotate", "--records", "--retire")
                while code:
                    await health(house)
                    code, said = await operator(house, "rotate", "--resume", "--records", "--retire")
                    assert "Traceback" not in said, said

        await asyncio.gather(rotate(), kill(), *(pay(couple) for couple in couples))
        assert 0 == (await operator(house, "rotate", "--records", "--retire"))[0]  # those above may never have begun
        await let_time_pass(couples)
        states = [state for couple in couples for state in (await couple.states()).values()]
        assert 32 == len(states)
        assert 4 <= states.count("available")  # the others were on the line when the vault was killed

        kept = json.loads((house.settings.data_dir / "keys" / "vault.json").read_text())
        with psycopg.connect(urls(house.settings).vault) as vault:
            versions = vault.execute("SELECT DISTINCT kek_version FROM vault.card WHERE deleted_at IS NULL").fetchall()
            resealed = vault.execute("SELECT count(*) FROM vault.access_log WHERE verb = 'reseal'").fetchone()
        assert [(int(version),) for version in kept["keks"]] == versions
        assert versions >= [(2,)]
        assert resealed is not None
        assert resealed[0] >= 3 * 8
        assert {} == (await health(house))["alarms"]
        await gone(couples)
