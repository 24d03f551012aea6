"""Having the vault forget cards that nothing needs any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from tuppence import outbox
from tuppence.db import Database, Tx
from tuppence.outbox import Handler, Job
from tuppence.payments.cards import queries
from tuppence.payments.cards.actions import FORGET, REFRESH, renew
from tuppence.payments.cards.model import Card, CardState, Told

SQL = queries.SQL

DISPUTE_WINDOW = timedelta(days=180)  # a card that was not kept serves its payment, its refunds and its disputes
_ASK_AGAIN = timedelta(days=1)
_ASKED_MOST = 30  # days in which banks send out a new card


class CardKeeper(Protocol):
    """What forgetting and renewing take of the vault."""

    async def delete(self, tokens: Sequence[str]) -> None: ...

    async def refresh(self, tokens: Sequence[str]) -> Sequence[Told | None]: ...


@dataclass(frozen=True, slots=True)
class Need:
    """Whether payments that are under way name a card, and when the last of all its payments changed."""

    card_id: UUID
    under_way: bool
    last_at: datetime | None


def handlers(database: Database, vault: CardKeeper) -> Mapping[str, Handler]:
    async def forget(jobs: Sequence[Job]) -> list[None]:
        """Read, then tell the vault with no transaction open; telling it twice is harmless."""
        async with database.transaction() as tx:
            tokens = await _due(tx, [UUID(job.key) for job in jobs])
        if tokens:
            await vault.delete(tokens)
        return [None for _ in jobs]

    async def refresh(jobs: Sequence[Job]) -> list[None]:
        """Ask the vault for later dates and new numbers, with no transaction open; again each day, for a month."""
        async with database.transaction(read_only=True) as tx:
            cards = list((await queries.by_id(tx, [UUID(job.key) for job in jobs])).values())
        cards = [card for card in cards if card.state == CardState.EXPIRED]
        told = await vault.refresh([card.token for card in cards]) if cards else []
        known = {card.id: one for card, one in zip(cards, told, strict=True) if one}
        async with database.transaction() as tx:
            done = await renew(tx, known)
            due_at = await outbox.now(tx) + _ASK_AGAIN
            waiting = {str(card.id) for card in cards if card.id not in done}
            times = {job.key: int(job.payload.get("asked", 0)) + 1 for job in jobs if job.key in waiting}
            again = [Job(REFRESH, key, {"asked": n}, due_at) for key, n in times.items() if n < _ASKED_MOST]
            await outbox.enqueue(tx, again)
        return [None for _ in jobs]

    return {FORGET: forget, REFRESH: refresh}


async def _due(tx: Tx, ids: Sequence[UUID]) -> list[str]:
    """Tokens that can go now; the others are looked at again in a day."""
    now = await outbox.now(tx)
    cards = await queries.by_id(tx, ids)
    needs = {one.card_id: one for one in await tx.fetch(SQL.needs, Need, ids=list(ids))}
    gone = [card for card in cards.values() if may_forget(card, needs[card.id], now)]
    later = [card for card in cards.values() if card not in gone]
    await tx.execute(SQL.removed, ids=[card.id for card in gone])
    await outbox.enqueue(tx, [Job(FORGET, str(card.id), {}, now + _ASK_AGAIN) for card in later])
    return [card.token for card in gone]


def may_forget(card: Card, need: Need, now: datetime) -> bool:
    """A kept card when its owner removed it and no payment is under way; any other some time after its payment."""
    if need.under_way:
        return False
    if card.kept:
        return card.state == CardState.REMOVED
    return need.last_at is None or now - need.last_at > DISPUTE_WINDOW
