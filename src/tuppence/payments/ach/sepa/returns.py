"""Credit transfers that come back. Each return is a booking of its own, told by a notification, by the statement, or by
both: known by the bank's reference, it is taken in once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.outbox import Job
from tuppence.payments.ach import breaks
from tuppence.payments.ach.breaks import Break
from tuppence.payments.ach.entries import SQL
from tuppence.payments.ach.files import TOLD
from tuppence.payments.ach.model import Entry, why_not_back
from tuppence.payments.ach.statements.rules import brings_back
from tuppence.rails.bank.sepa import Booking, Detail, Statement

UNSAID = "MS03"  # the code for a reason that is not told


@dataclass(slots=True)
class _Found:
    returned: dict[UUID, str] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)


async def take(tx: Tx, told: Statement, *, account: str, now: datetime, policy: Policy) -> None:
    """Take in what a message says came back. Locks: the entries."""
    if told.account != account:
        return
    for booking in told.bookings:
        if brings_back(booking):
            await _take(tx, told, booking, now, policy)


async def _take(tx: Tx, told: Statement, booking: Booking, now: datetime, policy: Policy) -> None:
    known = hashlib.sha256(f"{told.account} {booking.reference}".encode()).hexdigest()
    if not await tx.execute(SQL.insert_received, sha256=known, name=told.id, at=now):
        return
    traces = sorted({one.id for one in booking.details})
    entries = {one.trace: one for one in await tx.fetch(SQL.lock_by_trace, Entry, traces=traces)}
    found = _found(booking, entries)
    ids, codes = list(found.returned), list(found.returned.values())
    await tx.execute(SQL.return_entries, id=ids, code=codes, at=now, file=booking.reference)
    await tx.execute(SQL.note_returns, sha256=known, reference=booking.reference, net_minor=booking.amount_minor)
    await outbox.enqueue(tx, [Job(TOLD, str(one)) for one in ids])
    await breaks.open_all(tx, found.breaks, now, policy)


def _found(booking: Booking, entries: Mapping[str | None, Entry]) -> _Found:
    """What each part of a booking is about. What does not fit is a break, with what its money leaves in clearing."""
    found = _Found()
    details: Sequence[Detail] = booking.details or (Detail(),)
    for number, one in enumerate(details, 1):
        minor = booking.amount_minor if len(details) == 1 else one.amount_minor or 0
        entry = entries.get(one.id)
        wrong = why_not_back(entry, minor, known=entry.id in found.returned) if entry else "unknown_trace"
        if wrong is None:
            assert entry is not None
            found.returned[entry.id] = one.return_code or UNSAID
            continue
        said = {"about": booking.reference, "trace": one.id, "code": one.return_code}
        payment_id = entry.payment_id if entry else None
        subject = f"return:{booking.reference}:{number}"
        found.breaks.append(Break(wrong, subject, said, -minor, "bank_clearing", payment_id))
    return found
