"""Putting entries down: rows in the transaction that decides them, and a timer for the next file."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Statements, Tx, columns
from tuppence.outbox import Job
from tuppence.payments.ach.model import Entry
from tuppence.payments.ach.windows import next_cutoff
from tuppence.payments.errors import BankAccountNotFound

SQL = Statements(__package__)

FILE = "payments.bank_file"

_NEW = (
    "id",
    "account_id",
    "purpose",
    "payment_id",
    "amount_minor",
    "currency",
    "receiver",
    "sender",
    "made_at",
    "sec",
    "description",
    "direction",
    "clearing",
    "recurring",
    "order_id",
)


async def put(tx: Tx, entries: Sequence[Entry], *, now: datetime, policy: Policy) -> None:
    """Let entries wait for the next file. One that is there already, by its id, is left as it is."""
    if not entries:
        return
    await tx.execute(SQL.insert_entries, **columns(entries, *_NEW))
    at = next_cutoff(now, policy.bank, policy.calendar)
    await outbox.enqueue(tx, [Job(FILE, at.isoformat(), {}, at)])


async def access_traces(tx: Tx, person_id: UUID, account_id: UUID) -> list[str]:
    """The trace numbers of what went to an account of somebody's own. Raises: BankAccountNotFound."""
    if not await tx.scalars(SQL.own_account, person_id=person_id, account_id=account_id):
        raise BankAccountNotFound
    return await tx.scalars(SQL.traces_of, account_id=account_id)
