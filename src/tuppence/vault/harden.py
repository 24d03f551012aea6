"""What the vault's process does before it touches a key: no core dumps, no tracing, no talkative tracebacks."""

import asyncio
import ctypes
import resource
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

import structlog

_PR_SET_DUMPABLE = 4  # Linux, prctl(2)
log = structlog.get_logger()


def harden() -> None:
    """Call first in the process. Raises OSError where the kernel refuses: the vault does not start half-armoured.

    Not dumpable: no core file, and nobody but root may ptrace or read /proc/<pid>/mem.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
    sys.excepthook = _hook
    threading.excepthook = lambda seen: told("uncaught", seen.exc_value)
    sys.unraisablehook = lambda seen: told("unraisable", seen.exc_value)


def scrub(loop: asyncio.AbstractEventLoop) -> None:
    """The same for what nobody awaited in this loop."""
    loop.set_exception_handler(_loop_handler)


def told(event: str, error: BaseException | None) -> None:
    """Log that an exception happened and where, never what it said: a message may quote what somebody typed."""
    log.error(event, error=type(error).__name__, where=where(error))


def where(error: BaseException | None) -> list[str]:
    """Frames as `file:line function`, without locals and without messages; causes included."""
    frames: list[str] = []
    while error is not None:
        frames += [f"{type(error).__name__}:"]
        frames += [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(error.__traceback__)]
        error = error.__cause__ or error.__context__
    return frames


def _hook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    told("uncaught", error)


def _loop_handler(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    told("unawaited", context.get("exception"))
