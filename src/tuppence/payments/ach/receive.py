"""What comes in: returns, notices of change, our bank's advices and statements; each file once, whole or not at all.

A file of entries is read twice: to its end for its sums, which keeps nothing, then slice by slice. What matches nothing
of ours is kept as a break, with its trace number and never an account number.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.outbox import Job
from tuppence.payments.ach import advices, books, breaks, statements
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import Entry, why_not_back
from tuppence.payments.ach.sepa import messages
from tuppence.payments.banks import actions as banks
from tuppence.payments.banks import queries as bank_queries
from tuppence.payments.banks.corrections import Corrected, noted_of
from tuppence.payments.banks.sealing import OpeningKeys, SealingKeys
from tuppence.rails.bank import advice, nacha, sepa
from tuppence.rails.bank.advice import AdviceError
from tuppence.rails.bank.nacha import Category, Direction, Item, NachaError
from tuppence.rails.bank.sepa import SepaError

SLICE = 2_000
_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class Keys:
    """Both halves: a notice of change opens a number and seals another."""

    seals: SealingKeys
    opens: OpeningKeys


@dataclass(frozen=True, slots=True)
class Received:
    """A file out of the inbox, as it lies on our disk. It may be large: entries are read from it, never all of it."""

    name: str
    sha256: str
    path: Path


@dataclass(slots=True)
class Findings:
    """What a slice of a file brought. `net_minor` is what its returns bring to our account."""

    returned: dict[UUID, str] = field(default_factory=dict)
    corrected: list[Corrected] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    net_minor: int = 0
    returns: int = 0


async def receive(tx: Tx, file: Received, keys: Keys, *, account: str, policy: Policy, slice_most: int = SLICE) -> bool:
    """Take in one file; whether it was new. Everything of it is written, or nothing. `account` is ours at our bank.

    Locks: the entries or files that it names; then accounts, feeds and the ledger.
    """
    now = await outbox.now(tx)
    if not await tx.execute(SQL.insert_received, sha256=file.sha256, name=file.name, at=now):
        return False
    try:
        if file.name.endswith(advice.SUFFIX):
            await advices.take(tx, file.name, file.sha256, advice.read(file.path.read_bytes()), now, policy)
        elif _is_xml(file.path):
            told = sepa.read_incoming(file.path.read_bytes())
            await messages.take(tx, file.name, told, account=account, now=now, policy=policy)
        else:
            with file.path.open("rb") as stream:
                nacha.totals(stream)
            await _take_items(tx, file, keys, now, policy, slice_most)
    except (AdviceError, NachaError, SepaError) as error:
        unreadable = Break("unreadable_file", file.sha256, {"file": file.name, "why": str(error)})
        await breaks.open_all(tx, [unreadable], now, policy)
    return True


def _is_xml(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


async def _take_items(tx: Tx, file: Received, keys: Keys, now: datetime, policy: Policy, slice_most: int) -> None:
    net = returns = 0
    reference = file.name
    with file.path.open("rb") as stream:
        reader = nacha.Reader(stream)
        for some in _slices(reader, slice_most):
            reference = reader.header.text("reference") or file.name
            found = await _take_slice(tx, file, reference, some, keys, now, policy)
            net, returns = net + found.net_minor, returns + found.returns
    if returns:
        await tx.execute(SQL.note_returns, sha256=file.sha256, reference=reference, net_minor=net)
        await books.book(tx, await statements.returns_read(tx, reference, now, policy))


def _slices(reader: nacha.Reader, most: int) -> Iterator[list[Item]]:
    items = iter(reader)
    while some := list(islice(items, most)):
        yield some


async def _take_slice(
    tx: Tx, file: Received, reference: str, items: Sequence[Item], keys: Keys, now: datetime, policy: Policy
) -> Findings:
    traces = sorted({trace for item in items if (trace := _about(item))})
    entries = {one.trace: one for one in await tx.fetch(SQL.lock_by_trace, Entry, traces=traces)}
    found = Findings()
    for item in items:
        _find(found, file, item, entries)
    if found.returned:
        ids, codes = list(found.returned), list(found.returned.values())
        await tx.execute(SQL.return_entries, id=ids, code=codes, at=now, file=reference)
        await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in ids])
    if found.corrected:
        accounts = await bank_queries.by_id(tx, [one.account_id for one in found.corrected])
        noted = [noted_of(one, accounts[one.account_id], keys.opens, keys.seals) for one in found.corrected]
        await banks.heed(tx, noted)
    await breaks.open_all(tx, found.breaks, now, policy)
    return found


def _find(found: Findings, file: Received, item: Item, entries: Mapping[str | None, Entry]) -> None:
    """What one item is about. What does not fit is a break, with what its money leaves in clearing."""
    entry = entries.get(_about(item))
    code = item.returned.code.code if item.returned else item.change.code.code if item.change else ""
    brought = _brought_minor(item)
    found.net_minor += brought
    found.returns += item.category is Category.RETURN
    if item.category is Category.CHANGE and item.change and entry:
        found.corrected.append(Corrected(entry.account_id, code, item.change.parts()))
        return
    wrong = _wrong(found, item, entry)
    if wrong is None:
        assert entry is not None
        found.returned[entry.id] = code
        return
    detail = {"file": file.name, "line": item.line, "trace": _about(item), "code": code, "sec": item.sec}
    if entry and wrong == "amount_differs":
        detail["expected_minor"] = entry.amount_minor
    payment_id = entry.payment_id if entry else None
    subject = f"{file.sha256}:{item.line}"
    found.breaks.append(Break(wrong, subject, detail, -brought, "bank_clearing", payment_id))


def _wrong(found: Findings, item: Item, entry: Entry | None) -> str | None:
    """Why an item cannot be a return of an entry of ours that is out; None: it is one."""
    if item.category not in (Category.RETURN, Category.CHANGE):
        return "unexpected_entry"
    if entry is None:
        return "unknown_trace"
    return why_not_back(entry, item.amount_minor, known=entry.id in found.returned)


def _brought_minor(item: Item) -> int:
    """What an item that comes back brings to our account: a debit's takes it away again."""
    return item.amount_minor if item.direction is Direction.CREDIT else -item.amount_minor


def _about(item: Item) -> str | None:
    """The trace number of the entry that an item is about."""
    about = item.returned or item.change
    return about.original_trace if about else None
