"""The verbs of cards: adopt what the vault keeps, choose defaults, remove, and heed what banks say of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.outbox import Event, Job
from tuppence.payments.banks import queries as banks
from tuppence.payments.cards import queries, rules
from tuppence.payments.cards.model import Adopt, Card, CardState, Change, Remove, Told
from tuppence.payments.cards.queries import CardView
from tuppence.payments.cards.rules import Wallet
from tuppence.payments.errors import CardNotFound

SQL = queries.SQL

ADDED = "payments.card_added"
FORGET = "payments.forget_card"
REFRESH = "payments.refresh_card"
UNUSED_AFTER = timedelta(days=1)  # a card that is not kept and was not used by then is forgotten

A = TypeVar("A", Change, Remove)
Choice = tuple[Wallet, Card]

_INSERTED = (
    "id",
    "person_id",
    "token",
    "brand",
    "funding",
    "last4",
    "exp_month",
    "exp_year",
    "bank",
    "state",
    "can_fund",
    "can_receive",
    "fast_funds",
    "regulated",
    "fingerprint",
    "kept",
    "created_at",
)
_RENEWED = (
    *("id", "state", "brand", "funding", "last4", "exp_month", "exp_year", "bank", "can_fund", "can_receive"),
    *("fast_funds", "fingerprint", "regulated"),
)


_WALLET = ("person_id", "pays_card_id", "receives_card_id", "receives_bank_id")


async def adopt(tx: Tx, asks: Sequence[Adopt], *, policy: Policy) -> list[CardView | Failure]:
    """Take cards that the vault keeps into their owners' lists, as the vault described them, never as a page said.

    What waited for a card of theirs goes on after the commit. Locks: the owners' wallets, in id order.
    """
    wallets = await queries.lock_wallets(tx, [ask.person_id for ask in asks])
    shelf = await queries.cards_of(tx, sorted(wallets))
    known = await queries.by_id(tx, [ask.id for ask in asks])
    now = await outbox.now(tx)
    new: list[Card] = []
    results: list[Card | Failure] = []
    for ask in asks:
        mine = shelf[ask.person_id]
        try:
            card = rules.plan_adopt(ask, mine, known.get(ask.id), now, policy)
        except Failure as failure:
            results.append(failure)
            continue
        if card.id not in known:
            wallets[card.person_id] = rules.with_card(wallets[card.person_id], card, mine)
            known[card.id] = card
            mine.append(card)
            new.append(card)
        results.append(card)
    if new:
        await _insert(tx, new, wallets)
        await _tell(tx, [card for person in sorted({one.person_id for one in new}) for card in shelf[person]], wallets)
    return [one if isinstance(one, Failure) else queries.view(one, wallets[one.person_id]) for one in results]


async def _insert(tx: Tx, new: Sequence[Card], wallets: dict[UUID, Wallet]) -> None:
    await tx.execute(SQL.insert_cards, **columns(new, *_INSERTED))
    await write_wallets(tx, wallets.values())
    forget = [_forget(card.id, card.created_at + UNUSED_AFTER) for card in new if not card.kept]
    await outbox.enqueue(tx, [Job(ADDED, str(card.id)) for card in new] + forget)


async def change(tx: Tx, asks: Sequence[Change]) -> list[CardView | Failure]:
    """Choose which card pays and which receives. Locks: the owners' wallets, in id order."""
    return await _choose(tx, asks, lambda wallet, card, ask: (rules.with_change(wallet, card, ask), card))


async def remove(tx: Tx, asks: Sequence[Remove]) -> list[CardView | Failure]:
    """Take cards off their owners' lists; removing again is harmless. Locks: the owners' wallets, in id order.

    Payments under way keep their reference, and the vault forgets the card when none needs it any more.
    """
    results = await _choose(
        tx,
        asks,
        lambda wallet, card, _: (rules.without(wallet, card.id), replace(card, state=CardState.REMOVED)),
    )
    await outbox.enqueue(tx, [_forget(UUID(one["id"])) for one in results if not isinstance(one, Failure)])
    return results


