"""The verbs of purchases: quote, buy, cancel, give, use up, refund. Order in, order out; a refusal is returned."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    found = await queries.purchases(tx, [ask.purchase_id for ask in asks])
    plans = _planned(asks, found, await _buy_facts(tx, asks, found, wallets), policy)
    games = await queries.games(tx, list({one.game_id for one in found.values()}))
    bought = [one for one in plans if isinstance(one, Purchase)]
    to_ask = [one for one in bought if games[one.game_id].callback_url]
    agreed = [Move(one.id, Event.APP_AGREED) for one in bought if one not in to_ask]
    moves = [*(Move(one.id, Event.BUY, buyer=one) for one in bought), *agreed]
    moved = dict(zip((one.purchase_id for one in moves), await happen(tx, moves, policy=policy), strict=True))
    await outbox.enqueue(tx, [Job(ASK_GAME, str(one.id)) for one in to_ask])
    return [
        plan if isinstance(plan, Failure) else moved.get(ask.purchase_id) or found[ask.purchase_id]
        for ask, plan in zip(asks, plans, strict=True)
    ]


def _planned(
    asks: Sequence[Buy], found: Mapping[UUID, Purchase], facts: Sequence[rules.BuyFacts], policy: Policy
) -> list[Purchase | Failure | None]:
    """One after the other: what somebody spends counts for what they buy next, and a second tap is a repeat."""
    seen, spent = dict(found), defaultdict[UUID, int](int)
    plans: list[Purchase | Failure | None] = []
    for ask, fact in zip(asks, facts, strict=True):
        so_far = replace(fact, spent_minor=fact.spent_minor + spent[ask.buyer_id])
        try:
            plan = rules.plan_buy(seen.get(ask.purchase_id), ask, so_far, policy)
        except Failure as failure:
            plans.append(failure)
            continue
        if plan:
            seen[plan.id] = replace(plan, state=State.VETOABLE)
            spent[ask.buyer_id] += 0 if plan.test else plan.total_minor
        plans.append(plan)
    return plans


@dataclass(frozen=True, slots=True)
class Terms:
    """What buying takes: a proof, unless there is a fresh one; or nothing but a wish, for a tester."""

    confirm: bool
    tester: Outcome | None


async def terms(tx: Tx, ask: Buy, purchase: Purchase, *, policy: Policy) -> Terms:
    """What it would take somebody to buy this now."""
    held = await wallet.wallets(tx, [ask.buyer_id])
    (facts,) = await _buy_facts(tx, [ask], {purchase.id: purchase}, held)
    asked = purchase.state == State.QUOTED and not facts.is_tester
    return Terms(asked and rules.is_unconfirmed(purchase.total_minor, facts, ask.device_since, policy), facts.tester)


@dataclass(frozen=True, slots=True)
class _Spent:
    buyer_id: UUID
    minor: int


async def _buy_facts(
    tx: Tx, asks: Sequence[Buy], found: Mapping[UUID, Purchase], wallets: Mapping[UUID, Wallet]
) -> list[rules.BuyFacts]:
    """What purchases are decided by, in the order of the asks."""
    now, real_now = await outbox.now(tx), datetime.now(UTC)
    buyers = sorted({ask.buyer_id for ask in asks})
    paying = [ask.card_id or wallets.get(ask.buyer_id, Wallet(ask.buyer_id)).pays_card_id for ask in asks]
    cards = await wallet.by_id(tx, sorted({one for one in paying if one}))
    testers = await queries.testers(tx, sorted({one.game_id for one in found.values()}))
    proofs = await people.last_proof(tx, [(ask.session_id, ask.purchase_id) for ask in asks])
    spent = {one.buyer_id: one.minor for one in await tx.fetch(SQL.spent, _Spent, buyers=buyers, since=now - _DAY)}
    sellers = {one.id: one.business_id for one in found.values()}
    pairs = sorted({(ask.buyer_id, sellers[ask.purchase_id]) for ask in asks if ask.purchase_id in sellers})
    before = set(await tx.rows(SQL.bought_before, buyer=[one for one, _ in pairs], business=[one for _, one in pairs]))
    facts = []
    for ask, card_id, proved_at in zip(asks, paying, proofs, strict=True):
        purchase = found.get(ask.purchase_id)
        tester = testers.get((purchase.game_id, ask.buyer_id)) if purchase else None
        facts.append(
            rules.BuyFacts(
                now=now,
                real_now=real_now,
                tester=tester.outcome if tester else None,
                is_tester=tester is not None,
                spent_minor=spent.get(ask.buyer_id, 0),
                bought_before=(ask.buyer_id, sellers.get(ask.purchase_id)) in before,
                proved_at=proved_at,
                card=cards.get(card_id) if card_id else None,
            )
        )
    return facts


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
    move = Move(purchase.id, Event.REFUNDED, refund_id=planned.id)  # no money had moved
    (moved,) = await happen(tx, [move], policy=policy)
    if isinstance(moved, Failure):
        raise moved
    return moved
