"""What the operator signs, as it travels."""

from typing import Any, Literal

from pydantic import Field

from tuppence.http.fields import Answer


class Sealed(Answer):
    count: int
    through: str = Field(description="The time of the last entry, nanoseconds since 1970, as text: JavaScript rounds.")
    chain: str
    root: str = Field(description="Of the Merkle tree over all entries, as RFC 6962 hashes it.")


class TotalLine(Answer):
    ledger: int = Field(description="The currency, by its ISO 4217 number.")
    code: int
    owed: bool
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int


class LiabilityRoot(Answer):
    ledger: int
    sum_minor: int
    root: str
    depth: int


class StatementDocument(Answer):
    format: Literal["tuppence-statement"]
    version: int
    number: int
    day: str
    closes_day: bool
    made_at: str
    previous: str
    blinding: str
    key: str
    entries: Sealed
    trial_balance: list[TotalLine]
    liabilities: list[LiabilityRoot]


class Statement(Answer):
    kind: Literal["statement"]
    statement: StatementDocument
    signature: str = Field(description="Ed25519, hexadecimal.")


class ProvenEntry(Answer):
    position: int
    entry: dict[str, Any]
    path: list[str]


class SumStep(Answer):
    sum_minor: int
    hash: str


class ProvenLiability(Answer):
    ledger: int
    account: str
    subject: str
    amount_minor: int
    nonce: str
    index: int
    path: list[SumStep]


class ProofSince(Answer):
    statement: Statement
    path: list[str]


class Proof(Answer):
    """docs/design/books.md says how each part is checked."""

    format: Literal["tuppence-proof"]
    version: int
    payment: str
    statement: Statement
    entries: list[ProvenEntry]
    liabilities: list[ProvenLiability]
    since: ProofSince | None
