"""What the demo's game sells, at an address of its own on this machine for as long as the demo runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PRODUCTS = (
    ("wick", "A spare wick", "For one more night.", 49),
    ("oil", "Lamp oil", "Burns for a week.", 199),
    ("gems", "100 gems", "They sparkle.", 499),
    ("season", "Winter season", "Every boat, every river, until spring.", 999),
    ("fleet", "The whole fleet", "Twelve boats, and a ferry.", 1999),
)


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The catalogue's address."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/paper-boats.json"
    finally:
        server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same to whoever asks for whatever."""
    await reader.readline()
    body = json.dumps({"products": [_product(*one) for one in PRODUCTS]}).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


def _product(sku: str, title: str, description: str, amount_minor: int) -> dict[str, object]:
    prices = [{"currency": "USD", "amount_minor": amount_minor}]
    return {"sku": sku, "title": title, "description": description, "prices": prices}
