"""What the worker does for payments: fires timers, calls rails, writes down what they said.

A rail is called with no transaction open, for an attempt that is marked and committed. Whatever happens to us
between the call and the record, the job comes back and asks under the same id, which the vault answers from memory.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from tuppence.core import Leg, Policy
from tuppence.db import Database, GroupCommit
from tuppence.outbox import Handler, Job, Later
from tuppence.payments.banks.actions import READY
from tuppence.payments.cards.actions import ADDED
from tuppence.payments.sends import actions, queries
from tuppence.payments.sends.model import Answer, Attempt, Fate, Happening, Payment, Recorded
from tuppence.payments.sends.states import Event
from tuppence.payments.sends.writing import INQUIRE, USE
from tuppence.rails.card import Told, Use, VaultUnavailable

_TIMERS = (
    Event.WINDOW_OVER,
    Event.PROOF_TIMED_OUT,
    Event.REVIEW_REJECTED,
    Event.EXPIRE,
    Event.REMIND,
    Event.LATE,
    Event.INTERVAL_OVER,
)
AGAIN_SECONDS = 2.0
_STALE = timedelta(minutes=3)  # real time: a debit that could not be asked for by now is not asked for any more


class CardRail(Protocol):
    """What sending takes of `rails.card.VaultClient`."""

    async def use(self, asks: Sequence[Use]) -> list[Told]: ...
    def use_each(self, asks: Sequence[Use]) -> AsyncIterator[Told]: ...
    async def inquire(self, ids: Sequence[UUID]) -> list[Told]: ...


class Asked(Protocol):
    """An attempt with what its rail request says. Charges have theirs."""

    @property
    def attempt(self) -> Attempt: ...
    def is_stale(self, now: datetime) -> bool: ...
    def use(self) -> Use: ...


@dataclass(frozen=True, slots=True)
class Task:
    """An attempt with what its rail request says, as it stands in the database."""

    attempt: Attempt
    payment: Payment
    token: str

    def is_stale(self, now: datetime) -> bool:
        """Whether it is a debit that could not be asked for in time. `now` is real time."""
        return self.attempt.leg == Leg.DEBIT and now - self.attempt.recorded_at > _STALE

    def use(self) -> Use:
        return Use(
            id=self.attempt.id,
            kind=self.attempt.kind,
            token=self.token,
            amount_minor=self.payment.amount_minor,
            currency=self.payment.currency,
            payment_id=self.payment.id,
            of=self.attempt.of,
        )


Answers = AsyncIterator[tuple[UUID, Answer | Later]]
Call = Callable[[CardRail, Sequence[Asked]], Answers]
Record = Callable[[Recorded], Awaitable[object]]


def handlers(database: Database, together: GroupCommit, rail: CardRail, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""
    record = partial(actions.record, policy=policy)

    async def timers(event: Event, jobs: Sequence[Job]) -> list[None]:
        asks = [Happening(UUID(job.payload["payment_id"]), event, detail=_whom(job)) for job in jobs]
        async with database.transaction() as tx:
            await actions.happen(tx, asks, policy=policy)
        return [None for _ in jobs]

    async def cards_added(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await actions.card_added(tx, [UUID(job.key) for job in jobs], policy=policy)
        return [None for _ in jobs]

    async def banks_ready(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await actions.bank_ready(tx, [UUID(job.key) for job in jobs], policy=policy)
        return [None for _ in jobs]

    async def each(expected: Fate, call: Call, jobs: Sequence[Job]) -> Sequence[Later | BaseException | None]:
        """An attempt that is not as expected was seen to by somebody faster."""
        tasks = await _tasks(database, jobs, expected)
        return await call_and_record(call(rail, tasks), jobs, partial(together, record))

    return {
        USE: partial(each, Fate.LIVE, use),
        INQUIRE: partial(each, Fate.UNKNOWN, inquire),
        ADDED: cards_added,
        READY: banks_ready,
        **{f"payments.{event}": partial(timers, event) for event in _TIMERS},
    }


async def call_and_record(
    answers: Answers, jobs: Sequence[Job], record: Record
) -> Sequence[Later | BaseException | None]:
    """Record each answer when it comes: a bank that takes its time must not hold up the others' records."""

    async def beat(attempt_id: UUID, answer: Answer | Later) -> Later | None:
        if isinstance(answer, Later):
            return answer
        await record(Recorded(attempt_id, answer))
        return None

    beats: dict[UUID, asyncio.Task[Later | None]] = {}
    try:
        async for one, answer in answers:
            beats[one] = asyncio.create_task(beat(one, answer))
    finally:
        await asyncio.gather(*beats.values(), return_exceptions=True)
    return [_ended(beats.get(UUID(job.key))) for job in jobs]


async def use(rail: CardRail, tasks: Sequence[Asked]) -> Answers:
    """Ask for the attempts. When the vault is away, a credit waits for it, but a debit only for a moment: nobody wants
    to be debited an hour after they looked. What the vault will not send, ever, it has declined.
    """
    late = {task.attempt.id for task in tasks if task.is_stale(datetime.now(UTC))}
    for one in late:
        yield one, Answer("unknown")
    waiting = {task.attempt.id: task.use() for task in tasks if task.attempt.id not in late}
    try:
        async for told in rail.use_each(list(waiting.values())):
            del waiting[told.attempt_id]
            refused = told.state == "refused"
            yield told.attempt_id, Answer("declined", decline_code="invalid_card") if refused else answer_of(told)
    except VaultUnavailable:
        for one in waiting:
            yield one, Later(AGAIN_SECONDS)


async def inquire(rail: CardRail, tasks: Sequence[Asked]) -> Answers:
    """Ask what became of the attempts. What the vault never heard of it will never send, now that we asked."""

    async def ask(one: UUID) -> tuple[UUID, Answer | Later]:
        try:
            told = (await rail.inquire([one]))[0]
        except VaultUnavailable:
            return one, Later(AGAIN_SECONDS)
        return one, Answer("never_sent") if told.state == "refused" else answer_of(told)

    for asked in asyncio.as_completed([ask(task.attempt.id) for task in tasks]):
        yield await asked


def answer_of(told: Told) -> Answer | Later:
    """The vault's words in ours; while it waits for the network itself, so do we."""
    if told.state == "sent":
        return Later(AGAIN_SECONDS)
    trace, at = told.trace or told.rrn, told.network_at
    return Answer(told.state, told.decline_code, told.approval, trace, told.fast_funds, told.rrn, at)


async def _tasks(database: Database, jobs: Sequence[Job], expected: Fate) -> list[Task]:
    """The attempts that jobs name, as far as they are still as expected, with what their requests say."""
    async with database.transaction(read_only=True) as tx:
        ids = sorted({UUID(job.payload["payment_id"]) for job in jobs})
        payments = await queries.payments(tx, ids)
        attempts = [one for tried in (await queries.attempts(tx, ids)).values() for one in tried]
        cards = await queries.cards(tx, [one.card_id for one in attempts if one.card_id])
    asked = {UUID(job.key) for job in jobs}
    return [
        Task(one, payments[one.payment_id], cards[one.card_id].token)
        for one in attempts
        if one.id in asked and one.card_id and one.fate == expected
    ]


def _ended(beat: asyncio.Task[Later | None] | None) -> Later | BaseException | None:
    """How a job went; one that there was nothing to do for is done."""
    if beat is None:
        return None
    return beat.exception() or beat.result()


def _whom(job: Job) -> dict[str, str]:
    """Of a reminder: who is reminded, and of what."""
    tag: str = job.payload["tag"]
    return {"whom": tag.partition(":")[0]} if tag else {}
