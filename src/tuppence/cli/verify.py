"""Checking files, with nothing but the files and a key."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import typer

from tuppence.core import CURRENCIES, Money
from tuppence.ledger import chart
from tuppence.ledger.model import NANOSECONDS, Expiry, Transfer, TransferFlags
from tuppence.ledger.proof import receipt
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.export import FOUND_MOST, Reader, header_key
from tuppence.ledger.proof.receipt import Broken
from tuppence.ledger.proof.statement import Total

_KEY = re.compile(r"[0-9a-f]{64}")
_CODES = {currency.numeric: code for code, currency in CURRENCIES.items()}
_NAMES = {chart.house(name, code): name for name in chart.HOUSE for code in CURRENCIES}


def verify(file: Path, key: str, *, payment: str, liabilities: bool) -> int:
    """Print what a file proves, or what is wrong with it and where; the exit code."""
    public = read_key(key)
    try:
        with file.open("rb") as lines:
            if header_key(lines.readline()):
                return _export(file, public, payment=payment, liabilities=liabilities)
        document = _document(file)
        if isinstance(document, dict) and document.get("kind") == "statement":
            statement = receipt.verify_statement(document, public)
            typer.echo(said(statement))
        else:
            statement = _proof(document, public, payment)
    except Broken as broken:
        typer.echo(f"NOT proven. {broken}", err=True)
        return 1
    if liabilities:
        typer.echo("\n".join(owes(statement)))
    return 0


def read_key(given: str) -> str:
    """A public key, given as it is or as a file."""
    text = Path(given).read_text().strip() if Path(given).is_file() else given
    if not _KEY.fullmatch(text):
        raise typer.BadParameter("a key is 64 hexadecimal digits, or a file of them", param_hint="--key")
    return text


def _export(file: Path, public: str, *, payment: str, liabilities: bool) -> int:
    """An export, line by line, in the memory that its accounts take."""
    try:
        wanted = [UUID(payment)] if payment else []
    except ValueError:
        raise typer.BadParameter("a payment's id is a UUID", param_hint="--payment") from None
    with file.open("rb") as lines, _watched(lines, file.stat().st_size) as watched:
        reader = Reader(public).read(watched, wanted)
    for one in reader.found:
        typer.echo(str(one))
    if reader.found:
        more = " There may be more." if len(reader.found) >= FOUND_MOST else ""
        typer.echo(f"NOT proven. {len(reader.found)} places are wrong.{more}", err=True)
        return 1
    if set(wanted) - reader.payments:
        raise Broken(f"payment {payment} is not in this export")
    typer.echo(f"Proven: every entry up to number {reader.position}, each in its place.")
    if reader.is_whole:
        typer.echo("Proven: the entries add up to what each statement says of balances and of what is owed.")
    if payment:
        typer.echo(f"Proven: payment {payment} is in it.")
    if reader.statement:
        typer.echo(said(reader.statement))
        if liabilities:
            typer.echo("\n".join(owes(reader.statement)))
    return 0


@contextmanager
def _watched(lines: BinaryIO, size: int) -> Iterator[Iterator[bytes]]:
    """The same lines, with progress where somebody watches."""
    with typer.progressbar(length=size, label="Bytes", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def each() -> Iterator[bytes]:
            for line in lines:
                bar.update(len(line))
                yield line

        yield each()


def _document(file: Path) -> Any:
    """Raises: Broken."""
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise Broken("this is not JSON in UTF-8") from None


def _proof(document: Any, public: str, payment: str) -> dict[str, Any]:
    verified = receipt.verify(document, public)
    if payment and payment != str(verified.payment):
        raise Broken(f"this is about another payment: {verified.payment}")
    typer.echo(f"Proven: the operator's books hold these entries about payment {verified.payment}.")
    amounts: dict[UUID, str] = {}
    for entry in verified.entries:
        typer.echo(f"  {moment(entry.timestamp)}  {_told(entry, amounts)}")
    for ledger, owed in verified.owed:
        amount = money(owed.amount_minor, ledger)
        typer.echo(f"Proven: {amount} of this is counted in what the operator says that it owes.")
    if verified.since:
        typer.echo(f"Proven: nothing was changed since the statement of {verified.since['day']}.")
    typer.echo(said(verified.statement))
    return verified.statement


def said(statement: dict[str, Any]) -> str:
    """Which statement it is, in a sentence."""
    count, number = statement["entries"]["count"], statement["number"]
    return f"Signed: statement {number} of {statement['made_at']}, over {count} entries."


def owes(statement: dict[str, Any]) -> list[str]:
    """What the operator owes to people and what stands against it, by currency."""
    totals = [Total(**one) for one in statement["trial_balance"]]
    lines = []
    for one in statement["liabilities"]:
        ledger = one["ledger"]
        lines.append(f"Owed to people: {money(one['sum_minor'], ledger)}")
        others = [total for total in totals if total.ledger == ledger and not total.owed]
        lines += [_stands(total) for total in others if total.debits_posted != total.credits_posted]
    return lines or ["Owed to people: nothing"]


def _stands(total: Total) -> str:
    left = total.debits_posted - total.credits_posted
    return f"  {'held' if left > 0 else 'due '}  {money(abs(left), total.ledger):>16}  {code(total.code)}"


def _told(entry: Entry, amounts: dict[UUID, str]) -> str:
    """An entry in words; `amounts` remembers what was reserved."""
    if isinstance(entry, Expiry):
        return f"lapsed    {amounts.get(entry.id, '')}"
    assert isinstance(entry, Transfer)
    amounts[entry.id] = money(entry.amount, entry.ledger)
    verbs = {
        TransferFlags.PENDING: "reserved ",
        TransferFlags.POST_PENDING_TRANSFER: "delivered",
        TransferFlags.VOID_PENDING_TRANSFER: "let go   ",
    }
    verb = next((word for flag, word in verbs.items() if entry.flags & flag), "moved    ")
    sides = f"from {account(entry.debit_account_id)} to {account(entry.credit_account_id)}"
    return f"{verb} {amounts[entry.id]:>14}  {sides}"


def account(account_id: UUID) -> str:
    """What the chart calls an account of the house; another's id."""
    return _NAMES.get(account_id, str(account_id))


def code(number: int) -> str:
    """What the chart calls a code; a number that it does not know."""
    return chart.name_of(number) if number in chart.CODES else str(number)


def money(minor: int, ledger: int) -> str:
    """An amount with its currency; in a ledger that is no currency of ours, plain minor units."""
    return str(Money(minor, _CODES[ledger])) if ledger in _CODES else f"{minor} of ledger {ledger}"


def moment(timestamp: int) -> str:
    """Nanoseconds as people read time."""
    return datetime.fromtimestamp(timestamp // NANOSECONDS, UTC).isoformat().replace("+00:00", "Z")
