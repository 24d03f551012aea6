"""`tuppence ledger`: the test door to the ledger's engines."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

import typer

from tuppence.core import Failure
from tuppence.ledger import door

app = typer.Typer(no_args_is_help=True, help="The ledger's engines, for tests.")


class Engine(StrEnum):
    PURE = "pure"
    POSTGRES = "postgres"


@app.callback()
def several() -> None:
    """Keep `door` a command of its own name."""


@app.command("door")
def open_door(
    engine: Annotated[Engine, typer.Option(help="Which of the two decides.")] = Engine.PURE,
    superuser_url: Annotated[
        str, typer.Option(help="PostgreSQL: a migrated database that nobody uses. None: one is made and thrown away.")
    ] = "",
) -> None:
    """Read a command a line, write what came of it; docs/design/ledger-door.md has the commands."""
    try:
        asyncio.run(_serve(engine, superuser_url))
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None


async def _serve(engine: Engine, superuser_url: str) -> None:
    async with _opened(engine, superuser_url) as opened:
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                sys.stdout.write(await door.answer(opened, line) + "\n")
                sys.stdout.flush()


@asynccontextmanager
async def _opened(engine: Engine, superuser_url: str) -> AsyncIterator[door.Door]:
    if engine is Engine.PURE:
        yield door.PureDoor()
    elif superuser_url:
        async with door.PostgresDoor.opened(superuser_url) as opened:
            yield opened
    else:
        async with door.throw_away() as opened:
            yield opened
