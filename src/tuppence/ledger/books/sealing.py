"""Sealing: hashing what has committed, seconds behind, so that no writer ever waits for it.

The ledger gives its times in the order of commits, so what one picture of it shows up to a time is all that there
will ever be up to that time.
"""

from tuppence.db import Tx, columns
from tuppence.ledger.books.model import Node, Seal
from tuppence.ledger.books.rows import SQL, STORED_EVERY, fetch_entries, frontier, last_seal
from tuppence.ledger.model import TIMESTAMP_MAX
from tuppence.ledger.proof import chain
from tuppence.ledger.proof.entries import leaf_of, number_of
from tuppence.ledger.proof.merkle import Subtree

SEALED_AT_ONCE_MOST = 1_000


async def seal(tx: Tx, *, until: int = TIMESTAMP_MAX, most: int = SEALED_AT_ONCE_MOST) -> int:
    """Seal the next entries, none beyond a time; how many there were. Fewer than `most`: that was all.

    Locks: other sealers, until the transaction ends; never the ledger.
    """
    await tx.execute(SQL.lock_seals)
    last = await last_seal(tx)
    entries = await fetch_entries(tx, after=last.place, until=until, limit=most)
    if not entries:
        return 0
    tree, nodes = await frontier(tx, last.position), list[Node]()

    def completed(subtree: Subtree, hashed: bytes) -> None:
        if subtree.level % STORED_EVERY == 0:
            nodes.append(Node(subtree.level, subtree.index, hashed))

    seals, link = [], last.chain
    for position, entry in enumerate(entries, last.position + 1):
        leaf = leaf_of(entry)
        link = chain.extend(link, leaf)
        tree.push(leaf, completed)
        seals.append(Seal(position, number_of(entry), entry.id, entry.timestamp, leaf, link))
    named = columns(seals, "position", "kind", "id", "timestamp", "leaf", "chain")
    await tx.execute(SQL.seal, **named, **columns(nodes, "level", "index", "hash"))
    return len(seals)
