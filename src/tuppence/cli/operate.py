"""What an operator does by hand: prove the books, tell and move the sandbox's time."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import typer

from tuppence import outbox
from tuppence.app import bookkeeping
from tuppence.app.parts import CLOCK_JOB, policy, url
from tuppence.core import Money
from tuppence.db import Database, Statement
from tuppence.ledger import books
from tuppence.payments import costs
from tuppence.settings import Settings

_MIGRATED = Statement("migrated", "SELECT count(*) FROM pg_namespace WHERE nspname = 'ledger'")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LENGTH = re.compile(r"(\d{1,6})([smhd])", re.ASCII)


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[Database]:
    database = await Database.open(url(settings, "app"), name="operator", max_size=1)
    try:
        await must_be_migrated(database)
        yield database
    finally:
        await database.close()


async def must_be_migrated(database: Database) -> None:
    """Go on, or say what to run first, and the end: an empty database has nothing to answer from."""
    async with database.transaction(read_only=True) as tx:
        (found,) = await tx.scalars(_MIGRATED)
    if not found:
        typer.echo("There is nothing in this database yet. Run `tuppence migrate` first.", err=True)
        raise typer.Exit(2)


async def check_books(settings: Settings, public: str) -> int:
    """Check everything now and print what is broken, and what the worker said last; the exit code."""
    async with database_of(settings) as database:
        checked = await bookkeeping.check(database, public, policy(settings))
        async with database.transaction(read_only=True) as tx:
            verdict = await books.verdict(tx)
    for one in checked.broken:
        typer.echo(f"{one.what}: {one.which}")
    if verdict:
        found = f"{len(verdict.broken)} broken" if verdict.broken else "proven"
        typer.echo(f"The worker's check of {verdict.checked_at:%Y-%m-%d %H:%M:%S} UTC: {found}.", err=True)
    typer.echo(f"{checked.seen.last.position} entries are sealed.", err=True)
    typer.echo("The books are not proven." if checked.broken else "The books are proven.", err=bool(checked.broken))
    return 1 if checked.broken else 0


async def unit_cost(settings: Settings, days: int) -> None:
    """Print what payments have cost of late, by what it went for."""
    currency = policy(settings).currency
    async with database_of(settings) as database, database.transaction(read_only=True) as tx:
        since = await outbox.now(tx) - timedelta(days=days)
        found = await costs.unit_cost(tx, since=since, currency=currency)
    for one in found.items:
        told = (Money(minor, currency) for minor in (one.booked_minor, one.billed_minor, one.cost_minor))
        typer.echo(f"{one.item:<18}{one.attempts:>8}" + "".join(f"{one!s:>18}" for one in told))
    each = found.per_payment_minor
    typer.echo(f"{Money(found.cost_minor, currency)} for {found.delivered} payments delivered")
    typer.echo(f"A payment costs {Money(each, currency)}." if each is not None else "No payment was delivered.")


async def clock(settings: Settings, advance: str) -> None:
    """Print the sandbox's time, moved forward first if asked."""
    by = length(advance)
    if by and not settings.sandbox:
        raise typer.BadParameter("there is no sandbox here: TUPPENCE_SANDBOX is not set")
    async with database_of(settings) as database, database.transaction() as tx:
        now = await outbox.now(tx)
        if by:
            (moved,) = await outbox.move_clock(tx, [now + by])
            assert not isinstance(moved, Exception), moved
            await outbox.enqueue(tx, [outbox.Job(CLOCK_JOB, "banks")])
            now = moved
    typer.echo(now.isoformat(timespec="seconds"))


def length(text: str) -> timedelta:
    """As somebody types it: 90s, 15m, 36h, 3d; nothing is none."""
    if not text:
        return timedelta()
    found = _LENGTH.fullmatch(text)
    if not found:
        raise typer.BadParameter("a length is a whole number and one of s, m, h, d: 36h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
