"""The vault as a process of its own, over ISO 8583 to the simulated banks; killed, and searched for card numbers."""

import asyncio
import base64
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
from psycopg import sql

from tuppence.core import uuid7
from tuppence.db.embedded import Urls
from tuppence.rails.card import VaultClient
from tuppence.rails.card.client import Use
from tuppence.rails.card.sandbox import entries
from tuppence.rails.simulator import Simulator, control, running
from tuppence.rails.simulator.world import key_of
from tuppence.vault import keys

APP, OWN = "http://localhost:8100", "http://vault.localhost:8101"

PROGRAM = f"""
import asyncio, sys
from pathlib import Path
from tuppence.db import Database
from tuppence.rails.card import Iso8583Network, Waits, bin_of
from tuppence.vault import app, keys
from tuppence.vault.harden import harden
from tuppence.vault.keks.keyring import from_file
from tuppence.vault.model import Settings

async def main(url, folder, static, port, network_port, network_tokens):
    shared, own = keys.create_shared(folder / "shared.json"), from_file(folder / "vault.json")
    settings = Settings(
        origin={OWN!r}, app_origin={APP!r}, shared=shared, reversal_waits_s=(0.2, 0.4), network_tokens=network_tokens
    )
    database = await Database.open(url, name="vault")
    async with Iso8583Network("127.0.0.1", network_port, waits=Waits(answer_s=1.0)) as network:
        application = app.application(database, own, network, bin_of, settings, static=static)
        await app.server(application, host="127.0.0.1", port=port).serve()

harden()
url, folder, static, port, network_port, tokens = sys.argv[1:]
asyncio.run(main(url, Path(folder), Path(static), int(port), int(network_port), tokens == "True"))
"""


class Process:
    """The vault's process: started, killed, started again."""

    def __init__(self, urls: Urls, folder: Path, network_port: int, *, network_tokens: bool) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder, self.log = folder, folder / "vault.log"
        static = folder / "static"
        static.mkdir()
        static.joinpath("card-form.html").write_text("{{app-origin}} {{sandbox}}")
        self._arguments = [urls.vault, str(folder), str(static), str(self.port), str(network_port), str(network_tokens)]

    async def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", PROGRAM, *self._arguments]
            self.process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        async with httpx2.AsyncClient(trust_env=False) as http:
            while True:
                try:
                    await http.get(f"{self.url}/health")
                except httpx2.TransportError:
                    assert self.process.returncode is None, self.log.read_text()
                    await asyncio.sleep(0.05)
                else:
                    return

    async def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()


def listed(label: str) -> dict[str, Any]:
    """The first listed card with this label."""
    return next(card for card in entries() if card["label"] == label)


def key(label: str) -> str:
    """How the simulator's control port names a card."""
    return key_of(listed(label)["number"])


class Teller:
    """The app's side: fills in the form as a browser does, and calls as server and worker do."""

    def __init__(self, process: Process, simulator: Simulator, client: VaultClient) -> None:
        self.process, self.simulator, self.client = process, simulator, client

    async def add(self, label: str) -> str:
        """A listed card, added; its token."""
        entry = listed(label)
        ticket, _ = self.client.ticket(uuid4(), "add", origin=APP)
        typed = {name: entry[name] for name in ("number", "exp_month", "exp_year", "cvv", "zip")}
        async with httpx2.AsyncClient(trust_env=False) as http:
            response = await http.post(
                f"{self.process.url}/card-form/cards",
                json={"ticket": ticket, "keep": True, **typed},
                headers={"origin": OWN},
            )
        assert response.status_code == 201, response.text
        token = str(response.json()["token"])
        await self.client.describe([token])
        return token

    def ask(self, kind: str, token: str) -> Use:
        return Use(uuid7(), kind, token, 2000, "USD", uuid7())

    async def inquire_until(self, one: UUID, *states: str) -> str:
        while True:
            (told,) = await self.client.inquire([one])
            if told.state in states:
                return told.state
            await asyncio.sleep(0.05)

    async def moved(self, label: str) -> int:
        """What the network has moved on a card, in minor units."""
        accounts = (await control(self.simulator.control_port, "accounts"))["accounts"]
        moved: int = next(one["moved_minor"] for one in accounts if one["card"] == key(label))
        return moved

    async def habits(self, label: str, **habits: Any) -> None:
        """Change how a card's bank behaves."""
        await control(self.simulator.control_port, "set", card=key(label), habits=habits)


