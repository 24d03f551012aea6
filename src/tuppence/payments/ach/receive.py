"""What comes in: returns, notices of change and our bank's advices, each item matched by itself, each file read once.

What matches nothing of ours is kept as a break, with its trace number and never an account number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from tuppence import ledger, outbox
from tuppence.core import CURRENCIES, Leg, Policy, step_id
from tuppence.db import Tx
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.outbox import Job
from tuppence.payments.ach import breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.banks import actions as banks
from tuppence.payments.banks import queries as bank_queries
from tuppence.payments.banks.corrections import Corrected, noted_of
from tuppence.payments.banks.sealing import OpeningKeys, SealingKeys
from tuppence.rails.bank import advice, nacha
from tuppence.rails.bank.advice import Advice, AdviceError, Line
from tuppence.rails.bank.nacha import Category, Item, NachaError

_NAMES = UUID("0d6f4c55-4a8c-4b7f-9c58-6a9de0b9f5a1")  # for ids that follow from a bank's names; any would do
_IN_HAND = ("filed", "accepted")


@dataclass(frozen=True, slots=True)
class Keys:
    """Both halves: a notice of change opens a number and seals another."""

    seals: SealingKeys
    opens: OpeningKeys


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it lay in the inbox."""

    name: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Findings:
    """What one file brought."""

    returned: list[tuple[UUID, str]] = field(default_factory=list)
    corrected: list[Corrected] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)


async def receive(tx: Tx, file: Received, keys: Keys, *, policy: Policy) -> bool:
    """Take in one file; whether it was new. Everything of it is written, or nothing.

    Locks: the entries or files that it names; then accounts, feeds and the ledger.
    """
    now = await outbox.now(tx)
    if not await tx.execute(SQL.insert_received, sha256=file.sha256, name=file.name, at=now):
        return False
    try:
        if file.name.endswith(advice.SUFFIX):
            await _take_advice(tx, file, advice.read(file.content), now, policy)
        else:
            await _take_items(tx, file, nacha.read(file.content).items, keys, now, policy)
    except (AdviceError, NachaError) as error:
        unreadable = Break("unreadable_file", file.sha256, {"file": file.name, "why": str(error)})
        await breaks.open_all(tx, [unreadable], now, policy)
    return True


# - returns and notices ----------------------------------------------------------------------------------------------


async def _take_items(tx: Tx, file: Received, items: Sequence[Item], keys: Keys, now: datetime, policy: Policy) -> None:
    traces = sorted({trace for item in items if (trace := _about(item))})
    entries = {one.trace: one for one in await tx.fetch(SQL.lock_by_trace, Entry, traces=traces)}
    found = Findings()
    for item in items:
        _find(found, file, item, entries)
    ids, codes = [one for one, _ in found.returned], [code for _, code in found.returned]
    if ids:
        await tx.execute(SQL.return_entries, id=ids, code=codes, at=now, file=file.name)
        await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in ids])
    if found.corrected:
        accounts = await bank_queries.by_id(tx, [one.account_id for one in found.corrected])
        noted = [noted_of(one, accounts[one.account_id], keys.opens, keys.seals) for one in found.corrected]
        await banks.heed(tx, noted)
    await breaks.open_all(tx, found.breaks, now, policy)


def _find(found: Findings, file: Received, item: Item, entries: Mapping[str | None, Entry]) -> None:
    """What one item is about. The same return twice is no news; anything that does not fit is a break."""
    trace, entry = _about(item), entries.get(_about(item))
    code = item.returned.code.code if item.returned else item.change.code.code if item.change else ""
    said = {"file": file.name, "line": item.line, "trace": trace, "code": code, "sec": item.sec}
    subject = f"{file.sha256}:{item.line}"
    if item.category not in (Category.RETURN, Category.CHANGE):
        found.breaks.append(Break("unexpected_entry", subject, said, item.amount_minor, "bank_clearing"))
    elif entry is None:
        found.breaks.append(Break("unknown_trace", subject, said, item.amount_minor, "bank_clearing"))
    elif item.category is Category.CHANGE and item.change:
        found.corrected.append(Corrected(entry.account_id, code, item.change.parts()))
    elif item.amount_minor != entry.amount_minor:
        detail = said | {"expected_minor": entry.amount_minor}
        found.breaks.append(
            Break("amount_differs", subject, detail, item.amount_minor, "bank_clearing", entry.payment_id)
        )
    elif entry.state in _IN_HAND and (entry.id, code) not in found.returned:
        found.returned.append((entry.id, code))
    elif entry.state == "rejected":
        found.breaks.append(Break("never_sent", subject, said, item.amount_minor, "bank_clearing", entry.payment_id))


