"""What is owed adds up, everybody can see that they are counted, and no way of leaving somebody out passes."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tuppence.ledger.model import ZERO
from tuppence.ledger.proof.liabilities import LEAVES_LEAST, Owed, Summed, Tree, counts, leaf, node, nonce_of

SECRET = b"s" * 32
amounts = st.lists(st.integers(1, 10**12), min_size=1, max_size=90)


def owed(amounts: list[int]) -> list[Owed]:
    return [Owed(UUID(int=n), UUID(int=n % 3), amount) for n, amount in enumerate(amounts, 1)]


@given(amounts)
def test_everybody_is_counted_and_the_sum_is_the_sum(some: list[int]) -> None:
    """Each item's branch leads to the root, whose sum is that of all items."""
    items = owed(some)
    tree = Tree(items, SECRET)

    assert sum(some) == tree.root.sum_minor
    for one in items:
        branch = tree.branch(one.account_id, one.subject)
        assert branch is not None
        assert one == branch.owed
        assert counts(branch, tree.root, tree.depth)


@given(amounts)
def test_a_branch_proves_its_own_item_only(some: list[int]) -> None:
    """Another amount, owner, nonce, place, root or step, and it proves nothing."""
    items = owed(some)
    tree = Tree(items, SECRET)
    branch = tree.branch(items[0].account_id, items[0].subject)
    assert branch is not None
    first = branch.path[0]
    wrong = [
        replace(branch, owed=branch.owed._replace(amount_minor=branch.owed.amount_minor + 1)),
        replace(branch, owed=branch.owed._replace(account_id=UUID(int=999))),
        replace(branch, owed=branch.owed._replace(subject=UUID(int=999))),
        replace(branch, nonce=b"n" * 32),
        replace(branch, index=branch.index ^ 1),
        replace(branch, index=branch.index + (1 << tree.depth)),
        replace(branch, path=branch.path[1:]),
        replace(branch, path=[first._replace(sum_minor=first.sum_minor + 1), *branch.path[1:]]),
    ]

    assert not any(counts(one, tree.root, tree.depth) for one in wrong)
    assert not counts(branch, tree.root._replace(sum_minor=tree.root.sum_minor - 1), tree.depth)


def test_nothing_below_zero_lowers_the_sum() -> None:
    """An item below zero is left out of the tree, and a step below zero spoils a branch."""
    tree = Tree([Owed(UUID(int=1), ZERO, 100), Owed(UUID(int=2), ZERO, -60)], SECRET)
    mine = tree.branch(UUID(int=1), ZERO)
    assert mine is not None
    cheat = replace(mine, path=[Summed(-60, mine.path[0].hash), *mine.path[1:]])

    assert 100 == tree.root.sum_minor
    assert tree.branch(UUID(int=2), ZERO) is None
    assert not counts(cheat, tree.root, tree.depth)


def test_a_node_binds_each_childs_sum() -> None:
    """The hole of trees that hash the total only: the same total from other children is another node."""
    low, high = leaf(b"a" * 32, 5), leaf(b"b" * 32, 7)

    assert node(low, high).hash != node(Summed(0, low.hash), Summed(12, high.hash)).hash
    assert node(low, high).hash != node(high, low).hash


def test_the_tree_tells_neither_who_nor_how_many() -> None:
    """One person or sixty, the depth is the same; with another secret every leaf is another."""
    one, sixty = Tree(owed([5]), SECRET), Tree(owed([5] * 60), SECRET)
    again = Tree(owed([5] * 60), b"t" * 32)
    leaves = {tuple(branch.path) for n in range(1, 61) if (branch := sixty.branch(UUID(int=n), UUID(int=n % 3)))}
    others = {tuple(branch.path) for n in range(1, 61) if (branch := again.branch(UUID(int=n), UUID(int=n % 3)))}

    assert LEAVES_LEAST == 1 << one.depth == 1 << sixty.depth
    assert 60 == len(leaves) == len(others)
    assert not leaves & others
    assert nonce_of(SECRET, UUID(int=1), ZERO) != nonce_of(SECRET, ZERO, UUID(int=1))