@asynccontextmanager
async def opened(urls: Urls, folder: Path, *, network_tokens: bool = False) -> AsyncIterator[Teller]:
    async with running(folder / "journal", seed=7) as simulator:
        process = Process(urls, folder, simulator.port, network_tokens=network_tokens)
        await process.start()
        shared = keys.create_shared(folder / "shared.json")
        try:
            async with VaultClient(process.url, shared) as client:
                yield Teller(process, simulator, client)
        finally:
            await process.kill()


@pytest.fixture
async def teller(urls: Urls, tmp_path: Path) -> AsyncIterator[Teller]:
    """A vault's process between a simulated network and a caller."""
    async with opened(urls, tmp_path) as teller:
        yield teller


async def test_banks_and_vault_agree_on_what_moved(teller: Any) -> None:
    """Accepted, taken but never answered, delivered but never answered: what the vault ends up saying is what moved."""
    fine, silent, unsure = [
        await teller.add(label) for label in ("Everyday", "No answer, money taken", "Credit unanswered, delivered")
    ]
    debit, lost, push = teller.ask("debit", fine), teller.ask("debit", silent), teller.ask("push", unsure)

    told = await teller.client.use([debit, lost, push])

    assert ["accepted", "unknown", "unknown"] == [one.state for one in told]
    assert "reversed" == await teller.inquire_until(lost.id, "reversed")
    assert "accepted" == await teller.inquire_until(push.id, "accepted")
    assert 0 == await teller.moved("No answer, money taken")
    assert 2000 == abs(await teller.moved("Credit unanswered, delivered"))


async def test_a_killed_vault_reverses_what_it_had_sent(teller: Any) -> None:
    """kill -9 with a debit and a push on the line: after the next start the debit is undone and the push is found."""
    token = await teller.add("Everyday")
    await teller.habits("Everyday", debit="slow", push="slow", slow_s=5)
    debit, push = teller.ask("debit", token), teller.ask("push", token)
    call = asyncio.create_task(teller.client.use([debit, push]))
    await asyncio.sleep(0.3)
    await teller.process.kill()
    await teller.process.start()

    assert "reversed" == await teller.inquire_until(debit.id, "reversed")
    assert "accepted" == await teller.inquire_until(push.id, "accepted", "never_seen")
    repeated = await teller.client.use([debit, push])
    assert ["reversed", "accepted"] == [one.state for one in repeated]
    assert 2000 == abs(await teller.moved("Everyday"))
    await asyncio.gather(call, return_exceptions=True)


def disguises(number: str) -> list[bytes]:
    """A number as it might lie about: plain, in groups, as hex, base64, packed decimals, backwards."""
    plain = number.encode()
    packed = bytes.fromhex(number if len(number) % 2 == 0 else number + "0")
    spaced = b" ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
    return [
        plain,
        plain[::-1],
        spaced,
        spaced.replace(b" ", b"-"),
        plain.hex().encode(),
        base64.b64encode(plain),
        packed,
    ]


def found(numbers: list[str], where: dict[str, bytes]) -> list[str]:
    """The places that hold any of the numbers in any disguise."""
    return [name for name, held in where.items() if any(one in held for number in numbers for one in disguises(number))]


def everything(superuser_url: str, database: str) -> dict[str, bytes]:
    """Every row of every table of a database, in text and in binary."""
    url = superuser_url.replace("/postgres?", f"/{database}?")
    held: dict[str, bytes] = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in tables:
            for form in ("text", "binary"):
                copy = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(sql.Identifier(*table), sql.SQL(form))
                with connection.cursor().copy(copy) as rows:
                    held[f"{'.'.join(table)} {form}"] = b"".join(bytes(part) for part in rows)
    return held


async def test_no_number_and_no_code_lies_anywhere(teller: Any, server: Any, urls: Urls) -> None:
    """After cards, debits and reversals: no table, log or key file has a number in any disguise, nor a code by name."""
    tokens = [await teller.add(label) for label in ("Everyday", "No answer, money taken")]
    await teller.client.use([teller.ask("debit", token) for token in tokens])
    numbers = [card["number"] for card in entries()]
    database = urls.vault.rsplit("/", 1)[1].split("?")[0]

    held = await asyncio.to_thread(everything, server.superuser_url, database)
    held |= {path.name: path.read_bytes() for path in teller.process.folder.glob("*.*")}

    assert {"vault.card text", "vault.attempt binary", "vault.log", "vault.json"} <= held.keys()
    assert all(token.encode() in held["vault.card text"] for token in tokens)
    assert [] == found(numbers, held)
    assert b"cvv" not in b"".join(held.values()).lower()  # three digits are everywhere; their name must be nowhere
    planted = held | {"planted": b"x" + disguises(numbers[0])[-1] + b"x"}
    assert ["planted"] == found(numbers, planted)
