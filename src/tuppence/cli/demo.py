"""`tuppence demo`: the whole house with four friends and a business in it, until Ctrl-C."""

import asyncio
import fcntl
import shutil
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from tuppence.app.parts import embedded
from tuppence.cli import catalogue, history, merchant, seeds
from tuppence.cli.house import running_house, sandbox_settings
from tuppence.cli.supervisor import NotReady, signals_set
from tuppence.settings import Settings

FOLDERS = ("bank", "clearing", "keys", "logs", "simulator")  # what a house writes beside its database


class RunsAlready(Exception):
    """Another demo holds this folder; the message is its address."""


async def run(data_dir: Path, *, fresh: bool, browser: bool, world: Path | None = None, history_days: int = 0) -> int:
    """Run it; the exit code. With a history, the sandbox's clock is so many days past the business's first."""
    begun, stop = time.perf_counter(), asyncio.Event()
    try:
        with signals_set(stop), _alone(data_dir) as address:
            settings = sandbox_settings(data_dir, simulator_world=world)
            if fresh:
                _forget(settings)
            address.write_text(settings.public_url)
            async with running_house(settings, typer.echo), catalogue.served() as game:
                await _plant(settings, game, history_days)
                typer.echo(_invitation(settings, time.perf_counter() - begun))
                if browser:
                    await asyncio.to_thread(webbrowser.open, settings.public_url)
                await stop.wait()
                typer.echo("\nStopping.")
    except RunsAlready as already:
        typer.echo(f"The demo runs already: {already}", err=True)
        return 1
    except NotReady as failed:
        typer.echo(str(failed), err=True)
        return 1
    return 0


async def _plant(settings: Settings, game: catalogue.Address, history_days: int) -> None:
    begun = time.perf_counter()
    friends = await seeds.plant(settings)
    _told(begun, "friends", ", ".join(friend.name for friend in friends.values()))
    business = await merchant.plant(settings, friends, game)
    _told(begun, "business", f"{merchant.NAME}, of {business.owner.name}")
    if history_days:
        await history.pass_days(settings, business, friends, history_days)
    for person in (*friends.values(), business.owner):
        await person.call("DELETE", "/v1/sessions/current")
        await person.close()


def _told(begun: float, part: str, said: str) -> None:
    typer.echo(f"{time.perf_counter() - begun:5.1f} s  {part:<10} {said}")


def _invitation(settings: Settings, took_seconds: float) -> str:
    width = max(len(seed.name) for seed in seeds.SEEDS)
    people = "\n".join(f"    {seed.name:<{width}}  {seed.handle:<10}  {seed.bank}" for seed in seeds.SEEDS)
    return f"""
  Tuppence runs after {took_seconds:.1f} s. Open it in two windows, one of them private:

    {settings.public_url}

  Sign in as any of

{people}

  or, to bill, sell and build, as {merchant.EVE.name} of {merchant.NAME}: {merchant.EVE.handle}

  Everybody's password is {seeds.PASSWORD} and everybody's PIN is {seeds.PIN}.
  All banks are simulated. Logs: {settings.data_dir / "logs"}. Ctrl-C stops everything.
"""


@contextmanager
def _alone(data_dir: Path) -> Iterator[Path]:
    """Hold the folder, since two demos in one would start each other's parts twice. Raises: RunsAlready."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "address"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RunsAlready(path.read_text()) from None
        yield path


def _forget(settings: Settings) -> None:
    """Delete what the demo ever wrote, and nothing else in that folder."""
    if server := embedded(settings):
        server.remove()
    for name in FOLDERS:
        shutil.rmtree(settings.data_dir / name, ignore_errors=True)
