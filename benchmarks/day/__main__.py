"""`make bench-day`: the brief's day. A million payments of friends, advertisers and games are created, carried through
vault and card network, cleared and settled; time, memory, database and what a payment costs as there are more of them.

Everything runs as shipped: five processes and PostgreSQL with fsync, two of each message over TCP, each card opened
for each use. What is not: the payments are made by this process through the rooms' verbs, not over HTTP (`make bench`
measures that), the undo window is nought, and limits are out of the way.
"""

import argparse
import asyncio
import gc
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.simulation.house import quick_policy

from benchmarks import machine
from benchmarks.day.crowd import Crowd
from benchmarks.day.trade import Trade
from benchmarks.day.watch import Watch
from benchmarks.picture import Line, draw
from tuppence import ledger, outbox
from tuppence.app.parts import CLOCK_JOB, embedded, policy, urls
from tuppence.cli.house import RunningHouse, running_house, sandbox_settings
from tuppence.db import Database, Statement
from tuppence.db.embedded import DATABASE, Server
from tuppence.settings import Settings

MILLION = 1_000_000
PAIRS_LEAST = 4_000
EACH = 25  # payments of a pair: a game sells nobody more than some a day, and a person's limits look at their past
PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "day-curve.svg"
BATCH = 250
WAITING_MOST = 2_000  # payments under way at once: the rails set the pace
SHARES = {"friends": 20, "ads": 40, "games": 40}  # of a hundred payments
CLEARING = ("card_clearing", "payout_clearing", "refund_clearing")

_WAITING = Statement(
    "bench.waiting",
    "SELECT count(*) FROM (SELECT FROM outbox.job WHERE due_at <= (SELECT clock_timestamp() + ahead FROM outbox.clock)"
    " AND kind NOT IN ('sandbox.clock', 'payments.reconcile') ORDER BY due_at LIMIT 2 * %(most)s) AS waiting",
)
_SIZE = Statement("bench.size", "SELECT pg_database_size(current_database())")
_CHARGED = Statement("bench.charged", "SELECT state, count(*) FROM payments.charge GROUP BY state")
_SENT = Statement("bench.sent", "SELECT state, count(*) FROM payments.payment GROUP BY state")
_LINES = Statement("bench.lines", "SELECT coalesce(sum(lines), 0)::bigint FROM payments.clearing_file")


@dataclass
class Day:
    """One day in a house."""

    house: RunningHouse
    database: Database
    trade: Trade
    watch: Watch
    began: float = field(default_factory=time.monotonic)
    before: dict[str, float] = field(default_factory=dict)
    curve: list[tuple[int, float]] = field(default_factory=list)  # payments so far, milliseconds of processor for each

    async def run(self, payments: int) -> None:
        """All of it."""
        self.before = self.watch.cpu_seconds()
        spent, made = self._cpu(), 0
        for point in _points(payments):
            while made < point:
                made += await self.some(min(BATCH, point - made))
            await self.until_at_most(0)
            now = self._cpu()
            self.curve.append((made, (now - spent) / (made - (self.curve[-1][0] if self.curve else 0)) * 1000))
            spent = now
            self.say(f"{made:>9,} carried", f"{self.curve[-1][1]:.2f} ms of processor for each of the last")
        await self.settle()

    async def some(self, many: int) -> int:
        """Make payments of every kind, and wait while too many are under way."""
        friends, adverts = many * SHARES["friends"] // 100, many * SHARES["ads"] // 100
        await asyncio.gather(
            self.trade.send(friends), self.trade.advertise(adverts), self.trade.play(many - friends - adverts)
        )
        await self.until_at_most(WAITING_MOST)
        return many

    async def until_at_most(self, waiting: int) -> None:
        """Until no more than so many jobs are due."""
        while True:
            if await self.one(_WAITING, most=WAITING_MOST) <= waiting:
                return
            await asyncio.sleep(0.1)

    async def settle(self) -> None:
        """Let the business day end, and wait until the network's files are read and every clearing account is empty."""
        async with self.database.transaction() as tx:
            await outbox.move_clock(tx, [await outbox.now(tx) + timedelta(days=5)])
            await outbox.enqueue(tx, [outbox.Job(CLOCK_JOB, "banks")])
        while left := await self.unsettled():
            self.say("settling", str(left))
            await asyncio.sleep(5)
        self.say("settled", f"{await self.one(_LINES):,} lines of the network's files")

    async def unsettled(self) -> dict[str, int]:
        async with self.database.transaction(read_only=True) as tx:
            lines = await ledger.trial_balance(tx)
        held = {line.name: line.posted_minor + line.pending_minor for line in lines}
        return {name: held[name] for name in CLEARING if held.get(name)}

    async def one(self, statement: Statement, **given: int) -> int:
        async with self.database.transaction(read_only=True) as tx:
            return int((await tx.scalars(statement, **given))[0])

    async def report(self) -> None:
        seconds = time.monotonic() - self.began
        async with self.database.transaction(read_only=True) as tx:
            charged, sent = dict(await tx.rows(_CHARGED)), dict(await tx.rows(_SENT))
            broken = await ledger.check(tx)
        assert not broken, broken
        payments = sum(charged.values()) + sum(sent.values())  # bills of what was used meanwhile are one charge
        print(f"charges {charged}, sends {sent}; the books are proven")
        print(f"{payments:,} payments in {seconds / 60:.1f} minutes: {payments / seconds:,.0f} a second, settled")
        spent = ", ".join(
            f"{part} {(s - self.before.get(part, 0)) / payments * 1000:.2f}"
            for part, s in self.watch.cpu_seconds().items()
        )
        print(f"milliseconds of processor a payment: {spent}")
        print("most memory: " + ", ".join(f"{part} {mb:,.0f} MB" for part, mb in self.watch.most_mb.items()))
        size = await self.one(_SIZE)
        print(f"database {size / 2**30:.2f} GB, {size / payments:,.0f} bytes a payment")

    def say(self, what: str, told: str) -> None:
        print(f"{time.monotonic() - self.began:8.0f} s  {what:<20} {told}", flush=True)

    def _cpu(self) -> float:
        return sum(self.watch.cpu_seconds().values())


