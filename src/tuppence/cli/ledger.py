"""`tuppence ledger`: the test door to the ledger's engines."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

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
    from tuppence.cli import door
    from tuppence.core import Failure

    try:
        asyncio.run(door.serve(engine, superuser_url))
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None
