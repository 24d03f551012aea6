"""For developers of a business, with its key in TUPPENCE_API_KEY: hear events, cause some, look requests up."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

clock_app = typer.Typer(invoke_without_command=True, help="Tell the sandbox's time, or move it forward.")


def listen(
    forward_to: Annotated[str, typer.Option(help="Where your receiver is, e.g. http://localhost:3000/hooks.")],
    kind: Annotated[list[str] | None, typer.Option("--type", help="Only this type; repeat for more.")] = None,
    secret: Annotated[str, typer.Option(help="whsec_… to sign with. Unset: one is made and printed.")] = "",
) -> None:
    """Forward events to your machine as they happen, signed exactly as an endpoint's deliveries are."""
    from tuppence.cli import developing

    _done(developing.listen(forward_to, frozenset(kind or ()), secret))


def trigger(
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="As `charge.succeeded`. Nothing: list them.")] = "",
    data: Annotated[str, typer.Option(help="JSON: what it carries.")] = "{}",
) -> None:
    """Publish an event that did not happen, to see what your receiver makes of it. In a sandbox only."""
    from tuppence.cli import developing

    _done(developing.trigger(kind, data) if kind else developing.list_types())


def logs(
    request: Annotated[str, typer.Argument(metavar="REQUEST-ID", help="One request. Nothing: the latest.")] = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as they come.")] = False,
    failed: Annotated[bool, typer.Option(help="Only those that were refused.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
) -> None:
    """Show what your keys asked of the API, and how it was answered."""
    from tuppence.cli import developing

    _done(developing.one_request(request) if request else developing.requests(limit, failed=failed, follow=follow))


@clock_app.callback()
def tell(context: typer.Context) -> None:
    """Tell the sandbox's time, or move it forward."""
    if context.invoked_subcommand is None:
        _move("")


@clock_app.command()
def advance(by: Annotated[str, typer.Argument(help="How far: 90s, 15m, 36h, 3d.")]) -> None:
    """Move the sandbox's time forward, for everybody."""
    _move(by)


def _move(by: str) -> None:
    """With a key over HTTP, as a developer; without one in the database, as its operator."""
    from tuppence.cli import developing, operate, settings

    given = settings()
    _done(developing.clock(by) if given.api_key else operate.clock(given, by))


def _done(work: Coroutine[Any, Any, None]) -> None:
    """Do it until it ends or Ctrl-C; what the API refuses is told, and exits 1."""
    from tuppence.cli.client import Refused

    try:
        asyncio.run(work)
    except Refused as refused:
        typer.echo(f"{refused.code}: {refused.problem.get('detail')}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
