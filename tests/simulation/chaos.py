"""A day of chaos: payments through real processes while answers are lost, doubled and late, everything is killed now
and then, banks send credits and take debits back, and the network's file has mistakes in it. Afterwards every cent has
a name.

`python -m tests.simulation.chaos --payments 10000` is the big one (`make chaos`); CI runs a small one. An answer counts
as lost after a second where there is nothing else to do, and later in proportion on a machine that is busy: otherwise
most of what is tried would be the machine's own slowness.
"""

import argparse
import asyncio
import json
import math
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from tests.simulation.house import PASSWORD, crowd_card, insist, quick_house

from tuppence import ledger, outbox
from tuppence.app.parts import policy, urls
from tuppence.cli.client import Friend
from tuppence.cli.house import RunningHouse
from tuppence.core import uuid7
from tuppence.db import Database, Statement
from tuppence.payments import disputes, reconciliation
from tuppence.payments.reconciliation import Break, Reconciler
from tuppence.rails.simulator import ControlRefused, control

PARTS = ("server", "worker", "vault", "simulator")
BINS = ("400011", "510012", "400014", "510016")  # exempt and regulated, fast and not
AT_REST = {"debit_failed", "available", "returned", "cancelled", "abandoned", "parked"}
MOVING = {"created", "debiting", "crediting", "returning"}
KINDS = {  # a fault of the network's file, and the break that it must be
    "missing": "missing",
    "duplicated": "duplicate",
    "cent_more": "amount",
    "cent_less": "amount",
    "currency": "currency",
}
MOVED = {  # what of a payment in this state really moved, by the banks' own books
    "available": {"debit": 1, "push": 1},
    "returned": {"debit": 1, "refund": 1},
    "parked": {"debit": 1},
}


@dataclass(frozen=True)
class Plan:
    """How much of everything. Odds are per thousand messages: 5 % of answers lost, 2 % doubled, 2 % late."""

    payments: int = 10_000
    pairs: int = 48  # a hundred people may sign up from one address before they are slowed down
    abreast: int = 3  # payments that a payer has on their way at once
    kills: int = 60
    return_permille: int = 10
    late_debits: int = 5
    chargebacks: int = 5
    odds: Mapping[str, int] = field(default_factory=lambda: {"silent": 25, "lost": 25, "twice": 20, "late": 20})
    seed: int = 20150317
    pace_seconds: float = 0.0  # between two payments of a pair, at most
    patience_seconds: float = 1_800


@dataclass
class Outcome:
    """What is known at the end, from both sides."""

    states: dict[UUID, str]
    moved: dict[UUID, Counter[str]]
    breaks: list[Break]
    faults: Counter[str]
    late_debits: int
    charged_back: int  # minor units
    disputed: int
    balances: dict[str, int]
    broken: list[Any]


def check_laws(sent: Mapping[UUID, int], end: Outcome) -> None:
    """No payment lost or stuck, none debited or credited twice, and no cent in a clearing account without a name."""
    assert set(sent) == set(end.states), "a payment that was acknowledged is not there, or one that nobody sent is"
    stuck = Counter(state for state in end.states.values() if state not in AT_REST)
    assert not stuck, f"stuck: {stuck}"
    wrong = {
        one: (state, end.moved[one]) for one, state in end.states.items() if end.moved[one] != MOVED.get(state, {})
    }
    assert not wrong, f"the banks moved something else: {list(wrong.items())[:3]}"
    assert not end.broken, "the books are not proven"
    open_breaks = [one for one in end.breaks if one.state == "open"]
    assert end.faults == Counter(one.kind for one in open_breaks), Counter(one.kind for one in open_breaks)
    late = [one for one in end.breaks if one.detail.get("leg") == "debit" and one.state == "explained"]
    assert end.late_debits <= len(late), "a debit that posted after its reversal has no break"
    assert end.charged_back == end.disputed, "a bank took something back that nobody disputes, or the other way round"
    assert end.charged_back == end.balances.get("chargeback_receivable", 0), "what banks took back stands nowhere"
    named: dict[str, int] = defaultdict(int)
    for one in open_breaks:
        named[one.account or ""] += one.amount_minor
    for account in ("card_clearing", "payout_clearing", "refund_clearing", "in_transit"):
        assert named[account] == end.balances.get(account, 0), f"{account} holds what no break names"


