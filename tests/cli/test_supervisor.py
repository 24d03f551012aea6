"""Children that come up, die, come back and go."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tuppence.cli.supervisor import Supervisor

CHILD = """
import signal, sys, time
from tuppence.app.supervised import die_with_parent, say_ready
die_with_parent()
print("born", flush=True)
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
say_ready()
time.sleep(600)
"""
PARENT = """
import asyncio, os, sys
from pathlib import Path
from tuppence.cli.supervisor import Supervisor
async def main():
    supervisor = Supervisor(dict(os.environ), Path(sys.argv[1]), print)
    await supervisor.start("child", sys.executable, "-c", sys.argv[2])
    print(supervisor.pid("child"), flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(dict(os.environ), tmp_path, lambda _: None, stop_seconds_max=0.3)
    yield supervisor
    await supervisor.stop()


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


async def _gone(pid: int) -> bool:
    for _ in range(100):
        if not _alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_killed_child_is_followed_by_a_ready_one(supervisor: Supervisor, tmp_path: Path) -> None:
    """After SIGKILL another process has the name, says that it is ready, and writes the same log."""
    await supervisor.start("child", sys.executable, "-c", CHILD)
    first = supervisor.pid("child")
    await supervisor.kill("child")

    assert first != supervisor.pid("child")
    assert not _alive(first)
    assert ["born", "born"] == (tmp_path / "child.log").read_text().split()


async def test_a_stopped_child_stays_stopped_even_if_it_is_deaf(supervisor: Supervisor) -> None:
    """Stopping ends a child that ignores SIGTERM too, and nobody starts it again."""
    await supervisor.start("deaf", sys.executable, "-c", CHILD, "deaf")
    pid = supervisor.pid("deaf")
    await supervisor.stop()
    await asyncio.sleep(0.4)

    assert not _alive(pid)


async def test_no_child_outlives_its_supervisor(tmp_path: Path) -> None:
    """A supervisor killed by SIGKILL leaves no process behind."""
    command = [sys.executable, "-c", PARENT, str(tmp_path), CHILD]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - starting is quick
    with parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert _alive(pid)
        parent.send_signal(signal.SIGKILL)

    assert await _gone(pid)
