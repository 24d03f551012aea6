"""`tuppence ads …`: what only an operator does for advertisers."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any
from uuid import UUID

import typer

from tuppence.core import Failure
from tuppence.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Advertisers: credit lines, wires, goodwill, coupons, holds, losses.")

Minor = Annotated[int, typer.Option("--minor", min=1, help="Whole minor units, for instance cents.")]
Days = Annotated[int, typer.Option(min=1, help="How long a credit lasts.")]


@app.command("credit-line")
def credit_line(account_id: UUID, minor: Minor) -> None:
    """Bill an account by invoice from now on, up to a credit line."""
    _on_account("give_credit_line", account_id, minor)


@app.command("mark-paid")
def mark_paid(bill_id: UUID, reference: Annotated[str, typer.Option(help="The wire's, for instance.")]) -> None:
    """A bill's money is at our bank: mark it as paid."""
    _on_account("mark_paid", bill_id, reference)


@app.command()
def grant(account_id: UUID, minor: Minor, days: Days = 60) -> None:
    """Grant a credit, as goodwill."""
    _on_account("grant_credit", account_id, minor, days)


@app.command()
def release(account_id: UUID, reason: Annotated[str, typer.Option(help="Why; it is written down.")]) -> None:
    """End a hold on spending, whatever the admins said."""
    _on_account("release", account_id, reason)


@app.command()
def trust(account_id: UUID) -> None:
    """Let a threshold climb again after a chargeback."""
    _on_account("trust", account_id)


@app.command("write-off")
def write_off(account_id: UUID) -> None:
    """Give up what a disabled account owes."""
    _on_account("write_off", account_id)


@app.command()
def coupons(
    minor: Minor,
    count: Annotated[int, typer.Option(min=1, max=1_000)] = 1,
    valid: Annotated[int, typer.Option(min=1, help="Days in which they can be redeemed.")] = 90,
    days: Days = 60,
) -> None:
    """Make coupons and print their codes; each is good for one account, once."""
    from tuppence.cli import advertising

    _done(advertising.make_coupons(Settings(), count=count, minor=minor, valid_days=valid, lasts_days=days))


def _on_account(verb: str, *given: Any) -> None:
    from tuppence.cli import advertising

    _done(advertising.operate(Settings(), verb, *given))


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Do it; a refusal is a sentence and exit code 1."""
    try:
        asyncio.run(work)
    except Failure as failure:
        typer.echo(failure.sentence(), err=True)
        raise typer.Exit(1) from None
