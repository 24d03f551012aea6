"""Running an ASGI server inside a loop of ours."""

import asyncio
from collections.abc import Callable

import uvicorn

_LOOK_SECONDS = 0.02


class DidNotStart(Exception):
    """The server ended before it listened; the log says why: most often the port is taken."""


async def serve(server: uvicorn.Server, when_listening: Callable[[], None]) -> None:
    """Serve until a signal; say so once requests are answered. Raises: DidNotStart."""
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            await serving
            raise DidNotStart(f"nothing listens on {server.config.host}:{server.config.port}")
        await asyncio.sleep(_LOOK_SECONDS)
    when_listening()
    await serving
