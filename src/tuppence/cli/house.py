"""A whole house on this machine: database, vault, simulator, server and worker, each a real process."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from tuppence.app.parts import embedded, urls
from tuppence.app.supervised import DOOR, door_closed
from tuppence.cli.supervisor import Supervisor
from tuppence.db import migrate
from tuppence.settings import Settings

PARTS = ("simulator", "vault", "worker", "server")
Tell = Callable[[str], None]


class RunningHouse:
    """What runs: its settings, and a hold on each process."""

    def __init__(self, settings: Settings, tell: Tell) -> None:
        self.settings = settings
        self.logs = settings.data_dir / "logs"
        self._tell = tell
        self._door = settings.data_dir / "door"
        self.processes = Supervisor(environment(settings) | {DOOR: str(self._door)}, self.logs, tell)

    async def start(self) -> None:
        """Everything up and ready. The processes import while the database starts, and wait at the door for it."""
        with door_closed(self._door):
            starting = [asyncio.create_task(self._start(part)) for part in PARTS]
            await self._database()
        await asyncio.gather(*starting)

    async def stop(self) -> None:
        """Everything down, the embedded database last."""
        await self.processes.stop()
        if server := embedded(self.settings):
            await asyncio.to_thread(server.stop)

    async def _database(self) -> None:
        begun = time.perf_counter()
        owner = (await asyncio.to_thread(urls, self.settings)).owner
        applied = await migrate(owner, which="main") + await migrate(owner, which="vault")
        self._told(begun, "database", f"{len(applied)} migrations" if applied else "as it was left")

    async def _start(self, part: str) -> None:
        begun = time.perf_counter()
        await self.processes.start(part, sys.executable, "-m", "tuppence.app", part)
        self._told(begun, part, "ready")

    def _told(self, begun: float, part: str, said: str) -> None:
        self._tell(f"{time.perf_counter() - begun:5.1f} s  {part:<10} {said}")


@asynccontextmanager
async def running_house(settings: Settings, tell: Tell) -> AsyncIterator[RunningHouse]:
    """A house for as long as one is inside."""
    house = RunningHouse(settings, tell)
    try:
        await house.start()
        yield house
    finally:
        await house.stop()


def sandbox_settings(data_dir: Path, *, free_ports: bool = False, **given: Any) -> Settings:
    """Settings of a sandbox in its own folder. Ports are the usual ones, or free ones where those are taken."""
    usual = {name: Settings.model_fields[name].default for name in PORTS}
    ports: dict[str, Any] = {name: _free() if free_ports or _taken(port) else port for name, port in usual.items()}
    return Settings(
        data_dir=data_dir,
        public_url=f"http://localhost:{ports['port']}",
        vault_url=f"http://vault.localhost:{ports['vault_port']}",
        acquirer_url=f"http://acquirer.localhost:{ports['acquirer_port']}",
        sandbox=True,
        webhooks_to_loopback=True,
        **ports,
        **given,
    )


PORTS = ("port", "vault_port", "network_port", "simulator_control_port", "acquirer_port")


def environment(settings: Settings) -> dict[str, str]:
    """How a child process gets the same settings: they beat whatever a file says."""
    given = {
        f"TUPPENCE_{name.upper()}": _plain(value)
        for name in Settings.model_fields
        if (value := getattr(settings, name)) is not None
    }
    return {**os.environ, "PYTHONUNBUFFERED": "1", **given}


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
