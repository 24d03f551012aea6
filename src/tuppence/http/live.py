"""Live sync: one hub a process hears of every commit and wakes whoever waits for that person's feed.

A stream and a long poll are the same loop: read the feed from where you stand, hand it over, wait to be woken, read
again. So replay and live are one path, and nothing can fall between them: what wakes carries no data, the feed does.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from tuppence import outbox
from tuppence.core import Failure, Kind
from tuppence.db import Database, Tx
from tuppence.http import problems

if TYPE_CHECKING:
    from tuppence.http.house import House

PING_SECONDS = 25.0
CHUNK_MOST = 200
SEND_SECONDS_MAX = 10.0
CLOSE_SECONDS_MAX = 1.0
SESSION_CHECK_SECONDS = 0.5
STREAMS_MOST = 20  # of one person at once

SESSION_ENDED = 4401
FEED_GONE = 4410
TOO_SLOW = 1013
RESTARTING = 1012

log = structlog.get_logger()


class Hub:
    """Who waits for whose feed."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self.closing = False

    @contextmanager
    def watch(self, person_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever this person's feed grew. Watch first, then read: nothing is missed."""
        woken = asyncio.Event()
        self._waiting[person_id].add(woken)
        try:
            yield woken
        finally:
            self._waiting[person_id].discard(woken)
            if not self._waiting[person_id]:
                del self._waiting[person_id]

    def watchers(self, person_id: UUID) -> int:
        return len(self._waiting.get(person_id, ()))

    async def run(self, database: Database) -> None:
        """Listen for ever. An empty notice means that some may have been missed: everybody looks."""
        async for notice in database.listen(outbox.FEED_CHANNEL):
            people = [UUID(one) for one in notice.split(",")] if notice else list(self._waiting)
            for person_id in people:
                self._wake(person_id)

    def close(self) -> None:
        """Send everybody home: the process is about to stop."""
        self.closing = True
        for person_id in list(self._waiting):
            self._wake(person_id)

    def _wake(self, person_id: UUID) -> None:
        for woken in self._waiting.get(person_id, ()):
            woken.set()


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody's feed after `since`."""

    person_id: UUID
    since: int
    limit: int


async def read_feeds(tx: Tx, asks: Sequence[Ask]) -> list[outbox.Feed | Failure]:
    """What each asks for, so that many who were woken by one commit share a transaction."""
    return [await _read(tx, ask) for ask in asks]


async def _read(tx: Tx, ask: Ask) -> outbox.Feed | Failure:
    try:
        return await outbox.read_feed(tx, ask.person_id, ask.since, ask.limit)
    except outbox.FeedTooFarBehind as gone:
        return gone


async def wait_for_feed(house: "House", ask: Ask, wait_seconds: float) -> outbox.Feed:
    """What came after `since`; if nothing did, what comes within the wait. Raises FeedTooFarBehind."""
    with house.hub.watch(ask.person_id) as woken:
        feed = await house.together(read_feeds, ask)
        if feed.entries or not wait_seconds or house.hub.closing:
            return feed
        try:
            await asyncio.wait_for(woken.wait(), wait_seconds)
        except TimeoutError:
            return feed
    return await house.together(read_feeds, ask)


def frame(entry: outbox.Entry) -> dict[str, Any]:
    """An entry as the wire has it."""
    return {"feed_seq": entry.feed_seq, "kind": entry.kind, "payload": entry.payload, "at": entry.at}


class Stream:
    """One WebSocket: the difference since the client's number, then everything as it commits."""

    def __init__(self, socket: WebSocket, house: "House", token: str, person_id: UUID, since: int) -> None:
        self._socket = socket
        self._house = house
        self._token = token
        self._person_id = person_id
        self._since = since

    async def run(self) -> None:
        """Serve until either side ends it, then say why with a close code."""
        await self._socket.accept()
        beats = [asyncio.create_task(beat()) for beat in (self._tell, self._hear, self._guard)]
        try:
            done, _ = await asyncio.wait(beats, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for beat in beats:
                beat.cancel()
            await asyncio.gather(*beats, return_exceptions=True)
        if code := _first_code(done):
            with suppress(TimeoutError, RuntimeError):  # who does not read cannot be told either
                async with asyncio.timeout(CLOSE_SECONDS_MAX):
                    await self._socket.close(code)

    async def _tell(self) -> int | None:
        """Read, send, wait; and again. Never more than one chunk in memory: a slow reader slows only itself."""
        with self._house.hub.watch(self._person_id) as woken:
            while not self._house.hub.closing:
                woken.clear()
                try:
                    feed = await self._house.together(read_feeds, Ask(self._person_id, self._since, CHUNK_MOST))
                except outbox.FeedTooFarBehind:
                    return FEED_GONE
                for entry in feed.entries:
                    if not await self._send(frame(entry)):
                        return TOO_SLOW
                    self._since = entry.feed_seq
                if not feed.more and not await self._rest(woken):
                    return TOO_SLOW
        return RESTARTING

    async def _rest(self, woken: asyncio.Event) -> bool:
        """Wait for news; say that we are still here when there is none. Whether the client still reads."""
        try:
            await asyncio.wait_for(woken.wait(), PING_SECONDS)
        except TimeoutError:
            return await self._send({"kind": "ping"})
        return True

    async def _send(self, message: dict[str, Any]) -> bool:
        """Whether the client took it in time."""
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await self._socket.send_text(problems.render(message).decode())
        except TimeoutError:
            return False
        return True

    async def _hear(self) -> None:
        """A client says nothing here; this notices when it leaves."""
        while (await self._socket.receive())["type"] != "websocket.disconnect":
            pass

    async def _guard(self) -> int:
        """Leave soon after the session ended: signing a device out must silence it."""
        while True:
            await asyncio.sleep(SESSION_CHECK_SECONDS)
            try:
                await self._house.sessions.of(self._token)
            except Failure as failure:
                if failure.kind is not Kind.UNAVAILABLE:
                    return SESSION_ENDED


def _first_code(done: set["asyncio.Task[int | None]"]) -> int | None:
    """Why the stream ended; None when the client left by itself."""
    for beat in done:
        error = beat.exception()
        if error is None:
            return beat.result()
        if not isinstance(error, WebSocketDisconnect | RuntimeError):
            log.error("stream.crashed", exc_info=error)
            return 1011
    return None
