"""How a process of ours stands to whoever started it: it says when it is ready, and it does not outlive its parent."""

import ctypes
import os
import signal
import socket
import sys

PARENT = "SUPERVISED_BY"  # environment: the process id of `tuppence demo`
_PR_SET_PDEATHSIG = 1  # Linux, prctl(2)


def die_with_parent() -> None:
    """When a supervisor started us, let the kernel send SIGTERM the moment it dies, however it dies."""
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(1)


def say_ready() -> None:
    """Tell systemd, or our own supervisor, that we answer from now on: sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)
