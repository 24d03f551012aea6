"""No card number and no security code outside the vault: a house is used and abused, then searched to the last byte."""

import asyncio
import base64
import itertools
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any, LiteralString
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulation.canary import Scanner, disguises, files, memory
from tests.simulation.house import PASSWORD, crowd_card, quick_house

from tuppence.app.parts import embedded
from tuppence.cli.client import Friend, Refused
from tuppence.cli.house import RunningHouse
from tuppence.db.embedded import DATABASE, Server
from tuppence.rails.simulator.control import control

PAIRS: list[tuple[dict[str, Any], dict[str, Any]]] = [  # what the payer's bank does, and the payee's
    ({"debit": "silent"}, {}),
    ({"debit": "late"}, {}),
    ({"debit": "51"}, {}),
    ({"debit": "lost", "unanswered_reversals": 1}, {}),
    ({"debit": "overtaken"}, {}),
    ({}, {"push": "silent"}),
    ({"refund": "silent"}, {"push": "57"}),
]
BANKS = ("400011", "510012", "400013", "400014", "510015", "510016")
REFUSED_KINDS = ("400022", "510023", "510024", "400025", "400026", "499999")
REFUSED_CHECKS = ("51", "54", "43", "lost", "silent")  # each by another person: three a day is all that one may try
WRONG_CODE = "7391462850"  # long enough to be searched for by itself
END_CONNECTIONS: LiteralString = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN ('tuppence_app', 'tuppence_vault')"
)
CURIOUS: tuple[LiteralString, ...] = (  # an operator who wants to see it all: every statement with its parameters
    "ALTER DATABASE tuppence SET log_statement = 'all'",
    "ALTER DATABASE tuppence SET log_parameter_max_length = -1",
    "ALTER DATABASE tuppence SET log_parameter_max_length_on_error = -1",
    "ALTER DATABASE tuppence SET log_error_verbosity = verbose",
    END_CONNECTIONS,
)
LAST = "of a broken moment, 5"
UNDER_WAY = {"created", "debiting", "crediting", "returning"}


