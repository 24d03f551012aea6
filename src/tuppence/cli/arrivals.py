"""`tuppence arrivals`: were the promises kept? By bank, as a table and as a picture."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuppence.settings import Settings

if TYPE_CHECKING:
    from tuppence.payments.pace import Kept

AIM_PERCENT = 90
_COLOURS = (("inside", "#2f7d6b"), ("sooner", "#c9a227"), ("later", "#b5482f"))


@dataclass(frozen=True, slots=True)
class Line:
    """A bank's payments: how many came inside what was promised, sooner, later; the promise's width in the middle."""

    bank: str
    inside: int
    sooner: int
    later: int
    width_days: int

    @property
    def payments(self) -> int:
        return self.inside + self.sooner + self.later

    @property
    def percent(self) -> float:
        return 100 * self.inside / self.payments


def report(
    days: Annotated[int, typer.Option(help="How far to look back.", min=1)] = 365,
    draw: Annotated[Path | None, typer.Option("--picture", help="Draw it into this SVG file too.")] = None,
) -> None:
    """Say how often money arrived when we promised, by bank, from what people told."""
    kept = asyncio.run(_kept(Settings(), timedelta(days=days)))
    if not kept:
        typer.echo("Nobody has said yet that money arrived at a bank without fast funds.")
        return
    typer.echo(table(kept))
    if draw:
        draw.write_text(picture(kept))


async def _kept(settings: Settings, back: timedelta) -> "list[Kept]":
    from tuppence import outbox
    from tuppence.app import parts
    from tuppence.db import Database
    from tuppence.payments import pace

    database = await Database.open(parts.url(settings, "app"), name="arrivals", max_size=1)
    try:
        async with database.transaction(read_only=True) as tx:
            return await pace.promises(tx, await outbox.now(tx) - back)
    finally:
        await database.close()


def lines(kept: "Iterable[Kept]") -> list[Line]:
    """The banks, each with what became of its promises; all of them together last."""
    of_bank: dict[str, list[Kept]] = defaultdict(list)
    for one in kept:
        of_bank[one.bank].append(one)
    found = [_line(bank, of_bank[bank]) for bank in sorted(of_bank)]
    return [*found, _line("All banks", [one for many in of_bank.values() for one in many])]


def _line(bank: str, kept: "Sequence[Kept]") -> Line:
    sooner = sum(one.payments for one in kept if one.lag_days < one.promised_first)
    later = sum(one.payments for one in kept if one.lag_days > one.promised_last)
    widths = sorted((one.promised_last - one.promised_first, one.payments) for one in kept)
    total = sum(many for _, many in widths)
    return Line(bank, total - sooner - later, sooner, later, _middle(widths, total))


def _middle(widths: Sequence[tuple[int, int]], total: int) -> int:
    counted = 0
    for width, many in widths:
        counted += many
        if 2 * counted >= total:
            return width
    raise AssertionError("no payments")


def table(kept: "Iterable[Kept]") -> str:
    """The same in letters."""
    head = f"{'bank':<24} {'payments':>8} {'inside':>7} {'sooner':>7} {'later':>6}   width"
    rows = [
        f"{one.bank:<24} {one.payments:>8} {one.percent:>6.1f}% {one.sooner:>7} {one.later:>6}   {one.width_days} days"
        for one in lines(kept)
    ]
    return "\n".join([head, *rows])


def picture(kept: "Iterable[Kept]") -> str:
    """A bar a bank, its share inside the promise against the aim, as SVG."""
    found, row, left, width = lines(kept), 34, 170, 520
    height = 70 + row * len(found)
    bars = "".join(_bar(one, 46 + n * row, left, width) for n, one in enumerate(found))
    aim = left + width * AIM_PERCENT // 100
    key = "".join(
        f'<rect x="{left + n * 110}" y="14" width="12" height="12" fill="{colour}"/>'
        f'<text x="{left + n * 110 + 18}" y="25">{name}</text>'
        for n, (name, colour) in enumerate(_COLOURS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 90} {height}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="#1d2b28">'
        f"<title>Promised against observed arrivals, by bank</title>"
        f'<rect width="100%" height="100%" fill="#fbfaf6"/>{key}{bars}'
        f'<path d="M{aim} 38V{height - 26}" stroke="#1d2b28" stroke-dasharray="4 3"/>'
        f'<text x="{aim}" y="{height - 10}" text-anchor="middle">aim: {AIM_PERCENT} %</text></svg>\n'
    )


def _bar(line: Line, top: int, left: int, width: int) -> str:
    parts, x = [], float(left)
    for many, (_, colour) in zip((line.inside, line.sooner, line.later), _COLOURS, strict=True):
        wide = width * many / line.payments
        parts.append(f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="20" fill="{colour}"/>')
        x += wide
    name = f'<text x="{left - 12}" y="{top + 15}" text-anchor="end">{escape(line.bank)}</text>'
    share = f'<text x="{left + width + 10}" y="{top + 15}">{line.percent:.1f} %</text>'
    return name + "".join(parts) + share
