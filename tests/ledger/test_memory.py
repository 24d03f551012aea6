"""Deciding from memory: what it answers is what looking would answer, whatever happens between two batches."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database, GroupCommit, OutcomeUnknown, Statement
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Account, AccountFlags, Transfer, TransferFlags, memory, rules
from tuppence.ledger import CreateTransferStatus as T
from tuppence.ledger.actions import hold
from tuppence.ledger.memory import FromMemory
from tuppence.ledger.model import NANOSECONDS

USD = 840
BANK, SHOP, PURSE, NOTED = (UUID(int=n) for n in range(1, 5))
OPENING = [
    Account(BANK, USD, 1),
    Account(SHOP, USD, 1),
    Account(PURSE, USD, 1, AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS),
    Account(NOTED, USD, 1, AccountFlags.HISTORY),
]
WAITING = Statement("waiting", "SELECT count(*) FROM pg_locks WHERE NOT granted")
START = 1_700_000_000 * NANOSECONDS


class Ledger:
    """One process's callers; how often they had to take the ledger and look."""

    def __init__(self, database: Database) -> None:
        self.looks = 0
        self.memory = FromMemory(database)
        self.memory.now_ns = START
        self.database = database
        look = self.memory._look

        async def counted(
            known: memory.Known | None, batches: list[list[Transfer]]
        ) -> list[list[ledger.TransferResult]]:
            self.looks += 1
            return await look(known, batches)

        self.memory._look = counted  # type: ignore[method-assign,assignment]

    async def ask(self, *batch: Transfer) -> list[T]:
        return [one.status for one in (await self.memory([batch]))[0]]

    async def elsewhere(self, *batch: Transfer) -> list[T]:
        """Another process writes."""
        async with self.database.transaction() as tx:
            return [one.status for one in await ledger.create_transfers(tx, batch, now_ns=self.memory.now_ns)]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember as soon as two batches followed one another."""
    monkeypatch.setattr(memory, "QUIET", 1)


@pytest.fixture
async def warm(eager: None, database: Database) -> Ledger:
    """A process that has reached the point from which it need not look; there are 100 in the purse."""
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, OPENING, now_ns=START)
    process = Ledger(database)
    assert [T.CREATED] == await process.ask(move(BANK, PURSE, 60))
    assert [T.CREATED] == await process.ask(move(BANK, PURSE, 40))
    process.looks = 0
    return process


@pytest.fixture
def cut(server: Server, urls: Urls) -> Iterator[Callable[[str], int]]:
    """Terminate this database's backends of which something is true; how many."""
    with psycopg.connect(server.superuser_url, autocommit=True) as admin, psycopg.connect(urls.owner) as owner:
        name = owner.info.dbname

        def terminate(where: str) -> int:
            chosen = f"datname = '{name}' AND application_name = 'tuppence test' AND {where}"
            query = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {chosen}"
            return len(admin.execute(query.encode()).fetchall())

        yield terminate


def move(debit: UUID, credit: UUID, amount: int, **given: int | UUID) -> Transfer:
    return Transfer(uuid7(), debit, credit, amount, USD, 1)._replace(**given)  # type: ignore[arg-type]


async def test_a_quiet_ledger_is_not_looked_at(warm: Ledger) -> None:
    """Batches one after another: limits hold to the cent from one to the next, and nobody looks."""
    assert [T.CREATED, T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 60), move(PURSE, SHOP, 41))
    assert [T.CREATED] == await warm.ask(move(PURSE, NOTED, 40))
    assert [T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 1))
    assert [T.CREATED, T.CREATED] == await warm.ask(move(NOTED, PURSE, 3), move(PURSE, SHOP, 3))

    assert 0 == warm.looks


