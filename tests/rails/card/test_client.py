"""The vault's client against a line that breaks: what is proven not sent, and what stays unknown."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tuppence.core import uuid7
from tuppence.rails.card import Use, VaultClient, VaultRefused, VaultUnavailable
from tuppence.vault import tickets
from tuppence.vault.crypto import Key
from tuppence.vault.keys import SharedKeys

KEYS = SharedKeys(ticket=Key.random(), bearer=Key.random())
Answer = Callable[
    [int, str, Any], "tuple[int, Any] | None"
]  # call number, path, body -> status and body; None hangs up


class Cut(list[Any]):
    """Lines of an answer after which the connection breaks."""


class Door:
    """The vault's door: HTTP as it comes over the wire, answers as the test wants them."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[tuple[str, Any]] = []
        self.authorizations: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer calls on one connection until told to hang up."""
        while head := await _head(reader):
            path, headers = head
            self.authorizations.add(headers["authorization"])
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            self.calls.append((path, body))
            told = self.answer(len(self.calls), path, body)
            if told is None:
                break
            status, said = told
            raw = "\n".join(json.dumps(one) for one in (said if isinstance(said, list) else [said])).encode() + b"\n"
            length = len(raw) + isinstance(said, Cut)
            writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n".encode() + raw)
            if isinstance(said, Cut):
                break
        writer.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except (asyncio.IncompleteReadError, OSError):
        return None
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    return lines[0].split()[1], headers | {"authorization": _header(lines, "authorization")}


def _header(lines: list[str], name: str) -> str:
    return next(line.split(": ", 1)[1] for line in lines if line.lower().startswith(name))


@asynccontextmanager
async def door(answer: Answer, *, answer_s: float = 5) -> AsyncIterator[tuple[Door, VaultClient]]:
    """A door on a free port and a client in front of it."""
    one = Door(answer)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with VaultClient(f"http://127.0.0.1:{port}", KEYS, answer_s=answer_s) as client:
        yield one, client
    server.close()


def accept(_: int, __: str, body: Any) -> tuple[int, Any]:
    """Accept whatever is asked."""
    return 200, [{"attempt_id": ask["id"], "state": "accepted"} for ask in body["attempts"]]


def an_ask() -> Use:
    """A debit of $20."""
    return Use(uuid7(), "debit", "card_1", 2000, "USD", uuid7())


async def test_a_broken_call_is_repeated_until_answered() -> None:
    """Hung up on, then turned away with 503, then answered: the same ids each time, in order."""
    asks = [an_ask(), an_ask()]

    def shaky(n: int, path: str, body: Any) -> tuple[int, Any] | None:
        return None if n == 1 else (503, {}) if n == 2 else accept(n, path, body)

    async with door(shaky) as (vault, client):
        told = await client.use(asks)

    assert [(ask.id, "accepted") for ask in asks] == [(one.attempt_id, one.state) for one in told]
    assert 3 == len(vault.calls)
    assert [vault.calls[0]] * 3 == vault.calls
    assert {KEYS.authorization} == vault.authorizations


async def test_an_answer_that_breaks_off_is_asked_for_what_is_left() -> None:
    """Whoever was told of is not asked for again."""
    asks = [an_ask(), an_ask(), an_ask()]

    def cut_off(n: int, path: str, body: Any) -> tuple[int, Any]:
        status, lines = accept(n, path, body)
        return status, Cut(lines[1:2]) if n == 1 else lines

    async with door(cut_off) as (vault, client):
        told = [(one.attempt_id, one.state) async for one in client.use_each(asks)]

    assert [(asks[n].id, "accepted") for n in (1, 0, 2)] == told
    assert [3, 2] == [len(body["attempts"]) for _, body in vault.calls]


TURNED_AWAY = [(503, "vault_locked"), (503, "keys_away"), (429, "too_many_reads")]


@pytest.mark.parametrize(("status", "code"), TURNED_AWAY)
async def test_at_a_locked_door_provably_nothing_was_asked(status: int, code: str) -> None:
    """The vault says that it waits for its keys: told at once as unavailable, never as unknown, and not hammered."""
    async with door(lambda *_: (status, {"code": code})) as (vault, client):
        with pytest.raises(VaultUnavailable):
            await client.use([an_ask()])
        with pytest.raises(VaultUnavailable):
            await client.describe(["card_1"])
    assert 2 == len(vault.calls)


async def test_a_door_that_locks_between_two_tries_leaves_the_outcome_unknown() -> None:
    """The first try was written and not answered: whatever the second hears, it may have been done."""

    def locks(n: int, _: str, __: Any) -> tuple[int, Any] | None:
        return None if n == 1 else (503, {"code": "vault_locked"})

    async with door(locks) as (_, client):
        assert ["unknown"] == [one.state for one in await client.use([an_ask()])]


@pytest.mark.parametrize("answer", [lambda *_: None, lambda *_: (500, {})])
async def test_a_vault_that_never_answers_leaves_the_outcome_unknown(answer: Answer) -> None:
    """The call was written: nobody may say that nothing was sent."""
    async with door(answer) as (_, client):
        ask = an_ask()
        assert [(ask.id, "unknown")] == [(one.attempt_id, one.state) for one in await client.use([ask])]
        with pytest.raises(VaultUnavailable):
            await client.describe(["card_1"])


async def test_a_vault_that_sits_on_it_is_not_asked_again() -> None:
    """After the whole time-out the outcome is unknown, and an inquiry will tell."""
    heard = asyncio.Event()

    async def sit(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard.wait()
        writer.close()

    server = await asyncio.start_server(sit, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with VaultClient(f"http://127.0.0.1:{port}", KEYS, answer_s=0.2) as client:
        assert "unknown" == (await client.use([an_ask()]))[0].state
    heard.set()
    server.close()


async def test_a_vault_that_is_not_there_proves_that_nothing_was_sent() -> None:
    """A refused connection carries nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening
        async with VaultClient(f"http://127.0.0.1:{taken.getsockname()[1]}", KEYS) as client:
            with pytest.raises(VaultUnavailable):
                await client.use([an_ask()])


