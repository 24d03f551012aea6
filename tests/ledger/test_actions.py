"""The verbs on a real PostgreSQL: batches, callers at once, expiry, and what happens without the lock."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from contextvars import Context
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, GroupCommit, Statement, violated
from tuppence.ledger import Account, AccountFlags, Transfer, TransferFlags, deciding, rules
from tuppence.ledger import CreateAccountStatus as A
from tuppence.ledger import CreateTransferStatus as T
from tuppence.ledger.loading import load
from tuppence.ledger.model import NANOSECONDS, ZERO

USD = 840
BANK, SHOP, PURSE = (UUID(int=n) for n in (1, 2, 3))
LIMITED = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
LINKED, PENDING, POST, VOID = 1, 2, 4, 8


@pytest.fixture
async def books(database: Database) -> Database:
    """A bank and a shop without limits, and a purse with 100 in it that can't go below zero."""
    opened = [Account(BANK, USD, 1), Account(SHOP, USD, 1), Account(PURSE, USD, 1, LIMITED)]
    async with database.transaction() as tx:
        assert {A.CREATED} == {result.status for result in await ledger.create_accounts(tx, opened)}
        assert [T.CREATED] == statuses(await ledger.create_transfers(tx, [move(BANK, PURSE, 100)]))
    return database


def move(debit: UUID, credit: UUID, amount: int, **given: int | UUID) -> Transfer:
    return Transfer(uuid7(), debit, credit, amount, USD, 1)._replace(**given)  # type: ignore[arg-type]


def statuses(results: Sequence[ledger.TransferResult]) -> list[T]:
    return [result.status for result in results]


async def balance(database: Database, account: UUID) -> int:
    """What is credited more than debited, posted."""
    async with database.transaction(read_only=True) as tx:
        found = (await ledger.lookup_accounts(tx, [account]))[0]
    return found.credits_posted - found.debits_posted


async def test_a_repeat_after_the_commit_exists(books: Database) -> None:
    """The same batch again, as after a lost answer, moves nothing and tells the first time's timestamps."""
    batch = [move(PURSE, SHOP, 30), move(PURSE, SHOP, 80), move(BANK, SHOP, 1)]
    async with books.transaction() as tx:
        first = await ledger.create_transfers(tx, batch)
    async with books.transaction() as tx:
        again = await ledger.create_transfers(tx, batch)

    assert [T.CREATED, T.EXCEEDS_CREDITS, T.CREATED] == statuses(first)
    assert [T.EXISTS, T.ID_ALREADY_FAILED, T.EXISTS] == statuses(again)
    assert [first[0].timestamp, first[2].timestamp] == [again[0].timestamp, again[2].timestamp]
    assert 31 == await balance(books, SHOP)


async def test_real_time_is_nanoseconds_and_never_stands_still(books: Database) -> None:
    """Without a given time, timestamps are real time, and each batch is later than the one before."""
    before = time.time_ns()
    async with books.transaction() as tx:
        stamps = [(await ledger.create_transfers(tx, [move(BANK, SHOP, 1)]))[0].timestamp for _ in range(20)]

    assert before < stamps[0] < before + 60 * NANOSECONDS
    assert sorted(set(stamps)) == stamps


async def test_what_is_rolled_back_never_was(books: Database) -> None:
    """A transaction that fails later leaves no transfer, no used-up id and no time behind."""
    event = move(PURSE, SHOP, 100)
    with contextlib.suppress(ZeroDivisionError):
        async with books.transaction() as tx:
            assert [T.CREATED, T.EXCEEDS_CREDITS] == statuses(
                await ledger.create_transfers(tx, [event, move(PURSE, SHOP, 1)])
            )
            raise ZeroDivisionError
    async with books.transaction() as tx:
        assert [T.CREATED] == statuses(await ledger.create_transfers(tx, [event]))


