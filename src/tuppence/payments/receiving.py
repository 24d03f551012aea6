"""The ways in which somebody can be paid, and when money would arrive on each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.payments import arrival, pace
from tuppence.payments.ach.windows import quoted_by_bank
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.queries import BankView
from tuppence.payments.cards import queries as cards
from tuppence.payments.cards.model import Card
from tuppence.payments.cards.rules import Wallet
from tuppence.payments.sends.quote import arrival_view


async def access_banks(tx: Tx, person_id: UUID) -> list[BankView]:
    """Somebody's own bank accounts, as they see them."""
    return await banks.access_banks(tx, person_id, await _wallet(tx, person_id))


async def ways(tx: Tx, person_id: UUID, *, policy: Policy) -> list[dict[str, Any]]:
    """Every card and bank account that can receive, with the interval of a payment sent now."""
    wallet, now = await _wallet(tx, person_id), await outbox.now(tx)
    by_bank = arrival_view(quoted_by_bank(now, policy))
    held = [one for one in (await cards.cards_of(tx, [person_id]))[person_id] if one.receives and one.kept]
    paces = await pace.lags_of(tx, [one.bank for one in held if not one.fast_funds], policy=policy)
    found = [
        {
            "kind": "card",
            "id": str(card.id),
            "default": wallet.receives_card_id == card.id,
            "arrival": _by_card(card, paces, now, policy),
        }
        for card in held
    ]
    return found + [
        {"kind": "bank", "id": str(one.id), "default": wallet.receives_bank_id == one.id, "arrival": by_bank}
        for one in (await banks.all_of(tx, [person_id]))[person_id]
        if one.receives
    ]


def _by_card(card: Card, paces: Mapping[str, pace.Lags], now: datetime, policy: Policy) -> dict[str, Any]:
    lags = None if card.fast_funds else paces[card.bank]
    return arrival_view(arrival.estimate(now, pace=lags, policy=policy.arrival, calendar=policy.calendar))


async def _wallet(tx: Tx, person_id: UUID) -> Wallet:
    return (await cards.wallets(tx, [person_id])).get(person_id, Wallet(person_id))
