"""Runs the house's processes as children: starts them, sees them ready, restarts what dies, leaves no orphan."""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tuppence.app.supervised import PARENT

READY_SECONDS_MAX = 30.0
_AGAIN_SECONDS = (0.2, 0.5, 1, 2, 5)
_CALM_SECONDS = 20.0  # alive this long, a child has earned a fresh count

Tell = Callable[[str], None]


class NotReady(Exception):
    """A process did not come up; its log says why."""


class Supervisor:
    """The children of one command. `environment` is what they all get."""

    def __init__(
        self, environment: Mapping[str, str], logs: Path, tell: Tell, *, stop_seconds_max: float = 8.0
    ) -> None:
        self._stop_seconds_max = stop_seconds_max
        self._environment = environment
        self._logs = logs
        self._tell = tell
        self._children: dict[str, Child] = {}

    async def start(self, name: str, *command: str) -> None:
        """Start a command under this name and wait until it says that it is ready. Raises: NotReady."""
        self._logs.mkdir(parents=True, exist_ok=True)
        child = Child(name, command, self._environment, self._logs / f"{name}.log", self._tell)
        self._children[name] = child
        await child.start()

    def pid(self, name: str) -> int:
        """The process id a child has right now."""
        return self._children[name].pid

    async def kill(self, name: str) -> None:
        """Crash a child as hard as can be (SIGKILL), and wait until its successor is ready."""
        await self._children[name].crash()

    async def stop(self, *names: str) -> None:
        """Ask them (or all) to end, last started first; insist when they don't."""
        for name in reversed(names or tuple(self._children)):
            await self._children.pop(name).stop(self._stop_seconds_max)


class Child:
    """One process, and whoever follows it when it dies."""

    def __init__(self, name: str, command: tuple[str, ...], environment: Mapping[str, str], log: Path, tell: Tell):
        self._name = name
        self._command = command
        self._environment = environment
        self._log = log
        self._tell = tell
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep())
        await self._until_ready()

    async def crash(self) -> None:
        self._ready.clear()
        os.kill(self.pid, signal.SIGKILL)
        await self._until_ready()

    async def stop(self, seconds_max: float) -> None:
        """End the keeper first, so that nobody restarts what we are about to stop."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(seconds_max):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                await self._ready.wait()
        except TimeoutError:
            raise NotReady(f"{self._name} did not come up; see {self._log}") from None

    async def _keep(self) -> None:
        """Start it; when it dies start it again, a little later each time that it dies young."""
        young = 0
        while True:
            born = asyncio.get_running_loop().time()
            await self._live()
            young = 0 if asyncio.get_running_loop().time() - born > _CALM_SECONDS else young + 1
            self._tell(f"{self._name} ended; starting it again")
            await asyncio.sleep(_AGAIN_SECONDS[min(young, len(_AGAIN_SECONDS) - 1)])

    async def _live(self) -> None:
        with tempfile.TemporaryDirectory(prefix="tup-") as folder, self._log.open("ab") as log:
            notify = Path(folder) / "ready"
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as listening:
                listening.bind(str(notify))
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env={**self._environment, PARENT: str(os.getpid()), "NOTIFY_SOCKET": str(notify)},
                    start_new_session=True,  # a Ctrl-C at the terminal is for us; we stop our children ourselves
                )
                hearing = asyncio.create_task(self._hear(listening))
                try:
                    await self._process.wait()
                finally:
                    hearing.cancel()
                    await asyncio.gather(hearing, return_exceptions=True)

    async def _hear(self, listening: socket.socket) -> None:
        while True:
            if b"READY=1" in await asyncio.get_running_loop().sock_recv(listening, 256):
                self._ready.set()


@contextlib.contextmanager
def signals_set(event: asyncio.Event) -> Iterator[None]:
    """While inside, Ctrl-C and SIGTERM set the event instead of killing us midway."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, event.set)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
