"""What the operator signs: where the books stand. Ed25519 over one canonical form of a JSON document. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tuppence.ledger.proof.liabilities import Summed

FORMAT = "tuppence-statement"
VERSION = 1
_DOMAIN = b"tuppence statement 1\n"


class Total(NamedTuple):
    """The accounts of one code of the chart in one ledger, added up. `owed`: they hold what is somebody's."""

    ledger: int
    code: int
    owed: bool
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far the books are sealed: how many entries, the time of the last one, chain and tree over all of them."""

    count: int
    through: int
    chain: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Liabilities:
    """The tree of what is owed in one ledger."""

    ledger: int
    root: Summed
    depth: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement as it is handed out."""

    document: dict[str, Any]
    signature: str

    @property
    def digest(self) -> str:
        """Its hash, by which the next one names it."""
        return hashlib.sha256(_DOMAIN + canonical(self.document)).hexdigest()

    def wire(self) -> dict[str, Any]:
        return {"kind": "statement", "statement": self.document, "signature": self.signature}


def canonical(value: Any) -> bytes:
    """JSON in its one form: members sorted, no spaces, ASCII. Numbers are integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def blinding_text(blinding: bytes) -> str:
    """How a statement commits to what blinds it."""
    return hashlib.sha256(b"tuppence blinding 1" + blinding).hexdigest()


def public_text(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which statement it is: its number, the day it belongs to, whether that is over, the hash of the one before."""

    number: int
    day: str
    closes_day: bool
    made_at: str
    previous: str
    blinding: str  # the hash of what blinds its liabilities, so that it is not changed afterwards


def compose(
    occasion: Occasion, sealed: Sealed, totals: Sequence[Total], liabilities: Sequence[Liabilities], key: str
) -> dict[str, Any]:
    """The document."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "number": occasion.number,
        "day": occasion.day,
        "closes_day": occasion.closes_day,
        "made_at": occasion.made_at,
        "previous": occasion.previous,
        "blinding": occasion.blinding,
        "key": key,
        "entries": {
            "count": sealed.count,
            "through": str(sealed.through),
            "chain": sealed.chain.hex(),
            "root": sealed.root.hex(),
        },
        "trial_balance": [one._asdict() for one in sorted(totals)],
        "liabilities": [
            {"ledger": one.ledger, "sum_minor": one.root.sum_minor, "root": one.root.hash.hex(), "depth": one.depth}
            for one in sorted(liabilities, key=lambda one: one.ledger)
        ],
    }


def sign(document: dict[str, Any], key: Ed25519PrivateKey) -> Signed:
    return Signed(document, key.sign(_DOMAIN + canonical(document)).hex())


def is_signed(signed: Signed, public: str) -> bool:
    """Whether the holder of this key signed exactly this."""
    return signed.document.get("key") == public and is_signature(signed.signature, _DOMAIN, signed.document, public)


def is_signature(signature: str, domain: bytes, document: Any, public: str) -> bool:
    """Whether a signature, in its one form, is this key's under a domain and a document."""
    try:
        raw = bytes.fromhex(signature)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(raw, domain + canonical(document))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return raw.hex() == signature


def complaints(document: dict[str, Any], owed_codes: frozenset[int]) -> list[str]:
    """What a statement says that cannot be true, from itself alone: its books must balance, and it must owe at least
    what the accounts that hold people's money hold."""
    found = []
    totals = [Total(**one) for one in document["trial_balance"]]
    for ledger in sorted({one.ledger for one in totals}):
        mine = [one for one in totals if one.ledger == ledger]
        if sum(one.debits_posted - one.credits_posted for one in mine):
            found.append(f"ledger {ledger}: debits differ from credits")
        if sum(one.debits_pending - one.credits_pending for one in mine):
            found.append(f"ledger {ledger}: pending debits differ from pending credits")
        stated = sum(one["sum_minor"] for one in document["liabilities"] if one["ledger"] == ledger)
        held = sum(one.credits_posted - one.debits_posted for one in mine if one.owed or one.code in owed_codes)
        if stated < held:
            found.append(f"ledger {ledger}: accounts hold {held} of people's money, but only {stated} is owed")
    return found
