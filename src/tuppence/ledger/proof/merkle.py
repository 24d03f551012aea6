"""The tree over all entries, the first to the newest: hashing and proofs as in RFC 6962 and RFC 9162. Pure.

A tree of n leaves is hashed as RFC 6962 says. What it takes to prove something is told as ranges of leaves whose
hashes must be known; whoever keeps hashes on disk finds them from the complete subtrees that a range consists of.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

EMPTY = hashlib.sha256(b"").digest()


class Span(NamedTuple):
    """Leaves from `start` up to, but without, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Subtree:
    """A complete one: 2^level leaves, the `index`-th of that size."""

    level: int
    index: int


def node(left: bytes, right: bytes) -> bytes:
    """Source: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node(row[k], row[k + 1]) for k in range(0, len(row), 2)]
    return row[0]


def subtrees(span: Span) -> list[Subtree]:
    """The complete subtrees that a range consists of, the largest first, as it stands in a tree of RFC 6962."""
    found, start = [], span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        found.append(Subtree(level, start >> level))
        start += 1 << level
    return found


def bag(peaks: Sequence[bytes]) -> bytes:
    """The hash of a range from those of its complete subtrees, the largest first."""
    if not peaks:
        return EMPTY
    hashed = peaks[-1]
    for peak in reversed(peaks[:-1]):
        hashed = node(peak, hashed)
    return hashed


def _split(span: Span) -> int:
    """Where a range of more than one leaf divides: after the largest power of two that leaves something."""
    return span.start + (1 << (span.end - span.start - 1).bit_length() - 1)


def inclusion(index: int, size: int) -> list[Span]:
    """The ranges whose hashes prove that a leaf is in a tree, from the leaf up.

    Source: RFC 9162, section 2.1.3.1.
    """
    assert 0 <= index < size
    path, span = [], Span(0, size)
    while span.end - span.start > 1:
        middle = _split(span)
        left, right = Span(span.start, middle), Span(middle, span.end)
        span, other = (left, right) if index < middle else (right, left)
        path.append(other)
    return path[::-1]


def consistency(first: int, second: int) -> list[Span]:
    """The ranges whose hashes prove that a tree only grew.

    Source: RFC 9162, section 2.1.4.1.
    """
    assert 0 < first <= second
    path, span, whole = [], Span(0, second), True
    while first != span.end:
        middle = _split(span)
        if first <= middle:
            path.append(Span(middle, span.end))
            span = Span(span.start, middle)
        else:
            path.append(Span(span.start, middle))
            span, whole = Span(middle, span.end), False
    return ([] if whole else [span]) + path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that this leaf has this place. Source: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size or len(path) != len(inclusion(index, size)):
        return False
    spans, hashed = inclusion(index, size), leaf
    for span, sibling in zip(spans, path, strict=True):
        hashed = node(sibling, hashed) if span.end <= index else node(hashed, sibling)
    return hashed == root


def grew(first: int, old_root: bytes, second: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the newer tree begins with the older one. Source: RFC 9162, section 2.1.4.2."""
    if not 0 < first <= second or len(path) != len(consistency(first, second)):
        return False
    known = dict(zip(consistency(first, second), path, strict=True))
    if first == second or first & (first - 1) == 0:  # the old tree is one of the new one's subtrees
        known[Span(0, first)] = old_root

    def old(span: Span) -> bytes:
        """The hash of a range of the old tree, which ends where that ended."""
        if span in known:
            return known[span]
        middle = _split(span)
        return node(known[Span(span.start, middle)], old(Span(middle, span.end)))

    def new(span: Span) -> bytes:
        if span in known:
            return known[span]
        middle = _split(span)
        return node(new(Span(span.start, middle)), new(Span(middle, span.end)))

    return old(Span(0, first)) == old_root and new(Span(0, second)) == new_root


@dataclass(slots=True)
class Frontier:
    """A tree that grows: of all its leaves it holds the roots of its complete subtrees, at most one a level."""

    size: int
    peaks: list[bytes]

    @classmethod
    def empty(cls) -> "Frontier":
        return cls(0, [])

    def push(self, leaf: bytes, completed: Callable[[Subtree, bytes], None] | None = None) -> None:
        """One more leaf; `completed` is told of each subtree above it that is complete now."""
        hashed, index, level = leaf, self.size, 0
        while index & 1:
            hashed, index, level = node(self.peaks.pop(), hashed), index >> 1, level + 1
            if completed:
                completed(Subtree(level, index), hashed)
        self.peaks.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        return bag(self.peaks)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaves."""
    tree = Frontier.empty()
    for leaf in leaves:
        tree.push(leaf)
    return tree.root()
