"""`tuppence disputes …`: what people report and what banks take back."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any
from uuid import UUID

import typer

from tuppence.core import Failure
from tuppence.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What people report about payments, and what banks take back.")

By = Annotated[str, typer.Option("--as", help="Who you are; it is written down.")]
Why = Annotated[str, typer.Option(help="Why; it is written down, and told to nobody.")]


@app.command("list")
def list_disputes(every: Annotated[bool, typer.Option("--all", help="The decided ones too.")] = False) -> None:
    """List what is open, the most urgent first: kind, reason, amount, state, and the next date."""
    from tuppence.cli import disputing

    _done(disputing.listing(Settings(), decided=every))


@app.command()
def show(dispute_id: UUID) -> None:
    """Show one: what both sides wrote, what was given, what happened when."""
    from tuppence.cli import disputing

    _done(disputing.show(Settings(), dispute_id))


@app.command()
def decide(
    dispute_id: UUID,
    what: Annotated[str, typer.Argument(help="take, ask, for_claimant, for_respondent, halve, represent, concede")],
    by: By,
    reason: Why,
    amount_minor: Annotated[int | None, typer.Option(help="Of `halve`: what the claimant gets.")] = None,
) -> None:
    """Take it up, ask the other side, or decide it."""
    _act(dispute_id, what, by, reason, amount_minor)


@app.command()
def bear(
    dispute_id: UUID,
    what: Annotated[str, typer.Argument(help="recover: somebody gave it back; write_off: the house bears it")],
    by: By,
    reason: Why,
) -> None:
    """Say who bears in the end what was given or taken."""
    _act(dispute_id, what, by, reason)


def _act(dispute_id: UUID, what: str, by: str, reason: str, amount_minor: int | None = None) -> None:
    from tuppence.cli import disputing
    from tuppence.payments.disputes import Ask, Event

    if what not in disputing.MAY:
        raise typer.BadParameter(f"one of {', '.join(disputing.MAY)}")
    if not by.strip() or not reason.strip():
        raise typer.BadParameter("say who you are and why")
    ask = Ask(dispute_id, Event(what), operator=by.strip(), says=reason.strip(), awarded_minor=amount_minor)
    _done(disputing.act(Settings(), ask))


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Do it; a refusal is a sentence and exit code 1."""
    try:
        asyncio.run(work)
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None