class Couple:
    """A payer and a payee, each with a card of the simulated crowd."""

    def __init__(self, house: RunningHouse, n: int) -> None:
        public, vault = house.settings.public_url, house.settings.vault_api_url
        self.payer = Friend(public, vault, f"Payer {n}", f"payer.{n}")
        self.payee = Friend(public, vault, f"Payee {n}", f"payee.{n}")
        self.cards = [crowd_card(2 * n + side, BINS[(n + side) % len(BINS)]) for side in (0, 1)]

    async def arrive(self) -> None:
        for friend, card in zip((self.payer, self.payee), self.cards, strict=True):
            await friend.sign_up(PASSWORD, "test")
            await friend.add_card(card)
        await self.payer.befriend(self.payee)

    async def pay(self, count: int, plan: Plan, sent: dict[UUID, int]) -> None:
        """Send, some at once, each until it is acknowledged."""
        dice, amounts = random.Random(self.payer.handle), iter(range(100, 100 + count))

        async def one_after_another() -> None:
            for amount_minor in amounts:
                await asyncio.sleep(dice.uniform(0, plan.pace_seconds))
                payment_id = uuid7()
                await insist(partial(self.payer.send, self.payee, amount_minor, payment_id=payment_id))
                sent[payment_id] = amount_minor

        await asyncio.gather(*(one_after_another() for _ in range(plan.abreast)))

    async def leave(self) -> None:
        await self.payer.close()
        await self.payee.close()


