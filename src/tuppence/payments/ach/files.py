"""Letting a file take what waits, and making its bytes from rows alone: the same rows give the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy, uuid7
from tuppence.core.policy import Scheme
from tuppence.db import Tx, columns
from tuppence.outbox import Job
from tuppence.payments.ach.entries import FILE, SQL
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.ach.windows import next_cutoff, settles_on
from tuppence.payments.banks.sealing import OpeningKeys, Place
from tuppence.payments.banks.states import State
from tuppence.payments.errors import BankNumberUnreadable
from tuppence.rails.bank import nacha
from tuppence.rails.bank.nacha import AccountKind, Direction

TOLD = "payments.bank_told"
LATE = "payments.bank_file_late"

_TAKEN_MOST = 5_000
_LAST_HOUR = 23  # of a day, after its last cut-off
_TRACES = 10**7  # trace numbers have seven digits of ours, then begin anew
_MODIFIERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # one for each file of a day
_ENDINGS: Mapping[Scheme, str] = {"ach": "ach", "sepa": "pain001.xml"}
_NOT_PAYABLE = frozenset({State.DEAD, State.REJECTED, State.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Originator:
    """Who we are to our bank, and the account of ours that it settles with."""

    bank_routing: str
    bank_name: str
    company_name: str
    company_id: str
    account: str = field(repr=False)
    iban: str = field(default="", repr=False)

    def account_by(self, scheme: Scheme) -> str:
        """Our account at our bank, as its statements call it."""
        return self.iban if scheme == "sepa" else self.account

    @property
    def odfi(self) -> str:
        """Our bank in a trace number."""
        return self.bank_routing[:8]


@dataclass(frozen=True, slots=True)
class _Series:
    last_trace: int
    last_day: date | None
    last_number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits, with its account as it is now."""

    id: UUID
    account_id: UUID
    purpose: str
    amount_minor: int
    currency: str
    sec: str
    description: str
    direction: str
    routing: str
    kind: str
    sealed: bytes
    state: State


@dataclass(frozen=True, slots=True)
class _Filed:
    """Where an entry went."""

    id: UUID
    file_id: UUID
    trace: str
    routing: str
    kind: str
    sealed: bytes


async def take(tx: Tx, who: Originator, keys: OpeningKeys, *, policy: Policy) -> int:
    """Let new files take what waits; how many entries were seen to. What can't be paid any more is refused instead.

    Locks: the series of trace numbers, so that one file at a time takes; then the entries.
    """
    series = await tx.fetch_one(SQL.lock_series, _Series)
    assert series is not None
    now = await outbox.now(tx)
    day = now.astimezone(policy.calendar.zone).date()
    waiting = await tx.fetch(SQL.take_waiting, Waiting, most=_TAKEN_MOST)
    payable = [(one, _is_payable(one, keys)) for one in waiting]
    good, refused = [one for one, is_good in payable if is_good], [one.id for one, is_good in payable if not is_good]
    number = series.last_number if series.last_day == day else 0
    trace = series.last_trace
    seen = len(refused)
    for same_day, group in _parted(good, policy):
        if number == len(_MODIFIERS):
            await _leave_for(tx, policy.calendar.instant(day, _LAST_HOUR), policy)
            break
        number += 1
        seen += len(group)
        file = _file(group, number, now, same_day, policy)
        filed, trace = _called(group, file.id, who.odfi, trace, policy.scheme)
        await tx.execute(SQL.insert_file, **columns([file], *_FILE))
        await tx.execute(SQL.file_entries, **columns(filed, "id", "file_id", "trace", "routing", "kind", "sealed"))
    await tx.execute(SQL.write_series, last_trace=trace, last_day=day, last_number=number)
    await tx.execute(SQL.refuse_entries, ids=refused)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in refused])
    return seen


async def _leave_for(tx: Tx, after: datetime, policy: Policy) -> None:
    """A day has no more names for files: what is left goes with the next day's first."""
    at = next_cutoff(after, policy.bank, policy.calendar)
    await outbox.enqueue(tx, [Job(FILE, at.isoformat(), {}, at)])


_FILE = (
    "id",
    "name",
    "number",
    "made_at",
    "settles_on",
    "same_day",
    "entries",
    "credit_minor",
    "debit_minor",
    "currency",
    "state",
)


def _batch_of(one: Waiting | Entry) -> tuple[str, str, str]:
    """What all entries of a batch have in common; batches are in this order."""
    return one.sec, one.description, one.direction


def _is_payable(one: Waiting, keys: OpeningKeys) -> bool:
    """Its account may have died since it was marked; a deposit to an account that was removed proves nothing, and
    nothing is taken from one.
    """
    if one.state in _NOT_PAYABLE or (one.state == State.REMOVED and _needs_its_owner(one)):
        return False
    try:
        keys.open(Place(one.account_id, one.routing), one.sealed)
    except BankNumberUnreadable:
        return False
    return True


def _needs_its_owner(one: Waiting) -> bool:
    return one.purpose == "deposit" or one.direction == "debit"


