"""An export as lines of JSON: what each says, and whether all of them together are what the operator signed. Pure.

A header, then every entry in order with its link of the chain, each statement right after the last entry it covers, an
end. Each line has one form only, and every byte is bound: an entry by its link, the others by a signature.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.ledger import chart
from tuppence.ledger.model import Transfer
from tuppence.ledger.proof import chain, entries, folding
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.merkle import Frontier
from tuppence.ledger.proof.statement import Signed, canonical, complaints, is_signature, is_signed

FORMAT = "tuppence-books"
VERSION = 1
FOUND_MOST = 20
_DOMAIN = b"tuppence export 1\n"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which entries an export holds: from position `first` to `last`, and the chain before the first."""

    first: int
    last: int
    chain: bytes = chain.GENESIS


def line(value: Mapping[str, Any]) -> bytes:
    """A line in its one form."""
    return canonical(value) + b"\n"


def header(stretch: Stretch, made_at: str, public: str, key: Ed25519PrivateKey) -> bytes:
    said = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at,
        "key": public,
        "first": stretch.first,
        "last": stretch.last,
        "chain": stretch.chain.hex(),
    }
    return _signed("header", said, key)


def entry_line(position: int, entry: Entry, link: bytes) -> bytes:
    return line({"position": position, **entries.wire(entry), "chain": link.hex()})


def end(lines: int, digest: str, key: Ed25519PrivateKey) -> bytes:
    """The last line: how many came before it, and the SHA-256 of all their bytes."""
    return _signed("end", {"lines": lines, "sha256": digest}, key)