async def test_an_id_that_was_used_is_looked_up(warm: Ledger) -> None:
    """Memory holds no ids: one that is made or used up, by the batch before or long ago, is found before the write."""
    made, refused = move(PURSE, SHOP, 100), move(PURSE, SHOP, 1)
    assert [T.CREATED, T.EXCEEDS_CREDITS] == await warm.ask(made, refused)

    assert [T.EXISTS, T.CREATED] == await warm.ask(made, move(BANK, SHOP, 1))
    assert [T.CREATED, T.ID_ALREADY_FAILED] == await warm.ask(move(BANK, SHOP, 1), refused)
    assert [T.EXISTS_WITH_DIFFERENT_AMOUNT] == await warm.ask(made._replace(amount=7))
    assert 3 == warm.looks
    assert [T.CREATED] == await warm.ask(move(BANK, SHOP, 1))
    assert 3 == warm.looks


async def test_who_writes_meanwhile_is_seen(warm: Ledger) -> None:
    """Somebody else spends what memory believes is there: refused, looked at, and answered by what is there now."""
    assert [T.CREATED] == await warm.elsewhere(move(PURSE, SHOP, 100))
    assert [T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 100))
    assert [T.CREATED] == await warm.elsewhere(move(BANK, PURSE, 100))
    assert [T.CREATED] == await warm.ask(move(PURSE, SHOP, 100))
    assert 2 == warm.looks


async def test_where_two_write_memory_is_left_alone(warm: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once somebody else has written, nothing is tried in vain until it has been quiet for a while."""
    monkeypatch.setattr(memory, "QUIET", 3)
    tried: list[int] = []
    at_once = warm.database.at_once

    async def counted(statement: Statement, /, **parameters: Any) -> list[tuple[Any, ...]]:
        tried.append(warm.looks)
        return await at_once(statement, **parameters)

    monkeypatch.setattr(warm.database, "at_once", counted)
    for _ in range(5):
        await warm.elsewhere(move(BANK, SHOP, 1))
        for _ in range(3):
            assert [T.CREATED] == await warm.ask(move(BANK, SHOP, 1))
    assert [0] == tried

    for _ in range(3):
        assert [T.CREATED] == await warm.ask(move(BANK, SHOP, 1))
    assert [0, 16, 16] == tried


async def test_what_memory_does_not_know_is_looked_at(warm: Ledger) -> None:
    """Posts, imports and what has lapsed are for those who look; unknown accounts are read; then memory goes on."""
    held = move(PURSE, SHOP, 100, flags=TransferFlags.PENDING, timeout=1)
    assert [T.CREATED] == await warm.ask(held)
    assert [T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 1))
    assert [T.DEBIT_ACCOUNT_NOT_FOUND, T.CREATED] == await warm.ask(move(UUID(int=404), SHOP, 1), move(BANK, NOTED, 5))
    assert 0 == warm.looks

    warm.memory.now_ns = START + 1 * NANOSECONDS + 10
    assert [T.CREATED] == await warm.ask(again := move(PURSE, SHOP, 100, flags=TransferFlags.PENDING))
    assert [T.CREATED] == await warm.ask(Transfer(uuid7(), flags=8, pending_id=again.id))
    imported = move(BANK, SHOP, 1, flags=TransferFlags.IMPORTED, timestamp=START + 1 * NANOSECONDS + 5)
    assert [T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS] == await warm.ask(imported)
    assert 3 == warm.looks
    assert [T.CREATED] == await warm.ask(move(PURSE, SHOP, 100))
    assert 3 == warm.looks


async def test_memory_is_bounded(warm: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many accounts: all are forgotten and read again when they are named."""
    monkeypatch.setattr(memory, "MOST_KNOWN", 1)
    assert [T.CREATED] == await warm.ask(move(PURSE, SHOP, 99))
    assert [T.CREATED, T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 1), move(PURSE, SHOP, 1))
    assert 0 == warm.looks


# - what can happen on the way ----------------------------------------------------------------------------------------


