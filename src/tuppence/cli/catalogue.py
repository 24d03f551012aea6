"""The server of the demo's game, on this machine for as long as the demo runs: what it sells, and where it hears."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

_SECONDS_MAX = 5

PRODUCTS = (
    ("wick", "A spare wick", "For one more night.", 49),
    ("oil", "Lamp oil", "Burns for a week.", 199),
    ("gems", "100 gems", "They sparkle.", 499),
    ("season", "Winter season", "Every boat, every river, until spring.", 999),
    ("fleet", "The whole fleet", "Twelve boats, and a ferry.", 1999),
)


@dataclass(frozen=True)
class Address:
    """Where the game's server is."""

    catalogue: str
    hooks: str


@asynccontextmanager
async def served() -> AsyncIterator[Address]:
    """While it runs."""
    at_work: set[asyncio.Task[None]] = set()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve(reader, writer))
        at_work.add(task)
        task.add_done_callback(at_work.discard)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        home = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield Address(f"{home}/paper-boats.json", f"{home}/hooks")
    finally:
        server.close()
        await asyncio.gather(*at_work, return_exceptions=True)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One question, or none from somebody who thinks better of it."""
    try:
        async with asyncio.timeout(_SECONDS_MAX):
            writer.write(await _answer(reader))
            await writer.drain()
    except (OSError, EOFError, TimeoutError):
        return
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """Thanks for whatever is told; the catalogue to whoever asks for whatever."""
    asked = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if asked.startswith("POST"):
        told = re.search(r"\r\ncontent-length: (\d+)", asked, re.IGNORECASE)
        await reader.readexactly(int(told[1]) if told else 0)
        body = b"thanks"
    else:
        body = json.dumps({"products": [_product(*one) for one in PRODUCTS]}).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _product(sku: str, title: str, description: str, amount_minor: int) -> dict[str, object]:
    prices = [{"currency": "USD", "amount_minor": amount_minor}]
    return {"sku": sku, "title": title, "description": description, "prices": prices}
