"""What the books are made of, in order of time: accounts opened, transfers, reservations that lapsed, ids refused.

Each has one text of its own that is hashed, and one JSON object by which it travels. Both say every column that is
never changed; balances and what became of a reservation follow from later entries.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from tuppence.ledger.model import Account, Expiry, Refusal, Transfer

Entry: TypeAlias = Account | Transfer | Expiry | Refusal
Kind: TypeAlias = type[Account] | type[Transfer] | type[Expiry] | type[Refusal]


class Place(NamedTuple):
    """Where an entry stands. A time is one entry's, but for imported transfers, which bring their own."""

    timestamp: int = 0
    kind: int = 0


class NotAnEntry(ValueError):
    """This JSON object is no entry, or says it in another way than we do."""


KINDS: Mapping[int, Kind] = {1: Account, 2: Transfer, 3: Expiry, 4: Refusal}  # as `ledger.seal.kind` numbers them
NAMES: Mapping[Kind, str] = {Account: "account", Transfer: "transfer", Expiry: "expiry", Refusal: "refusal"}
_NUMBERS = {kind: number for number, kind in KINDS.items()}
_BY_NAME = {name: kind for kind, name in NAMES.items()}
_NOT_SAID = frozenset({"debits_pending", "debits_posted", "credits_pending", "credits_posted", "reserved"})
_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(name for name in kind._fields if name not in _NOT_SAID) for kind in NAMES
}
_TEXTS = frozenset({"timestamp", "user_data_64"})  # numbers beyond 2^53, which many readers of JSON would round
_IDS = frozenset({"id", "debit_account_id", "credit_account_id", "pending_id", "user_data_128"})
_PLACES = {kind: tuple(kind._fields.index(name) for name in names) for kind, names in _FIELDS.items()}


def number_of(entry: Entry) -> int:
    """The number of its kind."""
    return _NUMBERS[type(entry)]


def place_of(entry: Entry) -> Place:
    return Place(entry.timestamp, number_of(entry))


def name_of(entry: Entry) -> str:
    """How people name it: `transfer 0192a0e0-…`."""
    return f"{NAMES[type(entry)]} {entry.id}"


def text_of(entry: Entry) -> bytes:
    """What is hashed: the kind, then every field, ids in hexadecimal, numbers in decimal, a bar between each."""
    values = [entry[place] for place in _PLACES[type(entry)]]
    said = [f"{one.int:032x}" if isinstance(one, UUID) else str(one) for one in values]
    return f"tuppence {NAMES[type(entry)]} 1|{'|'.join(said)}".encode()


def leaf_of(entry: Entry) -> bytes:
    """Its hash, as a leaf of the tree: RFC 6962, section 2.1."""
    return hashlib.sha256(b"\0" + text_of(entry)).digest()


def wire(entry: Entry) -> dict[str, Any]:
    """As JSON. Order is ours: a file has one form only."""
    fields = _FIELDS[type(entry)]
    said = {name: getattr(entry, name) for name in fields}
    texts = {name: str(one) for name, one in said.items() if name in _IDS or name in _TEXTS}
    return {"kind": NAMES[type(entry)], **said, **texts}


def read(said: Mapping[str, Any]) -> Entry:
    """An entry from its JSON. Raises: NotAnEntry."""
    kind = _BY_NAME.get(str(said.get("kind")))
    if kind is None or {"kind", *_FIELDS[kind]} != said.keys():
        raise NotAnEntry
    make: Callable[..., Entry] = kind
    return make(**{name: _value(name, said[name]) for name in _FIELDS[kind]})


def _value(name: str, said: Any) -> UUID | int:
    if name in _IDS:
        return UUID(_one_form(said, UUID))
    number = int(_one_form(said, int)) if name in _TEXTS else said
    if type(number) is not int:
        raise NotAnEntry
    return number


def _one_form(said: Any, read: Callable[[str], object]) -> str:
    """A text that is written as we would write what it says."""
    try:
        if type(said) is str and str(read(said)) == said:
            return said
    except ValueError:
        pass
    raise NotAnEntry
