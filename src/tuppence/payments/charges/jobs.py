"""What the worker does for charges: calls the rail, writes down what it said.

The rail is called with no transaction open, for attempts that are marked and committed. Whatever happens to us between
the call and the record, the job comes back and asks under the same id, which the vault answers from memory.

Attempts go to the vault in batches, those of one bank together: a bank that takes its time holds up its own only.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from tuppence.core import Leg, Policy
from tuppence.db import Database, GroupCommit
from tuppence.outbox import Handler, Job, Later
from tuppence.payments.cards import queries as wallets
from tuppence.payments.charges import actions, queries
from tuppence.payments.charges.model import Attempt, Charged
from tuppence.payments.charges.rules import CATEGORY
from tuppence.payments.charges.writing import INQUIRE, USE
from tuppence.payments.sends.jobs import AGAIN_SECONDS, CardRail, answer_of
from tuppence.payments.sends.model import Answer, Fate, Recorded
from tuppence.rails.card import Told, Use, VaultUnavailable

_TOGETHER_MOST = 100  # attempts in one call to the vault
_STALE = timedelta(minutes=15)  # real time: the price of what is bought is promised for as long


@dataclass(frozen=True, slots=True)
class Task:
    """An attempt with what its rail request says, as it stands in the database."""

    attempt: Attempt
    charge: Charged
    token: str
    bank: str

    def use(self) -> Use:
        buys = self.attempt.kind == "purchase"
        return Use(
            id=self.attempt.id,
            kind=self.attempt.kind,
            token=self.token,
            amount_minor=self.attempt.amount_minor,
            currency=self.attempt.currency,
            payment_id=self.attempt.charge_id,
            of=self.attempt.of,
            category=CATEGORY[self.charge.owner] if buys else None,
            says=self.charge.says if buys else None,
        )


Call = Callable[[CardRail, Sequence[Task]], Awaitable[list[Answer | Later]]]


def handlers(database: Database, together: GroupCommit, rail: CardRail, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""
    record = partial(actions.record, policy=policy)

    async def each(expected: Fate, call: Call, jobs: Sequence[Job]) -> list[Later | BaseException | None]:
        """Call and record. An attempt that is not as expected was seen to by somebody faster."""
        tasks = await _tasks(database, [UUID(job.key) for job in jobs])
        due = [task for task in tasks if task.attempt.fate == expected]
        results: dict[str, Later | BaseException | None] = {}

        async def beat(some: Sequence[Task]) -> None:
            try:
                answers = await call(rail, some)
                told = zip(some, answers, strict=True)
                heard = [Recorded(one.attempt.id, answer) for one, answer in told if isinstance(answer, Answer)]
                await asyncio.gather(*(together(record, one) for one in heard))
            except Exception as error:
                results.update({str(one.attempt.id): error for one in some})
            else:
                later = zip(some, answers, strict=True)
                results.update({str(one.attempt.id): answer for one, answer in later if isinstance(answer, Later)})

        await asyncio.gather(*(beat(some) for some in _by_bank(due)))
        return [results.get(job.key) for job in jobs]

    return {USE: partial(each, Fate.LIVE, use), INQUIRE: partial(each, Fate.UNKNOWN, inquire)}


def _by_bank(tasks: Iterable[Task]) -> list[list[Task]]:
    """Batches for the vault."""
    banks: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        banks[task.bank].append(task)
    return [some[at : at + _TOGETHER_MOST] for some in banks.values() for at in range(0, len(some), _TOGETHER_MOST)]


async def use(rail: CardRail, tasks: Sequence[Task]) -> list[Answer | Later]:
    """Ask for attempts. When the vault is away a refund waits for it, a purchase only as long as its price is good.

    What the vault will not send, ever, it has declined.
    """
    stale = [task for task in tasks if _is_stale(task.attempt)]
    answers: dict[UUID, Answer | Later] = {task.attempt.id: Answer("unknown") for task in stale}
    fresh = [task for task in tasks if task.attempt.id not in answers]
    try:
        told = await rail.use([task.use() for task in fresh]) if fresh else []
        answers |= {one.attempt_id: _said(one, Answer("declined", decline_code="invalid_card")) for one in told}
    except VaultUnavailable:
        answers |= {task.attempt.id: Later(AGAIN_SECONDS) for task in fresh}
    return [answers[task.attempt.id] for task in tasks]


async def inquire(rail: CardRail, tasks: Sequence[Task]) -> list[Answer | Later]:
    """Ask what became of attempts. What the vault never heard of it will never send, now that we asked."""
    try:
        told = await rail.inquire([task.attempt.id for task in tasks])
    except VaultUnavailable:
        return [Later(AGAIN_SECONDS)] * len(tasks)
    return [_said(one, Answer("never_sent")) for one in told]


def _said(told: Told, refused: Answer) -> Answer | Later:
    return refused if told.state == "refused" else answer_of(told)


def _is_stale(attempt: Attempt) -> bool:
    return attempt.leg == Leg.DEBIT and datetime.now(UTC) - attempt.recorded_at > _STALE


async def _tasks(database: Database, ids: Sequence[UUID]) -> list[Task]:
    """The attempts that jobs name, with what their requests say."""
    async with database.transaction(read_only=True) as tx:
        attempts = (await queries.attempts(tx, ids)).values()
        charges = await queries.charges(tx, sorted({one.charge_id for one in attempts}))
        cards = await wallets.by_id(tx, sorted({one.card_id for one in attempts if one.card_id}))
    return [
        Task(one, charges[one.charge_id], cards[one.card_id].token, cards[one.card_id].bank)
        for one in attempts
        if one.card_id
    ]
