"""The verbs of purchases: quote, buy, cancel, give, use up, refund. Order in, order out; a refusal is returned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tuppence import outbox, people
from tuppence.billing.games import money, queries, rules
from tuppence.billing.games.errors import PurchaseDiffers, PurchaseMovedOn, PurchaseNotFound
from tuppence.billing.games.model import AskRefund, Buy, Outcome, Priced, Purchase, Quote, Refund
from tuppence.billing.games.moving import Move, happen, open_world, write
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.states import DELIVERIES, PAID, Delivery, Event, State
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.outbox import Job
from tuppence.payments import charges
from tuppence.payments.cards import queries as wallet
from tuppence.payments.cards.rules import Wallet

EXPIRE = "games.expire"
ASK_GAME = "games.veto"
_DAY = timedelta(days=1)
_QUOTED = ("id", "game_id", "business_id", "sku", "quantity", "request_id")


async def quote(tx: Tx, asks: Sequence[tuple[Quote, Priced]], *, policy: Policy) -> list[Purchase | Failure]:
    """Hold prices for whoever comes with the link. A repeat answers what is held, at the price of the first time.

    Refuses: PurchaseDiffers.
    """
    now = await outbox.now(tx)
    expires_at = now + timedelta(seconds=policy.games.quote_seconds)
    await tx.execute(SQL.quote, now=now, expires_at=expires_at, **_columns(asks))
    await outbox.enqueue(tx, [Job(EXPIRE, str(ask.id), due_at=expires_at) for ask, _ in asks])
    found = await queries.purchases(tx, [ask.id for ask, _ in asks])
    return [found[ask.id] if _same(found[ask.id], ask) else PurchaseDiffers() for ask, _ in asks]


def _same(held: Purchase, ask: Quote) -> bool:
    return all(getattr(held, name) == getattr(ask, name) for name in _QUOTED)


def _columns(asks: Sequence[tuple[Quote, Priced]]) -> dict[str, list[Any]]:
    priced = [one for _, one in asks]
    return {
        **columns([ask for ask, _ in asks], *_QUOTED),
        **columns([one.product for one in priced], "title", "description", "image_url"),
        **columns([one.parts for one in priced], "dev_minor", "house_minor", "tax_minor"),
        **columns(priced, "currency", "owed_minor", "owed_currency"),
        "price_minor": [one.parts.dev_minor + one.parts.house_minor for one in priced],
        "facts": [_facts(one) for one in priced],
    }


def _facts(priced: Priced) -> dict[str, Any]:
    """Which price was listed, and by which rates it became what is paid and what is owed."""
    shown = priced.price_rate and {
        "listed_minor": priced.listed.amount_minor,
        "listed_currency": priced.listed.currency,
        "rate": priced.price_rate.rate,
        "on": priced.price_rate.on.isoformat(),
    }
    owed = priced.owed_rate and {"rate": priced.owed_rate.rate, "on": priced.owed_rate.on.isoformat()}
    return {"exchange": shown, "owed": owed}


async def buy(tx: Tx, asks: Sequence[Buy], *, policy: Policy) -> list[Purchase | Failure]:
    """Buyers tap Pay. A game with a callback is asked first; nothing is debited before it agrees.

    Refuses: what `rules.plan_buy` raises. Locks: the purchases, then the buyers' wallets, in id order.
    """
    await queries.lock_purchases(tx, [ask.purchase_id for ask in asks])
    wallets = await wallet.lock_wallets(tx, [ask.buyer_id for ask in asks])
    results: list[Purchase | Failure] = []
    for ask in asks:  # one at a time: what somebody spends counts for what they buy next
        try:
            results.append(await _buy(tx, ask, wallets[ask.buyer_id], policy))
        except Failure as failure:
            results.append(failure)
    return results


async def _buy(tx: Tx, ask: Buy, held: Wallet, policy: Policy) -> Purchase:
    purchase = (await queries.purchases(tx, [ask.purchase_id])).get(ask.purchase_id)
    planned = rules.plan_buy(purchase, ask, await facts_of(tx, ask, purchase, held), policy)
    if planned is None:
        assert purchase
        return purchase
    bought = await _one(tx, Move(ask.purchase_id, Event.BUY, buyer=planned), policy)
    game = (await queries.games(tx, [bought.game_id]))[bought.game_id]
    if game.callback_url:
        await outbox.enqueue(tx, [Job(ASK_GAME, str(bought.id))])
        return bought
    return await _one(tx, Move(bought.id, Event.APP_AGREED), policy)


async def _one(tx: Tx, move: Move, policy: Policy) -> Purchase:
    """Take one move. Raises what refuses it."""
    (moved,) = await happen(tx, [move], policy=policy)
    if isinstance(moved, Failure):
        raise moved
    return moved


@dataclass(frozen=True, slots=True)
class Terms:
    """What buying takes: a proof, unless there is a fresh one; or nothing but a wish, for a tester."""

    confirm: bool
    tester: Outcome | None


async def terms(tx: Tx, ask: Buy, purchase: Purchase, *, policy: Policy) -> Terms:
    """What it would take somebody to buy this now."""
    held = (await wallet.wallets(tx, [ask.buyer_id])).get(ask.buyer_id, Wallet(ask.buyer_id))
    facts = await facts_of(tx, ask, purchase, held)
    asked = purchase.state == State.QUOTED and not facts.is_tester
    return Terms(asked and rules.is_unconfirmed(purchase.total_minor, facts, ask.device_since, policy), facts.tester)


async def facts_of(tx: Tx, ask: Buy, purchase: Purchase | None, held: Wallet) -> rules.BuyFacts:
    """What a purchase is decided by."""
    now, card_id = await outbox.now(tx), ask.card_id or held.pays_card_id
    testers = await queries.testers(tx, [purchase.game_id] if purchase else [])
    tester = testers.get((purchase.game_id, ask.buyer_id)) if purchase else None
    (proved_at,) = await people.last_proof(tx, [(ask.session_id, ask.purchase_id)])
    return rules.BuyFacts(
        now=now,
        real_now=datetime.now(UTC),
        tester=tester.outcome if tester else None,
        is_tester=tester is not None,
        spent_minor=(await tx.scalars(SQL.spent, buyer_id=ask.buyer_id, since=now - _DAY))[0],
        bought_before=await bought_before(tx, ask.buyer_id, purchase.business_id) if purchase else False,
        proved_at=proved_at,
        card=(await wallet.by_id(tx, [card_id])).get(card_id) if card_id else None,
    )


async def bought_before(tx: Tx, buyer_id: UUID, business_id: UUID) -> bool:
    """Whether somebody has bought anything of a business before."""
    return bool((await tx.scalars(SQL.bought_before, buyer_id=buyer_id, business_id=business_id))[0])


@dataclass(frozen=True, slots=True)
class Cancel:
    purchase_id: UUID
    buyer_id: UUID


async def cancel(tx: Tx, asks: Sequence[Cancel], *, policy: Policy) -> list[Purchase | Failure]:
    """Somebody closes the sheet for good. Refuses: PurchaseNotFound, PurchaseMovedOn."""
    world = await open_world(tx, [ask.purchase_id for ask in asks], policy)
    moves: list[Move | Failure] = []
    for ask in asks:
        purchase = world.purchases.get(ask.purchase_id)
        if purchase is None or purchase.buyer_id not in (None, ask.buyer_id):
            moves.append(PurchaseNotFound())
        else:
            moves.append(Move(purchase.id, Event.CANCEL, buyer=replace(purchase, buyer_id=ask.buyer_id)))
    results = iter(await happen(tx, [one for one in moves if isinstance(one, Move)], policy=policy))
    told = [one if isinstance(one, Failure) else next(results) for one in moves]
    return [
        world.purchases[ask.purchase_id] if _cancelled(world.purchases.get(ask.purchase_id), ask) else one
        for ask, one in zip(asks, told, strict=True)
    ]


def _cancelled(purchase: Purchase | None, ask: Cancel) -> bool:
    """Whether it was they who did, before."""
    return purchase is not None and (purchase.state, purchase.buyer_id) == (State.USER_CANCELLED, ask.buyer_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """The game says that it gave the thing, or that it is used up."""

    purchase_id: UUID
    verb: Literal["fulfil", "consume"]


async def mark(tx: Tx, asks: Sequence[Mark], *, policy: Policy) -> list[Purchase | Failure]:
    """Write what became of the thing; a repeat changes nothing. Refuses: PurchaseMovedOn."""
    world = await open_world(tx, [ask.purchase_id for ask in asks], policy)
    results = [_mark(world.purchases[ask.purchase_id], ask, world.now) for ask in asks]
    for purchase in results:
        if isinstance(purchase, Purchase) and purchase != world.purchases[purchase.id]:
            world.take(purchase)
    await write(tx, world)
    return results


def _mark(purchase: Purchase, ask: Mark, now: datetime) -> Purchase | Failure:
    wanted = Delivery.FULFILLED if ask.verb == "fulfil" else Delivery.CONSUMED
    if purchase.delivery in (wanted, Delivery.CONSUMED):
        return purchase
    if purchase.state not in PAID or (purchase.delivery, ask.verb) not in DELIVERIES:
        return PurchaseMovedOn(state=purchase.state)
    moved = replace(purchase, delivery=wanted, version=purchase.version + 1)
    if wanted == Delivery.FULFILLED:
        return replace(moved, fulfilled_at=now)
    return replace(moved, consumed_at=now)


async def refund(tx: Tx, asks: Sequence[AskRefund], *, policy: Policy) -> list[Purchase | Failure]:
    """Give money back, as often as there is some left; where nothing is, that is done already, and no failure.

    Refuses: PurchaseNotFound, RefundDiffers, PurchaseMovedOn, BundleBusy, RefundTooLarge, and what charges refuse.
    Locks: the purchases, their bundles, then what charges lock.
    """
    await queries.lock_purchases(tx, [ask.purchase_id for ask in asks])
    results: list[Purchase | Failure] = []
    for ask in asks:  # one at a time: each takes of what the one before it left
        try:
            results.append(await _refund(tx, ask, policy))
        except Failure as failure:
            results.append(failure)
    return results


async def _refund(tx: Tx, ask: AskRefund, policy: Policy) -> Purchase:
    world = await open_world(tx, [ask.purchase_id], policy)
    purchase = world.purchases.get(ask.purchase_id)
    if purchase is None:
        raise PurchaseNotFound
    bundle = world.bundles.get(purchase.bundle_id) if purchase.bundle_id else None
    planned = rules.plan_refund(purchase, ask, world.refunds.get(purchase.id, ()), bundle, world.now)
    if planned is None:
        return purchase
    if planned.state == "refunding":
        shares = money.shares(purchase, planned.parts)
        asked = charges.Refund(planned.id, purchase.bundle_id or purchase.id, shares, planned.reason)
        (told,) = await charges.refund(tx, [asked], policy=policy)
        if isinstance(told, Failure):
            raise told
    await tx.execute(SQL.write_refunds, **columns([planned], *Refund.__slots__))
    if planned.state == "refunding":
        return purchase
    return await _one(tx, Move(purchase.id, Event.REFUNDED, refund_id=planned.id), policy)  # no money had moved
