"""The server as it is shipped, with the number of asks that share a transaction given: 1 turns group commit off."""

import asyncio
import sys
from dataclasses import replace

from tuppence.app import process
from tuppence.app import server as shipped
from tuppence.app.serving import serve
from tuppence.app.supervised import say_ready
from tuppence.db import GroupCommit
from tuppence.http import Sessions
from tuppence.settings import Settings


async def _main(settings: Settings, most: int) -> None:
    async with shipped.open_house(settings) as house:
        together = GroupCommit(house.database, most=most)
        house = replace(house, together=together, sessions=Sessions(together))
        await serve(shipped.make_server(settings, house), say_ready)


if __name__ == "__main__":
    process.run("server", Settings(), lambda settings: _main(settings, int(sys.argv[1])))
    asyncio.set_event_loop(None)
