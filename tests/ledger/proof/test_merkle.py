"""The tree hashes and proves as RFC 6962 and RFC 9162 say; the model is the RFC's own definition, by recursion."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tuppence.ledger.proof.merkle import (
    EMPTY,
    Frontier,
    Span,
    Subtree,
    bag,
    consistency,
    fold,
    grew,
    includes,
    inclusion,
    node,
    root_of,
    subtrees,
)

LEAVES = [hashlib.sha256(b"\0" + bytes([n])).digest() for n in range(70)]
WRONG = hashlib.sha256(b"wrong").digest()


def mth(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash, RFC 6962, section 2.1."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(mth(leaves[:k]), mth(leaves[k:]))


def hashed(spans: Sequence[Span]) -> list[bytes]:
    return [mth(LEAVES[span.start : span.end]) for span in spans]


def test_the_published_roots() -> None:
    """The roots that certificate-transparency-go publishes for its eight test leaves."""
    said = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(one)).digest() for one in said]

    assert "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" == root_of(leaves[:1]).hex()
    assert "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" == root_of(leaves[:2]).hex()
    assert "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" == root_of(leaves).hex()


@given(size=st.integers(0, 70))
def test_a_tree_that_grows_has_the_root_of_the_definition(size: int) -> None:
    """Leaf by leaf, and from its complete subtrees alone."""
    grown = Frontier.empty()
    for leaf in LEAVES[:size]:
        grown.push(leaf)
    whole = subtrees(Span(0, size))

    assert mth(LEAVES[:size]) == grown.root() == root_of(LEAVES[:size])
    assert grown.peaks == hashed([Span(one.index << one.level, (one.index + 1) << one.level) for one in whole])


def test_each_subtree_is_told_once_when_it_is_complete() -> None:
    """What `completed` hears of are all complete subtrees above the leaves, with their hashes."""
    heard: dict[Subtree, bytes] = {}
    tree = Frontier.empty()
    for leaf in LEAVES[:64]:
        tree.push(leaf, heard.__setitem__)

    assert {Subtree(level, index) for level in range(1, 7) for index in range(64 >> level)} == heard.keys()
    assert all(
        fold(LEAVES[one.index << one.level : (one.index + 1) << one.level]) == told for one, told in heard.items()
    )


@given(st.data())
def test_a_leaf_is_proven_in_its_place_and_nowhere_else(data: st.DataObject) -> None:
    """Its path proves it; with another leaf, place, root or one changed hash it proves nothing."""
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size + 3).filter(lambda n: n != index))
    path, root = hashed(inclusion(index, size)), mth(LEAVES[:size])
    spoilt = [[*path[:n], WRONG, *path[n + 1 :]] for n in range(len(path))]

    assert includes(LEAVES[index], index, size, path, root)
    assert not includes(LEAVES[index], other, size, path, root)
    assert not includes(WRONG, index, size, path, root)
    assert not includes(LEAVES[index], index, size, path, WRONG)
    assert not includes(LEAVES[index], index, size, [*path, WRONG], root)
    assert not any(includes(LEAVES[index], index, size, one, root) for one in spoilt)


@given(st.data())
def test_a_tree_that_only_grew_is_proven_and_a_rewritten_one_is_not(data: st.DataObject) -> None:
    """The path proves growth; with another old or new root, or one changed hash, it proves nothing."""
    second = data.draw(st.integers(1, 70))
    first = data.draw(st.integers(1, second))
    path, old, new = hashed(consistency(first, second)), mth(LEAVES[:first]), mth(LEAVES[:second])
    spoilt = [[*path[:n], WRONG, *path[n + 1 :]] for n in range(len(path))]

    assert grew(first, old, second, new, path)
    assert not grew(first, WRONG, second, new, path)
    assert not grew(first, old, second, WRONG, path)
    assert not any(grew(first, old, second, new, one) for one in spoilt)
    assert not grew(0, EMPTY, second, new, [])


@given(size=st.integers(1, 70))
def test_a_range_is_hashed_from_its_complete_subtrees(size: int) -> None:
    """For every range that a proof asks for."""
    for span in [one for index in range(size) for one in inclusion(index, size)]:
        parts = hashed([Span(one.index << one.level, (one.index + 1) << one.level) for one in subtrees(span)])

        assert mth(LEAVES[span.start : span.end]) == bag(parts)
