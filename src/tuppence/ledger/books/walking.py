"""Walking along entries and seals side by side, saying where they part. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tuppence.ledger.books.model import Node, Seal
from tuppence.ledger.books.rows import STORED_EVERY
from tuppence.ledger.proof import chain
from tuppence.ledger.proof.entries import KINDS, NAMES, Entry, leaf_of, name_of, number_of
from tuppence.ledger.proof.merkle import Frontier, Subtree


@dataclass(frozen=True, slots=True)
class Anchor:
    """What somebody signed, or remembers, of the books up to a position."""

    position: int
    said_by: str
    chain: str
    root: str | None


@dataclass(slots=True)
class Walk:
    """How far we are, and what we met. After a seal that does not fit the walk goes on from what should stand there,
    so that one change is told once."""

    found: Callable[[str, str], None]
    anchors: Sequence[Anchor]
    position: int = 0
    link: bytes = chain.GENESIS
    tree: Frontier = field(default_factory=Frontier.empty)
    nodes: list[Node] = field(default_factory=list)
    _anchored: int = 0

    def both(self, seal: Seal, entry: Entry) -> None:
        """A seal and its entry."""
        self._at(seal)
        leaf, where = leaf_of(entry), f"seal {seal.position}"
        expected = (chain.extend(self.link, leaf), chain.extend(self.link, seal.leaf))
        genuine = leaf
        if (seal.kind, seal.id, seal.timestamp) != (number_of(entry), entry.id, entry.timestamp):
            self.found("seal names another entry", where)
        if leaf != seal.leaf:
            if seal.chain == expected[1]:
                self.found("entry differs from its seal", name_of(entry))
                genuine = seal.leaf
            else:
                self.found("seal differs from its entry", where)
        elif seal.chain != expected[0]:
            self.found("chain does not fit", where)
        self._on(genuine)

    def gone(self, seal: Seal) -> None:
        """A seal whose entry is nowhere."""
        self._at(seal)
        self.found("sealed entry is gone", f"{NAMES[KINDS[seal.kind]]} {seal.id}")
        if seal.chain != chain.extend(self.link, seal.leaf):
            self.found("chain does not fit", f"seal {seal.position}")
        self._on(seal.leaf)

    def unsealed(self, entry: Entry) -> None:
        """An entry that is older than the newest seal and has none."""
        self.found("entry was never sealed", name_of(entry))

    def end(self) -> None:
        """Nothing more is sealed."""
        beyond = self.anchors[self._anchored :]
        if beyond:
            self.found("seal is missing", f"seal {self.position + 1}")
        for anchor in beyond:
            self.found("says more than is sealed", anchor.said_by)

    def _at(self, seal: Seal) -> None:
        if seal.position != self.position + 1:
            self.found("seal is missing", f"seal {self.position + 1}")
        self.position = seal.position

    def _on(self, leaf: bytes) -> None:
        self.link = chain.extend(self.link, leaf)
        self.tree.push(leaf, self._completed)
        while self._anchored < len(self.anchors) and self.anchors[self._anchored].position <= self.position:
            self._compare(self.anchors[self._anchored])
            self._anchored += 1

    def _completed(self, subtree: Subtree, hashed: bytes) -> None:
        if subtree.level % STORED_EVERY == 0:
            self.nodes.append(Node(subtree.level, subtree.index, hashed))

    def _compare(self, anchor: Anchor) -> None:
        root = self.tree.root().hex() if anchor.root is not None else None
        if (anchor.position, anchor.chain, anchor.root) != (self.position, self.link.hex(), root):
            self.found("books differ from what was signed", anchor.said_by)
