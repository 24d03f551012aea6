"""What our bank sends about credit transfers: its answer to an order, returns, and the day's statement."""

from collections.abc import Sequence
from datetime import datetime

from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.payments.ach import statements
from tuppence.payments.ach.sepa import reports, returns
from tuppence.payments.ach.statements.rules import why_not
from tuppence.rails.bank.sepa import Report, Statement


async def take(
    tx: Tx, name: str, told: Report | Sequence[Statement], *, account: str, now: datetime, policy: Policy
) -> None:
    """Take in one message; `name` is its file's. Locks: files and entries, then other statements, then the ledger."""
    if isinstance(told, Report):
        await reports.take(tx, name, told, now, policy)
        return
    for one in told:
        if not one.balances:  # a notification: what it announces without a return, the statement books
            await returns.take(tx, one, account=account, now=now, policy=policy)
            continue
        if why_not(one, account=account, currency=policy.currency) is None:
            await returns.take(tx, one, account=account, now=now, policy=policy)
        await statements.take(tx, one, account=account, now=now, policy=policy)
