"""What `tuppence reconcile` does and prints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import typer

from tuppence import outbox
from tuppence.app import parts
from tuppence.cli.operate import database_of
from tuppence.core import Failure, Money
from tuppence.db import Tx
from tuppence.payments import reconciliation
from tuppence.payments.ach.rates import MOST, rates
from tuppence.payments.reconciliation import Break, Close, Reconciler
from tuppence.settings import Settings


async def run(settings: Settings) -> int:
    """Read, judge, book; how many breaks are open."""
    async with database_of(settings) as database:
        summary = await Reconciler(database, settings.clearing_folder, parts.policy(settings)).run()
    typer.echo(f"{summary.files} files with {summary.lines} lines; {summary.news} news; {summary.open} breaks open.")
    return summary.open


async def listing(settings: Settings, *, ended: bool) -> None:
    """A line a break."""
    async with _asked(settings) as tx:
        found, now = await reconciliation.list_breaks(tx, ended=ended), await outbox.now(tx)
    for one in found:
        state = "" if one.state == "open" else f"  {one.state}: {one.reason}"
        typer.echo(f"{one.id}  {one.kind:<18}{_amount(one):>16}  {_age(one, now):>7}  {one.subject}{state}")
    typer.echo(f"{len(found)} breaks, {sum(one.state == 'open' for one in found)} of them open.")


async def show(settings: Settings, break_id: UUID) -> None:
    """All that is known of a break. Raises: BreakNotFound."""
    async with _asked(settings) as tx:
        found, now = await reconciliation.list_breaks(tx, ended=True), await outbox.now(tx)
    one = next((one for one in found if one.id == break_id), None)
    if one is None:
        raise reconciliation.errors.BreakNotFound
    left = f"{_amount(one)} in {one.account}" if one.account else _amount(one)
    facts: dict[str, Any] = {
        "kind": one.kind,
        "about": one.subject,
        "payment": one.payment_id,
        "left": left,
        "state": one.state,
    }
    facts |= {"opened": one.opened_at.isoformat(timespec="seconds"), "age": _age(one, now)}
    facts |= {"ended": one.ended_at, "by": one.ended_by, "reason": one.reason, **one.detail}
    for name, value in facts.items():
        if value is not None:
            typer.echo(f"{name:<14}{value}")


async def close(settings: Settings, ask: Close) -> None:
    """Be done with a break. Raises: BreakNotFound, BreakEnded, BreakHasAmount."""
    async with _asked(settings) as tx:
        (result,) = await reconciliation.close(tx, [ask])
    if isinstance(result, Failure):
        raise result
    typer.echo(f"Closed{f'; {_amount(result)} booked to loss' if result.amount_minor else ''}.")


async def returns(settings: Settings) -> list[str]:
    """A line for each rate; those that are passed."""
    async with _asked(settings) as tx:
        counted = await rates(tx, now=await outbox.now(tx))
    for name, most in MOST.items():
        rate = f"{counted.basis_points(name) / 100:.2f} % of at most {most / 100:.2f} %"
        typer.echo(f"{name:<16}{getattr(counted, name):>6} of {counted.debits}  {rate}")
    return counted.passed()


@asynccontextmanager
async def _asked(settings: Settings) -> AsyncIterator[Tx]:
    async with database_of(settings) as database, database.transaction() as tx:
        yield tx


def _amount(one: Break) -> str:
    return str(Money(one.amount_minor, one.currency))


def _age(one: Break, now: datetime) -> str:
    hours = max(0, int(((one.ended_at or now) - one.opened_at).total_seconds()) // 3600)
    return f"{hours // 24}d {hours % 24}h" if hours >= 24 else f"{hours}h"
