"""What the check says of books that somebody changed with every trigger switched off."""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.ledger.books.conftest import Kept
from tests.ledger.books.tampering import Undo, found, tampered

from tuppence.db import Database, Statement
from tuppence.ledger import books
from tuppence.ledger.proof.statement import public_text


async def test_untouched_books_are_proven(sealed: Kept) -> None:
    """Nothing is found, neither now nor with what a check saw before, nor while entries wait to be sealed."""
    async with sealed.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, sealed.public)).seen
    await sealed.pay(3)
    async with sealed.database.transaction(read_only=True) as tx:
        assert [] == await found(tx, sealed.public, seen)


async def test_one_change_is_told_once(sealed: Kept, superuser: Database) -> None:
    """A changed note of a transfer, which no balance shows, is one line that names it, and so is a changed link."""
    (transfer,) = [one for one in await _transfers(superuser) if one]
    note = f"UPDATE ledger.transfer SET user_data_32 = 9 WHERE id = '{transfer}'"
    link = "UPDATE ledger.seal SET chain = leaf WHERE position = 30"

    assert [f"entry differs from its seal: transfer {transfer}"] == await tampered(superuser, sealed.public, note)
    assert ["chain does not fit: seal 30"] == await tampered(superuser, sealed.public, link)


async def _transfers(superuser: Database) -> list[UUID]:
    async with superuser.transaction() as tx:
        return await tx.scalars(Statement("one", "SELECT id FROM ledger.transfer ORDER BY timestamp LIMIT 1"))


async def test_an_entry_cannot_be_slipped_in_or_swapped(sealed: Kept, superuser: Database) -> None:
    """A forged row behind the newest seal was never sealed; two that change places differ from their seals."""
    forged = """INSERT INTO ledger.transfer
        SELECT gen_random_uuid(), debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
            user_data_128, user_data_64, user_data_32, timestamp + 1, era
        FROM ledger.transfer WHERE flags = 0 ORDER BY timestamp LIMIT 1"""
    swapped = """UPDATE ledger.seal AS s SET id = o.id, leaf = o.leaf FROM ledger.seal AS o
        WHERE s.position IN (40, 41) AND o.position = 81 - s.position"""

    assert any("entry was never sealed: transfer" in one for one in await tampered(superuser, sealed.public, forged))
    said = await tampered(superuser, sealed.public, swapped)
    assert {"seal names another entry: seal 40", "seal names another entry: seal 41"} <= set(said)


async def test_seals_rewritten_to_fit_are_found_by_what_was_signed(sealed: Kept, superuser: Database) -> None:
    """Whoever changes an entry and computes every later hash anew contradicts the statements, whose key they lack."""
    async with sealed.database.transaction(read_only=True) as tx:
        seen = (await books.check(tx, sealed.public)).seen
    said: list[str] = []
    remembered: list[str] = []
    try:
        async with superuser.transaction() as tx:
            for line in (
                "SET LOCAL session_replication_role = replica",
                "UPDATE ledger.transfer SET user_data_32 = 9 WHERE flags = 0 AND amount = 2000",
                "DELETE FROM ledger.seal",
                "DELETE FROM ledger.seal_node",
                "DELETE FROM ledger.owed",
            ):
                await tx.execute(Statement("rewrite", line))
            await books.seal(tx)
            said = await found(tx, sealed.public)
            await tx.execute(Statement("forget", "DELETE FROM ledger.statement"))
            remembered = await found(tx, sealed.public, seen)
            raise Undo
    except Undo:
        pass

    assert ["books differ from what was signed: statement 1", "books differ from what was signed: statement 2"] == said
    assert "books differ from what was signed: the check before" in remembered


async def test_statements_of_another_key_are_refused(sealed: Kept) -> None:
    """The key is not in the database, so whoever has that alone signs with another."""
    other = public_text(Ed25519PrivateKey.generate())
    async with sealed.database.transaction(read_only=True) as tx:
        said = await found(tx, other)

    assert [f"statement is not as it was signed: statement {n}" for n in (1, 2)] == said
