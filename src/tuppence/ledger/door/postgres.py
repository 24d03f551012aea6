"""PostgreSQL behind the door: a throw-away database, loaded by a superuser, used as the app's role uses its own.

Loading goes round every rule of the ledger, so it needs what no process of the product has, a superuser's URL. The
verbs run as `tuppence_app` through the production code and its write door.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from tuppence.db import Database, Statement, Statements, Tx, migrate
from tuppence.db.embedded import DATABASE, Server
from tuppence.ledger import actions, queries
from tuppence.ledger.door.model import START, NotThrowAway, refuse_too_many, stamped
from tuppence.ledger.filters import AccountFilter, QueryFilter
from tuppence.ledger.model import Account, AccountBalance, AccountResult, PendingStatus, Transfer, TransferResult
from tuppence.ledger.rows import account_array, transfer_array

R = TypeVar("R")

SQL = Statements(__package__)

_AS_APP = Statement("as the app", "SET LOCAL ROLE tuppence_app")
_PAST_TRIGGERS = Statement("past triggers", "SET LOCAL session_replication_role = replica")


class PostgresDoor:
    """A ledger in a database."""

    engine = "postgres"

    def __init__(self, superuser_url: str, database: Database) -> None:
        self.now_ns = START
        self._url = superuser_url
        self._database = database

    @classmethod
    @asynccontextmanager
    async def opened(cls, superuser_url: str) -> AsyncIterator["PostgresDoor"]:
        """A door to a migrated database that nobody uses. Raises: NotThrowAway."""
        door = cls(superuser_url, await Database.open(superuser_url, name="test door", max_size=2))
        try:
            async with door._database.transaction(read_only=True) as tx:
                if await tx.scalars(SQL.inhabited) != [False]:
                    raise NotThrowAway
            yield door
        finally:
            await door._database.close()

    async def load(
        self,
        accounts: Sequence[Account] = (),
        transfers: Sequence[tuple[Transfer, PendingStatus | None]] = (),
        failed: Sequence[UUID] = (),
    ) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(_PAST_TRIGGERS)
            accounts, transfers, last = stamped(accounts, transfers, (await tx.scalars(SQL.last))[0])
            pending = [(one, status) for one, status in transfers if status is not None]
            await tx.execute(SQL.load_accounts, accounts=account_array(accounts))
            await tx.execute(SQL.load_transfers, transfers=transfer_array([one for one, _ in transfers]))
            await tx.execute(
                SQL.load_pending,
                ids=[one.id for one, _ in pending],
                statuses=[int(status) for _, status in pending],
                expires_at=[one.expires_at if one.timeout else None for one, _ in pending],
            )
            await tx.execute(SQL.load_failed, ids=list(failed))
            await tx.execute(SQL.set_last, last=last)

    async def create_accounts(self, batch: Sequence[Account]) -> list[AccountResult]:
        refuse_too_many(batch)
        return await self._run(lambda tx: actions.create_accounts(tx, batch, now_ns=self.now_ns))

    async def create_transfers(self, batch: Sequence[Transfer]) -> list[TransferResult]:
        refuse_too_many(batch)
        return await self._run(lambda tx: actions.create_transfers(tx, batch, now_ns=self.now_ns))

    async def expire(self) -> None:
        await self._run(lambda tx: actions.expire_transfers(tx, now_ns=self.now_ns))

    async def lookup_accounts(self, ids: Sequence[UUID]) -> list[Account]:
        return await self._run(lambda tx: queries.lookup_accounts(tx, ids))

    async def lookup_transfers(self, ids: Sequence[UUID]) -> list[Transfer]:
        return await self._run(lambda tx: queries.lookup_transfers(tx, ids))

    async def get_account_transfers(self, asked: AccountFilter) -> list[Transfer]:
        return await self._run(lambda tx: queries.get_account_transfers(tx, asked))

    async def get_account_balances(self, asked: AccountFilter) -> list[AccountBalance]:
        return await self._run(lambda tx: queries.get_account_balances(tx, asked))

    async def query_accounts(self, asked: QueryFilter) -> list[Account]:
        return await self._run(lambda tx: queries.query_accounts(tx, asked))

    async def query_transfers(self, asked: QueryFilter) -> list[Transfer]:
        return await self._run(lambda tx: queries.query_transfers(tx, asked))

    async def restart(self) -> None:
        await self._database.close()
        self._database = await Database.open(self._url, name="test door", max_size=2)

    async def reset(self) -> None:
        self.now_ns = START
        async with self._database.transaction() as tx:
            await tx.execute(_PAST_TRIGGERS)
            await tx.execute(SQL.empty)
            await tx.execute(SQL.set_last, last=0)

    async def _run(self, verb: Callable[[Tx], Awaitable[R]]) -> R:
        """One transaction with the rights that the product has."""
        async with self._database.transaction() as tx:
            await tx.execute(_AS_APP)
            return await verb(tx)


@asynccontextmanager
async def throw_away() -> AsyncIterator[PostgresDoor]:
    """A door to a PostgreSQL that is made for it, in a temporary folder, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        server = Server(Path(name))
        try:
            await migrate(server.start().urls.owner, which="main")
            async with PostgresDoor.opened(server.superuser_url_of(DATABASE)) as door:
                yield door
        finally:
            server.remove()
