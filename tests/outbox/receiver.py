"""A real HTTP receiver on this machine that does as it is told, and a verifier written from the specification alone."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass
class Heard:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    """What was heard, and what is answered: a status, or a function of what was heard."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: Callable[[Heard], Answer] = lambda _: (204, {}, b"")
    hangs: bool = False

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hooks"

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers = lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
            heard = Heard(headers, await reader.readexactly(int(headers["content-length"])))
            self.heard.append(heard)
            if self.hangs:
                await asyncio.sleep(30)
            status, also, body = self.answers(heard)
            lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(body)}", "connection: close"]
            lines += [f"{name}: {value}" for name, value in also.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver._meet, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    yield receiver
    server.close()


def verified(heard: Heard, key: str) -> bool:
    """Whether one of the signatures is right for this key, by the letter of Standard Webhooks 1.0."""
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    kind, _, encoded = key.partition("_")
    raw = base64.b64decode(encoded)
    for one in heard.headers["webhook-signature"].split(" "):
        version, _, signature = one.partition(",")
        given = base64.b64decode(signature)
        if kind == "whsec" and version == "v1" and hmac.compare_digest(given, hmac.digest(raw, signed, hashlib.sha256)):
            return True
        if kind == "whpk" and version == "v1a":
            Ed25519PublicKey.from_public_bytes(raw).verify(given, signed)  # raises if it is not
            return True
    return False
