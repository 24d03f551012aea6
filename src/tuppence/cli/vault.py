"""`tuppence vault`: the card vault itself, and what custodians and operators do with it."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from tuppence.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="Run the card vault, the only process that sees a card number; or look after its keys.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Run the card vault, the only process that sees a card number; or look after its keys."""
    if context.invoked_subcommand is None:
        from tuppence.app import vault as process

        process.main(_settings())


@app.command("init-shares")
def init_shares(
    shares: Annotated[int, typer.Option(help="How many custodians there are.")] = 3,
    threshold: Annotated[int, typer.Option(help="How many of them must come to open the vault.")] = 2,
) -> None:
    """Seal the key file so that custodians must open it at each start. Prints their shares, once and never again."""
    from tuppence.app import custody

    try:
        texts = custody.hand_out(_settings(), shares=shares, threshold=threshold)
    except (ValueError, custody.KeyFileRefused) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"The key file is sealed: {threshold} of these {shares} open it.")
    _hand_over(texts)
    typer.echo("A vault that runs still has its keys; from its next start it waits for them: tuppence vault unlock")


@app.command()
def unlock() -> None:
    """Give the vault one custodian's share, typed unseen or piped in. It opens with the last that it needs."""
    share = _share()
    told = _asked("unlock", lambda desk: desk.unlock(share))
    waits = told["status"] == "locked"
    typer.echo(f"{told['shares_given']} of {told['shares_needed']} shares given." if waits else "The vault is open.")


@app.command()
def reshare(
    shares: Annotated[int, typer.Option(help="How many custodians there are to be.")] = 3,
    threshold: Annotated[int, typer.Option(help="How many of them must come to open the vault.")] = 2,
    confirm: Annotated[bool, typer.Option(help="Give one of the new shares back, so that they count.")] = False,
) -> None:
    """Give new shares to custodians and make the old ones void, while the vault runs. Type one old share at a time."""
    share = _share()
    if confirm:
        told = _asked("reshare", lambda desk: desk.confirm(share))
        given = f"{told['given']} of {told['needed']} new shares given back. The old ones still count."
        typer.echo("The new shares count, the old ones are void." if told["done"] else given)
        return
    told = _asked("reshare", lambda desk: desk.reshare(share, shares=shares, threshold=threshold))
    if not told["shares"]:
        typer.echo(
            f"{told['given']} of {told['needed']} custodians want {threshold} of {shares} new shares to open it."
        )
        return
    typer.echo(f"New shares: {threshold} of these {shares} will open it.")
    _hand_over(told["shares"])
    typer.echo(f"The old ones count until {threshold} of these are given back: tuppence vault reshare --confirm")


@app.command()
def rotate(
    deks: Annotated[bool, typer.Option("--records", help="Encrypt every record anew as well.")] = False,
    retire: Annotated[bool, typer.Option(help="Destroy the older versions when no card needs them any more.")] = False,
    resume: Annotated[bool, typer.Option(help="Go on with one that was stopped: make no further version.")] = False,
) -> None:
    """Change the vault's key while everything runs. Nothing is lost when it stops half-way: call it with --resume."""
    began = datetime.now(UTC)
    if not resume:
        typer.echo(f"version {_asked('add', lambda desk: desk.add_version())} wraps from now on")
    _until_none_left("rewrapped", lambda desk: desk.rewrap())
    if deks:
        _until_none_left("resealed", lambda desk: desk.reseal(began))
    if retire:
        gone = _asked("retire", lambda desk: desk.retire())
        typer.echo(f"destroyed: version {', '.join(map(str, gone)) or 'none'}")


@app.command()
def cases() -> None:
    """List debits whose reversal the network does not acknowledge: somebody must call it. Exits 1 if there are any."""
    found = _asked("cases", lambda desk: desk.cases())
    for one in found:
        amount = f"{one['amount_minor'] / 100:.2f} {one['currency']}"
        typer.echo(
            f"{one['case_at']}  attempt {one['attempt_id']}  {amount}  trace number {one['stan']:06d}"
            f"  sent {one['sent_at']}  tried {one['tries']} times"
        )
    typer.echo(f"{len(found)} open" if found else "No open cases.", err=bool(found))
    raise typer.Exit(1 if found else 0)


@app.command()
def status() -> None:
    """Tell whether the vault is open, what rang within a day, and how many cases wait. Exits 1 unless all is well."""
    told = _asked("status", lambda desk: desk.health())
    for name, value in told.items():
        typer.echo(f"{name}: {value or 'none'}")
    well = told["status"] == "ok" and not told.get("alarms") and not told.get("cases")
    raise typer.Exit(0 if well else 1)


@app.command()
def message() -> None:
    """Print an ISO 8583 message, piped in as it was on the wire, field by field; what belongs to a card is masked."""
    from tuppence.app.custody import shown

    code, text = shown(sys.stdin.buffer.read())
    typer.echo(text, err=bool(code))
    raise typer.Exit(code)


def _settings() -> Settings:
    from tuppence.cli import settings

    return settings()


def _share() -> str:
    """Typed unseen, or piped in."""
    return str(typer.prompt("Share", hide_input=True)) if sys.stdin.isatty() else sys.stdin.readline()


def _hand_over(shares: Sequence[str]) -> None:
    typer.echo("Give one to each custodian, on paper or in a safe of their own, and let nobody see two.")
    typer.echo("They are kept nowhere else.\n")
    for number, text in enumerate(shares, 1):
        typer.echo(f"  custodian {number}\n    {text[:39]}\n    {text[40:]}\n")


def _until_none_left(what: str, once: Callable[[Any], Coroutine[Any, Any, tuple[int, int]]]) -> None:
    """Call until nothing is left; what does not move any more is told and left to the operator."""
    while True:
        done, left = _asked(what, once)
        typer.echo(f"{what} {done}, left {left}")
        if not left:
            return
        if not done:
            typer.echo("These do not open; the vault's log names them. No key was destroyed.", err=True)
            raise typer.Exit(1)


def _asked(what: str, question: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
    """Ask the vault that runs; a refusal is told in its own words, with the code that docs explain."""
    from tuppence.app import custody

    async def ask(settings: Settings) -> T:
        async with custody.desk(settings) as desk:
            return await question(desk)

    try:
        return asyncio.run(ask(_settings()))
    except custody.Refused as refused:
        typer.echo(f"{what}: {refused}", err=True)
        raise typer.Exit(1) from None
