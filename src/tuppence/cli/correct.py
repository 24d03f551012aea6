"""`tuppence books correct`: make a mistake in the books good, with a second pair of eyes. It takes TUPPENCE_API_KEY."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

app = typer.Typer(no_args_is_help=True, help="Corrections: further transfers, proposed by one, approved by another.")

Again = Annotated[UUID | None, typer.Option("--id", help="The correction's id, to repeat what got no answer.")]


@app.command()
def propose(
    why: Annotated[str, typer.Option(help="What went wrong; it stays in the books.")],
    reverse: Annotated[list[UUID] | None, typer.Option(help="A transfer to take back whole; repeat for more.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="JSON: a list of transfers with `corrects`.", exists=True, dir_okay=False)
    ] = None,
    again: Again = None,
) -> None:
    """Propose a correction and print it. Nothing moves until somebody else approves it."""
    from tuppence.cli import corrections
    from tuppence.core import uuid7

    if bool(reverse) == bool(file):
        raise typer.BadParameter("give either --reverse or --file")
    correction_id = again or uuid7()
    typer.echo(f"Proposing {correction_id}; without an answer repeat with --id.", err=True)
    given = json.loads(file.read_text()) if file else []
    _done(corrections.propose(why, reverse or [], given, correction_id))


@app.command()
def approve(correction_id: UUID) -> None:
    """Approve what somebody else proposed: its transfers are in the books when this returns."""
    from tuppence.cli import corrections

    _done(corrections.decide(correction_id, "approve"))


@app.command()
def reject(correction_id: UUID) -> None:
    """Reject a correction."""
    from tuppence.cli import corrections

    _done(corrections.decide(correction_id, "reject"))


@app.command("list")
def list_corrections(state: Annotated[str, typer.Option(help="proposed, approved or rejected.")] = "") -> None:
    """List corrections, the latest first."""
    from tuppence.cli import corrections

    _done(corrections.listing(state))


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Do it; what the API refuses is told, and exits 1."""
    from tuppence.cli.client import Refused

    try:
        asyncio.run(work)
    except Refused as refused:
        typer.echo(f"{refused.code}: {refused.problem.get('detail')}", err=True)
        raise typer.Exit(1) from None
