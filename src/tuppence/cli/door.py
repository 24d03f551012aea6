"""What `tuppence ledger door` does: a line in, a line out."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tuppence.ledger import door


async def serve(engine: str, superuser_url: str) -> None:
    """Answer until the input ends. Raises: NotThrowAway."""
    async with _opened(engine, superuser_url) as opened:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                sys.stdout.write(await door.answer(opened, line) + "\n")
                sys.stdout.flush()


@asynccontextmanager
async def _opened(engine: str, superuser_url: str) -> AsyncIterator[door.Door]:
    if engine == "pure":
        yield door.PureDoor()
    elif superuser_url:
        async with door.PostgresDoor.opened(superuser_url) as opened:
            yield opened
    else:
        async with door.throw_away() as opened:
            yield opened
