"""PostgreSQL and the pure rules side by side: the same batches must get the same answers and leave the same rows."""

from dataclasses import dataclass
from typing import Any

from tests.ledger.author import ACCOUNTS, OPENING, START, Author
from tests.ledger.precedence import Case

from tuppence import ledger
from tuppence.db import Statement, Tx
from tuppence.ledger import Account, Transfer, door
from tuppence.ledger.loading import SQL
from tuppence.ledger.memory import FromMemory
from tuppence.ledger.model import AccountBalance
from tuppence.ledger.rows import fetch_accounts, fetch_transfers

HISTORY = Statement("history", "SELECT * FROM ledger.account_balance")
FAILED = Statement("failed", "SELECT id FROM ledger.transfer_failed")


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of history."""

    account_id: Any
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    timestamp: int


class Agreement:
    """One history in both engines. Whatever differs is an AssertionError that names the batch."""

    def __init__(self, postgres: door.PostgresDoor) -> None:
        self.postgres = postgres
        self.pure = door.PureDoor()
        self.events = 0

    async def begin(self, seed: int, *, most: int = 12) -> None:
        """An empty ledger with a few accounts, and somebody to write its history."""
        await self.pure.reset()
        await self.postgres.reset()
        self.author = Author(seed, self.pure.state, most=most)
        self._memory = FromMemory(self.postgres._database)
        assert START == self.pure.now_ns
        await self.play(OPENING)

    async def play(self, batch: Any) -> list[Any]:
        """Put one batch to both; what they answer."""
        self.events += len(batch)
        self.pure.now_ns = self.postgres.now_ns = self.author.now
        verb = "create_accounts" if isinstance(batch[0], Account) else "create_transfers"
        expected = await getattr(self.pure, verb)(batch)
        if are_transfers(batch) and self.author.random.random() < 0.9:  # or it would never be quiet enough to remember
            self._memory.now_ns = self.author.now
            (found,) = await self._memory([batch])
        else:
            found = await getattr(self.postgres, verb)(batch)

        assert expected == found, batch
        return list(expected)

    async def restart(self) -> None:
        """All connections are closed; whoever comes next knows nothing."""
        await self.postgres.restart()
        self._memory = FromMemory(self.postgres._database)

    async def ask(self) -> None:
        """Put the same questions to both."""
        of_one, of_all = self.author.account_filter(), self.author.query_filter()
        ids = [one.id for one in OPENING]
        for verb, asked in (
            ("get_account_transfers", of_one),
            ("get_account_balances", of_one),
            ("query_accounts", of_all),
            ("query_transfers", of_all),
            ("lookup_accounts", ids),
        ):
            assert await getattr(self.pure, verb)(asked) == await getattr(self.postgres, verb)(asked), (verb, asked)

    async def compare(self) -> None:
        """Every row of both, and the books."""
        state = self.pure.state
        async with self.postgres._database.transaction(read_only=True) as tx:
            accounts, transfers, pending, failed, balances = await self._rows(tx)
            assert [] == await ledger.check(tx)
        assert state.accounts == accounts
        assert state.transfers == transfers
        assert state.pending == pending
        assert state.failed == failed
        assert {*state.balances} == balances

    async def _rows(self, tx: Tx) -> tuple[Any, ...]:
        known = await fetch_transfers(tx, SQL.lookup_transfers, ids=self.author.ids)
        return (
            {one.id: one for one in await fetch_accounts(tx, SQL.lookup_accounts, ids=ACCOUNTS)},
            {one.id: one for one, _ in known},
            {one.id: status for one, status in known if status is not None},
            set(await tx.scalars(FAILED)),
            {AccountBalance(*(getattr(one, name) for name in AccountBalance._fields)) for one in await self._noted(tx)},
        )

    async def _noted(self, tx: Tx) -> list[Noted]:
        return await tx.fetch(HISTORY, Noted)


def are_transfers(batch: Any) -> bool:
    return isinstance(batch[0], Transfer)


async def played(opened: door.Door, one: Case) -> Any:
    """A case of the contract's table, in a world loaded through the door: what its batch is answered."""
    state = one.state
    await opened.reset()
    transfers = [(transfer, state.pending.get(transfer.id)) for transfer in state.transfers.values()]
    await opened.load(list(state.accounts.values()), transfers, list(state.failed))
    opened.now_ns = one.now
    accounts = not are_transfers(one.batch)
    return await (opened.create_accounts(one.batch) if accounts else opened.create_transfers(one.batch))
