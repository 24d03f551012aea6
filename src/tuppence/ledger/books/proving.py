"""Proofs for one person: that the entries of a payment are in the books that the operator signed for."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence.db import Tx
from tuppence.ledger.books import rules
from tuppence.ledger.books.errors import NothingBooked, NotSealedYet
from tuppence.ledger.books.model import Stated
from tuppence.ledger.books.rows import SQL, seal_at, span_hashes
from tuppence.ledger.books.statements import latest, trees
from tuppence.ledger.loading import SQL as LEDGER
from tuppence.ledger.model import ZERO, Expiry
from tuppence.ledger.proof import receipt
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.liabilities import Branch, Tree
from tuppence.ledger.proof.merkle import consistency, inclusion
from tuppence.ledger.rows import fetch_transfers


@dataclass(frozen=True, slots=True)
class _Place:
    kind: int
    id: UUID
    timestamp: int
    position: int | None


_newest: dict[bytes, dict[int, Tree]] = {}  # of the statement asked about last, so that a crowd builds them once


async def prove(tx: Tx, about: UUID, own_accounts: Iterable[UUID] = ()) -> dict[str, Any]:
    """The document that proves what the books hold about a payment.

    Args:
        own_accounts: accounts of whoever asks; what is owed there is shown to be counted among what is owed to all.
    Raises: NothingBooked, NotSealedYet.
    """
    places = await tx.fetch(SQL.entries_about, _Place, about=about)
    if not places:
        raise NothingBooked
    stated = await latest(tx)
    positions = [one.position for one in places if one.position is not None]
    if stated is None or len(positions) < len(places) or max(positions) > stated.count:
        next_at = stated.made_at + rules.INTERIM_EVERY if stated else datetime.now(UTC)
        raise NotSealedYet(retry_after_seconds=max(1, math.ceil((next_at - datetime.now(UTC)).total_seconds())))
    return receipt.compose(
        about,
        stated.signed.wire(),
        await _included(tx, places, positions, stated),
        await _branches(tx, stated, {(account, ZERO) for account in own_accounts}, about),
        await _since(tx, stated),
    )


async def _included(
    tx: Tx, places: Sequence[_Place], positions: Sequence[int], stated: Stated
) -> list[receipt.Included]:
    """Each entry with its way to the root."""
    known = {
        one.id: one for one, _ in await fetch_transfers(tx, LEDGER.lookup_transfers, ids=[one.id for one in places])
    }
    included = []
    for place, position in zip(places, positions, strict=True):
        entry: Entry = known[place.id] if place.kind == 2 else Expiry(place.id, place.timestamp)
        path = await span_hashes(tx, inclusion(position - 1, stated.count))
        included.append(receipt.Included(position, entry, path))
    return included


async def _branches(tx: Tx, stated: Stated, own: set[tuple[UUID, UUID]], about: UUID) -> list[tuple[int, Branch]]:
    """The ways from what is owed to this person, or about this payment, to the roots of what is owed."""
    through = (await seal_at(tx, stated.count)).timestamp
    if stated.blinding not in _newest:
        made = await trees(tx, through, stated.blinding)
        _newest.clear()
        _newest[stated.blinding] = made
    found = []
    for ledger, tree in _newest[stated.blinding].items():
        branches = [tree.branch(*place) for place in tree.places if place in own or place[1] == about]
        found += [(ledger, branch) for branch in branches if branch]
    return found


async def _since(tx: Tx, stated: Stated) -> receipt.Since | None:
    """That the tree only grew since the day was closed last."""
    closed = await latest(tx, closing=True)
    if closed is None or closed.number >= stated.number or not closed.count:
        return None
    path = await span_hashes(tx, consistency(closed.count, stated.count))
    return receipt.Since(closed.signed.wire(), path)
