"""What is known of accounts when something is decided about them, read under their locks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing.ads.model import Account, Charge, Credit, Cycle, Method, Refund
from tuppence.billing.ads.queries import SQL, accounts_by_id
from tuppence.billing.ads.states import COLLECTING, FAILING, UNPAID, CycleState
from tuppence.db import Tx
from tuppence.ledger import chart


@dataclass(frozen=True, slots=True)
class World:
    """One account and what bears on it."""

    now: datetime
    account: Account
    methods: tuple[Method, ...]  # in order of charging
    cycles: tuple[Cycle, ...]  # those not paid yet, and those asked for, in order
    charges: tuple[Charge, ...]  # of these cycles, and of top-ups that are under way, in order
    refunds: tuple[Refund, ...]  # under way
    credits: tuple[Credit, ...]  # unexpired, the soonest to expire first
    prepaid_minor: int

    @property
    def accruing(self) -> Cycle | None:
        return next((one for one in self.cycles if one.state == CycleState.ACCRUING), None)

    @property
    def accrued_minor(self) -> int:
        return self.accruing.due_minor if self.accruing else 0

    @property
    def unpaid_minor(self) -> int:
        return sum(one.due_minor for one in self.cycles if one.state in UNPAID)

    @property
    def is_collecting(self) -> bool:
        """Whether an earlier bill is not paid yet."""
        return any(one.state in COLLECTING or one.state == CycleState.PAST_DUE for one in self.cycles)

    @property
    def owes(self) -> bool:
        return any(one.state in FAILING for one in self.cycles)

    @property
    def credits_minor(self) -> int:
        return sum(one.left_minor for one in self.credits)


async def lock(tx: Tx, account_ids: Iterable[UUID]) -> None:
    """Locks: the accounts, in id order, until the transaction ends."""
    await tx.execute(SQL.lock_accounts, ids=sorted(set(account_ids)))


async def worlds(
    tx: Tx, account_ids: Sequence[UUID], *, cycle_ids: Sequence[UUID] = (), now: datetime | None = None
) -> dict[UUID, World]:
    """Accounts with their open bills, in a constant number of statements. Lock them first if you mean to write.

    Args:
        cycle_ids: bills that are wanted whatever their state.
    """
    ids = sorted(set(account_ids))
    accounts = await accounts_by_id(tx, ids)
    now = now or await outbox.now(tx)
    cycles = await tx.fetch(SQL.open_cycles, Cycle, accounts=ids, cycles=list(cycle_ids))
    charges = await tx.fetch(SQL.charges_of, Charge, accounts=ids, cycles=[one.id for one in cycles])
    methods = await tx.fetch(SQL.methods_of, Method, accounts=ids)
    credits_ = await tx.fetch(SQL.credits_of, Credit, accounts=ids, now=now)
    refunds = await tx.fetch(SQL.open_refunds, Refund, accounts=ids)
    prepaid = await prepaid_minor(tx, list(accounts.values()))
    cycles_of, charges_of, methods_of = by_account(cycles), by_account(charges), by_account(methods)
    credits_of, refunds_of = by_account(credits_), by_account(refunds)
    return {
        id_: World(
            now=now,
            account=account,
            methods=methods_of[id_],
            cycles=cycles_of[id_],
            charges=charges_of[id_],
            refunds=refunds_of[id_],
            credits=credits_of[id_],
            prepaid_minor=prepaid[id_],
        )
        for id_, account in accounts.items()
    }


class _OfAccount(Protocol):
    @property
    def account_id(self) -> UUID: ...


R = TypeVar("R", bound=_OfAccount)


def by_account(rows: Sequence[R]) -> dict[UUID, tuple[R, ...]]:
    """Rows by their account, in order."""
    found: dict[UUID, tuple[R, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.account_id] += (row,)
    return found


async def prepaid_minor(tx: Tx, accounts: Sequence[Account]) -> dict[UUID, int]:
    """What of the prepaid balances can be used: what a refund under way has reserved cannot."""
    names = {chart.personal("ads_prepaid", one.id, one.currency): one.id for one in accounts}
    found = await ledger.lookup_accounts(tx, list(names))
    held = {names[one.id]: one.credits_posted - one.debits_posted - one.debits_pending for one in found}
    return {one.id: held.get(one.id, 0) for one in accounts}
