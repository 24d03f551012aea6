"""The pure state machine behind the door: every row in memory."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from tuppence.ledger import rules
from tuppence.ledger.door.model import START, refuse_too_many, stamped
from tuppence.ledger.filters import (
    AccountFilter,
    AccountFilterFlags,
    QueryFilter,
    QueryFilterFlags,
    is_valid,
)
from tuppence.ledger.model import (
    TIMESTAMP_MAX,
    ZERO,
    Account,
    AccountBalance,
    AccountFlags,
    AccountResult,
    PendingStatus,
    Transfer,
    TransferResult,
)

R = TypeVar("R", Account, Transfer)
_PREDICATES = {"user_data_128", "user_data_64", "user_data_32", "code", "ledger"}


class PureDoor:
    """A ledger without a database."""

    engine = "pure"

    def __init__(self) -> None:
        self.now_ns = START
        self.state = rules.State()

    async def load(
        self,
        accounts: Sequence[Account] = (),
        transfers: Sequence[tuple[Transfer, PendingStatus | None]] = (),
        failed: Sequence[UUID] = (),
    ) -> None:
        known = self.state
        accounts, transfers, last = stamped(accounts, transfers, known.last)
        self.state = rules.State(
            [*known.accounts.values(), *accounts],
            [*known.transfers.values(), *(transfer for transfer, _ in transfers)],
            known.pending | {transfer.id: status for transfer, status in transfers if status is not None},
            known.failed.union(failed),
            last=last,
            expiry_times=known.expiry_times,
        )
        self.state.balances = known.balances

    async def create_accounts(self, batch: Sequence[Account]) -> list[AccountResult]:
        refuse_too_many(batch)
        rules.expire(self.state, self.now_ns)
        results = rules.create_accounts(self.state, batch, self.now_ns)
        self.state.take()
        return results

    async def create_transfers(self, batch: Sequence[Transfer]) -> list[TransferResult]:
        refuse_too_many(batch)
        rules.expire(self.state, self.now_ns)
        results = rules.create_transfers(self.state, batch, self.now_ns)
        self.state.take()
        return results

    async def expire(self) -> None:
        rules.expire(self.state, self.now_ns)
        self.state.take()

    async def lookup_accounts(self, ids: Sequence[UUID]) -> list[Account]:
        return [self.state.accounts[one] for one in ids if one in self.state.accounts]

    async def lookup_transfers(self, ids: Sequence[UUID]) -> list[Transfer]:
        return [self.state.transfers[one] for one in ids if one in self.state.transfers]

    async def get_account_transfers(self, asked: AccountFilter) -> list[Transfer]:
        if not is_valid(asked):
            return []
        return _page(self._of_account(asked), asked, asked.flags & AccountFilterFlags.REVERSED)

    async def get_account_balances(self, asked: AccountFilter) -> list[AccountBalance]:
        account = self.state.accounts.get(asked.account_id)
        if not is_valid(asked) or account is None or not account.flags & AccountFlags.HISTORY:
            return []
        known = {one.timestamp: one for one in self.state.balances if one.account_id == account.id}
        noted = [one for one in self._of_account(asked) if one.timestamp in known]
        return [known[one.timestamp] for one in _page(noted, asked, asked.flags & AccountFilterFlags.REVERSED)]

    async def query_accounts(self, asked: QueryFilter) -> list[Account]:
        return self._query(self.state.accounts.values(), asked)

    async def query_transfers(self, asked: QueryFilter) -> list[Transfer]:
        return self._query(self.state.transfers.values(), asked)

    async def restart(self) -> None:
        """There is nothing that would not be kept."""

    async def reset(self) -> None:
        self.now_ns, self.state = START, rules.State()

    def _of_account(self, asked: AccountFilter) -> list[Transfer]:
        debits, credits_ = asked.flags & AccountFilterFlags.DEBITS, asked.flags & AccountFilterFlags.CREDITS
        return [
            one
            for one in self.state.transfers.values()
            if (debits and one.debit_account_id == asked.account_id)
            or (credits_ and one.credit_account_id == asked.account_id)
        ]

    def _query(self, rows: Iterable[R], asked: QueryFilter) -> list[R]:
        return _page(rows, asked, asked.flags & QueryFilterFlags.REVERSED) if is_valid(asked) else []


def _page(rows: Iterable[R], asked: AccountFilter | QueryFilter, reversed_: int) -> list[R]:
    """Those that the filter names, in order of time or backwards, as many as it wants."""
    found = [row for row in rows if _has(row, asked)]
    return sorted(found, key=lambda row: row.timestamp, reverse=bool(reversed_))[: asked.limit]


def _has(row: Any, asked: Any) -> bool:
    predicates = _PREDICATES.intersection(asked._fields)
    end = asked.timestamp_max or TIMESTAMP_MAX
    return asked.timestamp_min <= row.timestamp <= end and all(
        getattr(asked, name) in (0, ZERO, getattr(row, name)) for name in predicates
    )
