"""`tuppence review …`: payments that are looked at before they are delivered."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any
from uuid import UUID

import typer

from tuppence.core import Failure
from tuppence.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Payments that are looked at before they are delivered.")

By = Annotated[str, typer.Option("--as", help="Who you are; it is written down.")]
Why = Annotated[str, typer.Option(help="Why; it is written down, and told to nobody.")]


@app.command("list")
def list_reviews(every: Annotated[bool, typer.Option("--all", help="The decided ones too.")] = False) -> None:
    """List what waits for a decision, the oldest first: payment, amount, score, hours left, reasons."""
    from tuppence.cli import reviewing

    _done(reviewing.listing(Settings(), decided=every))


@app.command()
def approve(payment_id: UUID, by: By, reason: Why) -> None:
    """Let a payment go on."""
    _decide(payment_id, True, by, reason)


@app.command()
def reject(payment_id: UUID, by: By, reason: Why) -> None:
    """Send a payment back to its payer."""
    _decide(payment_id, False, by, reason)


def _decide(payment_id: UUID, approve: bool, by: str, reason: str) -> None:
    from tuppence.cli import reviewing
    from tuppence.payments.reviews import Decision

    if not by.strip() or not reason.strip():
        raise typer.BadParameter("say who you are and why")
    _done(reviewing.decide(Settings(), Decision(payment_id, approve, by.strip(), reason.strip())))


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Do it; a refusal is a sentence and exit code 1."""
    try:
        asyncio.run(work)
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None
