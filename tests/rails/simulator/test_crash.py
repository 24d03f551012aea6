"""kill -9 in the middle of traffic: what was answered stands, what was not is found out, nothing moves twice."""

import asyncio
import json
import signal
import socket
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from tuppence.rails.simulator import control
from tuppence.vault.network import Financial, Movement, Outcome, State

KILLS = 2
LANES = 6
ANSWERS_BETWEEN_KILLS = 60
LEGS = ((Movement.DEBIT, "Everyday"), (Movement.PUSH, "Next morning"))


class Process:
    """The simulator as a process of its own, on ports that stay the same over its deaths."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.port, self.control_port = _free_ports()

    async def __aenter__(self) -> "Process":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Start, and return when it listens."""
        ports = ["--port", str(self.port), "--control-port", str(self.control_port)]
        command = [sys.executable, "-m", "tuppence.rails.simulator", "--journal", str(self.journal), *ports]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*command, stdout=pipe)
        assert self._process.stdout is not None
        while not (line := await self._process.stdout.readline()).startswith(b"{"):
            assert line, "the simulator did not start"
        assert self.port == json.loads(line)["port"]
        self._drain = asyncio.create_task(self._process.stdout.read())

    async def kill(self) -> None:
        """As the system would when it is out of memory: no goodbye."""
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        await self._drain


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


class Traffic:
    """Debits and credits, several at a time, until somebody says stop."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.sent: list[tuple[Financial, Outcome]] = []
        self._answered = asyncio.Semaphore(0)
        self._going = True

    async def one_lane(self) -> None:
        """One after the other."""
        while self._going:
            movement, label = LEGS[len(self.sent) % 2]
            self.sent.append(await self.desk.send(movement, label, 100 + len(self.sent)))
            self._answered.release()

    async def interrupt(self, simulator: Process) -> None:
        """Kill the network each time that it has answered some more, then stop."""
        for _ in range(KILLS):
            for _ in range(ANSWERS_BETWEEN_KILLS):
                await self._answered.acquire()
            await simulator.kill()
            await simulator.start()
        self._going = False


async def test_nothing_moves_twice_and_nothing_answered_is_lost(tmp_path: Path, desk_at: Any) -> None:
    """Debits and credits keep coming while the network dies; the banks end up agreeing with our books."""
    async with (
        Process(tmp_path / "journal") as simulator,
        desk_at(simulator.port, simulator.control_port) as desk,
    ):
        traffic = Traffic(desk)
        await asyncio.gather(traffic.interrupt(simulator), *(traffic.one_lane() for _ in range(LANES)))
        ours = [await _find_out(desk, ask, outcome) for ask, outcome in traffic.sent]
        accepted = [(ask, outcome) for ask, outcome in traffic.sent if outcome.state is State.ACCEPTED]
        repeated = await asyncio.gather(*(desk.network.financial(ask) for ask, _ in accepted))
        accounts = (await control(simulator.control_port, "accounts"))["accounts"]
        statements = (await control(simulator.control_port, "statements"))["statements"]

    assert any(outcome.state is State.UNKNOWN for _, outcome in traffic.sent), "the kills hit nothing"
    assert [replace(one, network_at=None) for _, one in accepted] == [replace(one, network_at=None) for one in repeated]
    assert sum(ours) == sum(account["moved_minor"] for account in accounts)
    times = Counter(line["attempt"] for lines in statements.values() for line in lines)
    assert [] == [attempt for attempt, n in times.items() if n > 1]


async def _find_out(desk: Any, ask: Financial, outcome: Outcome) -> int:
    """What the vault would do about silence; what moved by our books."""
    sign = -1 if ask.movement is Movement.DEBIT else 1
    if outcome.state is State.UNKNOWN and ask.movement is Movement.DEBIT:
        while not await desk.network.reverse(ask.original, repeat=True):
            pass
        return 0
    while outcome.state is State.UNKNOWN:
        outcome = await desk.network.inquire(ask.original)
    return sign * ask.amount_minor if outcome.state is State.ACCEPTED else 0
