"""Calls to addresses that developers name: to public ones only, without redirects, and never endlessly."""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2

from tuppence.billing.games.web import Unanswered


class Caller:
    """A `Web`. In a sandbox (`anywhere`) games may live on this machine."""

    def __init__(self, *, anywhere: bool) -> None:
        self._anywhere = anywhere
        self._http = httpx2.AsyncClient(trust_env=False, follow_redirects=False)

    async def get(self, url: str, *, wait_s: float, most_bytes: int) -> bytes:
        """Raises: Unanswered."""
        return await self._ask("GET", url, None, {}, wait_s, most_bytes)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, wait_s: float, most_bytes: int) -> bytes:
        """Raises: Unanswered."""
        return await self._ask("POST", url, body, headers, wait_s, most_bytes)

    async def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], wait_s: float, most_bytes: int
    ) -> bytes:
        try:
            async with asyncio.timeout(wait_s):
                if not self._anywhere:
                    await _be_public(url)
                async with self._http.stream(method, url, content=body, headers=dict(headers)) as response:
                    if response.status_code != 200:
                        raise Unanswered(f"answered {response.status_code}")
                    found = b""
                    async for piece in response.aiter_bytes():
                        found += piece
                        if len(found) > most_bytes:
                            raise Unanswered("answered too much")
                    return found
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            raise Unanswered(type(error).__name__) from error


async def _be_public(url: str) -> None:
    """Raises: Unanswered, for a host that is, or resolves to, anything but public addresses."""
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    if not all(ipaddress.ip_address(one[4][0]).is_global for one in found):
        raise Unanswered("not a public address")
