"""Moving purchases along the table: lock, read, decide, write, tell; the ledger last. Every verb and job comes here.

Lock order: purchases, bundles, a developer's books (shared: closing a period takes them alone), charges, their
disputes, feeds, the lines of events, ledger accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing.games import bundles, money, queries, rules
from tuppence.billing.games.errors import PurchaseNotFound
from tuppence.billing.games.model import Bundle, Developer, Entry, EntryKind, Game, Parts, Purchase, Refund
from tuppence.billing.games.pricing import owed_part, part_of
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.states import Event, Guard, State
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer
from tuppence.outbox import Job, hooks
from tuppence.payments import charges

UNFULFILLED = "games.unfulfilled"
FORCED = "games.forced"
_PURCHASE = (
    "id",
    "state",
    "delivery",
    "buyer_id",
    "card_id",
    "test",
    "outcome",
    "bundle_id",
    "why",
    "says",
    "asked_at",
    "completed_at",
    "fulfilled_at",
    "consumed_at",
    "version",
)
ENTRY = (
    "id",
    "business_id",
    "game_id",
    "purchase_id",
    "kind",
    "at",
    "day",
    "currency",
    "amount_minor",
    "tax_minor",
    "fee_minor",
    "share_minor",
    "owed_currency",
    "owed_minor",
)
_TOLD = {
    Event.CHARGED: "completed",
    Event.APP_AGREED: "completed",
    Event.APP_REFUSED: "failed",
    Event.APP_SILENT: "failed",
    Event.DECLINED: "failed",
    Event.BUNDLE_DECLINED: "failed",
    Event.REFUNDED: "refunded",
    Event.CHARGED_BACK: "chargeback",
    Event.CHARGEBACK_WON: "chargeback_reversed",
}
_SILENT = {State.AUTHORIZING, State.VETOABLE}


@dataclass(frozen=True, slots=True)
class Move:
    """Something befalls a purchase. `why` is a code of ours, `says` what the game lets its buyer read; `refund_id`
    names the refund that has ended."""

    purchase_id: UUID
    event: Event
    why: str | None = None
    says: str | None = None
    refund_id: UUID | None = None
    buyer: Purchase | None = None  # of a BUY: the purchase with its buyer, as the rules planned it
    taken_minor: int | None = None  # of a CHARGED_BACK: what the bank took of what is left; none: all


@dataclass(slots=True)
class World:
    """What was read under the locks, how the batch has changed it, and what is to be written."""

    now: datetime
    real_now: datetime
    policy: Policy
    purchases: dict[UUID, Purchase]
    refunds: Mapping[UUID, list[Refund]]
    games: Mapping[UUID, Game]
    developers: Mapping[UUID, Developer]
    bundles: dict[UUID, Bundle]
    chargebacks: Mapping[UUID, Entry]
    changed: dict[UUID, Purchase] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    debits: list[charges.Charge] = field(default_factory=list)
    joins: list[Purchase] = field(default_factory=list)
    events: list[hooks.Happened] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def take(self, purchase: Purchase) -> None:
        """Let the next move of the batch see what this one did."""
        self.purchases[purchase.id] = self.changed[purchase.id] = purchase

    def back_minor(self, purchase: Purchase) -> int:
        """What the buyer has been given back."""
        return sum(one.amount_minor for one in self.refunds.get(purchase.id, ()) if one.state == "refunded")

    def tell(self, purchase: Purchase, name: str) -> None:
        """An event for the game's programs."""
        data = dict(rules.happened(purchase, self.back_minor(purchase)))
        self.events.append(hooks.Happened(purchase.business_id, f"game.purchase.{name}", purchase.id, data))


