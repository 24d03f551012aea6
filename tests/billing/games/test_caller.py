"""Calls to games' servers: to where they may go, not for ever, and nothing that is no answer passes for one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tuppence.billing.games.caller import Caller
from tuppence.billing.games.web import Unanswered

_SAYS = {
    "/fine": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "/away": b"HTTP/1.1 302 Found\r\nLocation: /fine\r\nContent-Length: 0\r\n\r\n",
    "/broken": b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
    "/long": b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4000,
    "/nonsense": b"What?\r\n\r\n",
    "/slow": b"",
}


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A server that says one thing at each place; where it is."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readline()).split()[1].decode()
        if not _SAYS[path]:
            await asyncio.sleep(5)
        writer.write(_SAYS[path])
        await writer.drain()
        writer.close()

    serving = await asyncio.start_server(say, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    serving.close()


async def test_an_answer_is_what_a_server_says_with_200(server: str) -> None:
    """A redirect is not followed, an error is none, more than was asked for is none, nor is what comes too late."""
    caller = Caller(loopback=True)

    assert b"hi" == await caller.get(f"{server}/fine", wait_s=5, most_bytes=1_000)
    assert b"hi" == await caller.post(f"{server}/fine", b"{}", {"a": "b"}, wait_s=5, most_bytes=1_000)
    for path in ("/away", "/broken", "/long", "/nonsense"):
        with pytest.raises(Unanswered):
            await caller.get(server + path, wait_s=5, most_bytes=1_000)
    with pytest.raises(Unanswered):
        await caller.get(f"{server}/slow", wait_s=0.2, most_bytes=1_000)


async def test_only_public_addresses_are_called(server: str) -> None:
    """Neither this machine nor a private network is, by whatever name; a closed port is no answer."""
    caller = Caller(loopback=False)

    for url in (server, "http://localhost:1/", "http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]:1/"):
        with pytest.raises(Unanswered, match="not a public address"):
            await caller.get(url, wait_s=5, most_bytes=1_000)
    with pytest.raises(Unanswered):
        await Caller(loopback=True).get("http://127.0.0.1:1/", wait_s=5, most_bytes=1_000)
