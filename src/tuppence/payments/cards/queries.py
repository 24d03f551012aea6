"""Reading cards. `access_cards` is the only way to obtain somebody's."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.cards.model import Card
from tuppence.payments.cards.rules import SOFT, Wallet

SQL = Statements(__package__)

CardView = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Declines:
    card_id: UUID
    count: int


async def lock_wallets(tx: Tx, people: Sequence[UUID]) -> dict[UUID, Wallet]:
    """These people's defaults, made where there were none. Locks: their wallets, in id order."""
    await tx.execute(SQL.open_wallets, people=sorted(set(people)))
    locked = await tx.fetch(SQL.lock_wallets, Wallet, people=sorted(set(people)))
    return {one.person_id: one for one in locked}


async def cards_of(tx: Tx, people: Sequence[UUID]) -> dict[UUID, list[Card]]:
    """The cards that these people keep, and those that wait to be used once, oldest first."""
    found: dict[UUID, list[Card]] = defaultdict(list)
    for card in await tx.fetch(SQL.cards_of, Card, people=list(people)):
        found[card.person_id].append(card)
    return found


async def by_id(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Card]:
    return {one.id: one for one in await tx.fetch(SQL.by_id, Card, ids=list(ids))}


async def wallets(tx: Tx, people: Sequence[UUID]) -> dict[UUID, Wallet]:
    return {one.person_id: one for one in await tx.fetch(SQL.wallets, Wallet, people=list(people))}


async def hard_declines(tx: Tx, ids: Sequence[UUID], *, since: datetime) -> dict[UUID, int]:
    """How often the bank of each card refused it for good since then."""
    found = await tx.fetch(SQL.hard_declines, _Declines, ids=list(ids), since=since, soft=list(SOFT))
    return {one.card_id: one.count for one in found}


async def access_cards(tx: Tx, person_id: UUID) -> list[CardView]:
    """Somebody's own cards, as they see them."""
    wallet = (await wallets(tx, [person_id])).get(person_id, Wallet(person_id))
    return [view(card, wallet) for card in (await cards_of(tx, [person_id]))[person_id]]


def view(card: Card, wallet: Wallet) -> CardView:
    """A card on the wire."""
    return {
        "id": str(card.id),
        "brand": card.brand,
        "funding": card.funding,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "bank": card.bank,
        "state": card.state,
        "can_fund": card.can_fund,
        "can_receive": card.can_receive,
        "fast_funds": card.fast_funds,
        "kept": card.kept,
        "pays": wallet.pays_card_id == card.id,
        "receives": wallet.receives_card_id == card.id,
    }