async def test_a_batch_in_pieces_is_there_whole_or_not_at_all(books: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written two by two, no chain is cut, and what is given up after the last piece leaves nothing of the first."""
    monkeypatch.setattr(deciding, "PIECE", 2)
    chain = [move(PURSE, SHOP, 10, flags=LINKED), move(PURSE, SHOP, 10, flags=LINKED), move(PURSE, SHOP, 90)]
    batch = [move(PURSE, SHOP, 1), *chain, *(move(PURSE, SHOP, 20) for _ in range(5))]
    expected = [T.CREATED, T.LINKED_EVENT_FAILED, T.LINKED_EVENT_FAILED, T.EXCEEDS_CREDITS, *[T.CREATED] * 4]
    with contextlib.suppress(ZeroDivisionError):
        async with books.transaction() as tx:
            assert [*expected, T.EXCEEDS_CREDITS] == statuses(await ledger.create_transfers(tx, batch))
            raise ZeroDivisionError
    assert 100 == await balance(books, PURSE)

    async with books.transaction() as tx:
        assert [*expected, T.EXCEEDS_CREDITS] == statuses(await ledger.create_transfers(tx, batch))
    assert 19 == await balance(books, PURSE)


async def test_batches_of_several_callers_stay_apart(books: Database) -> None:
    """A chain left open by one caller fails alone, and does not swallow the next caller's transfer."""
    left_open = [move(BANK, SHOP, 1), move(BANK, SHOP, 1, flags=LINKED)]
    other = [move(BANK, SHOP, 5)]
    async with books.transaction() as tx:
        results = await ledger.create_batches(tx, [left_open, [], other])

    assert [[T.CREATED, T.LINKED_EVENT_CHAIN_OPEN], [], [T.CREATED]] == [statuses(one) for one in results]
    assert 6 == await balance(books, SHOP)


async def test_lapsed_transfers_are_let_go_by_whoever_comes_next(books: Database) -> None:
    """A reservation whose time is over no longer stands in anybody's way, and a quiet ledger can be swept."""
    now = time.time_ns()
    first, second = (move(PURSE, SHOP, 100, flags=PENDING, timeout=n) for n in (1, 1))
    async with books.transaction() as tx:
        assert [T.CREATED] == statuses(await ledger.create_transfers(tx, [first], now_ns=now))
        refused = await ledger.create_transfers(tx, [move(PURSE, SHOP, 1)], now_ns=now)
        taken = await ledger.create_transfers(tx, [second], now_ns=now + NANOSECONDS)
        await ledger.expire_transfers(tx, now_ns=now + 3 * NANOSECONDS)
        swept = (await ledger.lookup_accounts(tx, [PURSE]))[0]
        late = await ledger.create_transfers(tx, [Transfer(uuid7(), flags=POST, pending_id=second.id)])

    assert [T.EXCEEDS_CREDITS, T.CREATED] == statuses([*refused, *taken])
    assert 0 == swept.debits_pending
    assert [T.PENDING_TRANSFER_EXPIRED] == statuses(late)


async def test_a_history_told_late_is_no_defect(books: Database) -> None:
    """A transfer from before a lapse, imported after it, is noted with the balance of today; the check lets it pass."""
    now = time.time_ns()
    noted = Account(uuid7(), USD, 1, AccountFlags.HISTORY)
    async with books.transaction() as tx:
        await ledger.create_accounts(tx, [noted], now_ns=now)
        held = await ledger.create_transfers(tx, [move(noted.id, SHOP, 5, flags=PENDING, timeout=1)], now_ns=now + 1)
        await ledger.expire_transfers(tx, now_ns=now + 2 * NANOSECONDS)
        late = move(noted.id, SHOP, 7, flags=TransferFlags.IMPORTED, timestamp=held[0].timestamp + 100)
        imported = await ledger.create_transfers(tx, [late], now_ns=now + 3 * NANOSECONDS)
        history = await ledger.get_account_balances(tx, ledger.AccountFilter(noted.id))

    assert [T.CREATED, T.CREATED] == statuses([*held, *imported])
    assert [(5, 0), (0, 7)] == [(one.debits_pending, one.debits_posted) for one in history]


async def test_single_callers_share_a_commit(books: Database) -> None:
    """Sixty callers at once with one transfer each: the purse gives what it has, to whoever comes first."""
    together = GroupCommit(books)
    callers = [together(ledger.create_batches, [move(PURSE, SHOP, 5)]) for _ in range(60)]
    results = [result[0].status for result in await asyncio.gather(*callers)]

    assert {T.CREATED: 20, T.EXCEEDS_CREDITS: 40} == {one: results.count(one) for one in set(results)}
    assert (0, 100) == (await balance(books, PURSE), await balance(books, SHOP))


async def test_many_connections_over_hot_accounts(books: Database) -> None:
    """Six connections post, hold, release and overdraw at once: no deadlock, no overdraft, every answer true."""

    async def caller(seed: int) -> tuple[int, int]:
        random, out, back = Random(seed), 0, 0
        for _ in range(12):
            amount = random.randint(1, 30)
            batch = [
                move(PURSE, SHOP, amount),
                move(SHOP, PURSE, amount - 1, flags=LINKED),
                held := move(PURSE, SHOP, amount, flags=PENDING),
                Transfer(uuid7(), flags=random.choice([VOID, POST]), pending_id=held.id),
            ]
            async with books.transaction() as tx:
                done = await ledger.create_transfers(tx, batch)
            out += amount if done[0].status is T.CREATED else 0
            back += amount - 1 if done[1].status is T.CREATED else 0
        return out, back

    moved = await asyncio.gather(*(caller(seed) for seed in range(6)))
    left = 100 - sum(out for out, _ in moved) + sum(back for _, back in moved)

    assert left == await balance(books, PURSE) >= 0


async def spend_carelessly(database: Database, *, lie: bool) -> None:
    """The seeded bug: decide without taking the ledger, while somebody else spends the same money.

    To lie is to tell the door, besides, that one has seen what happened meanwhile.
    """
    peek = Statement(
        "peek",
        """SELECT c.last, NULL::bigint, false, a.id, a.ledger, a.flags, a.debits_pending, a.debits_posted,
            a.credits_pending, a.credits_posted, a.timestamp
        FROM ledger.clock AS c LEFT JOIN ledger.account AS a
        ON a.id = ANY(%(accounts)s::uuid[] || %(pending)s::uuid[] || %(transfers)s::uuid[])""",
    )
    event = move(PURSE, SHOP, 100)
    async with database.transaction() as tx:
        seen = await load(tx, [], [event], take=peek)
        state = deciding._state(seen)
        assert [T.CREATED] == statuses(rules.create_transfers(state, [event], time.time_ns()))
        await _in_another_task(database, move(PURSE, SHOP, 100))
        if lie:
            seen = await load(tx, [], [], take=peek)
        await deciding.write(tx, state.take(), seen=seen.last, last=max(state.last, seen.last))


async def test_without_the_lock_the_second_writer_is_refused(books: Database) -> None:
    """Two callers see 100 in the purse and both decide to spend it; the careless one can't write."""
    with pytest.raises(psycopg.errors.SerializationFailure):
        await spend_carelessly(books, lie=False)

    assert 0 == await balance(books, PURSE)


async def test_without_the_lock_and_the_clock_the_floor_holds(books: Database) -> None:
    """Careless and lying about what it saw: then the constraint on the account is the last net."""
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        await spend_carelessly(books, lie=True)

    assert "account_debits_within_credits" == violated(refused.value)
    assert 0 == await balance(books, PURSE)


async def _in_another_task(database: Database, event: Transfer) -> None:
    """Post it on another connection; a task of its own, since a transaction is open in this one."""

    async def post() -> None:
        async with database.transaction() as tx:
            assert [T.CREATED] == statuses(await ledger.create_transfers(tx, [event]))

    await asyncio.get_running_loop().create_task(post(), context=Context())


async def test_reads(books: Database) -> None:
    """Look-ups keep the order asked for and leave out what is missing; a payment's transfers come in order of time."""
    payment = uuid4()
    first, second = move(BANK, SHOP, 7, user_data_128=payment), move(SHOP, BANK, 3, user_data_128=payment)
    async with books.transaction() as tx:
        await ledger.create_transfers(tx, [first])
        await ledger.create_transfers(tx, [second, move(BANK, SHOP, 1, flags=PENDING)])
        found = await ledger.lookup_transfers(tx, [second.id, uuid4(), first.id])
        accounts = await ledger.lookup_accounts(tx, [SHOP, uuid4(), BANK])
        about = await ledger.transfers_about(tx, [payment])
        lines = await ledger.trial_balance(tx)

    assert [second.id, first.id] == [one.id for one in found]
    assert [SHOP, BANK] == [one.id for one in accounts]
    assert [first.id, second.id] == [one.id for one in about]
    assert (0, 0) == (sum(line.posted_minor for line in lines), sum(line.pending_minor for line in lines))


async def test_an_empty_batch_asks_nothing(books: Database) -> None:
    """Nothing in, nothing out."""
    async with books.transaction() as tx:
        assert [] == await ledger.create_transfers(tx, [])
        assert [] == await ledger.create_accounts(tx, [])
        assert [] == await ledger.lookup_accounts(tx, [])


async def test_a_transfer_of_everything_but_its_flags(books: Database) -> None:
    """A post that names nothing inherits everything, and is stored so."""
    about = uuid4()
    held = move(PURSE, SHOP, 40, flags=PENDING, user_data_128=about, user_data_64=2**64 - 1, user_data_32=2**32 - 1)
    post = Transfer(uuid7(), amount=25, flags=TransferFlags.POST_PENDING_TRANSFER, pending_id=held.id)
    async with books.transaction() as tx:
        await ledger.create_transfers(tx, [held])
        await ledger.create_transfers(tx, [post])
        stored = (await ledger.lookup_transfers(tx, [post.id]))[0]

    assert held._replace(id=post.id, amount=25, flags=POST, pending_id=held.id, timestamp=stored.timestamp) == stored
    assert ZERO != stored.debit_account_id
    assert 75 == await balance(books, PURSE)
