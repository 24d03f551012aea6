"""`tuppence books`: what an operator asks of the ledger, and what anybody checks without one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The ledger: check it, read it, prove it.")

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
