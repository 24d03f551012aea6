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
        is_statement = bool(one.balances)  # a notification has none: what it tells beside returns, the statement books
        if not is_statement or why_not(one, account=account, currency=policy.currency) is None:
            await returns.take(tx, one, account=account, now=now, policy=policy)
        if is_statement:
            await statements.take(tx, one, account=account, now=now, policy=policy)