class Abuse:
    """Everything that is done to the house. `numbers`: every number that was typed, by the name of its use."""

    def __init__(self, house: RunningHouse) -> None:
        self.house = house
        self.numbers: dict[str, str] = {"a wrong security code": WRONG_CODE}
        self.answers: list[bytes] = []
        self._dice = random.Random(20260101)
        self._people = itertools.count()

    async def run(self) -> None:
        """Sign up, add cards good and bad, pay through banks of every habit, break things midway."""
        friends = await asyncio.gather(*(self._friend() for _ in range(2 * len(PAIRS))))
        couples = list(zip(friends[::2], friends[1::2], strict=True))
        await asyncio.gather(*(self._pay(n, *couple) for n, couple in enumerate(couples)))
        await asyncio.gather(
            *(self._refused_by_kind(friends[0], bank) for bank in REFUSED_KINDS),
            *(self._refused_by_check(friend, code) for friend, code in zip(friends, REFUSED_CHECKS, strict=False)),
            self._typed_wrong(friends[1]),
            self._garbage(friends[2]),
        )
        await self._while_its_database_goes_away(friends[3])
        await self._while_it_may_not_write(friends[4])
        await asyncio.gather(*(self._settled(payer) for payer, _ in couples))
        await asyncio.gather(*(friend.close() for friend in friends))

    def card(self, use: str, bank: str | None = None) -> dict[str, Any]:
        """A fresh card, whose number is searched for at the end."""
        card = crowd_card(self._dice.randrange(10**8), bank or self._dice.choice(BANKS))
        nth = 1 + sum(name.startswith(f"{use}, ") for name in self.numbers)
        self.numbers[f"{use}, {nth}"] = card["number"]
        return card

    async def _friend(self) -> Friend:
        n = next(self._people)
        friend = Friend(self.house.settings.public_url, self.house.settings.vault_api_url, f"Friend {n}", f"friend.{n}")
        friend.http.event_hooks["response"].append(self._keep)
        await friend.sign_up(PASSWORD, "test")
        return friend

    async def _keep(self, response: httpx2.Response) -> None:
        self.answers.append(repr(response.headers).encode() + await response.aread())

    async def _pay(self, n: int, payer: Friend, payee: Friend) -> None:
        kept, once, theirs = self.card("payer's, kept"), self.card("payer's, once"), self.card("payee's")
        for card, habits in ((kept, PAIRS[n][0]), (once, PAIRS[n][0]), (theirs, PAIRS[n][1])):
            await control(self.house.settings.simulator_control_port, "set", number=card["number"], habits=habits)
        await payer.add_card(kept)
        one_shot = await payer.add_card(once | {"number": _grouped(once["number"])}, keep=False)
        await payer.befriend(payee)
        waiting = await payer.send(payee, 300 + n)  # for a friend who has no card yet
        if "debit" not in PAIRS[n][0]:
            await _once_seen(payee.act, waiting["id"], "decline")
        await payee.add_card(theirs)
        await payer.send(payee, 500 + n, card_id=one_shot["id"])
        await payer.send(payee, 700 + n)

    async def _refused_by_kind(self, friend: Friend, bank: str) -> None:
        with pytest.raises(Refused):
            await friend.add_card(self.card("refused by kind", bank))

    async def _refused_by_check(self, friend: Friend, code: str) -> None:
        card = self.card("refused by its bank")
        await control(self.house.settings.simulator_control_port, "set", number=card["number"], habits={"check": code})
        with pytest.raises(Refused):
            await friend.add_card(card)

    async def _typed_wrong(self, friend: Friend) -> None:
        """A wrong code, numbers in the wrong field, a number with a digit amiss."""
        wrong = self.card("of the wrong code") | {"cvv": "321"}
        zipped = self.card("of the wrong ZIP")
        misspelt = self.card("misspelt")
        misspelt["number"] = misspelt["number"][:-1] + str((int(misspelt["number"][-1]) + 1) % 10)
        self.numbers["misspelt indeed"] = misspelt["number"]
        too_long = self.card("of the long code") | {"cvv": WRONG_CODE}
        for card in (wrong, zipped | {"zip": zipped["number"]}, misspelt, too_long, zipped | {"exp_year": 2001}):
            with pytest.raises(Refused):
                await friend.add_card(card)

    async def _garbage(self, friend: Friend) -> None:
        """What browsers, scripts and strangers send to the vault: each is refused, and none may leave a trace."""
        ticket = await friend.call("POST", "/v1/card-tickets", {"purpose": "add"})
        form = {"ticket": urlsplit(ticket["form_url"]).fragment, "keep": True} | self.card("in garbage")
        number, url = form["number"], f"{friend.vault_address}/card-form/cards"
        json, origin = {"Content-Type": "application/json"}, {"Origin": ticket["origin"]}
        post = friend.http.post
        answers = [
            await post(url, json=form),
            await post(url, data=form, headers=origin),
            await post(url, content=f'{{"number": "{number}", "cvv": "123"', headers=origin | json),
            await post(url, content=f'{{"number": "{number}", "number": "{number}"}}', headers=origin | json),
            await post(url, json=form | {number: number}, headers=origin),
            await post(url, json=form | {"number": int(number)}, headers=origin),
            await post(url, json=form | {"ticket": number}, headers=origin),
            await post(url, json=form | {"zip": number * 2000}, headers=origin),
            await post(f"{url}?number={number}&cvv=123", json=form | {"keep": "x"}, headers=origin),
            await post(f"{friend.vault_address}/v1/use", json=form, headers={"Authorization": f"Bearer {number}"}),
            await friend.http.get(f"{friend.vault_address}/card-form/{number}"),
            await friend.http.get(f"{friend.vault_address}/{number}", headers={"Cookie": f"number={number}"}),
        ]
        assert all(400 <= answer.status_code < 500 for answer in answers), [one.status_code for one in answers]

    async def _while_its_database_goes_away(self, friend: Friend) -> None:
        """The vault loses every connection while it stores, again and again."""
        adding = [asyncio.create_task(friend.add_card(self.card("of a broken moment"))) for _ in range(5)]
        for _ in range(20):
            await asyncio.to_thread(_as_superuser, self.house, END_CONNECTIONS)
            await asyncio.sleep(0.02)
        await asyncio.gather(*adding, return_exceptions=True)

    async def _while_it_may_not_write(self, friend: Friend) -> None:
        """The vault's INSERT fails with the card in its hands: a defect's traceback is what this is for."""
        await asyncio.to_thread(_as_superuser, self.house, "REVOKE INSERT ON vault.card FROM tuppence_vault")
        with pytest.raises(Refused, match="500"):
            await friend.add_card(self.card("of a defect"))
        await asyncio.to_thread(_as_superuser, self.house, "GRANT INSERT ON vault.card TO tuppence_vault")

    async def _settled(self, payer: Friend) -> None:
        """Wait until no payment of theirs is on its way to or from a bank."""
        states = UNDER_WAY
        async with asyncio.timeout(20):
            while states & UNDER_WAY:
                await asyncio.sleep(0.2)
                sent = await payer.call("GET", "/v1/payments?filter=sent&limit=100")
                states = {one["state"] for one in sent["data"]}


