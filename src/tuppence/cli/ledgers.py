"""What an operator reads in the books: a trial balance, an account's statement, a balance as it was."""

import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import typer

from tuppence.app.parts import policy
from tuppence.cli.operate import database_of
from tuppence.cli.verify import account, code, money
from tuppence.db import Tx
from tuppence.ledger import books, chart
from tuppence.ledger.books import reading, tables
from tuppence.ledger.books.reading import Moved, Standing
from tuppence.ledger.model import ZERO
from tuppence.ledger.proof.statement import Total
from tuppence.people import find_by_handle
from tuppence.people.errors import PersonNotFound
from tuppence.settings import Settings


@asynccontextmanager
async def _picture(settings: Settings) -> AsyncIterator[Tx]:
    """One picture of the books, whatever happens meanwhile."""
    async with (
        database_of(settings) as database,
        database.transaction(read_only=True, isolation="repeatable read") as tx,
    ):
        yield tx


async def trial_balance(settings: Settings, before: int) -> int:
    """Print it, a table for each currency; the exit code says whether debits equal credits."""
    async with _picture(settings) as tx:
        totals = await books.totals(tx, before - 1)
    balanced = True
    for ledger, some in groupby(totals, lambda one: one.ledger):
        lines = list(some)
        typer.echo(f"{tables.currency(ledger):<24}{'debits':>20}{'credits':>20}{'pending':>20}")
        for one in lines:
            typer.echo(_total(one))
        difference = sum(one.debits_posted - one.credits_posted for one in lines)
        balanced = balanced and not difference
        typer.echo(f"{'debits less credits':<24}{tables.decimal(difference, ledger):>40}")
    if not totals:
        typer.echo("Nothing has moved.")
    return 0 if balanced else 1


def _total(one: Total) -> str:
    left = one.debits_posted - one.credits_posted
    sides = (left if left > 0 else 0, -left if left < 0 else 0, one.debits_pending - one.credits_pending)
    return f"{code(one.code):<24}" + "".join(f"{tables.decimal(side, one.ledger):>20}" for side in sides)


async def balance(settings: Settings, whose: str, before: int) -> None:
    """Print how an account, or a person's accounts, stood."""
    async with _picture(settings) as tx:
        found = await reading.balances_at(tx, await _accounts(tx, settings, whose), before)
    for one in found:
        pending = one.debits_pending - one.credits_pending
        held = f"{_name(one):<50}{money(one.debits_posted - one.credits_posted, one.ledger):>20}"
        typer.echo(held + (f"  pending {money(pending, one.ledger)}" if pending else ""))


@dataclass(frozen=True, slots=True)
class Span:
    """From one nanosecond on, up to and without another."""

    since: int
    until: int


async def statement(settings: Settings, whose: str, span: Span, *, as_csv: bool) -> None:
    """Print what happened to an account, or to a person's, with the balance after each line."""
    async with _picture(settings) as tx:
        accounts = await _accounts(tx, settings, whose)
        stood = {one.id: one for one in await reading.balances_at(tx, accounts, span.since)}
        held = {one.id: one.debits_posted - one.credits_posted for one in stood.values()}
        write = _csv if as_csv else _text
        write(_opening(stood.values()))
        async for one in reading.stream_moves(tx, accounts, since=span.since, until=span.until):
            held[one.account_id] += one.debits_posted - one.credits_posted
            write([_line(one, stood[one.account_id], held[one.account_id])])


_COLUMNS = ("time", "account", "step", "about", "debit", "credit", "pending", "balance", "currency")
_WIDTHS = ("<31", "<38", "<10", "<37", ">14", ">14", ">14", ">16", ">10")  # words to the left, figures to the right


def _opening(accounts: Iterable[Standing]) -> list[tuple[str, ...]]:
    lines = [
        ("", _name(one), "opening", "", "", "", "", tables.decimal(one.debits_posted - one.credits_posted, one.ledger))
        for one in accounts
    ]
    ledgers = [tables.currency(one.ledger) for one in accounts]
    return [_COLUMNS, *((*line, ledger) for line, ledger in zip(lines, ledgers, strict=True))]


def _line(one: Moved, of: Standing, held: int) -> tuple[str, ...]:
    pending = one.debits_pending - one.credits_pending
    figures = (one.debits_posted, one.credits_posted, pending)
    return (
        tables.moment(one.timestamp),
        _name(of),
        tables.step(one.code) if one.transfer_id else "lapsed",
        "" if one.subject == ZERO else str(one.subject),
        *(tables.decimal(figure, of.ledger) if figure else "" for figure in figures),
        tables.decimal(held, of.ledger),
        tables.currency(of.ledger),
    )


def _csv(lines: Iterable[tuple[str, ...]]) -> None:
    sys.stdout.write("".join(map(tables.row, lines)))


def _text(lines: Iterable[tuple[str, ...]]) -> None:
    for line in lines:
        typer.echo("".join(f"{cell:{width}}" for cell, width in zip(line, _WIDTHS, strict=True)).rstrip())


def _name(one: Standing) -> str:
    return code(one.code) if one.code in chart.CODES else account(one.id)


async def _accounts(tx: Tx, settings: Settings, whose: str) -> list[UUID]:
    """By the chart's name, by an account's id, or by a person's id or handle."""
    if whose in chart.HOUSE:
        return [chart.house(whose, policy(settings).currency)]
    try:
        found = await reading.accounts_of(tx, UUID(whose))
    except ValueError:
        found = await _accounts_of_handle(tx, whose)
    if not found:
        typer.echo(
            f"No account: nothing was ever booked for {whose}, or it is no id, handle or name of ours.", err=True
        )
        raise typer.Exit(1)
    return found


async def _accounts_of_handle(tx: Tx, handle: str) -> list[UUID]:
    try:
        person = (await find_by_handle(tx, ZERO, handle)).person
    except PersonNotFound:
        return []
    return await reading.accounts_of(tx, person.id)
