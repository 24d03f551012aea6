"""Stored cards: deleting forgets, and nobody else may look."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tuppence.db.embedded import Urls
from tuppence.vault.errors import KeyFileRefused
from tuppence.vault.keks import local


async def test_a_deleted_card_has_no_key_left(house: Any, rail: Any) -> None:
    """Deleting takes the wrapped key and the fingerprint out of the row; it is used no more, and twice does nothing."""
    token = await house.enrol()

    assert [1, 0] == [await house.delete(token), await house.delete(token)]

    async with house.database.transaction() as tx:
        cursor = await tx._connection.execute("SELECT wrapped_dek, fingerprint FROM vault.card")
        assert [(None, None)] == await cursor.fetchall()
    (gone,) = await house.use(house.ask(token))
    assert ("card_gone", []) == (gone.code, rail.sent)


async def test_another_key_file_is_refused_at_start(house: Any, tmp_path: Path) -> None:
    """Cards that the keys at hand cannot open stop the start, rather than the first payment."""
    other = local.create(tmp_path / "other.json")
    await house.cards.prove(other)
    await house.enrol()

    await house.cards.prove(house.keys.keks)
    with pytest.raises(KeyFileRefused, match="1 cards"):
        await house.cards.prove(other)


TABLES = ["card", "attempt", "reversal", "void", "card_check", "access_log", "alarm", "migration"]


@pytest.mark.parametrize("table", TABLES)
def test_the_app_cannot_look_into_the_vault(urls: Urls, table: str) -> None:
    """The app's role is refused at the schema's door, whatever the table."""
    with (
        psycopg.connect(urls.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema vault"),
    ):
        connection.execute(psycopg.sql.SQL("SELECT * FROM vault.{}").format(psycopg.sql.Identifier(table)))


def test_the_vault_deletes_no_card_and_no_attempt(urls: Urls) -> None:
    """Even the vault's own role cannot make history disappear."""
    for table in ("card", "attempt", "reversal", "void", "access_log", "alarm"):
        with psycopg.connect(urls.vault) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(psycopg.sql.SQL("DELETE FROM vault.{}").format(psycopg.sql.Identifier(table)))


@pytest.mark.parametrize("table", ["access_log", "alarm"])
def test_a_trace_is_never_changed(urls: Urls, table: str) -> None:
    """The vault's own role may add traces and read them, and nothing else."""
    with psycopg.connect(urls.vault) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(psycopg.sql.SQL("UPDATE vault.{} SET at = now()").format(psycopg.sql.Identifier(table)))
