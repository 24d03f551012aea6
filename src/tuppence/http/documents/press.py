"""Where documents become PDF: one process a document, one document at a time."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuppence.core import Failure, Kind

_PROGRAM = Path(__file__).with_name("typeset.py")
_PASSED = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT")  # a process needs these; none is a secret


class PressBusy(Failure):
    """Too many documents are being made. Nothing was made; try again in a moment."""

    kind = Kind.UNAVAILABLE
    code = "press_busy"


class Press:
    """Makes PDFs. Who waits too long is sent away: a queue that grows helps nobody."""

    def __init__(self, *, wait_seconds: float = 15, work_seconds: float = 60) -> None:
        self._turn = asyncio.Lock()
        self._wait_seconds = wait_seconds
        self._work_seconds = work_seconds

    async def pdf(self, template: str, facts: Mapping[str, Any]) -> bytes:
        """A document. Raises: PressBusy."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise PressBusy(retry_after_seconds=round(self._wait_seconds)) from None
        try:
            return await self._typeset(template, json.dumps(facts).encode())
        finally:
            self._turn.release()

    async def _typeset(self, template: str, facts: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(_PROGRAM),
            template,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it may quote what people wrote
            env={name: os.environ[name] for name in _PASSED if name in os.environ},
        )
        try:
            async with asyncio.timeout(self._work_seconds):
                pdf, _ = await process.communicate(facts)
        except TimeoutError:
            raise PressBusy(retry_after_seconds=round(self._wait_seconds)) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, f"typesetting a {template} ended with {process.returncode}"
        return pdf
