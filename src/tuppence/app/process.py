"""Being a process: started, told to stop, ended."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvloop

from tuppence.app import logs
from tuppence.app.supervised import die_with_parent, wait_for_door
from tuppence.settings import Settings

_YOUNG_OBJECTS_MOST = 20_000  # between two looks of the garbage collector; Python's own number is 700


def run(process: str, settings: Settings, main: Callable[[Settings], Awaitable[None]]) -> None:
    """Be this process until told to stop: logs set up, bound to the parent's life, on uvloop."""
    die_with_parent()
    logs.configure(process, settings.log_level)
    wait_for_door()
    _spare_what_stays()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_awaited(main(settings)))


def _spare_what_stays() -> None:
    """Modules, routes and schemas live as long as the process: the garbage collector need not look through them each
    time, and requests make little that it would find."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS_MOST)


async def _awaited(main: Awaitable[None]) -> None:
    await main


@asynccontextmanager
async def until_signal() -> AsyncIterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set, for processes that have no server to watch for them."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def until(work: Awaitable[Any], stop: asyncio.Event, end: Callable[[], None], ready: Callable[[], None]) -> None:
    """Do the work until a signal asks for its end; if it ends by itself, raise what ended it."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    ready()
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    end()
    await working
