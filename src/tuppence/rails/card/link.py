"""One TCP connection to the network, kept: sign-on, echo, reconnecting with back-off, answers matched to requests.

Time-outs are `asyncio.timeout`: Python 3.11's `wait_for` can swallow a cancellation, and closing would never end.
"""

import asyncio
import random
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import structlog

from tuppence.rails.card import dialect
from tuppence.rails.card.codec import Message, MessageError, pack, unpack
from tuppence.rails.card.framing import framed, read_frame
from tuppence.rails.card.spec import ANSWERS
from tuppence.rails.card.tls import Tls
from tuppence.vault.network import Stamp

log = structlog.get_logger()

MOST_STAN = 999_999
MOST_IN_FLIGHT = 2_000
_BACK_OFF_S = (0.05, 5.0)


class Silence(Enum):
    """No answer, and what that proves."""

    NOT_SENT = "not_sent"  # no byte left: nothing can have happened
    UNANSWERED = "unanswered"  # bytes left, or may have: anything can have happened


@dataclass(frozen=True, slots=True)
class Waits:
    """How long, in seconds, before giving up. Operators turn `answer_s`; tests turn all of them."""

    answer_s: float = 20.0
    connect_s: float = 2.0  # how long an ask waits for a connection that is down
    echo_s: float = 30.0


class Stamps:
    """Trace numbers in turn, 1 to 999999. Starts anywhere, so that a restart does not repeat this second's."""

    def __init__(self, last: int | None = None) -> None:
        self._last = random.randrange(MOST_STAN) if last is None else last  # noqa: S311 -- a counter, not a secret

    def next(self) -> Stamp:
        self._last = self._last % MOST_STAN + 1
        return Stamp(self._last, datetime.now(UTC).replace(microsecond=0))


Key = tuple[str, str, str]  # message type of the answer, trace number, transmission time


@dataclass(slots=True)
class _Waiting:
    request: Message
    answer: asyncio.Future[Message | Silence]


class Link:
    """Ask and be answered. Answers that nobody waits for (any more) are logged, masked, and dropped."""

    def __init__(self, host: str, port: int, stamps: Stamps, waits: Waits, *, tls: Tls | None = None) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._stamps = stamps
        self._waits = waits
        self._in_flight: dict[Key, _Waiting] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._signed_on = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the network has accepted our sign-on on a connection that still stands."""
        return self._signed_on.is_set()

    def start(self) -> None:
        """Connect, and stay connected until closed."""
        self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Let the connection go; whoever still waits is told that there is no answer."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)

    async def ask(self, request: Message) -> Message | Silence:
        """Send once and wait for the answer. Never raises for what a network may do."""
        try:
            raw = framed(pack(request))
        except MessageError as error:
            log.error("message_not_packed", path=error.path, reason=error.reason)
            return Silence.NOT_SENT
        if not await self._ready():
            return Silence.NOT_SENT
        return await self._exchange(request, raw)

    async def _ready(self) -> bool:
        if self._writer is not None and self._writer.is_closing():
            self._lost()  # noticed here first: wait for the next connection instead of failing on this one
        try:
            async with asyncio.timeout(self._waits.connect_s):
                await self._signed_on.wait()
        except TimeoutError:
            return False
        return True

    async def _exchange(self, request: Message, raw: bytes) -> Message | Silence:
        writer, key = self._writer, _key(ANSWERS[request.mti], request)
        if writer is None or writer.is_closing() or len(self._in_flight) >= MOST_IN_FLIGHT or key in self._in_flight:
            return Silence.NOT_SENT
        waiting = self._in_flight[key] = _Waiting(request, asyncio.get_running_loop().create_future())
        try:
            writer.write(raw)
            async with asyncio.timeout(self._waits.answer_s):
                return await waiting.answer
        except TimeoutError:
            log.warning("no_answer", request=repr(request))
            return Silence.UNANSWERED
        finally:
            del self._in_flight[key]

    async def _keep(self) -> None:
        least, most = _BACK_OFF_S
        pause = least
        while True:
            if await self._one_connection():
                pause = least
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 -- jitter
            pause = min(pause * 2, most)

    async def _one_connection(self) -> bool:
        """Connect, sign on, stay until it breaks. Returns: whether we were signed on."""
        try:
            async with asyncio.timeout(self._waits.answer_s):
                reader, self._writer = await asyncio.open_connection(self._host, self._port, **self._secured())
        except OSError as error:  # TimeoutError and ssl.SSLError are
            log.warning("not_connected", error=type(error).__name__, reason=_reason(error))
            return False
        reading = asyncio.create_task(self._read(reader))
        try:
            if not await self._manage(dialect.SIGN_ON):
                return False
            log.info("signed_on")
            self._signed_on.set()
            await self._echo_until(reading)
            return True
        finally:
            self._hang_up(reading)

    def _secured(self) -> dict[str, Any]:
        """How the connection is made: in the plain, or by certificates read just now."""
        if self._tls is None:
            return {}
        return {"ssl": self._tls.client(), "server_hostname": self._tls.server_name or self._host}

    async def _echo_until(self, reading: asyncio.Task[None]) -> None:
        while not reading.done():
            await asyncio.wait({reading}, timeout=self._waits.echo_s)
            if not reading.done() and not await self._manage(dialect.ECHO):
                log.warning("echo_unanswered")
                return

    async def _manage(self, code: str) -> bool:
        request = dialect.network(code, self._stamps.next())
        answer = await self._exchange(request, framed(pack(request)))
        return isinstance(answer, Message) and answer[39] == dialect.ACCEPTED

    def _hang_up(self, reading: asyncio.Task[None]) -> None:
        reading.cancel()
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        self._lost()

    def _lost(self) -> None:
        """Nothing more will be heard on this connection: whoever waits is told, whoever comes waits for the next."""
        if self._signed_on.is_set():
            log.warning("connection_lost", unanswered=len(self._in_flight))
        self._signed_on.clear()
        for waiting in self._in_flight.values():
            if not waiting.answer.done():
                waiting.answer.set_result(Silence.UNANSWERED)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Read until the peer goes or loses its place. A frame that is no message costs itself only."""
        try:
            while raw := await read_frame(reader):
                self._receive(raw)
        except MessageError as error:
            log.warning("stream_lost", reason=error.reason)
        finally:
            self._lost()

    def _receive(self, raw: bytes) -> None:
        try:
            answer = unpack(raw)
        except MessageError as error:
            log.warning("answer_unreadable", path=error.path, reason=error.reason)
            return
        waiting = self._in_flight.get(_key(answer.mti, answer))
        if waiting is None or waiting.answer.done() or not dialect.answers(waiting.request, answer):
            log.warning("answer_dropped", answer=repr(answer))
            return
        waiting.answer.set_result(answer)


def _key(mti: str, message: Message) -> Key:
    return mti, message[11], message[7]


def _reason(error: OSError) -> str | None:
    """Which certificate is amiss and how, in OpenSSL's words; or the system's name for what happened."""
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.strerror
