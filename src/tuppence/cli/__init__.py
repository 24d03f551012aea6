"""The `tuppence` command. Each command imports what it needs when it runs, so that all of them start fast."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tuppence.cli import ads, arrivals, books, developers, disputes, files, keys, ledger, reconcile, review, vault
from tuppence.settings import Settings, complaints

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Money between friends, inside the conversation.",
)
config_app = typer.Typer(no_args_is_help=True, help="Settings: environment TUPPENCE_*, then a TOML file.")
app.add_typer(config_app, name="config")
app.add_typer(books.app, name="books")
app.add_typer(files.app, name="files")
app.command("arrivals")(arrivals.report)
app.add_typer(ledger.app, name="ledger")
app.add_typer(reconcile.app, name="reconcile")
app.add_typer(review.app, name="review")
app.add_typer(ads.app, name="ads")
app.add_typer(disputes.app, name="disputes")
app.add_typer(keys.app, name="keys")
app.add_typer(vault.app, name="vault")
app.add_typer(developers.clock_app, name="clock")
app.command()(developers.listen)
app.command()(developers.trigger)
app.command()(developers.logs)


def main() -> None:
    """The entry point."""
    app()


def settings() -> Settings:
    """The settings, or every complaint about them and the end."""
    found = [one for one in complaints() if not one.endswith("no such setting")]
    if found:
        typer.echo("\n".join(found), err=True)
        raise typer.Exit(2)
    return Settings()


World = Annotated[Path | None, typer.Option(help="The simulated banks' rules, a YAML file; else the house's own.")]


def checked(world: Path | None) -> Path | None:
    """A world's file that can be used, or what is wrong with it and where, and the end."""
    from tuppence.rails.simulator import rulebook
    from tuppence.rails.simulator.world import known_banks

    try:
        if world is not None:
            rulebook.read(world.read_text(), name=world.name, banks=known_banks())
    except (rulebook.WorldError, OSError, UnicodeDecodeError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    return world.absolute() if world else None


@app.command()
def serve() -> None:
    """Run the server: the HTTP API and the web app."""
    from tuppence.app import server

    server.main(settings())


@app.command()
def work() -> None:
    """Run the worker: jobs, timers, calls to the banks."""
    from tuppence.app import worker

    worker.main(settings())


@app.command()
def simulate(world: World = None) -> None:
    """Run the bank simulator: a card network and its banks."""
    from tuppence.app import simulator

    simulator.main(settings().model_copy(update={"simulator_world": checked(world)} if world else {}))


@app.command("demo")
def run_demo(
    story: Annotated[bool, typer.Option(help="Play the main job headless, print each state and the books.")] = False,
    fresh: Annotated[bool, typer.Option(help="Forget the demo's data first.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the address in a browser.")] = True,
    world: World = None,
    history: Annotated[int, typer.Option(min=0, max=366, help="Let so many days pass first: 92 is a quarter.")] = 0,
) -> None:
    """Run the whole house on this machine, with four friends and a business in it and simulated banks."""
    if story:
        from tuppence.cli import story as tale

        raise typer.Exit(asyncio.run(tale.play()))
    from tuppence.cli import demo

    folder, rules = settings().data_dir / "demo", checked(world)
    raise typer.Exit(asyncio.run(demo.run(folder, fresh=fresh, browser=browser, world=rules, history_days=history)))


@app.command()
def migrate() -> None:
    """Bring the databases up to date."""
    from tuppence.app.parts import urls
    from tuppence.db import migrate as apply

    given = urls(settings())
    if not given.owner:
        typer.echo("owner_database_url: migrations need it", err=True)
        raise typer.Exit(2)
    for which in ("main", "vault"):
        for name in asyncio.run(apply(given.owner, which=which)):
            typer.echo(f"{which}: {name}")


@app.command()
def backup(file: Path) -> None:
    """Write the embedded database to a file."""
    _embedded().start().backup(file.absolute())


@app.command()
def restore(file: Path) -> None:
    """Fill a fresh embedded database from a backup."""
    _embedded().start().restore(file.absolute())


def _embedded() -> Any:
    from tuppence.app.parts import embedded

    server = embedded(settings())
    if server is None:
        typer.echo("this is for the embedded database; use pg_dump and pg_restore for your own", err=True)
        raise typer.Exit(2)
    return server


@app.command()
def openapi(
    problems: Annotated[bool, typer.Option(help="The page of every refusal's code instead.")] = False,
) -> None:
    """Print the description of the HTTP API."""
    from tuppence.http import create_api
    from tuppence.http.openapi import problems_page, text

    sys.stdout.write((problems_page if problems else text)(create_api()))


@config_app.command("check")
def config_check() -> None:
    """Say what is wrong with the settings; exits 1 if anything is."""
    from tuppence.app import parts

    found = complaints()
    if not found:
        try:
            parts.policy(settings())
        except (OSError, ValueError) as error:
            found = [f"policy_file: {error}"]
    typer.echo("\n".join(found) or "The settings are in order.", err=bool(found))
    raise typer.Exit(1 if found else 0)


@config_app.command("show")
def config_show() -> None:
    """Print every setting as it stands, with what it means; secrets are masked."""
    now = settings()
    for name, field in Settings.model_fields.items():
        if field.description:
            typer.echo(f"# {field.description}")
        typer.echo(f"{name} = {getattr(now, name)!s}")
