"""Stored cards: keys change while they are in use, deleting forgets, and nobody else may look."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tuppence.db.embedded import Urls
from tuppence.vault import keys
from tuppence.vault.errors import KeyFileRefused


async def wrapped(house: Any, token: str) -> tuple[int, bytes, bytes]:
    (card,) = await house.cards.describe([token])
    return card.kek_version, card.wrapped_dek, card.ciphertext


async def test_rewrapping_ends_with_no_card_under_an_old_key(house: Any, rail: Any, tmp_path: Path) -> None:
    """Cards in use go under the new version, ciphertexts stay, and every debit meanwhile finds its number."""
    tokens = [await house.enrol() for _ in range(5)]
    before = [await wrapped(house, token) for token in tokens]
    keys.add_version(tmp_path / "vault.json")

    async def pay(token: str) -> None:
        for _ in range(5):
            await house.use(house.ask(token))

    (done, left), *_ = await asyncio.gather(house.cards.rewrap(), *(pay(token) for token in tokens))
    done += (await house.cards.rewrap())[0]

    after = [await wrapped(house, token) for token in tokens]
    assert (5, 0) == (done, (await house.cards.rewrap())[1])
    assert [(2, True)] * 5 == [(new[0], new[2] == old[2]) for new, old in zip(after, before, strict=True)]
    assert ["4000110000000017"] * 25 == [ask.card.number.reveal() for ask in rail.sent]
    assert left <= 5


async def test_a_rewrap_that_dies_goes_on_where_it_was(
    house: Any, mortal: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any beat, the next rewrap does what is left, and every card opens in between."""
    monkeypatch.setattr("tuppence.vault.cards._BATCH", 1)
    tokens = [await house.enrol() for _ in range(3)]
    keys.add_version(tmp_path / "vault.json")

    for dies_at in range(8):
        life, beats = mortal(dies_at)
        await beats.live(life.cards.rewrap())
        house.keys.reload()
        assert ["accepted"] * 3 == [one.state for one in await house.use(*(house.ask(token) for token in tokens))]

    assert (0, 0) == await house.cards.rewrap()


async def test_a_card_that_does_not_open_holds_up_no_rewrap(house: Any, tmp_path: Path) -> None:
    """A tampered row is left and told; its neighbours go on."""
    broken, *_ = [await house.enrol() for _ in range(3)]
    async with house.database.transaction() as tx:
        await tx._connection.execute("UPDATE vault.card SET person_id = gen_random_uuid() WHERE token = %s", (broken,))
        await tx._connection.execute(
            "UPDATE vault.card SET wrapped_dek = set_byte(wrapped_dek, 20, 1 # get_byte(wrapped_dek, 20))"
            " WHERE token = %s",
            (broken,),
        )
    keys.add_version(tmp_path / "vault.json")

    assert (2, 1) == await house.cards.rewrap()


async def test_a_deleted_card_has_no_key_left(house: Any, rail: Any) -> None:
    """Deleting takes the wrapped key and the fingerprint out of the row; it is used no more, and twice does nothing."""
    token = await house.enrol()

    assert [1, 0] == [await house.cards.delete([token]), await house.cards.delete([token])]

    async with house.database.transaction() as tx:
        cursor = await tx._connection.execute("SELECT wrapped_dek, fingerprint FROM vault.card")
        assert [(None, None)] == await cursor.fetchall()
    (gone,) = await house.use(house.ask(token))
    assert ("card_gone", []) == (gone.code, rail.sent)


async def test_another_key_file_is_refused_at_start(house: Any, tmp_path: Path) -> None:
    """Cards that the keys at hand cannot open stop the start, rather than the first payment."""
    await house.cards.prove_keys()
    await house.enrol()
    other = house.restarted(keys=keys.create(tmp_path / "other.json"))

    await house.cards.prove_keys()
    with pytest.raises(KeyFileRefused, match="1 cards"):
        await other.cards.prove_keys()


@pytest.mark.parametrize("table", ["card", "attempt", "reversal", "void", "card_check", "migration"])
def test_the_app_cannot_look_into_the_vault(urls: Urls, table: str) -> None:
    """The app's role is refused at the schema's door, whatever the table."""
    with (
        psycopg.connect(urls.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema vault"),
    ):
        connection.execute(psycopg.sql.SQL("SELECT * FROM vault.{}").format(psycopg.sql.Identifier(table)))


def test_the_vault_deletes_no_card_and_no_attempt(urls: Urls) -> None:
    """Even the vault's own role cannot make history disappear."""
    for table in ("card", "attempt", "reversal", "void"):
        with psycopg.connect(urls.vault) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(psycopg.sql.SQL("DELETE FROM vault.{}").format(psycopg.sql.Identifier(table)))
