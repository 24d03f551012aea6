"""How a process of ours stands to whoever started it: it says when it is ready, and it does not outlive its parent."""

import ctypes
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARENT = "SUPERVISED_BY"  # environment: the process id of `tuppence demo`
DOOR = "SUPERVISOR_DOOR"  # environment: a file that the supervisor holds locked while it prepares
_PR_SET_PDEATHSIG = 1  # Linux, prctl(2)


def die_with_parent() -> None:
    """When a supervisor started us, let the kernel send SIGTERM the moment it dies, however it dies."""
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(1)


def wait_for_door() -> None:
    """Wait until our supervisor lets us in: it prepares the database while we are still importing."""
    door = os.environ.get(DOOR)
    if door:
        with open(door) as file:
            fcntl.flock(file, fcntl.LOCK_SH)


@contextmanager
def door_closed(door: Path) -> Iterator[None]:
    """For the supervisor: whoever waits for this door waits until we are through."""
    door.parent.mkdir(parents=True, exist_ok=True)
    with door.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say_ready() -> None:
    """Tell systemd, or our own supervisor, that we answer from now on: sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)