async def open_world(tx: Tx, ids: Sequence[UUID], policy: Policy) -> World:
    """Lock purchases and read all that a step may need."""
    await queries.lock_purchases(tx, ids)
    found = await queries.purchases(tx, ids)
    every = list(found.values())
    bundles = await queries.bundles(tx, [one.bundle_id for one in every if one.bundle_id], lock=True)
    businesses = sorted({one.business_id for one in every})
    await tx.execute(SQL.share_books, ids=businesses)
    return World(
        now=await outbox.now(tx),
        real_now=datetime.now(UTC),
        policy=policy,
        purchases=found,
        refunds=await queries.refunds_of(tx, ids),
        games=await queries.games(tx, list({one.game_id for one in every})),
        developers=await queries.developers(tx, businesses),
        bundles=bundles,
        chargebacks=await queries.last_chargebacks(tx, ids),
    )


async def happen(tx: Tx, moves: Sequence[Move], *, policy: Policy) -> list[Purchase | Failure]:
    """Take moves in order, and write what comes of them. Order in, order out; a refused move changes nothing."""
    world = await open_world(tx, [one.purchase_id for one in moves], policy)
    results = [move(world, one) for one in moves]
    await write(tx, world)
    return results


def move(world: World, ask: Move) -> Purchase | Failure:
    """Decide one move in the world as it is by now."""
    purchase = world.purchases.get(ask.purchase_id)
    if purchase is None:
        return PurchaseNotFound()
    try:
        moved = rules.step(ask.buyer or purchase, ask.event, _holding(world, purchase))
    except Failure as failure:
        return failure
    moved = replace(moved, why=ask.why or moved.why, says=ask.says or moved.says)
    if moved.completed_at is None and moved.state == State.COMPLETED:
        moved = replace(moved, completed_at=world.now)
    world.take(moved)
    _consequences(world, moved, ask)
    return world.purchases[moved.id]


def _holding(world: World, purchase: Purchase) -> set[Guard]:
    all_back = world.back_minor(purchase) == purchase.total_minor
    small = rules.is_small(purchase, world.policy)
    return {guard for guard, holds in ((Guard.SMALL, small), (Guard.ALL, all_back)) if holds}


def _consequences(world: World, purchase: Purchase, ask: Move) -> None:
    """What an event brings with it: a charge, an entry in the developer's books, timers, and who hears of it."""
    match ask.event:
        case Event.APP_AGREED if purchase.state == State.AUTHORIZING:
            _charge(world, purchase)
        case Event.APP_AGREED:
            world.joins.append(purchase)
        case Event.CHARGED:
            book(world, purchase, "sale", purchase.parts, purchase.owed_minor, purchase.id)
        case Event.REFUNDED if ask.refund_id:
            refund = next(one for one in world.refunds[purchase.id] if one.id == ask.refund_id)
            book(world, purchase, "refund", refund.parts, refund.owed_minor, refund.id, by_dispute=refund.by_dispute)
        case Event.CHARGED_BACK:
            _charge_back(world, purchase, ask.taken_minor)
        case Event.CHARGEBACK_WON:
            _win_back(world, purchase)
        case _:
            pass
    if purchase.state == State.COMPLETED and not purchase.test:
        due = world.now + timedelta(hours=world.policy.games.fulfil_hours)
        world.jobs.append(Job(UNFULFILLED, str(purchase.id), due_at=due))
    if ask.event in _TOLD and purchase.state not in _SILENT:
        world.tell(purchase, _TOLD[ask.event])


def _charge(world: World, purchase: Purchase) -> None:
    """Ask for the debit; a tester's moves no money, and ends as they want to see it."""
    if purchase.test:
        world.jobs.append(Job(FORCED, str(purchase.id)))
        return
    assert purchase.buyer_id
    world.debits.append(
        charges.Charge(
            id=purchase.id,
            owner="games",
            subject_id=purchase.id,
            business_id=purchase.business_id,
            payer_id=purchase.buyer_id,
            card_id=purchase.card_id,
            bank_id=None,
            amount_minor=purchase.total_minor,
            currency=purchase.currency,
            shares=money.shares(purchase, purchase.parts),
            says=world.games[purchase.game_id].name,
        )
    )


