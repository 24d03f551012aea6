"""The whole house under `kill -9`: real processes, real sockets, a real database, banks that misbehave."""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from functools import partial
from typing import Any
from uuid import UUID

from tests.simulation.house import PASSWORD, crowd_card, insist, quick_house

from tuppence import ledger
from tuppence.app.parts import urls
from tuppence.cli.client import Friend
from tuppence.cli.house import RunningHouse
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.rails.simulator.control import control

PAIRS = 10
PAYMENTS_A_PAIR = 20
KILLS = 8
PACE_SECONDS = 1.2  # between two payments of a pair: a killed process is back in about three seconds
PATIENCE_SECONDS = 240
BUSY = {"created", "debiting", "crediting", "returning", "debit_unknown"}
PARTS = ("server", "worker", "vault", "simulator")
HABITS: list[dict[str, Any]] = [  # of payers' cards, pair by pair; the rest are ordinary
    {"debit": "silent"},
    {"debit": "late"},
    {"debit": "51"},
    {"debit": "lost", "unanswered_reversals": 2},
    {"debit": "slow", "slow_s": 0.3},
]
PAYEE_HABITS: list[dict[str, Any]] = [{}, {}, {}, {}, {}, {"push": "silent"}, {"push": "57"}, {"push": "lost"}]
ENDS = {"debit_failed", "available", "returned", "cancelled", "abandoned", "parked"}


class Couple:
    """A payer and a payee, each with a card of their own."""

    def __init__(self, house: RunningHouse, n: int) -> None:
        public, vault = house.settings.public_url, house.settings.vault_api_url
        self.payer = Friend(public, vault, f"Payer {n}", f"payer.{n}")
        self.payee = Friend(public, vault, f"Payee {n}", f"payee.{n}")
        self.cards = (crowd_card(2 * n), crowd_card(2 * n + 1))
        self.habits = (HABITS[n] if n < len(HABITS) else {}, PAYEE_HABITS[n] if n < len(PAYEE_HABITS) else {})

    async def arrive(self, control_port: int) -> None:
        for friend, card, habits in zip((self.payer, self.payee), self.cards, self.habits, strict=True):
            await friend.sign_up(PASSWORD, "test")
            await friend.add_card(card)
            if habits:
                await control(control_port, "set", number=card["number"], habits=habits)
        await self.payer.befriend(self.payee)

    async def pay(self) -> dict[UUID, int]:
        """Send payments for as long as things are killed, each until it is acknowledged; ids and amounts."""
        sent, dice = {}, random.Random(self.payer.handle)
        for n in range(PAYMENTS_A_PAIR):
            await asyncio.sleep(dice.uniform(0, 2 * PACE_SECONDS))
            payment_id, amount_minor = uuid7(), 100 + n
            await insist(partial(self.payer.send, self.payee, amount_minor, payment_id=payment_id))
            sent[payment_id] = amount_minor
        return sent

    async def states(self) -> dict[UUID, str]:
        """The state of every payment of the payer."""
        page = await insist(lambda: self.payer.call("GET", "/v1/payments?filter=sent&limit=100"))
        return {UUID(one["id"]): one["state"] for one in page["data"]}


async def kill_at_random(house: RunningHouse, seed: int) -> None:
    """Crash a part, again and again."""
    dice = random.Random(seed)
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(0.1, 0.8))
        await house.processes.kill(dice.choice(PARTS))


async def let_time_pass(couples: list[Couple]) -> None:
    """Until every payment has ended: give what runs a few seconds, then move the sandbox's clock a day ahead."""
    ends = time.monotonic() + PATIENCE_SECONDS
    for tick in itertools.count(1):
        states = [state for couple in couples for state in (await couple.states()).values()]
        if set(states) <= ENDS:
            return
        assert time.monotonic() < ends, f"never ended: {Counter(states)}"
        await asyncio.sleep(0.5)
        if tick % 6 == 0 or not BUSY & set(states):
            body = {"advance_seconds": 86_400 + 3_600}
            await insist(partial(couples[0].payer.call, "POST", "/v1/sandbox/clock", body))


async def test_kill_minus_nine_loses_nothing_and_moves_nothing_twice() -> None:
    """200 payments while server, worker, vault and simulator are killed at random: every acknowledged payment is there
    once and ends, the banks moved exactly what our states say, and the books balance."""
    async with quick_house() as house:
        couples = [Couple(house, n) for n in range(PAIRS)]
        for couple in couples:
            await couple.arrive(house.settings.simulator_control_port)

        killing = asyncio.create_task(kill_at_random(house, seed=20150317))
        sent = await asyncio.gather(*(couple.pay() for couple in couples))
        await killing
        await let_time_pass(couples)

        expected: dict[str, int] = defaultdict(int)
        for couple, acknowledged in zip(couples, sent, strict=True):
            states = await couple.states()
            assert set(acknowledged) == set(states)
            for payment_id, amount_minor in acknowledged.items():
                taken = states[payment_id] in {"available", "parked"}
                expected[couple.cards[0]["number"][-4:]] -= amount_minor if taken else 0
                expected[couple.cards[1]["number"][-4:]] += amount_minor if states[payment_id] == "available" else 0

        accounts = (await control(house.settings.simulator_control_port, "accounts"))["accounts"]
        moved = {account["masked"][-4:]: account["moved_minor"] for account in accounts}
        assert dict(expected) == {
            last4: moved.get(last4, 0) for last4 in expected
        }  # a card that never moved is unknown

        database = await Database.open(urls(house.settings).app, name="test")
        async with database.transaction(read_only=True) as tx:
            assert await ledger.check(tx) == []
            balances = {line.name: line.posted_minor + line.pending_minor for line in await ledger.trial_balance(tx)}
        await database.close()
        assert balances.get("in_transit", 0) == 0
        for couple in couples:
            await couple.payer.close()
            await couple.payee.close()