def _parted(good: Sequence[Waiting], policy: Policy) -> list[tuple[bool, list[Waiting]]]:
    """By settlement date, then by batch."""
    bank = policy.bank
    parts: dict[bool, list[Waiting]] = {True: [], False: []}
    for one in sorted(good, key=lambda one: (_batch_of(one), one.id)):
        parts[bank.same_day and one.amount_minor <= bank.same_day_most_minor].append(one)
    return [(same_day, group) for same_day, group in parts.items() if group]


def _file(group: Sequence[Waiting], number: int, now: datetime, same_day: bool, policy: Policy) -> File:
    local = now.astimezone(policy.calendar.zone)
    return File(
        id=uuid7(),
        name=f"{local:%Y-%m-%d}-{number:02d}.{_ENDINGS[policy.scheme]}",
        number=number,
        made_at=now,
        settles_on=settles_on(now, same_day=same_day, policy=policy.bank, calendar=policy.calendar),
        same_day=same_day,
        entries=len(group),
        credit_minor=_sum(group, "credit"),
        debit_minor=_sum(group, "debit"),
        currency=policy.currency,
        state="taken",
    )


def _sum(group: Sequence[Waiting], direction: str) -> int:
    return sum(one.amount_minor for one in group if one.direction == direction)


def _called(group: Sequence[Waiting], file_id: UUID, odfi: str, last: int, scheme: Scheme) -> tuple[list[_Filed], int]:
    """What each entry is called by when it is spoken of, and the last trace number. SEPA leaves the naming to us."""
    if scheme == "ach":
        return _numbered(group, file_id, odfi, last)
    return [_Filed(one.id, file_id, one.id.hex, one.routing, one.kind, one.sealed) for one in group], last


def _numbered(group: Sequence[Waiting], file_id: UUID, odfi: str, last: int) -> tuple[list[_Filed], int]:
    """Trace numbers rise through a file; the last of each batch is kept for the entry that balances it."""
    filed = []
    for _, batch in groupby(group, _batch_of):
        for one in batch:
            last = last % (_TRACES - 1) + 1
            filed.append(_Filed(one.id, file_id, f"{odfi}{last:07d}", one.routing, one.kind, one.sealed))
        last = last % (_TRACES - 1) + 1
    return filed, last


def build(file: File, entries: Sequence[Entry], who: Originator, keys: OpeningKeys) -> bytes:
    """An ACH file's bytes: here and in `sepa.orders` alone are account numbers in the plain."""
    sender = nacha.Sender(who.bank_routing, who.bank_name, who.company_id, who.company_name)
    ordered = sorted(entries, key=lambda one: (_batch_of(one), one.id))
    batches = [_batch(list(some), file, who, keys) for _, some in groupby(ordered, _batch_of)]
    modifier = _MODIFIERS[file.number - 1]
    return nacha.build(sender, batches, created=file.made_at, modifier=modifier).content


def _batch(entries: list[Entry], file: File, who: Originator, keys: OpeningKeys) -> nacha.Batch:
    sec, description, _ = _batch_of(entries[0])
    last = int((entries[-1].trace or "")[-7:])
    return nacha.Batch(
        nacha.Company(who.company_name, who.company_id, who.odfi),
        sec,
        description,
        file.settles_on,
        [_entry(one, who, keys) for one in entries],
        nacha.Offset(last % (_TRACES - 1) + 1, who.bank_routing, who.account, who.company_name),
    )


def _entry(entry: Entry, who: Originator, keys: OpeningKeys) -> nacha.Entry:
    assert entry.trace
    assert entry.routing
    assert entry.sealed
    number = keys.open(Place(entry.account_id, entry.routing), entry.sealed)
    return nacha.Entry(
        sequence=int(entry.trace[-7:]),
        direction=Direction.DEBIT if entry.direction == "debit" else Direction.CREDIT,
        routing=entry.routing,
        account=number.reveal(),
        amount_minor=entry.amount_minor,
        name=_plain(entry.receiver),
        kind=AccountKind.SAVINGS if entry.kind == "savings" else AccountKind.CHECKING,
        identification=_plain(entry.sender) if entry.sender else who.company_name[:15],
        recurring=entry.recurring,
        prenote=entry.purpose == "prenote",
    )


def _plain(name: str) -> str:
    """A name that leaves something in ASCII; one that does not is a customer like any other."""
    return name if any(one.isascii() and one.isalnum() for one in name) else "Customer"


async def unwritten(tx: Tx) -> list[tuple[File, list[Entry]]]:
    """Files whose bytes may not have been written, with their entries."""
    found = await tx.fetch(SQL.unwritten, File)
    entries = await tx.fetch(SQL.entries_of_files, Entry, files=[one.id for one in found])
    return [(file, [one for one in entries if one.file_id == file.id]) for file in found]


async def written(tx: Tx, file: File, sha256: str, *, policy: Policy) -> None:
    """The file lies in the outbox, on the disk. Repeating is harmless."""
    await tx.execute(SQL.written, id=file.id, sha256=sha256)
    await outbox.enqueue(tx, [Job(LATE, file.name, {}, file.made_at + timedelta(hours=policy.bank.answer_hours))])
