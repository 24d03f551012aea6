"""A whole house with its four friends, and a real Chromium to visit it with.

Browsers are driven in step (Playwright's plain API); the house lives in a thread of its own.
"""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.visitor import Visitor
from tests.quick import quick_folder

from tuppence.app.parts import embedded
from tuppence.cli import seeds
from tuppence.cli.house import running_house, sandbox_settings
from tuppence.settings import Settings

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
READY_SECONDS_MAX = 90

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Those of the house that runs: server, worker, vault and banks, on free ports, thrown away at the end."""
    with quick_folder() as folder, lived(sandbox_settings(Path(folder) / "house", free_ports=True)) as settings:
        yield settings


@contextmanager
def lived(settings: Settings) -> Iterator[Settings]:
    """A house with these settings, its four friends planted; nothing of it is left afterwards."""
    ready, stop, failed = threading.Event(), threading.Event(), list[BaseException]()
    thread = threading.Thread(target=lambda: asyncio.run(_live(settings, ready, stop, failed)))
    thread.start()
    try:
        assert ready.wait(READY_SECONDS_MAX), "the house is not up"
        assert not failed, failed
        yield settings
    finally:
        stop.set()
        thread.join()
        if server := embedded(settings):
            server.remove()


@pytest.fixture(scope="session")
def address(settings: Settings) -> str:
    """Where the house is found."""
    return settings.public_url


async def _live(settings: Settings, ready: threading.Event, stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        async with running_house(settings, lambda _: None):
            for friend in (await seeds.plant(settings)).values():
                await friend.close()
            ready.set()
            await asyncio.to_thread(stop.wait)
    except BaseException as error:
        failed.append(error)
    finally:
        ready.set()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a file; each visitor has a profile of their own in it.

    No longer than that: while Playwright's plain API is open its event loop counts as running in this thread, and no
    asynchronous test could start in the same process.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "no Chromium: run scripts/chromium, or set CHROMIUM to one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def arrive(address: str, chromium: Browser) -> Iterator[Arrive]:
    """Somebody comes: `arrive(seeds.ANN)`, with any option of a browser context. Nothing may have gone wrong in their
    page by the time that they leave."""
    here: list[Visitor] = []

    def arrive(who: seeds.Seed | None = None, **options: Any) -> Visitor:
        visitor = Visitor(chromium, address, **options)
        here.append(visitor)
        if who:
            visitor.sign_in(who)
        return visitor

    yield arrive
    troubles = [trouble for visitor in here for trouble in visitor.leave()]
    assert [] == troubles