def book(
    world: World,
    purchase: Purchase,
    kind: EntryKind,
    parts: Parts,
    owed_minor: int,
    of: UUID,
    *,
    by_dispute: bool = False,
) -> None:
    """An entry, and what it takes beside the charge's own transfers: to bring the developer their currency; or, of what
    the house gave a buyer, to take it from whose it was.

    Nothing for a tester's, nor for what was let go of before its bundle was debited.
    """
    bundle = world.bundles.get(purchase.bundle_id) if purchase.bundle_id else None
    if purchase.test or (bundle and bundle.state in bundles.UNCHARGED):
        return
    zone = world.developers[purchase.business_id].zone
    entry = rules.entry(kind, purchase, parts, owed_minor, of=of, n=1, at=world.now, zone=zone)
    world.entries.append(entry)
    world.transfers += money.borne(entry, purchase) if by_dispute else money.exchange(entry)


def _charge_back(world: World, purchase: Purchase, taken_minor: int | None) -> None:
    """The developer's share comes out of what accrues; the house and the state bear theirs."""
    if purchase.test:
        return
    refunds, zone = world.refunds.get(purchase.id, ()), world.developers[purchase.business_id].zone
    left = rules.left(purchase, refunds)
    part = left if taken_minor is None else part_of(left, taken_minor)
    owed = owed_part(rules.left_owed(purchase, refunds), left, part)
    entry = rules.entry("chargeback", purchase, part, owed, of=purchase.id, n=purchase.version, at=world.now, zone=zone)
    world.entries.append(entry)
    world.transfers += money.borne(entry, purchase)


def _win_back(world: World, purchase: Purchase) -> None:
    """Exactly what the chargeback took."""
    if purchase.test:
        return
    taken, zone = world.chargebacks[purchase.id], world.developers[purchase.business_id].zone
    parts = Parts(-taken.share_minor, -taken.fee_minor, -taken.tax_minor)
    entry = rules.entry(
        "chargeback_reversed",
        purchase,
        parts,
        -taken.owed_minor,
        of=purchase.id,
        n=purchase.version,
        at=world.now,
        zone=zone,
    )
    world.entries.append(entry)
    world.transfers += money.borne(entry, purchase)


async def write(tx: Tx, world: World) -> None:
    """Write what was decided, in a constant number of statements; the ledger last."""
    for purchase in world.joins:
        zone = world.developers[purchase.business_id].zone
        bundle_id, due = await bundles.join(tx, purchase, now=world.now, zone=zone, policy=world.policy)
        world.take(replace(world.purchases[purchase.id], bundle_id=bundle_id))
        world.jobs.append(due)
    refused = await charge(tx, world.debits, policy=world.policy)
    for charge_id, failure in refused.items():
        move(world, Move(charge_id, Event.DECLINED, why=failure.code))
    changed = list(world.changed.values())
    await tx.execute(
        SQL.write_purchases,
        **columns(changed, *_PURCHASE),
        bought_at=[world.now if one.asked_at else None for one in changed],
    )
    await tx.execute(SQL.write_entries, **columns(world.entries, *ENTRY))
    await outbox.enqueue(tx, world.jobs)
    await outbox.tell(tx, [tell_buyer(one) for one in changed if one.buyer_id])
    await hooks.publish(tx, world.events)
    await post(tx, world.transfers)


def tell_buyer(purchase: Purchase) -> outbox.Event:
    """The buyer's devices re-read what has changed."""
    assert purchase.buyer_id
    return outbox.Event(purchase.buyer_id, "purchase", {"id": str(purchase.id), "state": purchase.state})


async def charge(tx: Tx, asks: Sequence[charges.Charge], *, policy: Policy) -> dict[UUID, Failure]:
    """Ask for debits. Those that may not even be asked for, by the charge's id."""
    if not asks:
        return {}
    results = await charges.charge(tx, asks, policy=policy)
    return {ask.id: result for ask, result in zip(asks, results, strict=True) if isinstance(result, Failure)}


async def post(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """Write transfers. What the ledger refuses here is a defect."""
    if not transfers:
        return
    fine = {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
    statuses = {one.status for one in await ledger.create_transfers(tx, transfers)}
    assert statuses <= fine, statuses
