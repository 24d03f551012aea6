"""What the worker does for disputes: fires their timers, and gives claimants what they are owed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from tuppence.core import Policy
from tuppence.db import Database, GroupCommit
from tuppence.outbox import Handler, Job, Later
from tuppence.payments.cards import queries as cards
from tuppence.payments.disputes import actions, redress
from tuppence.payments.disputes.model import Ask
from tuppence.payments.disputes.rules import TIMED
from tuppence.payments.disputes.states import Event
from tuppence.payments.disputes.writing import timer_kind
from tuppence.payments.sends.jobs import AGAIN_SECONDS, CardRail, answer_of
from tuppence.payments.sends.model import Answer, Fate, Recorded
from tuppence.rails.card import Use, VaultUnavailable

Call = Callable[[CardRail, Use], Awaitable[Answer | Later]]


def handlers(database: Database, together: GroupCommit, rail: CardRail, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""
    record = partial(redress.record, policy=policy)

    async def timers(event: Event, jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await actions.move(tx, [Ask(UUID(job.key), event) for job in jobs], policy=policy)
        return [None for _ in jobs]

    async def again(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction() as tx:
            await redress.retry(tx, [UUID(job.key) for job in jobs])
        return [None for _ in jobs]

    async def each(expected: Fate, call: Call, jobs: Sequence[Job]) -> Sequence[Later | BaseException | None]:
        """The beat of every rail call: marked before, called with no transaction open, recorded after."""
        asks = await _asks(database, [UUID(job.key) for job in jobs], expected)

        async def beat(job: Job) -> Later | None:
            ask = asks.get(UUID(job.key))
            if ask is None:  # seen to by somebody faster
                return None
            answer = await call(rail, ask)
            if isinstance(answer, Later):
                return answer
            await together(record, Recorded(ask.id, answer))
            return None

        return await asyncio.gather(*map(beat, jobs), return_exceptions=True)

    return {
        redress.USE: partial(each, Fate.LIVE, use),
        redress.INQUIRE: partial(each, Fate.UNKNOWN, inquire),
        redress.AGAIN: again,
        **{timer_kind(event): partial(timers, event) for event in TIMED},
    }


async def use(rail: CardRail, ask: Use) -> Answer | Later:
    """Give it back. When the vault is away it waits; what the vault will not send, ever, it has declined."""
    try:
        (told,) = await rail.use([ask])
    except VaultUnavailable:
        return Later(AGAIN_SECONDS)
    return Answer("declined", decline_code="invalid_card") if told.state == "refused" else answer_of(told)


async def inquire(rail: CardRail, ask: Use) -> Answer | Later:
    """Ask what became of it. What the vault never heard of it will never send, now that we asked."""
    try:
        (told,) = await rail.inquire([ask.id])
    except VaultUnavailable:
        return Later(AGAIN_SECONDS)
    return Answer("never_sent") if told.state == "refused" else answer_of(told)


async def _asks(database: Database, ids: Sequence[UUID], expected: Fate) -> dict[UUID, Use]:
    """What the requests of attempts say, as they stand in the database."""
    async with database.transaction(read_only=True) as tx:
        found = [one for one in (await redress.attempts(tx, ids)).values() if one.fate == expected]
        known = await cards.by_id(tx, sorted({one.card_id for one in found if one.card_id}))
    return {
        one.id: Use(
            id=one.id,
            kind=one.kind,
            token=known[one.card_id].token,
            amount_minor=one.amount_minor,
            currency=one.currency,
            payment_id=one.subject_id,
            of=one.of,
        )
        for one in found
        if one.card_id
    }
