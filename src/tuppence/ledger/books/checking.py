"""The check: seals against entries, subtrees and statements against seals, signatures against the key."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tuppence.db import Tx, columns
from tuppence.ledger.books.model import LastSeal, Node, Seal, Stated
from tuppence.ledger.books.rows import SQL, last_seal, stream_entries, stream_seals
from tuppence.ledger.books.walking import Anchor, Walk
from tuppence.ledger.proof.entries import Entry, place_of
from tuppence.ledger.proof.statement import blinding_text, canonical, is_signed
from tuppence.ledger.queries import Broken

FOUND_MOST = 100  # what is told of one check: the first places name what happened
_STATEMENTS_AT_ONCE = 100
_EVERY = timedelta(minutes=10)
_REST = 20  # so that checking never takes more than a twentieth of the time


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check saw, to be remembered outside the database: later ones must find it again."""

    last: LastSeal = field(default_factory=LastSeal)
    statement: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; empty is proven."""

    broken: list[Broken]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the last check said, as it is kept."""

    checked_at: datetime
    took_seconds: float
    entries: int
    broken: list[dict[str, str]]

    @property
    def next_at(self) -> datetime:
        """When all is to be checked again: large books rest for many times as long as they took to read."""
        return self.checked_at + max(_EVERY, _REST * timedelta(seconds=self.took_seconds))


async def check(tx: Tx, public: str, seen: Seen | None = None) -> Checked:
    """Everything that hangs on the seals. Open the transaction as repeatable read: it is one picture.

    Args:
        public: the key that statements must be signed with.
        seen: what an earlier check saw.
    """
    broken: list[Broken] = list(await tx.fetch(SQL.broken_seal, Broken))

    def found(what: str, which: str) -> None:
        if len(broken) < FOUND_MOST:
            broken.append(Broken(what, which))

    anchors, statement = await _statements(tx, public, found)
    if seen and seen.statement > statement:
        found("statement is missing", f"statement {statement + 1}")
    if seen and seen.last.position:
        anchors.append(Anchor(seen.last.position, "the check before", seen.last.chain.hex(), None))
    walk = Walk(found, sorted(anchors, key=lambda one: one.position))
    await _walk(tx, walk)
    await _nodes(tx, walk)
    return Checked(broken, Seen(LastSeal(walk.position, chain=walk.link), statement))


async def _walk(tx: Tx, walk: Walk) -> None:
    """Along both, by time. What has the same id belongs together, whatever else is said of it."""
    last = await last_seal(tx)
    entries = stream_entries(tx, until=last.timestamp)
    entry = await anext(entries, None)
    async for seal in stream_seals(tx):
        while entry is not None and _is_before(entry, seal):
            walk.unsealed(entry)
            entry = await anext(entries, None)
        if entry is not None and (entry.id == seal.id or not _is_after(entry, seal)):
            walk.both(seal, entry)
            entry = await anext(entries, None)
        else:
            walk.gone(seal)
    while entry is not None and place_of(entry) <= last.place:
        walk.unsealed(entry)
        entry = await anext(entries, None)
    walk.end()


def _is_before(entry: Entry, seal: Seal) -> bool:
    return entry.id != seal.id and place_of(entry) < seal.place


def _is_after(entry: Entry, seal: Seal) -> bool:
    return place_of(entry) > seal.place


async def _nodes(tx: Tx, walk: Walk) -> None:
    """The subtrees that are kept are those that the leaves make."""
    named = columns(walk.nodes, "level", "index", "hash")
    wrong = await tx.fetch(SQL.other_nodes, Node, **named) if walk.nodes else []
    wrong += await tx.fetch(SQL.extra_nodes, Node, count=walk.tree.size)
    for node in wrong:
        walk.found("subtree differs from its entries", f"seal node {node.level}/{node.index}")


async def _statements(tx: Tx, public: str, found: Any) -> tuple[list[Anchor], int]:
    """Each statement as it is kept; what they sign for, and the newest one's number."""
    anchors, number = list[Anchor](), 0
    previous: str | None = ""
    async for stated in stream_statements(tx):
        where = f"statement {stated.number}"
        if stated.number != number + 1:
            found("statement is missing", f"statement {number + 1}")
            previous = None
        number = stated.number
        wrong = _complaint(stated, public, previous)
        if wrong is None:
            said = stated.signed.document["entries"]
            if said["count"]:
                anchors.append(Anchor(said["count"], where, said["chain"], said["root"]))
            previous = stated.signed.digest
        else:
            found(wrong, where)
            previous = None
    return anchors, number


def _complaint(stated: Stated, public: str, previous: str | None) -> str | None:
    """What is wrong with a statement as it is kept; None if nothing is. `previous`: None if that is not known."""
    try:
        signed = stated.signed
    except ValueError:
        return "statement is not as it was signed"
    document = signed.document
    if canonical(document).decode() != stated.document or not is_signed(signed, public):
        return "statement is not as it was signed"
    said = (document["number"], document["day"], document["closes_day"], document["entries"]["count"])
    made_at = stated.made_at.replace(microsecond=0) == datetime.fromisoformat(document["made_at"])
    kept = (stated.number, stated.day.isoformat(), stated.closes_day, stated.count)
    if said != kept or not made_at or document["blinding"] != blinding_text(stated.blinding):
        return "statement is kept otherwise than it was signed"
    if previous is not None and document["previous"] != previous:
        return "statement does not follow the one before"
    return None


async def stream_statements(tx: Tx) -> AsyncIterator[Stated]:
    after = -(2**62)
    while found := await tx.fetch(SQL.statements, Stated, after=after, limit=_STATEMENTS_AT_ONCE):
        for stated in found:
            yield stated
        after = found[-1].number


# - verdicts -----------------------------------------------------------------------------------------------------------


async def judge(tx: Tx, checked: Checked, took_seconds: float) -> None:
    """Write down what a check found, for whoever asks how the books are."""
    told = columns(checked.broken[:FOUND_MOST], "what", "which")
    await tx.execute(SQL.judge, took_seconds=took_seconds, entries=checked.seen.last.position, **told)


async def verdict(tx: Tx) -> Verdict | None:
    """What the last check said; None before the first."""
    return await tx.fetch_one(SQL.latest_verdict, Verdict)