async def _held_up(
    warm: Ledger, *batch: Transfer, behind: Sequence[Transfer] = ()
) -> "tuple[asyncio.Task[list[T]], Callable[[], Awaitable[None]]]":
    """A batch from memory that has been sent and waits for the ledger behind somebody else, and how to let it go on."""
    held, let_go = asyncio.Event(), asyncio.Event()

    async def take_it() -> None:
        async with warm.database.transaction() as tx:
            await hold(tx)
            await ledger.create_transfers(tx, behind, now_ns=warm.memory.now_ns)
            held.set()
            await let_go.wait()

    holder = asyncio.create_task(take_it())
    await held.wait()
    asking = asyncio.create_task(warm.ask(*batch))
    async with asyncio.timeout(5):
        await _somebody_waits(warm.database)

    async def go_on() -> None:
        let_go.set()
        await holder

    return asking, go_on


async def _somebody_waits(database: Database) -> None:
    while True:
        async with database.transaction(read_only=True) as tx:
            if await tx.scalars(WAITING) != [0]:
                return
        await asyncio.sleep(0.01)


async def test_a_lost_answer_is_unknown_and_nothing_is_built_on_it(warm: Ledger, cut: Callable[[str], int]) -> None:
    """The connection breaks while a batch is on its way: its callers hear that nobody knows, the next one looks."""
    lost = move(PURSE, SHOP, 100)
    asking, go_on = await _held_up(warm, lost)
    assert 1 == cut("wait_event_type = 'Lock'")
    with pytest.raises(OutcomeUnknown):
        await asking
    await go_on()

    assert [T.CREATED, T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 1), lost)
    assert 1 == warm.looks


async def test_a_batch_is_written_though_its_caller_is_gone(warm: Ledger) -> None:
    """Cancelled while it is on its way: it is written to the end, and the next one looks."""
    left = move(PURSE, SHOP, 100)
    asking, go_on = await _held_up(warm, left)
    asking.cancel()
    await asyncio.sleep(0)
    await go_on()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert [T.EXISTS, T.EXCEEDS_CREDITS] == await warm.ask(left, move(PURSE, SHOP, 1))
    assert 1 == warm.looks


