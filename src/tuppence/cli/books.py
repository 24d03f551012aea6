"""`tuppence books`: what an operator asks of the ledger, and what anybody checks without one."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from tuppence.cli import correct

app = typer.Typer(no_args_is_help=True, help="The ledger: check it, read it, prove it, correct it.")
app.add_typer(correct.app, name="correct")

File = Annotated[Path, typer.Argument(help="An export, a proof or a statement.", exists=True, dir_okay=False)]
Key = Annotated[str, typer.Option("--key", help="The operator's public key: 64 hexadecimal digits, or a file of them.")]


@app.command()
def check(
    key: Annotated[str, typer.Option(help="Whose signatures to expect; by default those of this machine's key.")] = "",
) -> None:
    """Prove the books: exits 1 and says what is broken if anything is."""
    from tuppence.cli import operate, prove, settings
    from tuppence.cli.verify import read_key

    given = settings()
    public = read_key(key) if key else prove.public_key(given)
    raise typer.Exit(asyncio.run(operate.check_books(given, public)))


At = Annotated[str, typer.Option(help="As it was: at the end of a day (2026-03-31), or at an instant (…T12:00:00Z).")]
From = Annotated[str, typer.Option("--from", help="The first day, or an instant.")]
To = Annotated[str, typer.Option("--to", help="The last day, or an instant that is not in it any more.")]
Whose = Annotated[
    str, typer.Argument(help="An account of the chart (in_transit), an account's id, a person's id or handle.")
]


@app.command("trial-balance")
def trial_balance(at: At = "") -> None:
    """Print what stands in each account of the chart; exits 1 if debits are not credits."""
    from tuppence.cli import ledgers, moments, settings

    raise typer.Exit(asyncio.run(ledgers.trial_balance(settings(), moments.until(at))))


@app.command()
def balance(account: Whose, at: At = "") -> None:
    """Print how an account, or a person's accounts, stand or stood."""
    from tuppence.cli import ledgers, moments, settings

    asyncio.run(ledgers.balance(settings(), account, moments.until(at)))


@app.command()
def statement(
    account: Whose,
    since: From = "",
    to: To = "",
    csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
) -> None:
    """Print what happened to an account, or to a person's accounts, with the balance after each line."""
    from tuppence.cli import ledgers, moments, settings

    span = ledgers.Span(moments.since(since), moments.until(to))
    asyncio.run(ledgers.statement(settings(), account, span, as_csv=csv))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to; replaced when the export is whole.", dir_okay=False)],
    form: Annotated[
        Literal["jsonl", "csv", "beancount"],
        typer.Option("--format", help="jsonl can be verified and replayed; csv is for spreadsheets."),
    ] = "jsonl",
    since: From = "",
    to: To = "",
) -> None:
    """Seal and sign what there is, then write every entry of a time to a file."""
    from tuppence.cli import exports, ledgers, moments, settings

    span = ledgers.Span(moments.since(since), moments.until(to))
    asyncio.run(exports.export(settings(), file, span, form))


@app.command()
def replay(
    file: File,
    key: Annotated[str, typer.Option(help="Insist on this operator's signature; by default on the one it names.")] = "",
) -> None:
    """Write an export into an empty database, and prove that it is the same ledger."""
    from tuppence.cli import exports, settings
    from tuppence.cli.verify import read_key

    raise typer.Exit(asyncio.run(exports.replay(settings(), file, read_key(key) if key else "")))


@app.command()
def key() -> None:
    """Print the public key that statements are signed with; publish it where we cannot change it unnoticed."""
    from tuppence.cli import prove, settings

    typer.echo(prove.public_key(settings()))


@app.command()
def seal() -> None:
    """Seal all that has committed and sign a statement now; prints it."""
    from tuppence.cli import prove, settings

    typer.echo(asyncio.run(prove.seal(settings())))


@app.command("prove")
def prove_payment(payment: Annotated[str, typer.Argument(help="The payment's id.")]) -> None:
    """Print the document that proves a payment, signing a statement first if its newest step is not in one."""
    from tuppence.cli import prove, settings

    typer.echo(asyncio.run(prove.prove(settings(), payment)))


@app.command()
def verify(
    file: File,
    key: Key,
    payment: Annotated[str, typer.Option(help="Insist that this payment is in it.")] = "",
    liabilities: Annotated[bool, typer.Option(help="Say what the operator owes and holds.")] = False,
) -> None:
    """Check a file against the operator's key. It takes no database and no network."""
    from tuppence.cli import verify as checking

    raise typer.Exit(checking.verify(file, key, payment=payment, liabilities=liabilities))


@app.command("unit-cost")
def unit_cost(days: Annotated[int, typer.Option(min=1, help="How far back.")] = 30) -> None:
    """Tell what payments cost the house: attempts, booked, billed, and the cost of each delivered payment."""
    from tuppence.cli import operate, settings

    asyncio.run(operate.unit_cost(settings(), days))
