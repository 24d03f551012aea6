"""Reading files, lines and breaks. Operators alone see them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.db import Statements, Tx, columns
from tuppence.payments import attempts
from tuppence.payments.reconciliation.model import Break, Candidate, FileRow, Found, Kind, Known, LineRow

SQL = Statements(__package__)

RAIL = "card"
_FOUND = ("id", "kind", "subject", "payment_id", "account", "amount_minor", "currency", "detail")
_RECENT = 40  # files whose digests are still compared with what lies in the folder


@dataclass(frozen=True, slots=True)
class _Closed:
    subject: str
    kind: Kind
    amount_minor: int


async def lock(tx: Tx) -> None:
    """Let no other reconciliation run until the transaction ends."""
    await tx.execute(SQL.lock)


async def files(tx: Tx, rail: str) -> dict[int, FileRow]:
    """The latest files that were read, by sequence."""
    return {one.sequence: one for one in await tx.fetch(SQL.files, FileRow, rail=rail, most=_RECENT)}


async def known(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What matching takes of attempts."""
    return {one.id: one for one in await tx.fetch(SQL.known, Known, ids=list(ids))}


async def candidates(
    tx: Tx, rail: str, *, since: datetime, read_until: datetime, after: UUID
) -> tuple[list[Candidate], UUID | None]:
    """Those of a page of attempts that may not agree with the lines about them, the files being read up to an instant;
    and after which attempt the next page comes, if there is one.
    """
    broken = await tx.scalars(SQL.broken, rail=rail)
    page = await attempts.page(tx, since=since, after=after, also=broken)
    found = await tx.fetch(SQL.candidates, Candidate, ids=page, broken=broken, read_until=read_until)
    return found, attempts.after(page)


async def lines_of(tx: Tx, attempts: Sequence[UUID]) -> dict[UUID, list[LineRow]]:
    """All lines about each attempt, oldest first."""
    found: dict[UUID, list[LineRow]] = defaultdict(list)
    for line in await tx.fetch(SQL.lines_of, LineRow, attempts=list(attempts)):
        found[line.attempt_id].append(line)
    return found


async def closed(tx: Tx, subjects: Sequence[str]) -> dict[str, list[tuple[Kind, int]]]:
    """What operators closed about each subject."""
    found: dict[str, list[tuple[Kind, int]]] = defaultdict(list)
    for one in await tx.fetch(SQL.closed, _Closed, subjects=list(subjects)):
        found[one.subject].append((Kind(one.kind), one.amount_minor))
    return found


async def open_subjects(tx: Tx, rail: str) -> set[str]:
    return set(await tx.scalars(SQL.open_subjects, rail=rail))


async def open_breaks(tx: Tx, rail: str, found: Sequence[Found], now: datetime) -> None:
    """Open breaks, or bring open ones about the same up to date."""
    if found:
        await tx.execute(SQL.open_breaks, rail=rail, now=now, **columns(found, *_FOUND))


async def list_breaks(tx: Tx, *, ended: bool = False) -> list[Break]:
    """Open breaks, oldest first; those that ended too, if asked."""
    return await tx.fetch(SQL.breaks, Break, ended=ended)
