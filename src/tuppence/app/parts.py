"""What several processes are made of."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import uvloop

from tuppence.app import logs
from tuppence.app.supervised import die_with_parent
from tuppence.core import Policy
from tuppence.db.embedded import Server, Urls
from tuppence.settings import Settings

CLOCK_JOB = "sandbox.clock"


def run(process: str, settings: Settings, main: Callable[[Settings], Awaitable[None]]) -> None:
    """Be this process until told to stop: logs set up, bound to the parent's life, on uvloop."""
    die_with_parent()
    logs.configure(process, settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_awaited(main(settings)))


async def _awaited(main: Awaitable[None]) -> None:
    await main


def embedded(settings: Settings) -> Server | None:
    """The server in the data folder, unless the operator named another."""
    given = (settings.owner_database_url, settings.database_url, settings.vault_database_url)
    return None if any(given) else Server(settings.data_dir / "postgres")


def urls(settings: Settings) -> Urls:
    """How the database is reached. Starts the embedded server if that is what we use and it does not run."""
    server = embedded(settings)
    if server:
        return server.start().urls
    given = (settings.owner_database_url, settings.database_url, settings.vault_database_url)
    return Urls(*(url.get_secret_value() if url else "" for url in given))


def url(settings: Settings, role: Literal["app", "vault"]) -> str:
    """How a process reaches the database in its role. It needs no other role's URL, and should not be given one."""
    found: str = getattr(urls(settings), role)
    if not found:
        sys.exit(f"{'database_url' if role == 'app' else 'vault_database_url'}: not set, and this process needs it")
    return found


def policy(settings: Settings) -> Policy:
    """The operator's numbers, or the house's."""
    return Policy.load(settings.policy_file)


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
