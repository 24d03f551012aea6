"""Reads with filters find what a loop over everything finds, in the same order."""

from random import Random
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from tuppence import ledger
from tuppence.db import Statement, Tx
from tuppence.db.embedded import Urls
from tuppence.ledger import Account, AccountFilter, QueryFilter, Transfer, rules
from tuppence.ledger.filters import LIMIT_MOST, TooMuchData
from tuppence.ledger.model import ID_MAX, NANOSECONDS, ZERO, AccountBalance

START = 1_700_000_000 * NANOSECONDS
ACCOUNTS = [UUID(int=n) for n in range(1, 6)]
DATA = [ZERO, UUID(int=77), UUID(int=78)]
DEBITS, CREDITS, REVERSED = 1, 2, 4


@pytest.fixture
async def state(tx: Tx, urls: Urls) -> rules.State:
    """Five accounts, three of them with HISTORY, and 120 transfers of all sorts: in PostgreSQL, and here.

    PostgreSQL believes that it has had nearly an era of transfers, so that a new one begins among them.
    """
    async with await AsyncConnection.connect(urls.owner, autocommit=True) as owner:
        await owner.execute("UPDATE ledger.clock SET transfers = (1 << 18) - 50")
    state, random = rules.State(), Random(1)
    opening = [
        Account(id_, 840, 1 + n % 2, 8 * (n < 3), user_data_128=DATA[n % 3], user_data_64=n % 2, user_data_32=n % 2)
        for n, id_ in enumerate(ACCOUNTS)
    ]
    await ledger.create_accounts(tx, opening, now_ns=START)
    rules.create_accounts(state, opening, START)
    held: list[Transfer] = []
    for n in range(1, 121):
        event = _event(random, n, held)
        now = START + n * NANOSECONDS // 4
        assert rules.create_transfers(state, [event], now) == await ledger.create_transfers(tx, [event], now_ns=now)
    return state


def _event(random: Random, n: int, held: list[Transfer]) -> Transfer:
    if held and random.random() < 0.2:
        return Transfer(UUID(int=1000 + n), flags=random.choice([4, 8]), pending_id=held.pop().id)
    debit, credit = random.sample(ACCOUNTS, 2)
    event = Transfer(
        *(UUID(int=1000 + n), debit, credit, random.randint(0, 9), 840, random.randint(1, 2), random.choice([0, 2])),
        user_data_128=random.choice(DATA),
        user_data_64=random.choice([0, 0, 2**64 - 1]),
        user_data_32=random.choice([0, 0, 32]),
    )
    if event.flags:
        held.append(event)
    return event


def has(row: Any, asked: Any) -> bool:
    """Whether a row has everything that a filter names."""
    names = {"user_data_128", "user_data_64", "user_data_32", "code", "ledger"} & set(asked._fields)
    alike = all(getattr(asked, name) in (0, ZERO, getattr(row, name)) for name in names)
    return alike and asked.timestamp_min <= row.timestamp <= (asked.timestamp_max or 2**63)


def directed(rows: list[Any], asked: Any, backwards: int) -> list[Any]:
    return sorted(rows, key=lambda row: row.timestamp, reverse=bool(backwards))[: asked.limit]


def of_account(state: rules.State, asked: AccountFilter) -> list[Transfer]:
    sides = {DEBITS: "debit_account_id", CREDITS: "credit_account_id"}
    wanted = [name for flag, name in sides.items() if asked.flags & flag]
    found = [
        one
        for one in state.transfers.values()
        if has(one, asked) and any(getattr(one, name) == asked.account_id for name in wanted)
    ]
    return directed(found, asked, asked.flags & REVERSED)


def noted(state: rules.State, asked: AccountFilter) -> list[AccountBalance]:
    known = {one.timestamp: one for one in state.balances if one.account_id == asked.account_id}
    return [known[one.timestamp] for one in of_account(state, asked) if one.timestamp in known]


def random_filter(random: Random) -> dict[str, Any]:
    times = [START + n * NANOSECONDS for n in (0, 5, 12, 25)]
    some = {
        "user_data_128": random.choice(DATA),
        "user_data_64": random.choice([0, 2**64 - 1, 1]),
        "user_data_32": random.choice([0, 32, 1]),
        "code": random.choice([0, 1, 2]),
        "timestamp_min": random.choice([0, *times]),
        "timestamp_max": random.choice([0, *times]),
    }
    given = {name: value for name, value in some.items() if random.random() < 0.4}
    return given | {"limit": random.choice([1, 3, 20, LIMIT_MOST])}


async def test_filters_find_what_a_loop_finds(tx: Tx, state: rules.State) -> None:
    """Any account filter and any query filter, in both directions, with any limit."""
    random = Random(2)
    for _ in range(150):
        given = random_filter(random)
        if given.get("timestamp_max") and given.get("timestamp_min", 0) > given["timestamp_max"]:
            given["timestamp_max"] = 0
        of_one = AccountFilter(random.choice(ACCOUNTS), **given, flags=random.choice([1, 2, 3, 5, 6, 7]))
        of_all = QueryFilter(**given, flags=random.choice([0, 1]), ledger=random.choice([0, 840, 978]))
        accounts = [one for one in state.accounts.values() if has(one, of_all)]
        transfers = [one for one in state.transfers.values() if has(one, of_all)]

        assert of_account(state, of_one) == await ledger.get_account_transfers(tx, of_one)
        assert noted(state, of_one) == await ledger.get_account_balances(tx, of_one)
        assert directed(transfers, of_all, of_all.flags) == await ledger.query_transfers(tx, of_all)
        assert directed(accounts, of_all, of_all.flags) == await ledger.query_accounts(tx, of_all)

    eras = Statement("eras", "SELECT DISTINCT era FROM ledger.transfer ORDER BY era")
    assert [0, 1] == await tx.scalars(eras)


async def test_an_invalid_filter_finds_nothing(tx: Tx, state: rules.State) -> None:
    """No error: there is just nothing that it could name."""
    account = AccountFilter(ACCOUNTS[0])
    wrong: list[dict[str, Any]] = [
        {"limit": 0},
        *({name: time} for name in ("timestamp_min", "timestamp_max") for time in (2**63, 2**64 - 2, 2**64 - 1)),
        {"timestamp_min": 9, "timestamp_max": 8},
        {"flags": 8},
    ]
    for given in [*wrong, {"flags": 0}, {"flags": REVERSED}, {"account_id": ZERO}, {"account_id": ID_MAX}]:
        assert [] == await ledger.get_account_transfers(tx, account._replace(**given)), given
        assert [] == await ledger.get_account_balances(tx, account._replace(**given)), given
    for given in [*wrong, {"flags": 2}]:
        assert [] == await ledger.query_accounts(tx, QueryFilter()._replace(**given)), given
        assert [] == await ledger.query_transfers(tx, QueryFilter()._replace(**given)), given
    assert [] != await ledger.get_account_transfers(tx, account)
    assert [] != await ledger.query_transfers(tx, QueryFilter(timestamp_max=2**63 - 1))


async def test_more_than_an_answer_holds_is_refused(tx: Tx) -> None:
    """The limit has a limit."""
    with pytest.raises(TooMuchData):
        await ledger.query_accounts(tx, QueryFilter(limit=LIMIT_MOST + 1))
    with pytest.raises(TooMuchData):
        await ledger.get_account_balances(tx, AccountFilter(ACCOUNTS[0], limit=LIMIT_MOST + 1))
