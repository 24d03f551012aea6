"""One attempt: resolve the name, refuse what is not public, connect to what was resolved, post, read a little."""

import asyncio
import email.utils
import socket
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore2

from tuppence.outbox.hooks.addresses import address_in, is_loopback, is_public
from tuppence.outbox.hooks.model import Outcome

ANSWER_SECONDS = 15.0
_ANSWER_BYTES = 512
_CONNECTIONS_MOST = 100


class AddressRefused(Exception):
    """The name leads to an address that we do not call."""


class Sender:
    """Posts to addresses that others named. Follows no redirect, uses no proxy, and believes no name twice: every new
    connection goes to an address that was looked up and judged for it."""

    def __init__(self, *, loopback: bool, answer_s: float = ANSWER_SECONDS) -> None:
        """`loopback`: this machine may be called, for developers who test on theirs."""
        self._answer_s = answer_s
        self._pool = httpcore2.AsyncConnectionPool(
            max_connections=_CONNECTIONS_MOST,
            max_keepalive_connections=20,
            keepalive_expiry=20,
            network_backend=Guarded(loopback),
        )

    async def close(self) -> None:
        await self._pool.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """What became of it, within the time-out; this raises nothing."""
        began_s = time.perf_counter()

        def took_ms() -> int:
            return round((time.perf_counter() - began_s) * 1000)

        try:
            async with (
                asyncio.timeout(self._answer_s),
                self._pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
            ):
                answer = await _beginning(response.aiter_stream())
        except AddressRefused:
            return Outcome(None, "address_refused", "", took_ms())
        except TimeoutError:
            return Outcome(None, "timed_out", "", took_ms())
        except Exception as error:  # a receiver can break a connection in many ways; each is its failure, not ours
            return Outcome(None, _named(error), "", took_ms())
        told = {name.lower(): value for name, value in response.headers}
        return Outcome(response.status, None, _shown(answer), took_ms(), _patience(told.get(b"retry-after")))


async def _beginning(stream: AsyncIterator[bytes]) -> bytes:
    read = b""
    with suppress(httpcore2.NetworkError, httpcore2.ProtocolError):  # the status is what counts, and that is here
        async for chunk in stream:
            read += chunk
            if len(read) >= _ANSWER_BYTES:
                break
    return read[:_ANSWER_BYTES]


def _shown(raw: bytes) -> str:
    """As text that can be stored and shown."""
    text = raw.decode("utf-8", "replace")
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)


def _named(error: Exception) -> str:
    if isinstance(error, httpcore2.TimeoutException):
        return "timed_out"
    if isinstance(error, httpcore2.ConnectError):
        return "not_reached"
    return "broken_off"


def _patience(told: bytes | None) -> timedelta | None:
    """Retry-After, as seconds or as a date. Source: RFC 9110, section 10.2.3."""
    text = (told or b"").decode("latin-1").strip()
    if text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(0), zoned - datetime.now(UTC))


class Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to public addresses only. TLS asks for the name all the same, as the pool tells it."""

    def __init__(self, loopback: bool) -> None:
        self._loopback = loopback
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        if not addresses or not all(self._may(one) for one in addresses):
            raise AddressRefused
        for place, address in enumerate(addresses, 1):
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if place == len(addresses):
                    raise
        raise AssertionError("a name has addresses")

    def _may(self, text: str) -> bool:
        address = address_in(text)
        return address is not None and (is_public(address) or (self._loopback and is_loopback(address)))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    """Every address of a name, in the system's order. Raises: httpcore2.ConnectError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError("not resolved") from error
    return [str(where[0]) for *_, where in found]
