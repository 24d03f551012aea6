"""What is owed to people, as a tree whose nodes carry sums: everybody can see that they are counted, nobody is named.

A leaf says an amount and a commitment to whose it is, which only who knows the nonce can open. Both sums of a node's
children are hashed, not their total alone, or an amount could be left out unseen. Empty leaves fill the tree up, so
that it does not say how many people there are; the order of leaves is that of their commitments, hence of chance. Pure.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

LEAVES_LEAST = 64
_MOST = 1 << 127  # what sixteen bytes hold, with room to add two


class Owed(NamedTuple):
    """What an account holds of somebody's. `subject` says about what, in accounts that many share; else it is zero."""

    account_id: UUID
    subject: UUID
    amount_minor: int


class Summed(NamedTuple):
    """A node: what is below it in all, and its hash."""

    sum_minor: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Branch:
    """Somebody's way from their leaf to the root."""

    owed: Owed
    nonce: bytes
    index: int
    path: list[Summed]


def nonce_of(blinding: bytes, account_id: UUID, subject: UUID) -> bytes:
    """What hides whose a leaf is. It differs from statement to statement, as `blinding` does."""
    return hmac.new(blinding, b"nonce|" + account_id.bytes + subject.bytes, hashlib.sha256).digest()


def commitment(nonce: bytes, account_id: UUID, subject: UUID) -> bytes:
    return hashlib.sha256(b"tuppence owed 1" + nonce + account_id.bytes + subject.bytes).digest()


def leaf(commitment: bytes, amount_minor: int) -> Summed:
    assert 0 <= amount_minor < _MOST
    return Summed(amount_minor, hashlib.sha256(b"\2" + commitment + amount_minor.to_bytes(16)).digest())


def node(left: Summed, right: Summed) -> Summed:
    """Both sums go in, not their total: Chalkias, Chatzigiannis and Ji, "Broken Proofs of Solvency", 2022."""
    both = left.sum_minor.to_bytes(16) + left.hash + right.sum_minor.to_bytes(16) + right.hash
    return Summed(left.sum_minor + right.sum_minor, hashlib.sha256(b"\3" + both).digest())


class Tree:
    """Everything that is owed in one currency at one moment."""

    def __init__(self, owed: Sequence[Owed], blinding: bytes) -> None:
        """Only what is really owed counts: an item below zero is a defect that must not lower what others are owed."""
        self._blinding = blinding
        held = {self._commitment(one): one for one in owed if one.amount_minor > 0}
        size = max(LEAVES_LEAST, 1 << max(0, len(held) - 1).bit_length())
        empty = {self._empty(n): None for n in range(size - len(held))}
        ordered = sorted({**held, **empty}.items())
        self.places = {(one.account_id, one.subject): n for n, (_, one) in enumerate(ordered) if one}
        self._owed = [one for _, one in ordered]
        self._rows = [[leaf(key, one.amount_minor if one else 0) for key, one in ordered]]
        while len(self._rows[-1]) > 1:
            row = self._rows[-1]
            self._rows.append([node(row[k], row[k + 1]) for k in range(0, len(row), 2)])

    @property
    def root(self) -> Summed:
        return self._rows[-1][0]

    @property
    def depth(self) -> int:
        return len(self._rows) - 1

    def branch(self, account_id: UUID, subject: UUID) -> Branch | None:
        """The way from this item to the root; None if nothing is owed there."""
        index = self.places.get((account_id, subject))
        if index is None:
            return None
        owed = self._owed[index]
        assert owed is not None
        path = [row[index >> level ^ 1] for level, row in enumerate(self._rows[:-1])]
        return Branch(owed, nonce_of(self._blinding, account_id, subject), index, path)

    def _commitment(self, one: Owed) -> bytes:
        return commitment(nonce_of(self._blinding, one.account_id, one.subject), one.account_id, one.subject)

    def _empty(self, n: int) -> bytes:
        return hmac.new(self._blinding, b"empty|%d" % n, hashlib.sha256).digest()


def counts(branch: Branch, root: Summed, depth: int) -> bool:
    """Whether this item is in the tree with this root, with nothing below zero on its way."""
    amounts = [branch.owed.amount_minor, *(one.sum_minor for one in branch.path)]
    if len(branch.path) != depth or not 0 <= branch.index < 1 << depth or not all(0 <= one < _MOST for one in amounts):
        return False
    at = leaf(commitment(branch.nonce, branch.owed.account_id, branch.owed.subject), branch.owed.amount_minor)
    for level, other in enumerate(branch.path):
        at = node(other, at) if branch.index >> level & 1 else node(at, other)
        if at.sum_minor >= _MOST:
            return False
    return at == root
