"""Our bank's answers to orders (pain.002): taken, refused whole, or some transfers refused before anything moved."""

from collections.abc import Sequence
from datetime import datetime

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Statements, Tx
from tuppence.outbox import Job
from tuppence.payments.ach import advices, books, breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL as ENTRIES
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.ach.sepa.returns import UNSAID
from tuppence.rails.bank.advice import Kind, Line
from tuppence.rails.bank.sepa import Report, Status

SQL = Statements(__package__)

# Source: ISO 20022, external code set for payment group statuses. RCVD and PDNG say only that it is being looked at.
_ANSWERS: dict[str, Kind] = {
    **dict.fromkeys(("ACCP", "ACTC", "ACSP", "ACSC", "ACCC", "ACWC", "PART"), "accepted"),
    "RJCT": "rejected",
}
_REFUSED = "RJCT"


async def take(tx: Tx, name: str, told: Report, now: datetime, policy: Policy) -> None:
    """Answer the file that a report is about. Locks: the file, its entries, then the ledger."""
    found = await tx.fetch(ENTRIES.lock_files, File, names=[told.order.of])
    if not found:
        unknown = Break("unknown_file", f"report:{told.id}", {"file": name, "about": told.order.of})
        await breaks.open_all(tx, [unknown], now, policy)
        return
    file = found[0]
    answered = _ANSWERS.get(told.order.status)
    await _refuse(tx, name, file, told.transfers, now, policy)
    if answered:
        line = Line(answered, file.name, file.settles_on, reason=told.order.reason)
        await books.book(tx, await advices.answer(tx, line, file, now, policy))


async def _refuse(tx: Tx, name: str, file: File, told: Sequence[Status], now: datetime, policy: Policy) -> None:
    """Transfers that our bank will not make: their money never leaves, so the order comes to less.

    After the order was settled it is too late for that: somebody has to ask our bank.
    """
    refused = {one.of: one.reason or UNSAID for one in told if one.status == _REFUSED}
    entries = await tx.fetch(ENTRIES.lock_by_trace, Entry, traces=sorted(refused))
    kind = "unknown_trace" if file.settled_on is None else "refused_after_settlement"
    ours = {one.trace: one for one in entries if one.file_id == file.id and file.settled_on is None}
    strange = [
        Break(kind, f"report:{trace}", {"file": name, "trace": trace, "code": code})
        for trace, code in refused.items()
        if trace not in ours
    ]
    await breaks.open_all(tx, strange, now, policy)
    out = [one for one in ours.values() if one.state in ("filed", "accepted")]
    codes = [refused[one.trace or ""] for one in out]
    await tx.execute(SQL.refuse_transfers, id=[one.id for one in out], code=codes, at=now)
    await tx.execute(SQL.lessen_file, id=file.id, minor=sum(one.amount_minor for one in out))
    await outbox.enqueue(tx, [Job(TOLD, str(one.id)) for one in out])
