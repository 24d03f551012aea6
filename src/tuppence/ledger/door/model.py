"""What both doors offer."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from tuppence.core import Failure, Kind
from tuppence.ledger.filters import LIMIT_MOST, AccountFilter, QueryFilter, TooMuchData
from tuppence.ledger.model import (
    NANOSECONDS,
    Account,
    AccountBalance,
    AccountResult,
    PendingStatus,
    Transfer,
    TransferResult,
)

START = 1_700_000_000 * NANOSECONDS  # what the clock says before it is set


class NotThrowAway(Failure):
    """This database has people or books in it. The test door opens an empty one only; nothing was written."""

    kind = Kind.REFUSED
    code = "not_throw_away"


class Door(Protocol):
    """One ledger to test. Order in, order out; a batch is one transaction."""

    engine: str
    now_ns: int
    """The clock, nanoseconds. It stands still until it is set; the ledger itself never goes back."""

    async def load(
        self,
        accounts: Sequence[Account] = (),
        transfers: Sequence[tuple[Transfer, PendingStatus | None]] = (),
        failed: Sequence[UUID] = (),
    ) -> None:
        """Put rows there as they are, in place of those of the same id; what has no timestamp gets the next.

        An account's balances are taken at their word: they include what the loaded transfers moved or hold. A pending
        transfer comes with its status.
        """

    async def create_accounts(self, batch: Sequence[Account]) -> list[AccountResult]: ...
    async def create_transfers(self, batch: Sequence[Transfer]) -> list[TransferResult]: ...

    async def expire(self) -> None:
        """Let go of what has lapsed by the clock. Each batch does this first, too."""

    async def lookup_accounts(self, ids: Sequence[UUID]) -> list[Account]: ...
    async def lookup_transfers(self, ids: Sequence[UUID]) -> list[Transfer]: ...
    async def get_account_transfers(self, asked: AccountFilter) -> list[Transfer]: ...
    async def get_account_balances(self, asked: AccountFilter) -> list[AccountBalance]: ...
    async def query_accounts(self, asked: QueryFilter) -> list[Account]: ...
    async def query_transfers(self, asked: QueryFilter) -> list[Transfer]: ...

    async def restart(self) -> None:
        """Forget everything that is not kept: connections, statements, what was read."""

    async def reset(self) -> None:
        """An empty ledger again, and the clock as it was at first."""


def refuse_too_many(batch: Sequence[object]) -> None:
    """A batch has its limit. Raises TooMuchData."""
    if len(batch) > LIMIT_MOST:
        raise TooMuchData(limit_most=LIMIT_MOST)


def stamped(
    accounts: Sequence[Account], transfers: Sequence[tuple[Transfer, PendingStatus | None]], last: int
) -> tuple[list[Account], list[tuple[Transfer, PendingStatus | None]], int]:
    """The rows with the next timestamps where they have none, and the newest timestamp there is then."""
    times = [last, *(one.timestamp for one in accounts), *(one.timestamp for one, _ in transfers)]
    last = max(times)
    timed, moved = [], []
    for account in accounts:
        last += not account.timestamp
        timed.append(account if account.timestamp else account._replace(timestamp=last))
    for transfer, status in transfers:
        last += not transfer.timestamp
        moved.append((transfer if transfer.timestamp else transfer._replace(timestamp=last), status))
    return timed, moved, last
