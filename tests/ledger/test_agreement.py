"""PostgreSQL and the pure rules agree: the same batches get the same answers and leave the same rows."""

from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuppence import ledger
from tuppence.db import Database, Statement, Tx
from tuppence.ledger import rules
from tuppence.ledger.actions import SQL
from tuppence.ledger.model import AMOUNT_MAX, ID_MAX, NANOSECONDS, ZERO, Account, Transfer
from tuppence.ledger.rows import fetch_transfers

START = 1_700_000_000 * NANOSECONDS
ACCOUNTS = [UUID(int=n) for n in range(1, 7)]
TRANSFERS = [UUID(int=n) for n in range(100, 140)]
LEDGERS = [840, 840, 840, 978]


def mostly(usual: st.SearchStrategy[Any], *odd: Any) -> st.SearchStrategy[Any]:
    """The usual nine times in ten."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(odd) if n == 0 else usual)


accounts = st.builds(
    Account,
    id=mostly(st.sampled_from(ACCOUNTS), ZERO, ID_MAX),
    ledger=mostly(st.sampled_from(LEDGERS), 0),
    code=mostly(st.just(1), 0, 2),
    flags=st.sampled_from([0, 0, 0, 1, 2, 2, 4, 6, 8, 10, 12, 32, 64]),
    debits_pending=mostly(st.just(0), 1),
    debits_posted=st.just(0),
    credits_pending=st.just(0),
    credits_posted=st.just(0),
    user_data_128=mostly(st.just(ZERO), ID_MAX),
    user_data_64=mostly(st.just(0), 2**64 - 1),
    user_data_32=mostly(st.just(0), 2**32 - 1),
    timestamp=mostly(st.just(0), 1),
)
amounts = st.one_of(st.integers(0, 20), st.sampled_from([0, AMOUNT_MAX, AMOUNT_MAX - 1]))
user_data = {
    "user_data_128": mostly(st.just(ZERO), ID_MAX),
    "user_data_64": mostly(st.just(0), 2**64 - 1),
    "user_data_32": mostly(st.just(0), 2**32 - 1),
}
plain = st.builds(
    Transfer,
    id=mostly(st.sampled_from(TRANSFERS), ZERO, ID_MAX),
    debit_account_id=mostly(st.sampled_from(ACCOUNTS), ZERO, ID_MAX, UUID(int=404)),
    credit_account_id=mostly(st.sampled_from(ACCOUNTS), ZERO, ID_MAX, UUID(int=404)),
    amount=amounts,
    ledger=mostly(st.just(840), 0, 978),
    code=mostly(st.just(1), 0),
    flags=st.sampled_from([0, 0, 1, 1, 2, 2, 2, 3, 16, 32, 48, 18, 66, 130, 194, 512]),
    pending_id=mostly(st.just(ZERO), UUID(int=100)),
    timeout=mostly(st.sampled_from([0, 0, 1, 5]), 2**32 - 1),
    timestamp=st.just(0),
    **user_data,
)
settling = st.builds(
    Transfer,
    id=st.sampled_from(TRANSFERS),
    debit_account_id=mostly(st.just(ZERO), *ACCOUNTS[:2]),
    credit_account_id=mostly(st.just(ZERO), *ACCOUNTS[:2]),
    amount=st.one_of(amounts, st.sampled_from([0, AMOUNT_MAX])),
    ledger=mostly(st.just(0), 840, 978),
    code=mostly(st.just(0), 1, 2),
    flags=st.sampled_from([4, 4, 4, 5, 8, 8, 9, 12, 6]),
    pending_id=mostly(st.sampled_from(TRANSFERS), ZERO, ID_MAX),
    timeout=mostly(st.just(0), 1),
    timestamp=st.just(0),
    **user_data,
)
batches = st.one_of(
    st.lists(accounts, min_size=1, max_size=6),
    st.lists(st.one_of(plain, settling), min_size=1, max_size=12),
    st.lists(st.one_of(plain, settling), min_size=1, max_size=12),
)
histories = st.lists(st.tuples(st.integers(0, 3 * NANOSECONDS), batches), min_size=1, max_size=12)


async def in_postgres(tx: Tx, now: int, batch: list[Account] | list[Transfer]) -> Any:
    if isinstance(batch[0], Account):
        return await ledger.create_accounts(tx, batch, now_ns=now)
    return await ledger.create_transfers(tx, batch, now_ns=now)


def in_memory(state: rules.State, now: int, batch: list[Account] | list[Transfer]) -> Any:
    rules.expire(state, now)
    if isinstance(batch[0], Account):
        results: Any = rules.create_accounts(state, batch, now)
    else:
        results = rules.create_transfers(state, batch, now)
    state.take()
    return results


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of history."""

    account_id: UUID
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    timestamp: int


HISTORY = Statement("history", "SELECT * FROM ledger.account_balance")


async def rows_of(tx: Tx) -> tuple[Any, ...]:
    known = await fetch_transfers(tx, SQL.load_transfers, ids=TRANSFERS)
    return (
        {one.id: one for one in await ledger.lookup_accounts(tx, ACCOUNTS)},
        {one.id: one for one, _ in known},
        {one.id: status for one, status in known if status is not None},
        set(await tx.scalars(SQL.load_failed, ids=TRANSFERS)),
        {astuple(one) for one in await tx.fetch(HISTORY, Noted)},
    )


def rows_in(state: rules.State) -> tuple[Any, ...]:
    return state.accounts, state.transfers, state.pending, state.failed, {tuple(one) for one in state.balances}


class Undo(Exception):
    """Ends an example: what it wrote is rolled back."""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
async def test_postgres_decides_and_keeps_what_the_rules_say(database: Database, history: list[Any]) -> None:
    """Any batches, chains, posts, voids, expiries, repeats: equal answers, equal rows, and the books balance."""
    state, now = rules.State(), START
    opening = [Account(one, 840, 1, flags) for one, flags in zip(ACCOUNTS, (0, 0, 8, 2), strict=False)]
    try:
        async with database.transaction() as tx:
            for later, batch in [(0, opening), *history]:
                now += later
                assert in_memory(state, now, batch) == await in_postgres(tx, now, batch)
            assert rows_in(state) == await rows_of(tx)
            assert [] == await ledger.check(tx)
            raise Undo
    except Undo:
        pass
