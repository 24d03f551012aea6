"""Our bank's advices: which files it took, when they settle, and which it refused."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.ledger import Transfer, chart
from tuppence.outbox import Job
from tuppence.payments.ach import books, breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import File
from tuppence.rails.bank.advice import Advice, Line

_NAMES = UUID("0d6f4c55-4a8c-4b7f-9c58-6a9de0b9f5a1")  # our own name space; any constant would do


async def take(tx: Tx, name: str, sha256: str, told: Advice, now: datetime, policy: Policy) -> None:
    """Answer the files that an advice names. Locks: the files, then the ledger."""
    files = {one.name: one for one in await tx.fetch(SQL.lock_files, File, names=[line.file for line in told.lines])}
    wrong: list[Break] = []
    costs: list[Transfer] = []
    for number, line in enumerate(told.lines, 1):
        ours = files.get(line.file)
        said = {"file": name, "line": number, "kind": line.kind, "about": line.file}
        subject = f"{sha256}:{number}"
        if ours is None:
            wrong.append(Break("unknown_file", subject, said))
        elif ours.sha256 and line.sha256 != ours.sha256:
            wrong.append(Break("other_bytes", subject, said))
        else:
            costs += await answer(tx, line, ours, now, policy)
    await breaks.open_all(tx, wrong, now, policy)
    await books.book(tx, costs)


async def answer(tx: Tx, line: Line, ours: File, now: datetime, policy: Policy) -> list[Transfer]:
    """Write down what became of a file; what its deposits cost is to be booked, all else is booked as attempts are."""
    state = "accepted" if line.kind == "accepted" else "rejected"
    said = {"reason": line.reason or None, "sha256": line.sha256, "settles_on": line.on}
    await tx.execute(SQL.answer_file, id=ours.id, state=state, **said)
    answered = await tx.scalars(SQL.answer_entries, file_id=ours.id, state=state)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in answered])
    await breaks.explain(tx, [ours.name], now, "answered")
    deposits = (await tx.scalars(SQL.deposits_of, file_id=ours.id))[0]
    cost_minor = deposits * policy.cost.bank_item_minor
    if line.kind != "accepted" or not cost_minor:
        return []
    made = uuid5(_NAMES, f"cost:{ours.id}")
    return [books.pair(made, ("rail_cost", "rail_payable"), cost_minor, ours.currency, chart.Step.COST)]


async def note_unanswered(tx: Tx, names: Sequence[str], *, policy: Policy) -> None:
    """Open a break for each of these files that our bank has said nothing of. Locks: the files."""
    known = await tx.fetch(SQL.lock_files, File, names=list(names))
    silent = [one for one in known if one.state in ("taken", "written")]
    unanswered = [
        Break(
            "file_unanswered", one.name, {"file": one.name, "entries": one.entries}, one.credit_minor + one.debit_minor
        )
        for one in silent
    ]
    await breaks.open_all(tx, unanswered, await outbox.now(tx), policy)