async def test_the_next_is_decided_while_one_is_on_its_way(warm: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """On what that one leaves, to the cent; and nobody looks."""
    asking, go_on = await _held_up(warm, move(PURSE, SHOP, 70))
    decided: list[bool] = []
    decide = memory.Known.decide

    async def noted(known: memory.Known, *given: Any) -> memory.Ahead | None:
        batch = await decide(known, *given)
        decided.append(batch is not None)
        return batch

    monkeypatch.setattr(memory.Known, "decide", noted)
    second = asyncio.create_task(warm.ask(move(PURSE, SHOP, 30), move(PURSE, SHOP, 1)))
    third = asyncio.create_task(warm.ask(move(BANK, PURSE, 2), move(PURSE, SHOP, 3)))
    await asyncio.sleep(0)
    assert [True] == decided
    await go_on()

    assert [T.CREATED] == await asking
    assert [T.CREATED, T.EXCEEDS_CREDITS] == await second
    assert [T.CREATED, T.EXCEEDS_CREDITS] == await third
    assert 0 == warm.looks


async def test_what_was_decided_on_a_batch_falls_with_it(warm: Ledger, cut: Callable[[str], int]) -> None:
    """The next is decided on money that a lost batch would have brought, and somebody else's batch has taken that one's
    very time: the next is not sent, and looks."""
    asking, go_on = await _held_up(warm, move(BANK, PURSE, 100), behind=[move(BANK, SHOP, 1)])
    spent = asyncio.create_task(warm.ask(move(PURSE, BANK, 200)))
    await asyncio.sleep(0)
    assert 1 == cut("wait_event_type = 'Lock'")
    await go_on()
    with pytest.raises(OutcomeUnknown):
        await asking

    assert [T.EXCEEDS_CREDITS] == await spent
    assert 1 == warm.looks


async def test_who_is_cancelled_before_their_turn_leaves_nothing(warm: Ledger) -> None:
    """Decided and never sent: the next one is decided as if that had never been, and need not look."""
    first, go_on = await _held_up(warm, move(PURSE, BANK, 10))
    cancelled = asyncio.create_task(warm.ask(move(PURSE, BANK, 90)))
    await asyncio.sleep(0)
    cancelled.cancel()
    third = asyncio.create_task(warm.ask(move(PURSE, BANK, 90)))
    await asyncio.sleep(0)
    await go_on()

    assert [T.CREATED] == await first == await third
    assert 0 == warm.looks


async def test_what_was_decided_on_an_outdated_batch_is_decided_again(warm: Ledger) -> None:
    """Somebody else's write refuses the one that is on its way, which looks; the next is decided anew on that."""
    first, go_on = await _held_up(warm, move(PURSE, SHOP, 40), behind=[move(PURSE, SHOP, 60)])
    second = asyncio.create_task(warm.ask(move(PURSE, SHOP, 30)))
    await asyncio.sleep(0)
    await go_on()

    assert [T.CREATED] == await first
    assert [T.EXCEEDS_CREDITS] == await second


async def test_a_connection_that_broke_while_it_lay_idle_harms_nobody(warm: Ledger, cut: Callable[[str], int]) -> None:
    """The server ended our connections between two batches: another is taken, and the answer is an answer."""
    assert 0 < cut("state = 'idle'")

    assert [T.CREATED] == await warm.ask(move(PURSE, SHOP, 100))
    assert [T.EXCEEDS_CREDITS] == await warm.ask(move(PURSE, SHOP, 1))


async def test_two_processes_and_a_third_agree_with_the_rules(
    eager: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers over few accounts with limits: of one process, of two and a third that writes now and then, of the other.
    Put in the order of their times, the same batches get the same answers from the pure rules."""
    async with database.transaction() as tx:
        opened = await ledger.create_accounts(tx, OPENING)
        await ledger.create_transfers(tx, [first := move(BANK, PURSE, 500)])
    state = rules.State()
    assert opened == rules.create_accounts(state, OPENING, opened[-1].timestamp)
    played: list[tuple[list[Transfer], list[ledger.TransferResult]]] = []
    seen = [first]

    async def caller(seed: int, ask: Callable[[list[Transfer]], Awaitable[list[ledger.TransferResult]]]) -> None:
        dice = Random(seed)
        for _ in range(40):
            batch = [_any(dice) for _ in range(dice.randint(1, 3))]
            seen.extend(batch[1:])  # the first is nobody else's, so that its time tells the batch's
            batch += [dice.choice(seen)] if dice.random() < 0.15 else []
            played.append((batch, await ask(batch)))
            await asyncio.sleep(dice.choice([0, 0, 0, 0.002]))

    async def directly(batch: list[Transfer]) -> list[ledger.TransferResult]:
        await asyncio.sleep(0.02)
        async with database.transaction() as tx:
            return await ledger.create_transfers(tx, batch)

    remembered: list[int] = []
    write = FromMemory._write

    async def counted(*given: Any) -> list[list[ledger.TransferResult]]:
        results = await write(*given)
        remembered.append(len(results))
        return results

    monkeypatch.setattr(FromMemory, "_write", counted)
    one, other = (partial(GroupCommit(database), ledger.create_batches) for _ in range(2))
    for asks in ([one] * 8, [one] * 8 + [other] * 8 + [directly], [other] * 8):
        await asyncio.gather(*(caller(n, ask) for n, ask in enumerate(asks)))
    assert 40 < len(remembered)
    async with database.transaction(read_only=True) as tx:
        (kept,) = await ledger.lookup_transfers(tx, [first.id])
        accounts = await ledger.lookup_accounts(tx, [one.id for one in OPENING])
    rules.create_transfers(state, [first], kept.timestamp)
    for batch, results in sorted(played, key=lambda one: one[1][0].timestamp):
        ends_at = results[0].timestamp + len(batch) - 1
        assert results == rules.create_transfers(state, batch, ends_at), batch
    assert {one.id: one for one in accounts} == state.accounts


def _any(dice: Random) -> Transfer:
    debit, credit = dice.sample([BANK, SHOP, PURSE, NOTED], 2)
    flags = dice.choice([0, 0, 0, TransferFlags.PENDING, TransferFlags.BALANCING_DEBIT])
    return move(debit, credit, dice.randint(1, 80), flags=flags)