def _points(payments: int) -> list[int]:
    """Where the curve is looked at: 10 thousand, 30 thousand, 100 thousand, …, and the end."""
    steps = [step * 10**power for power in range(4, 7) for step in (1, 3)]
    return [*(step for step in steps if step < payments), payments]


def hurried(folder: Path) -> Path:
    """The shipped rules without undo and limits; a bank has its full time."""
    path = quick_policy(folder)
    text = path.read_text().replace("answer_seconds = 1 ", "answer_seconds = 20 ")
    path.write_text(text.replace("duplicate_seconds = 60 ", "duplicate_seconds = 0 "))
    return path


async def a_day(settings: Settings, server: Server, house: RunningHouse, payments: int, pairs: int) -> Day:
    crowd = Crowd(pairs)
    await crowd.arrive(settings, server.superuser_url.replace("/postgres?", f"/{DATABASE}?"))
    database = await Database.open(urls(settings).app, name="day")
    trade = Trade(database, crowd, policy(settings))
    await trade.open()
    try:
        with Watch(server) as watch:
            gc.freeze()  # as our processes do
            gc.set_threshold(20_000)
            day = Day(house, database, trade, watch)
            await day.run(payments)
            await day.report()
    finally:
        await database.close()
    return day


async def main(payments: int, pairs: int, *, picture: bool) -> None:
    print(f"a day of {payments:,} payments ({SHARES}): {machine.describe()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        folder = Path(name)
        settings = sandbox_settings(folder, free_ports=True, policy_file=hurried(folder))
        server = embedded(settings)
        assert server is not None
        try:
            async with running_house(settings, print) as house:
                day = await a_day(settings, server, house, payments, pairs)
        finally:
            await asyncio.to_thread(server.remove)
    if picture:
        points = [(float(made), round(ms, 3)) for made, ms in day.curve]
        title = "What a payment costs as the day goes on"
        PICTURE.write_text(draw(title, "payments so far", "ms of processor", [Line("all processes", points)]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.day")
    parser.add_argument("--payments", type=int, default=MILLION)
    parser.add_argument("--pairs", type=int, help=f"default: one for every {EACH} payments, {PAIRS_LEAST:,} at least")
    parser.add_argument("--picture", action="store_true", help="draw docs/pictures/day-curve.svg")
    given = parser.parse_args()
    pairs = given.pairs or max(PAIRS_LEAST, given.payments // EACH)
    asyncio.run(main(given.payments, pairs, picture=given.picture))
