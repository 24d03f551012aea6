import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tuppence import outbox
from tuppence.core import Failure, Kind
from tuppence.db import Database, Statement
from tuppence.db.embedded import Urls
from tuppence.outbox import DeadJob, Job, Later, Worker, worker
from tuppence.outbox.rules import MOST_ATTEMPTS

LEFT = Statement("left", "SELECT key FROM outbox.job ORDER BY key")
HURRY = Statement("hurry", "UPDATE outbox.job SET run_at = clock_timestamp() WHERE lease IS NULL")
TRIED = Statement("tried", "UPDATE outbox.job SET attempts = %(attempts)s")


class Broken(Failure):
    """It did not work. Nothing was written."""

    kind = Kind.UNAVAILABLE
    code = "broken"


class Handler:
    """Remembers its batches and answers what it is told to: by key, the answers one after the other; else done."""

    def __init__(self, **answers: list[Any]) -> None:
        self.batches: list[list[Job]] = []
        self._answers = answers

    async def __call__(self, jobs: Sequence[Job]) -> list[Any]:
        self.batches.append(list(jobs))
        answers = [(self._answers.get(job.key) or [None]).pop(0) for job in jobs]
        for answer in answers:
            if isinstance(answer, ZeroDivisionError):
                raise answer
        return answers

    @property
    def keys(self) -> list[list[str]]:
        return [sorted(job.key for job in batch) for batch in self.batches]


async def enqueue(database: Database, *jobs: Job) -> None:
    async with database.transaction() as tx:
        await outbox.enqueue(tx, jobs)


async def work(database: Database, handler: Any, **options: Any) -> int:
    return await Worker(database, {"test": handler}, **options).run(until_idle=True)


async def left(database: Database) -> list[str]:
    async with database.transaction() as tx:
        return await tx.scalars(LEFT)


async def dead(database: Database) -> list[DeadJob]:
    async with database.transaction() as tx:
        return await outbox.dead(tx)


async def hurry(database: Database) -> None:
    """Let every back-off be over."""
    async with database.transaction() as tx:
        await tx.execute(HURRY)


def job(key: str, **payload: Any) -> Job:
    return Job("test", key, payload)