class Chaos:
    """One run in a house."""

    def __init__(self, house: RunningHouse, database: Database, plan: Plan) -> None:
        self.house, self.database, self.plan = house, database, plan
        self.port = house.settings.simulator_control_port
        self.dice = random.Random(plan.seed)
        self.killed: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.late_debits = self.returned = self.charged_back = 0
        self.sent: dict[UUID, int] = {}
        self.couples = [Couple(house, n) for n in range(plan.pairs)]
        self.began, self.seconds = time.monotonic(), dict[str, int]()
        self.ends = self.began + plan.patience_seconds

    async def run(self) -> tuple[dict[UUID, int], Outcome]:
        """Everybody arrives, pays, and waits until all is over; what was sent, and what came of it."""
        for some in range(0, len(self.couples), 8):
            await asyncio.gather(*(couple.arrive() for couple in self.couples[some : some + 8]))
        self.note("arrived")
        await self.ask("odds", permille=dict(self.plan.odds))
        killing = asyncio.create_task(self.kill_at_random())
        share, more = divmod(self.plan.payments, self.plan.pairs)
        paying = [one.pay(share + (n < more), self.plan, self.sent) for n, one in enumerate(self.couples)]
        await asyncio.gather(*paying)
        await killing
        self.note("sent")
        await self.until_calm()
        self.note("calm")
        await self.make_mistakes()
        await self.let_days_pass()
        self.note("over")
        for couple in self.couples:
            await couple.leave()
        return self.sent, await self.outcome()

    def note(self, stage: str) -> None:
        """How many seconds it took to come this far."""
        self.seconds[stage] = round(time.monotonic() - self.began)
        print(stage, self.seconds[stage], file=sys.stderr, flush=True)

    async def kill_at_random(self) -> None:
        """Crash a part, again and again, for as long as payments are made."""
        for n in range(self.plan.kills):
            due = (n + self.dice.random()) * self.plan.payments / self.plan.kills
            while len(self.sent) < due:  # noqa: ASYNC110 - many payers count it up
                await asyncio.sleep(0.1)
            await self.kill()

    async def kill(self) -> None:
        part = self.dice.choice(PARTS)
        self.killed[part] += 1
        await self.house.processes.kill(part)

    async def ask(self, do: str, **facts: Any) -> dict[str, Any]:
        """The simulator's control port, until it is there."""
        while True:
            try:
                return await control(self.port, do, **facts)
            except (OSError, json.JSONDecodeError):
                await asyncio.sleep(0.2)

    async def states(self) -> dict[UUID, str]:
        async with self.database.transaction(read_only=True) as tx:
            rows = await tx.fetch(Statement("test.states", "SELECT id, state FROM payments.payment"), _Row)
        return {row.id: row.state for row in rows}

    async def until_calm(self) -> None:
        """Until nothing moves by itself any more but what waits for time to pass."""
        while moving := MOVING & set((await self.states()).values()):
            assert time.monotonic() < self.ends, f"never calm: {moving}"
            await asyncio.sleep(0.5)

    # - mistakes -----------------------------------------------------------------------------------------------------

    async def statements(self) -> list[dict[str, Any]]:
        """Every decision of every bank."""
        found = (await self.ask("statements"))["statements"]
        return [line for lines in found.values() for line in lines]

    async def make_mistakes(self) -> None:
        """In the open day's file: each kind once for a debit and once for a push, and a line out of nothing; pushes
        that come back; reversed debits that post after all.
        """
        lines = [line for line in await self.statements() if line["code"] == "00"]
        states = await self.states()
        pushes = [one for one in lines if one["movement"] == "push" and states[UUID(one["payment"])] == "credited"]
        debits = [one for one in lines if one["movement"] == "debit" and not one["undone"]]
        undone = [one for one in lines if one["undone"] and states[UUID(one["payment"])] == "debit_failed"]
        for some in (pushes, debits, undone):
            self.dice.shuffle(some)
        for kind, name in KINDS.items():
            for some in (pushes, debits):
                await self.fault(kind, name, some)
        await self.ask("fault", kind="extra")
        self.faults["unknown_line"] += 1
        back = max(1, self.plan.payments * self.plan.return_permille // 1_000)
        for one in pushes[:back]:
            await self.ask("return", attempt=one["attempt"])
            self.returned += 1
        delivered = {one["payment"] for one in pushes[back:]}
        for one in [one for one in debits if one["payment"] in delivered][: self.plan.chargebacks]:
            await self.ask("charge_back", attempt=one["attempt"])
            self.charged_back -= one["amount_minor"]
        for one in undone[: self.plan.late_debits]:
            await self.ask("resurface", attempt=one["attempt"])
            self.late_debits += 1

    async def fault(self, kind: str, name: str, some: list[dict[str, Any]]) -> None:
        """About the first that the open day's file will tell of: a day may have ended meanwhile."""
        while True:
            try:
                await self.ask("fault", kind=kind, attempt=some.pop()["attempt"])
            except ControlRefused:
                continue
            self.faults[name] += 1
            return

    # - afterwards ---------------------------------------------------------------------------------------------------

    async def let_days_pass(self) -> None:
        """Until every payment has ended, and two days more, so that all is in a file; a crash now and then."""
        steps = [1, 1, 1, 2, 2, 7]  # days; first one by one, so that files, cases and returns come as they would
        after_the_end = 0
        while after_the_end < 3:
            assert time.monotonic() < self.ends, f"never ended: {Counter((await self.states()).values())}"
            after_the_end += set((await self.states()).values()) <= AT_REST
            body = {"advance_seconds": (steps.pop(0) if steps else 1) * 86_400 + 3_600}
            await insist(partial(self.couples[0].payer.call, "POST", "/v1/sandbox/clock", body))
            if self.plan.kills and self.dice.random() < 0.3:
                await self.kill()
            await self.until_read()
            await self.until_calm()

    async def until_read(self) -> None:
        """Until the banks know the time and the worker has read every file that there is, by itself."""
        async with self.database.transaction(read_only=True) as tx:
            now = await outbox.now(tx)
        while datetime.fromisoformat((await self.ask("now"))["now"]) < now - timedelta(hours=1):
            assert time.monotonic() < self.ends, "nobody tells the banks the time"
            await asyncio.sleep(0.2)
        read = Statement("test.read", "SELECT coalesce(max(sequence), 0) FROM payments.clearing_file")
        while True:
            there = len(list(self.house.settings.clearing_folder.glob("clearing-*.txt")))
            async with self.database.transaction(read_only=True) as tx:
                if (await tx.scalars(read))[0] == there:
                    return
            assert time.monotonic() < self.ends, "the worker reads no files"
            await asyncio.sleep(0.5)

    async def outcome(self) -> Outcome:
        settings = self.house.settings
        await Reconciler(self.database, settings.clearing_folder, policy(settings)).run()
        moved: dict[UUID, Counter[str]] = defaultdict(Counter)
        for line in await self.statements():
            if line["code"] == "00" and not line["undone"]:
                moved[UUID(line["payment"])][line["movement"]] += 1
        async with self.database.transaction(read_only=True) as tx:
            lines = await ledger.trial_balance(tx)
            breaks = await reconciliation.list_breaks(tx, ended=True)
            broken: Sequence[Any] = await ledger.check(tx)
            disputed = sum(one.amount_minor for one in await disputes.queue(tx) if one.kind == "chargeback")
        balances = {line.name: line.posted_minor + line.pending_minor for line in lines}
        return Outcome(
            states=await self.states(),
            moved=moved,
            breaks=breaks,
            faults=self.faults,
            late_debits=self.late_debits,
            charged_back=self.charged_back,
            disputed=disputed,
            balances=balances,
            broken=list(broken),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    state: str


def patience() -> int:
    """After how many seconds an answer counts as lost: one, or as many as there are others who want each processor."""
    return max(1, min(8, math.ceil(os.getloadavg()[0] / (os.cpu_count() or 1))))


async def chaos(plan: Plan) -> dict[str, Any]:
    """A run from nothing to the laws; its numbers. Raises AssertionError where one is broken."""
    answer_seconds = patience()
    async with quick_house(answer_seconds=answer_seconds) as house:
        database = await Database.open(urls(house.settings).app, name="chaos")
        run = Chaos(house, database, plan)
        try:
            sent, end = await run.run()
        finally:
            await database.close()
    check_laws(sent, end)
    return {
        "payments": len(sent),
        "states": Counter(end.states.values()),
        "killed": run.killed,
        "returned_by_banks": run.returned,
        "late_debits": run.late_debits,
        "charged_back_minor": run.charged_back,
        "answer_seconds": answer_seconds,
        "breaks_ended": Counter(f"{one.kind} {one.state}" for one in end.breaks if one.state != "open"),
        "breaks_open": end.faults,
        "balances": {name: minor for name, minor in end.balances.items() if minor},
        "seconds": run.seconds,
    }


def main() -> None:
    """Run the big one and print its numbers."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.chaos")
    for name, value in asdict(Plan()).items():
        if type(value) is int:
            parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value)
    print(json.dumps(asyncio.run(chaos(Plan(**vars(parser.parse_args())))), indent=2))


if __name__ == "__main__":
    main()
