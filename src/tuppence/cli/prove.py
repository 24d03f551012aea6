"""What an operator signs by hand."""

from datetime import UTC, datetime
from uuid import UUID

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.cli.operate import database_of
from tuppence.ledger import books
from tuppence.ledger.proof.statement import canonical, public_text
from tuppence.settings import Settings


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The key, or the end."""
    try:
        return books.keys.load(settings.key_file("books.pem", settings.books_key_file))
    except books.keys.KeyRefused as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None


def public_key(settings: Settings) -> str:
    return public_text(signing_key(settings))


async def seal(settings: Settings) -> str:
    """Seal everything and state it; the statement as it is handed out."""
    key = signing_key(settings)
    async with database_of(settings) as database:
        stated = await books.state_now(database, key, datetime.now(UTC))
    return canonical(stated.signed.wire()).decode()


async def prove(settings: Settings, payment: str) -> str:
    """The proof of a payment, as a document."""
    try:
        about = UUID(payment)
    except ValueError:
        raise typer.BadParameter("a payment's id is a UUID") from None
    await seal(settings)
    async with database_of(settings) as database, database.transaction(read_only=True) as tx:
        try:
            return canonical(await books.prove(tx, about)).decode()
        except books.NothingBooked as refused:
            typer.echo(refused.sentence(), err=True)
            raise typer.Exit(1) from None
