"""`tuppence keys`: API keys, made and revoked by whoever holds the owner's database URL."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

app = typer.Typer(no_args_is_help=True, help="API keys for programs.")


@app.command()
def create(
    person: Annotated[str, typer.Option(help="The handle of whom the key acts for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; repeat for more.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "API key",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it lives. Unset: until revoked.")] = None,
) -> None:
    """Make a key and print it: this is the only time that it is seen."""
    from tuppence.cli import keyring

    typer.echo(asyncio.run(keyring.create(person, scope, name, days)))


@app.command("list")
def list_keys() -> None:
    """Every key: its id, what is shown of it, whose it is, what it is for, what it may do, how it stands."""
    from tuppence.cli import keyring

    for line in asyncio.run(keyring.lines()):
        typer.echo(line)


@app.command()
def revoke(key_id: Annotated[UUID, typer.Argument(help="As `list` shows it.")]) -> None:
    """End a key at once."""
    from tuppence.cli import keyring

    asyncio.run(keyring.revoke(key_id))
    typer.echo("It is over.")