def _about(item: Item) -> str | None:
    """The trace number of the entry that an item is about."""
    about = item.returned or item.change
    return about.original_trace if about else None


# - advices ----------------------------------------------------------------------------------------------------------


async def _take_advice(tx: Tx, file: Received, told: Advice, now: datetime, policy: Policy) -> None:
    files = {one.name: one for one in await tx.fetch(SQL.lock_files, File, names=[line.file for line in told.lines])}
    wrong: list[Break] = []
    transfers: list[Transfer] = []
    for number, line in enumerate(told.lines, 1):
        ours = files.get(line.file)
        said = {"file": file.name, "line": number, "kind": line.kind, "about": line.file}
        subject = f"{file.sha256}:{number}"
        if line.kind == "returned":
            transfers.append(_came_back(line, policy.currency))
        elif ours is None:
            wrong.append(Break("unknown_file", subject, said, line.amount_minor, "bank_clearing"))
        elif line.kind == "settled":
            transfers.append(_settled(line, ours))
            await _settle(tx, line, ours)
            if line.amount_minor != ours.net_minor:
                said |= {"expected_minor": ours.net_minor, "settled_minor": line.amount_minor}
                left = ours.net_minor - line.amount_minor
                wrong.append(Break("settled_differs", subject, said, left, "bank_clearing"))
        elif ours.sha256 and line.sha256 != ours.sha256:
            wrong.append(Break("other_bytes", subject, said))
        else:
            await _answer(tx, line, ours, now)
    await breaks.open_all(tx, wrong, now, policy)
    await _book(tx, transfers)


async def _answer(tx: Tx, line: Line, ours: File, now: datetime) -> None:
    state = "accepted" if line.kind == "accepted" else "rejected"
    said = {"reason": line.reason or None, "sha256": line.sha256, "settles_on": line.on}
    await tx.execute(SQL.answer_file, id=ours.id, state=state, **said)
    answered = await tx.scalars(SQL.answer_entries, file_id=ours.id, state=state)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in answered])
    await tx.execute(SQL.explain_break, subject=ours.name, at=now, reason="answered")


async def _settle(tx: Tx, line: Line, ours: File) -> None:
    settled = await tx.scalars(SQL.settle_file, id=ours.id, on=line.on)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in settled])


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


def _settled(line: Line, ours: File) -> Transfer:
    """Our bank moved what the file comes to. A file settles once, whoever tells it how often."""
    return _brought(step_id(ours.id, Leg.DEBIT, 1), line.amount_minor, ours.currency)


def _came_back(line: Line, currency: str) -> Transfer:
    """Our bank moved back what a file of returns holds; known by that file's name."""
    return _brought(uuid5(_NAMES, line.file), line.amount_minor, currency)


def _brought(transfer_id: UUID, amount_minor: int, currency: str) -> Transfer:
    """What came to our account, or left it, against what was expected to."""
    cash, clearing = (chart.house(name, currency) for name in ("house_cash", "bank_clearing"))
    debit, credit = (cash, clearing) if amount_minor > 0 else (clearing, cash)
    numeric = CURRENCIES[currency].numeric
    return Transfer(transfer_id, debit, credit, abs(amount_minor), ledger=numeric, code=chart.Step.SETTLE)


async def _book(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """The last call before the commit."""
    results = await ledger.create_transfers(tx, transfers) if transfers else []
    refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
    assert not refused, refused
