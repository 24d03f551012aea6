"""A lean HTTP/1.1 load client: raw sockets, one thread, epoll, requests built beforehand.

A common HTTP client costs more processor time a call than the server under test, and both share two cores here.
What this one costs is measured and printed with the result.
"""

import resource
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass
class Load:
    """What a run did."""

    seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the answers stayed within."""
        return sorted(self.latencies_ms)[min(int(len(self.latencies_ms) * share), len(self.latencies_ms) - 1)]


class _Caller:
    """One connection, one request at a time."""

    def __init__(self, address: tuple[str, int], requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.heard = b""
        self.sent_at = 0.0

    def send(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.heard = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def hear(self) -> int | None:
        """Take what has arrived; the status once the answer is whole."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.heard += data
        head, found, body = self.heard.partition(_END)
        if not found or len(body) < _length(head):
            return None
        return int(head[9:12])


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(_LENGTH)
    return int(lowered[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def run(address: tuple[str, int], requests: Iterator[bytes], *, callers: int, seconds: float) -> Load:
    """Keep `callers` requests in flight for `seconds`, or until there are no more."""
    load, selector, begun, cpu = Load(), selectors.DefaultSelector(), time.perf_counter(), _cpu_seconds()
    open_callers = [_Caller(address, requests) for _ in range(callers)]
    waiting = 0
    for caller in open_callers:
        selector.register(caller.socket, selectors.EVENT_READ, caller)
        waiting += caller.send()
    while waiting:
        for key, _ in selector.select(timeout=30):
            caller = key.data
            status = caller.hear()
            if status is None:
                continue
            now = time.perf_counter()
            load.latencies_ms.append((now - caller.sent_at) * 1000)
            load.statuses[status] += 1
            if now - begun > seconds or not caller.send():
                waiting -= 1
    load.seconds, load.client_cpu_seconds = time.perf_counter() - begun, _cpu_seconds() - cpu
    for caller in open_callers:
        caller.socket.close()
    return load


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
