"""Writing the books to a file, and a file into an empty ledger."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.cli.ledgers import Span
from tuppence.cli.operate import database_of
from tuppence.cli.prove import signing_key
from tuppence.db import Tx
from tuppence.ledger import books
from tuppence.ledger.books import exporting, replaying
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.export import Reader, Stretch, entry_of, header_key
from tuppence.settings import Settings

Format = Literal["jsonl", "csv", "beancount"]


async def export(settings: Settings, file: Path, span: Span, form: Format) -> None:
    """Seal and sign what there is, then write it. The file is there whole, or not at all."""
    key, part = signing_key(settings), file.with_name(f"{file.name}.part")
    async with database_of(settings) as database:
        await books.state_now(database, key, datetime.now(UTC))
        async with database.transaction(read_only=True, isolation="repeatable read") as tx:
            stretch = await exporting.stretch_of(tx, since=span.since, until=span.until)
            try:
                await _write(part, _lines(tx, stretch, key, form), stretch.last - stretch.first + 1)
            except exporting.NotAsSealed as place:
                part.unlink()
                typer.echo(
                    f"The books are not as they were sealed: {place}. `tuppence books check` says more.", err=True
                )
                raise typer.Exit(1) from None
    part.replace(file)
    typer.echo(f"{stretch.last - stretch.first + 1} entries are in {file}.", err=True)


def _lines(tx: Tx, stretch: Stretch, key: Ed25519PrivateKey, form: Format) -> AsyncIterator[bytes]:
    if form == "csv":
        return exporting.csv_lines(tx, stretch)
    return exporting.beancount_lines(tx, stretch) if form == "beancount" else exporting.export_lines(tx, stretch, key)


async def _write(file: Path, lines: AsyncIterator[bytes], length: int) -> None:
    """With progress where somebody watches."""
    with file.open("wb") as out, typer.progressbar(length=length, label="Entries", file=sys.stderr) as bar:
        async for line in lines:
            out.write(line)
            bar.update(1)
        out.flush()
        os.fsync(out.fileno())


async def replay(settings: Settings, file: Path, public: str) -> int:
    """Verify a file, write it into an empty ledger, and compare; the exit code."""
    with file.open("rb") as lines:
        reader = Reader(public or header_key(lines.readline()))
        lines.seek(0)
        reader.read(lines)
    if reader.found or not reader.is_whole:
        typer.echo("\n".join(map(str, reader.found)) or "This export does not begin with the first entry.", err=True)
        return 1
    async with database_of(settings) as database, database.transaction() as tx:
        try:
            count = await replaying.replay(tx, _entries(file))
        except replaying.NotEmpty as refused:
            typer.echo(refused.sentence(), err=True)
            return 1
        different = await replaying.differences(tx, reader.fold.accounts, reader.link)
        assert not different, different  # nothing is committed then
    typer.echo(f"{count} entries are replayed. Every balance and the chain are the same.")
    return 0


def _entries(file: Path) -> Iterator[Entry]:
    """The entries of a file that was verified."""
    with file.open("rb") as lines:
        for raw in lines:
            entry = entry_of(raw)
            if entry is not None:
                yield entry
