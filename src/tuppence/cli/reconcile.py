"""`tuppence reconcile …`: read the rails' files, see what does not agree, be done with it."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any
from uuid import UUID

import typer

from tuppence.core import Failure
from tuppence.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What the rails settled, beside what we hold for true.")


@app.command()
def run() -> None:
    """Read what is new and judge every attempt by it; exits 1 while a break is open."""
    from tuppence.cli import breaks

    raise typer.Exit(1 if _done(breaks.run(Settings())) else 0)


@app.command("breaks")
def list_breaks(every: Annotated[bool, typer.Option("--all", help="Those that ended too.")] = False) -> None:
    """List breaks, the oldest first: id, kind, amount, age, and what it is about."""
    from tuppence.cli import breaks

    _done(breaks.listing(Settings(), ended=every))


@app.command()
def show(break_id: UUID) -> None:
    """Print all that is known of a break."""
    from tuppence.cli import breaks

    _done(breaks.show(Settings(), break_id))


@app.command()
def close(
    break_id: UUID,
    by: Annotated[str, typer.Option("--as", help="Who you are; it is written down.")],
    reason: Annotated[str, typer.Option(help="Why it is over; it is written down.")],
    write_off: Annotated[bool, typer.Option("--write-off", help="Book what it leaves to the account `loss`.")] = False,
) -> None:
    """Be done with a break."""
    from tuppence.cli import breaks
    from tuppence.payments.reconciliation import Close

    if not by.strip() or not reason.strip():
        raise typer.BadParameter("say who you are and why")
    _done(breaks.close(Settings(), Close(break_id, by.strip(), reason.strip(), write_off)))


@app.command()
def returns() -> None:
    """Say how many debits of bank accounts came back in sixty days; exits 1 when a limit of Nacha's is passed."""
    from tuppence.cli import breaks

    raise typer.Exit(1 if _done(breaks.returns(Settings())) else 0)


def _done(work: Coroutine[Any, Any, Any]) -> Any:
    """Do it; a refusal is a sentence and exit code 1."""
    try:
        return asyncio.run(work)
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None
