"""`tuppence files`: look at what goes to a bank or comes from one, without sending or booking anything."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer

app = typer.Typer(no_args_is_help=True, help="Files of banks and networks: check them.")

Kind = Literal["ach", "sepa", "iso8583"]
_HEAD_BYTES = 4096
_MESSAGE = re.compile(rb"0[1-8][0-9]{2}[0-9A-F]{16}")
_SEPA_KIND = re.compile(rb"xsd:((?:pain|camt)\.[0-9]{3})\.")
Paths = Annotated[list[Path], typer.Argument(help="Files to look at.", exists=True, dir_okay=False)]
As = Annotated[Kind | None, typer.Option("--as", help="What they are; by default each tells by how it begins.")]


@app.command()
def check(paths: Paths, kind: As = None) -> None:
    """Say of each file what it adds up to, or where and why a bank would refuse it; exits 1 if one would be.

    ACH files are read in bounded memory, whatever their size. Nothing that stands in a file is repeated.
    """
    fine = [_told(path, kind) for path in paths]
    raise typer.Exit(0 if all(fine) else 1)


def _told(path: Path, kind: Kind | None) -> bool:
    """Print a line about a file; whether it is right."""
    from tuppence.rails.bank.nacha import NachaError
    from tuppence.rails.bank.sepa import SepaError
    from tuppence.rails.card.codec import MessageError

    with path.open("rb") as stream:
        found = kind or _kind_of(stream.read(_HEAD_BYTES))
        stream.seek(0)
        try:
            typer.echo(f"{path}: {_CHECKS[found](stream)}")
        except (NachaError, SepaError, MessageError) as error:
            typer.echo(f"{path}: refused as {found}: {error}", err=True)
            return False
    return True


def _kind_of(head: bytes) -> Kind:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "sepa"
    return "iso8583" if _MESSAGE.match(head) else "ach"


def _ach(stream: BinaryIO) -> str:
    from tuppence.rails.bank import nacha

    totals = nacha.totals(stream)
    return (
        f"ACH, batches {totals.batches}, entries {totals.items}, "
        f"debits {_dollars(totals.debit_minor)}, credits {_dollars(totals.credit_minor)}"
    )


def _sepa(stream: BinaryIO) -> str:
    from tuppence.rails.bank import sepa

    raw = stream.read()
    kind = _SEPA_KIND.search(raw[:_HEAD_BYTES])
    name = kind[1].decode() if kind else "no message that we take"
    if name == "pain.001":
        orders = sepa.read_orders(raw)
        return f"{name}, orders {len(orders)}, transfers {sum(len(one.transfers) for one in orders)}"
    if name == "pain.002":
        report = sepa.read_report(raw)
        return f"{name}, order {report.order.status or 'told by transfer'}, transfers {len(report.transfers)}"
    statements = sepa.read_statements(raw)
    odd = sum(not one.adds_up for one in statements)
    bookings = sum(len(one.bookings) for one in statements)
    return f"{name}, accounts {len(statements)}, bookings {bookings}" + (f", {odd} do not add up" if odd else "")


def _iso8583(stream: BinaryIO) -> str:
    from tuppence.rails.card.codec import unpack
    from tuppence.rails.card.standard import ISO_1987

    message = unpack(stream.read().rstrip(b"\r\n"), ISO_1987)
    return f"ISO 8583, {message!r}"


_CHECKS: dict[Kind, Callable[[BinaryIO], str]] = {"ach": _ach, "sepa": _sepa, "iso8583": _iso8583}


def _dollars(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