async def _choose(tx: Tx, asks: Sequence[A], rule: Callable[[Wallet, Card, A], Choice]) -> list[CardView | Failure]:
    """Apply a rule to somebody's own cards; raises nothing, an ask for another's card is answered CardNotFound."""
    wallets = await queries.lock_wallets(tx, [ask.person_id for ask in asks])
    cards = await queries.by_id(tx, [ask.id for ask in asks])
    shelf = await queries.cards_of(tx, sorted(wallets))
    results: list[Card | Failure] = []
    for ask in asks:
        card = cards.get(ask.id)
        try:
            if card is None or card.person_id != ask.person_id:
                raise CardNotFound
            wallets[ask.person_id], cards[ask.id] = rule(wallets[ask.person_id], card, ask)
            results.append(cards[ask.id])
        except Failure as failure:
            results.append(failure)
    touched = {one.id: one for one in results if isinstance(one, Card)}
    await write_wallets(tx, wallets.values())
    await tx.execute(SQL.write_cards, **columns(list(touched.values()), "id", "state", "can_receive"))
    others = {card.id: card for mine in shelf.values() for card in mine}
    accounts = await banks.access_all(tx, wallets)
    await outbox.tell(tx, events((others | touched).values(), wallets) + accounts)
    return [one if isinstance(one, Failure) else queries.view(one, wallets[one.person_id]) for one in results]


async def spend(tx: Tx, uses: Sequence[tuple[UUID, UUID]]) -> None:
    """Note which payment each card that is not kept was for: (card, payment)."""
    if not uses:
        return
    await tx.execute(SQL.spend, card_id=[card for card, _ in uses], payment_id=[payment for _, payment in uses])


async def heed(tx: Tx, refusals: Sequence[tuple[UUID, str | None]], *, now: datetime) -> list[Event]:
    """Take note of what banks said when they refused: (card, why). What to tell the owners of cards that changed."""
    if not refusals:
        return []
    ids = sorted({card for card, _ in refusals})
    cards = await queries.by_id(tx, ids)
    refused = await queries.hard_declines(tx, ids, since=now - rules.HARD_DECLINES_WITHIN)
    after = {card: rules.heeding(cards[card], code, refused.get(card, 0)) for card, code in refusals}
    changed = [card for card in after.values() if card != cards[card.id]]
    await tx.execute(SQL.write_cards, **columns(changed, "id", "state", "can_receive"))
    expired = [card for card in changed if card.kept and card.state == CardState.EXPIRED]
    await outbox.enqueue(tx, [Job(REFRESH, str(card.id), {"asked": 0}) for card in expired])
    return events(changed, await queries.wallets(tx, sorted({card.person_id for card in changed})))


async def renew(tx: Tx, told: Mapping[UUID, Told]) -> set[UUID]:
    """Take note of later expiry dates and new numbers by card; which cards work again by that.

    What waited for one of them goes on after the commit. Locks: the owners' wallets, in id order.
    """
    owners = [card.person_id for card in (await queries.by_id(tx, list(told))).values()]
    wallets = await queries.lock_wallets(tx, owners)
    known = await queries.by_id(tx, list(told))
    after = [rules.renewed(card, told[card.id]) for card in known.values()]
    changed = [card for card in after if card != known[card.id]]
    await tx.execute(SQL.renew_cards, **columns(changed, *_RENEWED))
    await outbox.enqueue(tx, [Job(ADDED, str(card.id)) for card in changed])
    await _tell(tx, changed, wallets)
    return {card.id for card in changed}


async def write_wallets(tx: Tx, wallets: Iterable[Wallet]) -> None:
    """The wallets are locked."""
    await tx.execute(SQL.write_wallets, **columns(list(wallets), *_WALLET))


async def _tell(tx: Tx, cards: Iterable[Card], wallets: dict[UUID, Wallet]) -> None:
    await outbox.tell(tx, events(cards, wallets))


def events(cards: Iterable[Card], wallets: dict[UUID, Wallet]) -> list[Event]:
    """What to tell the owners of these cards."""
    seen = [(card, wallets.get(card.person_id, Wallet(card.person_id))) for card in cards]
    return [Event(card.person_id, "card", queries.view(card, wallet)) for card, wallet in seen]


def _forget(card_id: UUID, at: datetime | None = None) -> Job:
    """Have the vault forget a card, if nothing needs it by then."""
    return Job(FORGET, str(card_id), {}, at)