async def test_a_call_that_the_vault_refuses_is_a_defect() -> None:
    """Wrong keys or a wrong body are not an outcome; they are raised, and the body is not shown."""
    async with door(lambda *_: (422, {"secret": "x"})) as (vault, client):
        with pytest.raises(VaultRefused, match=r"/v1/use answered 422"):
            await client.use([an_ask()])
        assert 1 == len(vault.calls)


async def test_answers_are_read_into_values() -> None:
    """Ids, instants and absences come out typed; a member of a newer vault is passed over."""
    attempt = uuid7()
    row = {
        "attempt_id": str(attempt),
        "state": "accepted",
        "network_at": "2026-11-23T15:00:00+00:00",
        "rrn": None,
        "new": 1,
    }
    card: dict[str, Any] = {
        "token": "card_1",
        "person_id": str(attempt),
        "brand": "visa",
        "funding": "debit",
        "last4": "0017",
    }
    card |= {"exp_month": 12, "exp_year": 2035, "bank": "Maple Credit Union", "country": "US", "fingerprint": "f"}
    card |= {"can_fund": True, "can_receive": True, "fast_funds": True, "regulated": False, "keep": True}

    def answer(_: int, path: str, __: Any) -> tuple[int, Any]:
        return 200, {"/v1/inquire": {"outcomes": [row]}, "/v1/describe": {"cards": [card, None]}, "/v1/delete": {}}[
            path
        ]

    async with door(answer) as (vault, client):
        told = (await client.inquire([attempt]))[0]
        known, gone = await client.describe(["card_1", "card_2"])
        await client.delete(["card_1"])

    assert (attempt, datetime(2026, 11, 23, 15, tzinfo=UTC), None) == (told.attempt_id, told.network_at, told.rrn)
    assert known is not None
    assert (attempt, "0017", True) == (known.person_id, known.last4, known.keep)
    assert gone is None
    assert ("/v1/delete", {"tokens": ["card_1"], "reason": "no longer needed"}) == vault.calls[-1]


async def test_a_refund_names_its_debit() -> None:
    """`of` is sent for refunds, and for nothing else."""
    debit = an_ask()
    refund = Use(uuid7(), "refund", "card_1", 2000, "USD", debit.payment_id, of=debit.id)
    async with door(accept) as (vault, client):
        await client.use([debit, refund])

    assert [None, str(debit.id)] == [ask.get("of") for ask in vault.calls[0][1]["attempts"]]


async def test_the_vault_reads_our_ticket() -> None:
    """A ticket opens the form for this person, purpose and app; another key does not read it."""
    person = UUID(int=7)
    async with VaultClient("http://127.0.0.1:1", KEYS) as client:
        text, expires_at = client.ticket(person, "add", origin="http://localhost:8000")

    ticket = tickets.read(KEYS.ticket, text, origin="http://localhost:8000", now=datetime.now(UTC))
    assert (person, "add") == (ticket.person_id, ticket.purpose)
    assert expires_at > datetime.now(UTC)
    with pytest.raises(Exception, match="ticket_refused"):
        tickets.read(Key.random(), text, origin="http://localhost:8000", now=datetime.now(UTC))
