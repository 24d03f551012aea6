"""Calls to games' servers, behind the guard of webhooks: public addresses only, no redirects, never endlessly."""

import asyncio
from collections.abc import Mapping

import httpcore2

from tuppence.billing.games.web import Unanswered
from tuppence.outbox.hooks.sending import AddressRefused, Guarded

_CONNECTIONS_MOST = 100


class Caller:
    """A `Web`. `loopback`: games may live on this machine, as in a sandbox."""

    def __init__(self, *, loopback: bool) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            max_connections=_CONNECTIONS_MOST, keepalive_expiry=20, network_backend=Guarded(loopback)
        )

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
            async with (
                asyncio.timeout(wait_s),
                self._pool.stream(method, url, headers=list(headers.items()), content=body) as response,
            ):
                if response.status != 200:
                    raise Unanswered(f"answered {response.status}")
                found = b""
                async for piece in response.aiter_stream():
                    found += piece
                    if len(found) > most_bytes:
                        raise Unanswered("answered too much")
                return found
        except Unanswered:
            raise
        except AddressRefused as error:
            raise Unanswered("not a public address") from error
        except Exception as error:  # a server can break a connection in many ways; each is its failure, not ours
            raise Unanswered(type(error).__name__) from error