async def _once_seen(act: Callable[..., Awaitable[Any]], *about: str) -> None:
    """Answer a payment. The payee does not see it before the payer's money has left for good."""
    for _ in range(100):
        with suppress(Refused):
            await act(*about)
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the payee never saw it")


def _grouped(number: str) -> str:
    """As it is printed on the card, and as many people type it."""
    return " ".join(number[at : at + 4] for at in range(0, 16, 4))


def _even(digits: str) -> str:
    return digits + "0" * (len(digits) % 2)


def _server(house: RunningHouse) -> Server:
    server = embedded(house.settings)
    assert server is not None
    return server


def _url(house: RunningHouse) -> str:
    return _server(house).superuser_url.replace("/postgres?", f"/{DATABASE}?")


def _as_superuser(house: RunningHouse, *statements: LiteralString) -> None:
    with psycopg.connect(_url(house), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def dump(house: RunningHouse) -> bytes:
    """Every row of every schema, as SQL."""
    program = _server(house)._binaries.folder / "pg_dump"
    return subprocess.run([program, f"--dbname={_url(house)}"], check=True, capture_output=True).stdout


def places(house: RunningHouse, answers: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Where a number could have come to lie."""
    _as_superuser(house, "CHECKPOINT")
    yield "dump", dump(house)
    yield "answers", b"\n".join(answers)
    yield from files(house.settings.data_dir)  # the database and its WAL, logs, keys, even the simulator's journal
    for name in ("server", "worker"):
        yield from memory(name, house.processes.pid(name))


def planted(house: RunningHouse, number: str) -> Iterator[tuple[str, bytes]]:
    """The seeded bug: a number in a log, in a table and in the memory of a process."""
    (house.logs / "planted.log").write_text(f"paid with {number}\n")
    yield from files(house.logs)
    with psycopg.connect(_url(house), autocommit=True) as connection:
        connection.execute("UPDATE payments.payment SET note = %s", (number,))
    yield "dump", dump(house)
    program = f"number = str({number}); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield from memory("somebody", process.pid)
        process.communicate(b"\n")


@given(digits=st.text("0123456789", min_size=13, max_size=19), before=st.binary(), after=st.binary())
def test_a_number_is_found_wherever_it_lies(digits: str, before: bytes, after: bytes) -> None:
    """Whatever stands around a number, one of its base64 patterns is in the base64 of the whole; packed likewise."""
    patterns = disguises(digits)
    encoded = base64.b64encode(before + digits.encode() + after)
    packed = {shift: bytes.fromhex(_even("7" * shift + digits)) for shift in (0, 1)}

    assert patterns[f"base64 at {len(before) % 3}"] in encoded
    assert patterns["packed"][: len(digits) // 2] in packed[0]
    assert patterns["packed, shifted"] in packed[1]


async def test_no_number_and_no_code_lies_outside_the_vault(tmp_path: Path) -> None:
    """Dump, data files, WAL, logs with every statement, keys, answers, memory of server and worker: none in any
    disguise. A number planted in a log, a table or a process is found."""
    async with quick_house() as house:
        await asyncio.to_thread(_as_superuser, house, *CURIOUS)
        abuse = Abuse(house)
        await abuse.run()
        scanner = Scanner(abuse.numbers, tmp_path / "patterns")

        found = await asyncio.to_thread(scanner.found_in, places(house, abuse.answers))
        seeded = await asyncio.to_thread(scanner.found_in, planted(house, abuse.numbers[LAST]))
        vault_log = (house.logs / "vault.log").read_text()
        database_log = (_server(house)._home / "server.log").read_text(errors="replace")

    assert set() == found
    assert {f"{one}: {LAST}, plain" for one in (house.logs / "planted.log", "dump", "memory of somebody")} <= seeded
    assert 40 <= len(abuse.numbers)
    assert '"event": "defect"' in vault_log  # what should provoke errors did
    assert "INSERT INTO vault.card" in database_log  # and what should log everything did
    assert "parameters: " in database_log.lower()