def _signed(kind: str, said: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    signature = key.sign(_DOMAIN + canonical({"kind": kind, **said})).hex()
    return line({"kind": kind, **said, "signature": signature})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and in which line, from one."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


class _Wrong(Exception):
    """This line is wrong; the message says how."""


@dataclass(slots=True)
class Reader:
    """Reads an export line by line and notes what is wrong. Memory: the accounts, and what is reserved and owed."""

    key: str
    found: list[Finding] = field(default_factory=list)
    position: int = 0
    statement: dict[str, Any] | None = None  # the newest that was in order
    fold: folding.Fold = field(default_factory=folding.Fold)
    payments: set[UUID] = field(default_factory=set)  # those asked for that were met
    _wanted: frozenset[UUID] = frozenset()
    _stretch: Stretch | None = None
    _links: tuple[bytes, ...] = ()  # what the next line may follow; after a doubtful one there are two
    _tree: Frontier = field(default_factory=Frontier.empty)
    _previous: str | None = None
    _line: int = 0
    _unread: int = 0  # lines that nobody could read, since the last entry: each may have been one
    _ended: bool = False
    _digest: Any = field(default_factory=hashlib.sha256)

    def read(self, lines: Iterable[bytes], wanted: Iterable[UUID] = ()) -> "Reader":
        """All lines of a file. `wanted` are payments to look out for."""
        self._wanted = frozenset(wanted)
        for raw in lines:
            self.feed(raw)
            if len(self.found) >= FOUND_MOST:
                return self
        if not self._ended and not self._unread:
            self._find(self._line + 1, "the end is missing: the file was cut")
        return self

    @property
    def is_whole(self) -> bool:
        """Whether it begins with the first entry, so that balances can be added up."""
        return self._stretch is not None and self._stretch.first == 1

    @property
    def link(self) -> bytes:
        """The chain after what was read."""
        return self._links[0]

    def feed(self, raw: bytes) -> None:
        """The next line."""
        self._line += 1
        try:
            self._take(raw)
        except _Wrong as wrong:
            self._find(self._line, str(wrong))
        finally:
            self._digest.update(raw)

    def _find(self, line: int, what: str) -> None:
        self.found.append(Finding(line, what))

    def _take(self, raw: bytes) -> None:
        if self._ended:
            raise _Wrong("something follows the end")
        try:
            said = _parsed(raw)
        except _Wrong:
            self._lose()
            raise
        if (self._line == 1) != (said.get("kind") == "header"):
            raise _Wrong("a header stands first, and only there")
        match said.get("kind"):
            case "header":
                self._begin(said)
            case "statement":
                self._state(said)
            case "end":
                self._end(said)
            case _:
                self._enter(said)

    def _begin(self, said: dict[str, Any]) -> None:
        if (said.get("format"), said.get("version")) != (FORMAT, VERSION):
            raise _Wrong("another format or version than this program knows")
        self._insist_signed(said)
        if said.get("key") != self.key:
            raise _Wrong("the header names another key")
        self._stretch = Stretch(said["first"], said["last"], bytes.fromhex(said["chain"]))
        self.position = self._stretch.first - 1
        self._links = (self._stretch.chain,)
        if self._stretch.first == 1 and self._stretch.chain != chain.GENESIS:
            raise _Wrong("the chain does not begin at its beginning")

    def _insist_signed(self, said: dict[str, Any]) -> None:
        rest = {name: one for name, one in said.items() if name != "signature"}
        if not is_signature(said.get("signature", ""), _DOMAIN, rest, self.key):
            raise _Wrong(f"the {said['kind']} is not signed by this key, or was changed since")

    # - entries --------------------------------------------------------------------------------------------------------

    def _enter(self, said: dict[str, Any]) -> None:
        position, stated = said.pop("position", None), said.pop("chain", None)
        try:
            entry = entries.read(said)
            link = bytes.fromhex(stated)
            if link.hex() != stated:
                raise ValueError
        except (ValueError, TypeError):
            self._lose()
            raise _Wrong("this is no entry of ours") from None
        self._follow(position, entry, link)

    def _lose(self) -> None:
        """This may have been an entry. What comes next may follow anything."""
        self._unread, self._links = self._unread + 1, ()
        self._distrust()

    def _is_next(self, position: Any) -> bool:
        return type(position) is int and self.position < position <= self.position + 1 + self._unread

    def _follow(self, position: Any, entry: Entry, link: bytes) -> None:
        leaf, where = entries.leaf_of(entry), entries.name_of(entry)
        computed = [chain.extend(before, leaf) for before in self._links]
        expected, before = self.position + 1, self._links
        in_order, self._unread = self._is_next(position), 0
        if not in_order:
            self.position, self._links = position if type(position) is int else expected, (link,)
            self._distrust()
            raise _Wrong(f"{where} stands at {position} where {expected} belongs: lines are missing or out of order")
        self.position, self._links = position, (link, *computed) if before and link not in computed else (link,)
        if before and link not in computed:
            self._distrust()
            raise _Wrong(f"entry {position} ({where}) was changed")
        if isinstance(entry, Transfer) and entry.user_data_128 in self._wanted:
            self.payments.add(entry.user_data_128)
        self._add(entry, leaf, where)

    def _distrust(self) -> None:
        """From here on tree and balances say nothing any more: the chain alone is followed."""
        if self._stretch is not None:
            self._stretch = Stretch(0, self._stretch.last, self._stretch.chain)

    def _add(self, entry: Entry, leaf: bytes, where: str) -> None:
        if not self.is_whole:
            return
        self._tree.push(leaf)
        try:
            self.fold.add(entry)
        except folding.Impossible as impossible:
            self._distrust()
            raise _Wrong(f"{where} cannot follow what is before it: {impossible}") from None

    # - statements -----------------------------------------------------------------------------------------------------

    def _state(self, said: dict[str, Any]) -> None:
        if said.keys() != {"kind", "statement", "signature"}:
            raise _Wrong("this is no statement of ours")
        document = said["statement"]
        if not isinstance(document, dict) or not is_signed(Signed(document, said["signature"]), self.key):
            self._previous = None
            raise _Wrong("the statement is not signed by this key, or was changed since")
        self._compare(document)
        self.statement, self._previous = document, Signed(document, said["signature"]).digest

    def _compare(self, document: dict[str, Any]) -> None:
        """What was signed against what was read."""
        name, sealed = f"statement {document['number']}", document["entries"]
        if self._previous is not None and document["previous"] != self._previous:
            raise _Wrong(f"{name} does not follow the one before: one is missing or out of order")
        if sealed["count"] != self.position and not self._is_next(sealed["count"]):
            raise _Wrong(f"{name} covers {sealed['count']} entries, but stands after {self.position}")
        if self._links and sealed["chain"] not in [link.hex() for link in self._links]:
            raise _Wrong(f"{name} signs for another chain")
        if wrong := complaints(document, chart.OWED_CODES):
            raise _Wrong(f"{name}: {wrong[0]}")
        if not self.is_whole:
            return
        if sealed["root"] != self._tree.root().hex():
            raise _Wrong(f"{name} signs for another tree")
        if document["trial_balance"] != [one._asdict() for one in self.fold.totals()]:
            raise _Wrong(f"{name}: its trial balance is not what the entries add up to")
        if {one["ledger"]: one["sum_minor"] for one in document["liabilities"] if one["sum_minor"]} != self.fold.owed():
            raise _Wrong(f"{name}: what it says is owed is not what the entries add up to")

    def _end(self, said: dict[str, Any]) -> None:
        self._ended = True
        self._insist_signed(said)
        if self._stretch is not None and self._stretch.last - self.position not in range(self._unread + 1):
            raise _Wrong(f"the last entry is {self.position}, but {self._stretch.last} was announced")
        if not self.found and (said["lines"], said["sha256"]) != (self._line - 1, self._digest.hexdigest()):
            raise _Wrong("what comes before is not what was signed")


def header_key(raw: bytes) -> str:
    """The key that the first line of an export names; it proves nothing. Empty: this is no export."""
    try:
        said = json.loads(raw)
        return str(said["key"]) if said["kind"] == "header" and said["format"] == FORMAT else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def entry_of(raw: bytes) -> Entry | None:
    """The entry of a line of a verified export; None if it is another line."""
    said = json.loads(raw)
    if said["kind"] in ("header", "statement", "end"):
        return None
    del said["position"], said["chain"]
    return entries.read(said)


def _parsed(raw: bytes) -> dict[str, Any]:
    """A line that is in its one form. Raises: _Wrong."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise _Wrong("this is not a line of JSON in UTF-8") from None
    try:
        form = line(said) if isinstance(said, dict) else b""
    except (ValueError, RecursionError):  # NaN, which JSON has not
        form = b""
    if form != raw:
        raise _Wrong("this is not written as we write it: something was changed, if only a space")
    return dict(said)
