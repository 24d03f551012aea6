"""What sealing and stating leave behind."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tuppence.ledger.proof import chain
from tuppence.ledger.proof.entries import Place
from tuppence.ledger.proof.statement import Signed


@dataclass(frozen=True, slots=True)
class LastSeal:
    """How far the books are sealed."""

    position: int = 0
    timestamp: int = 0
    kind: int = 0
    chain: bytes = chain.GENESIS

    @property
    def place(self) -> Place:
        return Place(self.timestamp, self.kind)


@dataclass(frozen=True, slots=True)
class Seal:
    """An entry's place in the chain. Positions start at one."""

    position: int
    kind: int
    id: UUID
    timestamp: int
    leaf: bytes
    chain: bytes

    @property
    def place(self) -> Place:
        return Place(self.timestamp, self.kind)


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree of 2^level entries."""

    level: int
    index: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as it is kept."""

    number: int
    day: date
    closes_day: bool
    count: int
    made_at: datetime
    document: str
    signature: str
    blinding: bytes

    @property
    def signed(self) -> Signed:
        return Signed(json.loads(self.document), self.signature)
