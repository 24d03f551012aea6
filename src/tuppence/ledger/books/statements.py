"""Statements: where the books stand, signed."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.db import Database, Tx
from tuppence.ledger.books import rules
from tuppence.ledger.books.model import LastSeal, Stated
from tuppence.ledger.books.rows import SQL, frontier, last_seal, seal_at
from tuppence.ledger.books.sealing import SEALED_AT_ONCE_MOST, seal
from tuppence.ledger.model import TIMESTAMP_MAX
from tuppence.ledger.proof.liabilities import Owed, Tree
from tuppence.ledger.proof.statement import (
    Liabilities,
    Occasion,
    Sealed,
    Signed,
    Total,
    blinding_text,
    canonical,
    compose,
    public_text,
    sign,
)

STATEMENT_JOB = "books.statement"  # asks the worker, which has the key, for a statement


@dataclass(slots=True)
class _TotalRow:
    ledger: int
    code: int
    owed: bool
    debits_pending: Decimal
    debits_posted: Decimal
    credits_pending: Decimal
    credits_posted: Decimal


@dataclass(slots=True)
class _OwedRow:
    ledger: int
    account_id: UUID
    subject: UUID
    amount_minor: Decimal


async def latest(tx: Tx, *, closing: bool = False) -> Stated | None:
    """The newest statement, or the newest that closes a day."""
    return await tx.fetch_one(SQL.latest_statement, Stated, closing=closing)


async def totals(tx: Tx, through: int = TIMESTAMP_MAX) -> list[Total]:
    """The trial balance by code of the chart, as it was at an instant. Accounts that stood at zero are left out."""
    rows = await tx.fetch(SQL.totals, _TotalRow, through=through)
    figures = [(row.debits_pending, row.debits_posted, row.credits_pending, row.credits_posted) for row in rows]
    return [
        Total(row.ledger, row.code, row.owed, *map(int, figure))
        for row, figure in zip(rows, figures, strict=True)
        if any(figure)
    ]


async def trees(tx: Tx, through: int, blinding: bytes) -> dict[int, Tree]:
    """What was owed at a sealed instant, a tree for each ledger."""
    owed: dict[int, list[Owed]] = defaultdict(list)
    for row in await tx.fetch(SQL.owed, _OwedRow, through=through):
        owed[row.ledger].append(Owed(row.account_id, row.subject, int(row.amount_minor)))
    return {ledger: Tree(items, blinding) for ledger, items in owed.items()}


async def state(tx: Tx, key: Ed25519PrivateKey, *, day: date, closes_day: bool) -> Signed:
    """Sign where the books stand, as far as they are sealed.

    Locks: sealers, until the transaction ends.
    """
    await tx.execute(SQL.lock_seals)
    last, before = await last_seal(tx), await latest(tx)
    blinding, made_at = secrets.token_bytes(32), datetime.now(UTC)
    owed = await trees(tx, last.timestamp, blinding)
    occasion = Occasion(
        number=before.number + 1 if before else 1,
        day=day.isoformat(),
        closes_day=closes_day,
        made_at=made_at.isoformat(timespec="seconds"),
        previous=before.signed.digest if before else "",
        blinding=blinding_text(blinding),
    )
    sealed = Sealed(last.position, last.timestamp, last.chain, (await frontier(tx, last.position)).root())
    liabilities = [Liabilities(ledger, tree.root, tree.depth) for ledger, tree in owed.items()]
    signed = sign(compose(occasion, sealed, await totals(tx, last.timestamp), liabilities, public_text(key)), key)
    await tx.execute(
        SQL.state,
        number=occasion.number,
        day=day,
        closes_day=closes_day,
        count=last.position,
        made_at=made_at,
        document=canonical(signed.document).decode(),
        signature=signed.signature,
        blinding=blinding,
    )
    return signed


# - as time goes by ---------------------------------------------------------------------------------------------------


async def keep_up(database: Database, key: Ed25519PrivateKey, now: datetime) -> None:
    """Close every day that is over, then seal what has committed today. What the worker does every few seconds."""
    while (day := await _day_to_close(database, now)) is not None:
        await seal_all(database, until=rules.end_of(day) - 1)
        async with database.transaction() as tx:
            await tx.execute(SQL.lock_seals)
            closed = await latest(tx, closing=True)
            if closed is None or closed.day < day:  # else another worker was faster
                await state(tx, key, day=day, closes_day=True)
    await seal_all(database, until=rules.end_of(rules.open_day(now)) - 1)


async def seal_all(database: Database, *, until: int = TIMESTAMP_MAX) -> None:
    """Seal what there is up to a time, in transactions of a bounded size."""
    full = True
    while full:
        async with database.transaction() as tx:
            full = await seal(tx, until=until) == SEALED_AT_ONCE_MOST


async def wait_for_statement(database: Database, now: datetime) -> float:
    """How many seconds until a statement on demand may be made."""
    async with database.transaction(read_only=True) as tx:
        newest = await latest(tx)
    return max(0.0, (newest.made_at + rules.INTERIM_EVERY - now).total_seconds()) if newest else 0.0


async def state_now(database: Database, key: Ed25519PrivateKey, now: datetime) -> Stated:
    """A statement that covers all that has committed, made now unless the newest one does."""
    await keep_up(database, key, now)
    async with database.transaction() as tx:
        await tx.execute(SQL.lock_seals)
        newest, last = await latest(tx), await last_seal(tx)
        if newest is None or newest.count < last.position:
            await state(tx, key, day=rules.open_day(now), closes_day=False)
            newest = await latest(tx)
    assert newest is not None
    return newest


async def _day_to_close(database: Database, now: datetime) -> date | None:
    async with database.transaction(read_only=True) as tx:
        closed = await latest(tx, closing=True)
        sealed = await seal_at(tx, closed.count) if closed else LastSeal()
        found: Sequence[int | None] = await tx.scalars(SQL.next_entry, after=sealed.timestamp)
    next_entry = None if found[0] is None else rules.day_of(found[0])
    return rules.day_to_close(now, closed.day if closed else None, next_entry)
