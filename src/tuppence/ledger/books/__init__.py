"""Keeping the books provable: seals, signed statements, proofs, exports, and the check of all of it."""

from tuppence.ledger.books import keys
from tuppence.ledger.books.checking import Checked, Seen, Verdict, check, judge, verdict
from tuppence.ledger.books.errors import NothingBooked, NotSealedYet
from tuppence.ledger.books.proving import prove
from tuppence.ledger.books.reading import Flow, flows
from tuppence.ledger.books.sealing import seal
from tuppence.ledger.books.statements import (
    STATEMENT_JOB,
    keep_up,
    latest,
    seal_all,
    state,
    state_now,
    totals,
    wait_for_statement,
)
from tuppence.ledger.queries import Broken

__all__ = [
    "STATEMENT_JOB",
    "Broken",
    "Checked",
    "Flow",
    "NotSealedYet",
    "NothingBooked",
    "Seen",
    "Verdict",
    "check",
    "flows",
    "judge",
    "keep_up",
    "keys",
    "latest",
    "prove",
    "seal",
    "seal_all",
    "state",
    "state_now",
    "totals",
    "verdict",
    "wait_for_statement",
]
