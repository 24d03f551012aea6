"""A payment's proof as a document: made here, and verified here without any database. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from tuppence.ledger import chart
from tuppence.ledger.model import Transfer
from tuppence.ledger.proof import entries
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.liabilities import Branch, Owed, Summed, counts
from tuppence.ledger.proof.merkle import grew, includes
from tuppence.ledger.proof.statement import Signed, complaints, is_signed

FORMAT = "tuppence-proof"
VERSION = 1
_MEMBERS = {"format", "version", "payment", "statement", "entries", "liabilities", "since"}


class Included(NamedTuple):
    """An entry, its position from one, and the hashes that lead to the root."""

    position: int
    entry: Entry
    path: Sequence[bytes]


class Since(NamedTuple):
    """The statement that closed a day before, and the hashes that show that the tree only grew."""

    statement: Mapping[str, Any]
    path: Sequence[bytes]


class Broken(Exception):
    """The document does not prove what it says; the message names the place."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a document proves."""

    payment: UUID
    statement: dict[str, Any]
    entries: list[Entry]
    owed: list[tuple[int, Owed]]
    since: dict[str, Any] | None


def compose(
    payment: UUID,
    statement: Mapping[str, Any],
    included: Iterable[Included],
    branches: Iterable[tuple[int, Branch]],
    since: Since | None,
) -> dict[str, Any]:
    """The document."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "payment": str(payment),
        "statement": statement,
        "entries": [
            {"position": one.position, "entry": entries.wire(one.entry), "path": _hex(one.path)} for one in included
        ],
        "liabilities": [_branch(ledger, branch) for ledger, branch in branches],
        "since": {"statement": since.statement, "path": _hex(since.path)} if since else None,
    }


def verify(document: Any, key: str) -> Verified:
    """Check everything that it says against the operator's public key. Raises: Broken."""
    with _plain_words():
        return _verified(document, key)


def verify_statement(document: Any, key: str) -> dict[str, Any]:
    """A statement by itself. Raises: Broken."""
    with _plain_words():
        return signed(document, key, "statement")


@contextmanager
def _plain_words() -> Iterator[None]:
    """Whatever a stranger's file holds, the answer is that it proves nothing."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Broken(f"a member is missing or of the wrong kind: {error}") from None


def _verified(document: Any, key: str) -> Verified:
    if not isinstance(document, dict) or document.keys() != _MEMBERS:
        raise Broken("this is not a proof of ours")
    if (document["format"], document["version"]) != (FORMAT, VERSION):
        raise Broken("format: another format or version than this program knows")
    statement = signed(document["statement"], key, "statement")
    payment = UUID(document["payment"])
    if str(payment) != document["payment"]:
        raise Broken("payment: not in its one form")
    return Verified(
        payment,
        statement,
        _entries(document["entries"], payment, statement["entries"]),
        _owed(document["liabilities"], statement),
        _grown(document["since"], statement, key),
    )


def signed(said: Any, key: str, where: str) -> dict[str, Any]:
    """A statement whose signature holds and which does not contradict itself. Raises: Broken."""
    if said.keys() != {"kind", "statement", "signature"} or said["kind"] != "statement":
        raise Broken(f"{where}: not a statement")
    statement: dict[str, Any] = said["statement"]
    if not is_signed(Signed(statement, said["signature"]), key):
        raise Broken(f"{where}: not signed by this key, or changed since")
    if wrong := complaints(statement, chart.OWED_CODES):
        raise Broken(f"{where}: {wrong[0]}")
    return statement


def _entries(said: Sequence[dict[str, Any]], payment: UUID, tree: dict[str, Any]) -> list[Entry]:
    found: list[Entry] = []
    mine: set[UUID] = set()
    before = 0
    for n, one in enumerate(said, 1):
        entry = entries.read(one["entry"])
        position, path = _int(one["position"]), [_bytes(each) for each in one["path"]]
        if one.keys() != {"position", "entry", "path"} or position <= before:
            raise Broken(f"entry {n}: not in order")
        leaf, root = entries.leaf_of(entry), _bytes(tree["root"])
        if not includes(leaf, position - 1, tree["count"], path, root):
            raise Broken(f"entry {n} ({entries.name_of(entry)}): not in the books that were signed")
        if isinstance(entry, Transfer) and entry.user_data_128 == payment:
            mine.add(entry.id)
        elif entry.id not in mine:  # a reservation of this payment's that lapsed
            raise Broken(f"entry {n} ({entries.name_of(entry)}): of another payment")
        found.append(entry)
        before = position
    if not found:
        raise Broken("entries: there are none, so nothing is proven")
    return found


def _owed(said: Sequence[dict[str, Any]], statement: dict[str, Any]) -> list[tuple[int, Owed]]:
    roots = {one["ledger"]: one for one in statement["liabilities"]}
    found = []
    for n, one in enumerate(said, 1):
        owed = Owed(UUID(one["account"]), UUID(one["subject"]), _int(one["amount_minor"]))
        path = [Summed(_int(step["sum_minor"]), _bytes(step["hash"])) for step in one["path"]]
        branch, root = Branch(owed, _bytes(one["nonce"]), _int(one["index"]), path), roots[one["ledger"]]
        if not counts(branch, Summed(root["sum_minor"], _bytes(root["root"])), root["depth"]):
            raise Broken(f"liability {n}: not counted in what the operator says it owes")
        if one != _branch(one["ledger"], branch):
            raise Broken(f"liability {n}: not in its one form")
        found.append((_int(one["ledger"]), owed))
    return found


def _grown(said: dict[str, Any] | None, statement: dict[str, Any], key: str) -> dict[str, Any] | None:
    if said is None:
        return None
    before = signed(said["statement"], key, "since")
    old, new, path = before["entries"], statement["entries"], [_bytes(one) for one in said["path"]]
    if said.keys() != {"statement", "path"} or not grew(
        old["count"], _bytes(old["root"]), new["count"], _bytes(new["root"]), path
    ):
        raise Broken("since: the signed books are not a continuation of those signed before")
    return before


def _branch(ledger: int, branch: Branch) -> dict[str, Any]:
    return {
        "ledger": ledger,
        "account": str(branch.owed.account_id),
        "subject": str(branch.owed.subject),
        "amount_minor": branch.owed.amount_minor,
        "nonce": branch.nonce.hex(),
        "index": branch.index,
        "path": [{"sum_minor": one.sum_minor, "hash": one.hash.hex()} for one in branch.path],
    }


def _hex(hashes: Sequence[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def _bytes(said: str) -> bytes:
    """32 bytes in hexadecimal, in its one form."""
    found = bytes.fromhex(said)
    if len(found) != 32 or found.hex() != said:
        raise Broken("a hash is not in its one form")
    return found


def _int(said: Any) -> int:
    if type(said) is not int:
        raise Broken("a number is not whole")
    return said
