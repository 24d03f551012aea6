"""Bugs sown on purpose: each would let somebody cheat; it is noticed, or shown to be what the hash is needed for."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.ledger.books.conftest import Kept
from tests.ledger.books.tampering import found, tampered
from tests.ledger.books.test_exporting import exported

from tuppence.db import Database
from tuppence.ledger import books
from tuppence.ledger.books import sealing
from tuppence.ledger.books.rows import fetch_entries
from tuppence.ledger.model import Transfer
from tuppence.ledger.proof import chain, entries
from tuppence.ledger.proof.export import Reader
from tuppence.ledger.proof.liabilities import Summed, leaf, node


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaf that leaves out a column."""
    whole = entries._PLACES[Transfer]
    monkeypatch.setitem(entries._PLACES, Transfer, whole[:-2] + whole[-1:])


async def test_a_column_that_is_not_hashed_would_be_missed(forgetful: None, sealed: Kept, superuser: Database) -> None:
    """With it left out, nothing is found: that test_tampering finds it is the hash's doing."""
    change = "UPDATE ledger.transfer SET user_data_32 = 9 WHERE flags = 0 AND amount = 2000"

    assert [] == await tampered(superuser, sealed.public, change)


async def test_a_sealer_that_skips_an_entry_is_found(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry in the middle of a batch is left out; the check names it, and so would an export's statement."""

    async def skipping(*given: Any, **named: Any) -> list[entries.Entry]:
        all_of_them = await fetch_entries(*given, **named)
        return all_of_them[:17] + all_of_them[18:]

    monkeypatch.setattr(sealing, "fetch_entries", skipping)
    await books.seal_all(kept.database)
    async with kept.database.transaction(read_only=True) as tx:
        said = await found(tx, kept.public)

    assert 1 == len([one for one in said if one.startswith("entry was never sealed")])


async def test_a_chain_that_forgets_what_came_before_is_found(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links that do not bind the one before: a reader that knows the rule refuses the first of them."""
    with monkeypatch.context() as sown:
        sown.setattr(chain, "extend", lambda _, leaf: hashlib.sha256(leaf).digest())
        await kept.state()
        lines = await exported(kept)
        assert [] == Reader(kept.public).read(lines).found

    assert 2 == Reader(kept.public).read(lines).found[0].line


def test_a_node_that_hashes_the_total_only_would_hide_a_debt() -> None:
    """The known hole: two people are owed 50 each, each is told that the other is owed nothing, and one root of 50 fits
    both. With both sums hashed it fits neither."""
    left, right = leaf(b"l" * 32, 50), leaf(b"r" * 32, 50)

    def careless(one: Summed, other: Summed) -> Summed:
        total = one.sum_minor + other.sum_minor
        return Summed(total, hashlib.sha256(total.to_bytes(16) + one.hash + other.hash).digest())

    def hides(node: Callable[[Summed, Summed], Summed]) -> bool:
        return node(left, Summed(0, right.hash)) == node(Summed(0, left.hash), right)

    assert hides(careless)
    assert not hides(node)
