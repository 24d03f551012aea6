"""Many at once, and dying on the way: what must hold when transactions overlap and processes stop between steps."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.payments.conftest import House

from tuppence import outbox, payments
from tuppence.core import Failure
from tuppence.db import Database, GroupCommit, Statement, Tx
from tuppence.outbox import Worker
from tuppence.payments import errors
from tuppence.payments.sends import actions, queries
from tuppence.payments.sends.model import Answer, Happening, Recorded
from tuppence.payments.sends.plan_send import Created, plan_sends
from tuppence.payments.sends.states import TERMINAL, Event, State
from tuppence.rails.card import Told, Use


@pytest.mark.parametrize("grouped", [True, False])
async def test_a_limit_lets_through_exactly_what_it_allows(house: House, grouped: bool) -> None:
    """Fifty of one id and fifty others of $10 against $300, released together: thirty payments, no more, no fewer."""
    same = house.ask(amount_minor=1_000)
    asks = [same] * 50 + [house.ask(amount_minor=1_000) for _ in range(50)]
    together = GroupCommit(house.database, most=256 if grouped else 1)
    results = await asyncio.gather(*(together(house.sending, ask) for ask in asks), return_exceptions=True)

    payments_made = {one["id"] for one in results if isinstance(one, dict)}
    assert {dict, errors.LimitExceeded} == {type(one) for one in results}
    assert 30 == len(payments_made)
    assert str(same.id) not in payments_made or 50 == sum(one["id"] == str(same.id) for one in results[:50])  # type: ignore[index]
    assert 30_000 == (await house.used())["day"]


async def test_two_that_do_not_both_fit(house: House) -> None:
    """Each fits alone; with both begun before either commits, one is refused."""
    assert [1, 1] == await two_at_once(house, payments.send)


async def test_seeded_bug_a_lock_taken_after_reading(house: House) -> None:
    """The same two with the lock taken too late: both pass, which is what the test above would notice."""

    async def careless(tx: Tx, asks: Sequence[payments.Send], *, policy: Any) -> list[payments.View | Failure]:
        now, real_now = await outbox.now(tx), datetime.now(UTC)
        facts = await queries.send_facts(tx, asks, now=now, policy=policy)
        await asyncio.sleep(0.2)
        await queries.lock_wallets(tx, [ask.payer for ask in asks])
        plans = plan_sends(asks, facts, now=now, real_now=real_now, policy=policy)
        created = [plan for plan in plans if isinstance(plan, Created)]
        views = await actions._create(tx, created, now=now, real_now=real_now, policy=policy)
        return list(views.values())

    assert [2, 0] == await two_at_once(house, careless)


async def two_at_once(house: House, verb: Any) -> list[int]:
    """How many of two sends of $200 passed, and how many were refused, in transactions that overlap."""

    async def one() -> payments.View | Failure:
        async with house.database.transaction() as tx:
            result: payments.View | Failure = (await verb(tx, [house.ask(amount_minor=20_000)], policy=house.policy))[0]
            await asyncio.sleep(0.1)  # so that the other has begun before this commits
            return result

    results = await asyncio.gather(one(), one())
    return [sum(isinstance(result, kind) for result in results) for kind in (dict, errors.LimitExceeded)]


@pytest.mark.parametrize("first", ["cancel", "timer", "together"])
async def test_undo_against_the_clock(house: House, first: str) -> None:
    """Whoever commits first wins; the payment is cancelled and never called for, or is debited and the tap told so."""
    sent = await house.send()
    house.together = GroupCommit(house.database)

    async def tap() -> str:
        try:
            return str((await house.act(sent, house.ann, "cancel"))["state"])
        except errors.PaymentMovedOn as moved:
            return f"moved on: {moved.facts['payment']['state']}"

    if first == "timer":
        await happen(house, sent, Event.WINDOW_OVER)
    if first == "together":
        told, _ = await asyncio.gather(tap(), happen(house, sent, Event.WINDOW_OVER))
    else:
        told = await tap()
    await house.work(after=timedelta(seconds=6))

    state = (await house.see(sent, house.ann))["state"]
    assert (told, state, len(house.bank.asked)) in {
        ("cancelled", "cancelled", 0),
        ("moved on: debiting", "credited", 2),
    }
    assert first != "timer" or told == "moved on: debiting"
    assert first != "cancel" or told == "cancelled"


async def test_accept_against_expiry(house: House) -> None:
    """Many times together: the money goes one way, and the loser is told which."""
    waiting = [await house.send(amount_minor=n) for n in range(1, 11)]
    await house.do(payments.cards.change, [payments.cards.Change(await bobs_card(house), house.bo, receives=False)])
    await house.work(after=timedelta(seconds=6))
    await house.do(payments.cards.change, [payments.cards.Change(await bobs_card(house), house.bo, receives=True)])

    async def accept(sent: payments.View) -> bool:
        async with house.database.transaction() as tx:
            act = payments.Act(UUID(sent["id"]), house.bo, "accept")
            return isinstance((await payments.act(tx, [act], policy=house.policy))[0], dict)

    pairs = [asyncio.gather(accept(one), happen(house, one, Event.EXPIRE)) for one in waiting]
    accepted = [(await pair)[0] for pair in pairs]
    await house.work()

    ends = [(await house.see(one, house.ann))["state"] for one in waiting]
    assert ["credited" if one else "returned" for one in accepted] == ends
    moved = Counter(house.bank.moved("push") + house.bank.moved("refund"))
    assert dict.fromkeys((UUID(one["id"]) for one in waiting), 1) == moved


async def test_an_answer_that_is_recorded_many_times_counts_once(house: House) -> None:
    """Eight recordings of the same acceptance at the same time: one step, one booking."""
    sent = await house.send()
    await happen(house, sent, Event.WINDOW_OVER)
    async with house.database.transaction() as tx:
        (attempt,) = (await queries.attempts(tx, [UUID(sent["id"])]))[UUID(sent["id"])]

    async def record() -> None:
        async with house.database.transaction() as tx:
            await payments.record(tx, [Recorded(attempt.id, Answer("accepted"))] * 2, policy=house.policy)

    await asyncio.gather(*(record() for _ in range(8)))
    seen = await house.see(sent, house.ann)
    assert ("crediting", 3) == (seen["state"], seen["version"])


class Fragile(Database):
    """A database whose user dies now and then: just before a commit, or just after."""

    def __init__(self, whole: Database, random: Random) -> None:
        self._whole, self._random = whole, random

    @asynccontextmanager
    async def transaction(self, **how: Any) -> AsyncIterator[Tx]:
        dies = self._random.choice(["no", "no", "no", "no", "before", "after"])
        async with self._whole.transaction(**how) as tx:
            yield tx
            if dies == "before":
                raise ConnectionAbortedError
        if dies == "after":
            raise ConnectionAbortedError


@pytest.mark.parametrize("seed", range(2))
async def test_dying_between_any_two_steps_moves_no_cent_twice(house: House, seed: int) -> None:
    """Commits and calls that end in nobody knows what, for payments of every fate: each ends where the bank says."""
    random = Random(seed)
    fates = ["accept", "insufficient_funds", "silent"]
    sent = []
    for n in range(6):
        card = await house.add_card(house.ann, f"card {n}", kept=False)
        house.bank.fates[f"debit card {n}"] = fates[n % 3]
        house.bank.fates[f"refund card {n}"] = random.choice(["accept", "accept", "silent"])
        view = await house.send(amount_minor=n + 1, card_id=card)
        sent.append(UUID(view["id"]))
    house.bank.fates["push bob's"] = "cannot_receive"

    async def dies_after_acting() -> None:
        if random.random() < 0.2:
            raise ConnectionAbortedError

    house.bank.before = dies_after_acting
    handlers = payments.jobs.handlers(
        Fragile(house.database, random), GroupCommit(Fragile(house.database, random)), house.bank, house.policy
    )
    for _ in range(60):
        async with house.database.transaction() as tx:
            await tx.execute(HURRY)
            now = await outbox.now(tx)
            await outbox.move_clock(tx, [now + timedelta(days=2)])
        answer_the_silent(house)
        with capture_logs():  # of every death, with its traceback
            await Worker(house.database, handlers).run(until_idle=True)
        async with house.database.transaction() as tx:
            ends = [one["state"] for one in await payments.views(tx, house.ann, list(sent), policy=house.policy)]
        if set(ends) <= TERMINAL:
            break

    moved = {kind: Counter(house.bank.moved(kind)) for kind in ("debit", "push", "refund")}
    assert Counter({State.RETURNED: 2, State.DEBIT_FAILED: 4}) == Counter(ends)
    assert {1} == set(moved["debit"].values())
    assert moved["debit"] == moved["refund"]
    assert not moved["push"]


HURRY = Statement("test.hurry", "UPDATE outbox.job SET run_at = '-infinity'")


def answer_the_silent(house: House) -> None:
    """A debit's reversal is acknowledged; a refund turns out to have been accepted."""
    kinds: dict[UUID, Use] = {one.id: one for one in house.bank.asked}
    for attempt, told in house.bank.known.items():
        if told.state == "unknown":
            state = "reversed" if kinds[attempt].kind == "debit" else "accepted"
            house.bank.known[attempt] = Told(attempt, state)


async def happen(house: House, sent: payments.View, event: Event) -> None:
    async with house.database.transaction() as tx:
        await actions.happen(tx, [Happening(UUID(sent["id"]), event)], policy=house.policy)


async def bobs_card(house: House) -> UUID:
    return UUID((await house.cards(house.bo))[0]["id"])