async def test_jobs_run_after_the_commit_in_one_batch(database: Database) -> None:
    """What was committed runs, together; what was rolled back never was."""

    async def fail() -> None:
        async with database.transaction() as tx:
            await outbox.enqueue(tx, [job("dropped")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await enqueue(database, job("a", number=1), job("b"))
    handler = Handler()

    assert 2 == await work(database, handler)
    assert [["a", "b"]] == handler.keys
    assert {"number": 1} in [one.payload for one in handler.batches[0]]
    assert [] == await left(database)


async def test_asking_twice_is_asking_once(database: Database) -> None:
    """(kind, key) names the work: a repeat before it runs changes nothing but what it carries."""
    await enqueue(database, job("a", number=1), job("a", number=2))
    await enqueue(database, job("a", number=3))
    await enqueue(database, job("a", number=3))
    handler = Handler()
    await work(database, handler)

    assert [[job("a", number=3)]] == handler.batches


async def test_a_timer_fires_when_business_time_comes(database: Database) -> None:
    """Not before its time, on the dot after the clock moved, and moved or forgotten when that was asked for."""
    async with database.transaction() as tx:
        now = await outbox.now(tx)
        due = now + timedelta(days=1)
        await outbox.enqueue(tx, [Job("test", key, {}, due) for key in ("fires", "moves", "forgotten")])
        await outbox.enqueue(tx, [Job("test", "moves", {}, due + timedelta(days=1))])
        await outbox.forget(tx, "test", ["forgotten", "never was"])
    handler = Handler()
    assert 0 == await work(database, handler)

    async with database.transaction() as tx:
        assert [due] == await outbox.move_clock(tx, [due])
    await work(database, handler)

    assert [[Job("test", "fires", {}, due)]] == handler.batches
    assert ["moves"] == await left(database)


async def test_the_clock_goes_forward_only(database: Database) -> None:
    """Time that was seen is not taken back; the refusal says what time it is."""
    async with database.transaction() as tx:
        now = await outbox.now(tx)
        later, back = await outbox.move_clock(tx, [now + timedelta(days=3), now])
    assert now + timedelta(days=3) == later
    assert isinstance(back, outbox.ClockGoesForward)
    assert back.facts["now"] >= now + timedelta(days=3)
    async with database.transaction() as tx:
        assert timedelta(0) <= await outbox.now(tx) - (now + timedelta(days=3)) < timedelta(seconds=10)


async def test_a_worker_wakes_when_it_is_asked(database: Database) -> None:
    """A running worker starts a new job well before its next look around, and ends when told to, with all written."""
    handler = Handler()
    awake = Worker(database, {"test": handler})
    running = asyncio.create_task(awake.run())
    await asyncio.sleep(0.2)
    for number in range(5):
        await enqueue(database, job(f"n{number}"))
        async with asyncio.timeout(5):
            while len(handler.batches) <= number:  # noqa: ASYNC110 - a handler's memory is no event
                await asyncio.sleep(0.005)
    awake.stop()

    assert 5 == await running
    assert [] == await left(database)
    async with database.transaction() as tx:
        assert await outbox.worker_seen(tx) is not None


class NeverAgain(Worker):
    """A seeded bug: forgets that a job may have been asked for again while it ran."""

    async def _write_down(self, kind: str, batch: Any, results: Any) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(outbox.actions.SQL.finish, kind=kind, keys=[one.key for one in batch])


@pytest.mark.parametrize(("kind", "runs"), [(Worker, 2), (NeverAgain, 1)])
async def test_a_job_asked_for_while_it_runs_runs_again(database: Database, kind: type[Worker], runs: int) -> None:
    """The handler may have read the state before the new ask was written, so the ask is not lost: a worker that simply
    deletes what it ran is caught.
    """
    seen = []

    async def handler(jobs: Sequence[Job]) -> list[None]:
        seen.append([one.payload for one in jobs])
        if len(seen) == 1:
            await enqueue(database, job("a", number=2))
        return [None]

    await enqueue(database, job("a", number=1))
    await kind(database, {"test": handler}).run(until_idle=True)

    assert [[{"number": 1}], [{"number": 2}]][:runs] == seen
    assert [] == await left(database)


async def test_a_timer_that_sets_itself_again_stays(database: Database) -> None:
    """A handler may move its own timer: it is there afterwards, at the new time."""
    async with database.transaction() as tx:
        now = await outbox.now(tx)

    async def handler(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await outbox.enqueue(tx, [Job("test", "a", {}, now + timedelta(days=1))])
        return [None]

    await enqueue(database, Job("test", "a", {}, now))

    assert 1 == await work(database, handler)
    assert ["a"] == await left(database)


async def test_later_is_no_failure(database: Database) -> None:
    """A job that asks for patience gets it any number of times."""
    await enqueue(database, job("a"))
    handler = Handler(a=[Later(3600)] * (MOST_ATTEMPTS + 3))
    for _ in range(MOST_ATTEMPTS + 3):
        await work(database, handler)
        assert ["a"] == await left(database)
        await hurry(database)
    await work(database, handler)

    assert MOST_ATTEMPTS + 4 == len(handler.batches)
    assert [] == await left(database)
    assert [] == await dead(database)


async def test_a_refused_job_is_tried_again_then_put_aside_then_revived(database: Database) -> None:
    """A failure waits longer each time; the last one is a dead letter that names it, and can be sent again."""
    await enqueue(database, job("a", number=1))
    handler = Handler(a=[Broken()] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        assert [] == await dead(database)
        assert 1 == await work(database, handler)
        await hurry(database)

    (letter,) = await dead(database)
    assert ("test", "a", MOST_ATTEMPTS, "broken") == (letter.kind, letter.key, letter.attempts, letter.error)
    assert 0 == await work(database, handler)
    async with database.transaction() as tx:
        assert 1 == await outbox.revive(tx, "test", ["a", "never was"])
    assert 1 == await work(database, handler)
    assert [job("a", number=1)] == handler.batches[-1]
    assert ([], []) == (await left(database), await dead(database))


async def test_a_job_that_raises_does_not_spoil_its_batch(database: Database) -> None:
    """When a handler breaks on a batch its jobs are run one by one, and only the guilty one waits for another try."""
    await enqueue(database, job("a"), job("guilty"), job("z"))
    await work(database, Handler(guilty=[ZeroDivisionError(), ZeroDivisionError()]))

    assert ["guilty"] == await left(database)


async def test_a_handler_that_hangs_is_stopped_before_its_lease_ends(database: Database) -> None:
    """Nobody who is awake works on a job that another may take; its neighbours get through alone."""
    stopped = []

    async def handler(jobs: Sequence[Job]) -> list[None]:
        if any(one.key == "hangs" for one in jobs):
            try:
                await asyncio.sleep(60)
            finally:
                stopped.append(len(jobs))
        return [None for _ in jobs]

    await enqueue(database, job("fine"), job("hangs"))
    for _ in range(10):
        await work(database, handler, lease=timedelta(seconds=0.5))
        await hurry(database)
        if stopped[-1] == 1 and ["hangs"] == await left(database):
            break

    assert 2 == stopped[0]
    assert 1 == stopped[-1]
    assert ["hangs"] == await left(database)


async def test_a_slow_kind_holds_up_no_other(database: Database) -> None:
    """However much of one kind is under way, another kind's job starts at once."""
    release, quick = asyncio.Event(), asyncio.Event()

    async def slow(jobs: Sequence[Job]) -> list[None]:
        await release.wait()
        return [None for _ in jobs]

    async def fast(jobs: Sequence[Job]) -> list[None]:
        quick.set()
        return [None for _ in jobs]

    running = asyncio.create_task(Worker(database, {"slow": slow, "fast": fast}).run(until_idle=True))
    for number in range(10):
        await enqueue(database, Job("slow", f"n{number}"))
        await asyncio.sleep(0.02)
    await enqueue(database, Job("fast", "a"))
    async with asyncio.timeout(5):
        await quick.wait()
    release.set()

    assert 11 == await running


# - workers that die, freeze or are killed by what they do ------------------------------------------------------------


@asynccontextmanager
async def victim(urls: Urls, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    program = Path(__file__).with_name("worker_process.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), urls.app, *arguments, stdin=-1, stdout=-1, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def heard(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


async def work_until(database: Database, handler: Any, ran: int) -> None:
    """Work until so many jobs have run: a lease has to end first."""
    async with asyncio.timeout(10):
        while ran > 0:
            ran -= await work(database, handler)
            await asyncio.sleep(0.05)


async def test_a_job_whose_worker_was_killed_is_done_once_more(urls: Urls, database: Database) -> None:
    """kill -9 in the middle of a handler: nobody else takes the job while its lease lasts, and then somebody does."""
    await enqueue(database, job("a"))
    handler = Handler()
    async with victim(urls, "wait", "2") as process:
        assert "started a" == await heard(process)
        process.kill()
        await process.wait()
        assert 0 == await work(database, handler)

        await work_until(database, handler, 1)

    assert [["a"]] == handler.keys
    assert [] == await left(database)


class Careless(Worker):
    """A seeded bug: takes hold of a job and never renews that."""

    async def _renew(self) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize(("kind", "runs"), [(Worker, 1), (Careless, 2)])
async def test_a_long_handler_keeps_its_job(
    database: Database, monkeypatch: pytest.MonkeyPatch, kind: type[Worker], runs: int
) -> None:
    """Leases are short and renewed while their holder lives, even one that was told to stop; without that, another
    worker takes the job from a handler that is at work.
    """
    monkeypatch.setattr(worker, "_GRASP", timedelta(seconds=1))
    begun, started = asyncio.Event(), []

    async def long(jobs: Sequence[Job]) -> list[None]:
        started.append(jobs)
        begun.set()
        await asyncio.sleep(4)
        return [None]

    await enqueue(database, job("a"))
    first, second = kind(database, {"test": long}), Worker(database, {"test": long})
    working = [asyncio.create_task(first.run())]
    await begun.wait()
    first.stop()
    working.append(asyncio.create_task(second.run()))
    await asyncio.sleep(2.5)
    second.stop()
    await asyncio.gather(*working)

    assert runs == len(started)
    assert [] == await left(database)


@pytest.mark.parametrize(("variant", "kept"), [([], True), (["unfenced"], False)])
async def test_a_worker_that_froze_cannot_end_anothers_lease(
    urls: Urls, database: Database, variant: list[str], kept: bool
) -> None:
    """Stopped in its handler, overtaken, woken: what it writes then counts for nothing. A worker that does not look
    whether the lease is still its own is caught.
    """
    await enqueue(database, job("a"))
    taken, release = asyncio.Event(), asyncio.Event()

    async def second(jobs: Sequence[Job]) -> list[None]:
        taken.set()
        await release.wait()
        return [None for _ in jobs]

    async with victim(urls, "wait", "0.5", *variant) as process:
        assert "started a" == await heard(process)
        process.send_signal(signal.SIGSTOP)
        overtaking = asyncio.create_task(work_until(database, second, 1))
        async with asyncio.timeout(10):
            await taken.wait()
        process.send_signal(signal.SIGCONT)
        assert process.stdin is not None
        process.stdin.write(b"go on\n")
        assert "idle" == await heard(process)

        assert kept == (["a"] == await left(database))
        release.set()
        await overtaking
    assert [] == await left(database)


async def test_a_lease_ends_no_later_job_of_the_same_name(database: Database) -> None:
    """A job done and asked for anew is another row: whoever slept through both holds nothing of it."""
    asleep, wake, taken, release = (asyncio.Event() for _ in range(4))

    async def sleeper(jobs: Sequence[Job]) -> list[None]:
        asleep.set()
        await wake.wait()
        return [None]

    async def holder(jobs: Sequence[Job]) -> list[None]:
        taken.set()
        await release.wait()
        return [None]

    await enqueue(database, job("a"))
    frozen = Worker(database, {"test": sleeper})
    sleeping = asyncio.create_task(frozen.run())
    await asleep.wait()
    frozen.stop()
    async with database.transaction() as tx:
        await tx.execute(Statement("gone", "DELETE FROM outbox.job"))  # as if overtaken, and done by another
    await enqueue(database, job("a"))
    holding = asyncio.create_task(work(database, holder))
    await taken.wait()
    wake.set()
    await sleeping

    assert ["a"] == await left(database)
    release.set()
    await holding
    assert [] == await left(database)


async def test_a_job_that_kills_its_worker_is_found_and_put_aside(urls: Urls, database: Database) -> None:
    """A poison that aborts the process takes its batch along twice, then is run alone, then never again; the others
    get done.
    """
    await enqueue(database, job("innocent 1"), job("poison"), job("innocent 2"))
    batches = []
    for _ in range(12):
        async with victim(urls, "abort", "0.2") as process:
            while (line := await heard(process)).startswith("started"):
                batches.append(line)
            await process.wait()
        await asyncio.sleep(0.25)
        if await dead(database):
            break

    together = "started innocent 1 innocent 2 poison"
    assert [together, together] == batches[:2]
    assert 3 == batches.count("started poison")
    assert [("poison", "WorkerLost")] == [(letter.key, letter.error) for letter in await dead(database)]
    assert [] == await left(database)
