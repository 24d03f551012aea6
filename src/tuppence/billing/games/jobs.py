"""What the worker does for games: asks them, fires timers, hears what became of charges, debits bundles.

A game is asked with no transaction open, and what it said is written after. Every handler may run again: a move that
was made before is refused by the table, and changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from tuppence.billing.games import actions, bundles, claims, forced, paying, queries, rules, statements
from tuppence.billing.games.moving import FORCED, UNFULFILLED, Move, book, charge, happen, open_world, write
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.signing import Root
from tuppence.billing.games.states import PAID, Delivery, Event, State
from tuppence.billing.games.web import Web, agrees
from tuppence.core import Failure, Policy
from tuppence.db import Database, Tx
from tuppence.outbox import Handler, Job
from tuppence.payments import charges

CHARGE_CHANGED = "games.charge_changed"
REFUND_CHANGED = "games.refund_changed"
_LATE = timedelta(seconds=20)  # real time beyond the game's own: nobody is debited long after they looked

_HEARD = {"charged": Event.CHARGED, "declined": Event.DECLINED, "unknown": Event.WAITS}
InOne = Callable[[Tx, Sequence[Job]], Awaitable[None]]


def handlers(database: Database, web: Web, root: Root, policy: Policy) -> Mapping[str, Handler]:
    """Every kind of job of this room, for the worker."""

    async def in_one(verb: InOne, jobs: Sequence[Job]) -> list[None]:
        """All of a kind in one transaction."""
        async with database.transaction() as tx:
            await verb(tx, jobs)
        return [None for _ in jobs]

    async def each(verb: Callable[[Tx, UUID], Awaitable[None]], jobs: Sequence[Job]) -> list[BaseException | None]:
        """One transaction each: one that fails must not hold up the others."""
        return [await one(verb, job) for job in jobs]

    async def one(verb: Callable[[Tx, UUID], Awaitable[None]], job: Job) -> BaseException | None:
        try:
            async with database.transaction() as tx:
                await verb(tx, UUID(job.key))
        except Exception as error:  # the worker writes it down and comes back
            return error
        return None

    async def ask(jobs: Sequence[Job]) -> Sequence[BaseException | None]:
        """Ask all of them at once: a game that takes its time must not hold up the others."""
        return await asyncio.gather(
            *(_ask(database, web, root, policy, UUID(job.key)) for job in jobs), return_exceptions=True
        )

    return {
        actions.ASK_GAME: ask,
        actions.EXPIRE: partial(in_one, partial(_expire, policy=policy)),
        UNFULFILLED: partial(in_one, partial(_unfulfilled, policy=policy)),
        FORCED: partial(in_one, partial(forced.go_on, policy=policy)),
        CHARGE_CHANGED: partial(in_one, partial(charges_changed, policy=policy)),
        REFUND_CHANGED: partial(each, partial(refund_changed, policy=policy)),
        bundles.CLOSE: partial(each, partial(debit_bundle, policy=policy)),
        claims.DISPUTE_CHANGED: partial(each, partial(claims.dispute_changed, policy=policy)),
        statements.CLOSE: partial(each, partial(statements.close_due, policy=policy)),
        statements.PAY: partial(each, partial(paying.pay, policy=policy)),
        paying.PAYOUT_CHANGED: partial(each, paying.payout_changed),
    }


async def _ask(database: Database, web: Web, root: Root, policy: Policy, purchase_id: UUID) -> None:
    """Ask one game, and write down what it said."""
    async with database.transaction(read_only=True) as tx:
        purchase = (await queries.purchases(tx, [purchase_id]))[purchase_id]
        game = (await queries.games(tx, [purchase.game_id]))[purchase.game_id]
    if purchase.state != State.VETOABLE or purchase.asked_at is None:
        return
    now, waits = datetime.now(UTC), timedelta(seconds=policy.games.veto_seconds)
    if now > purchase.asked_at + waits + _LATE:
        event, says = Event.APP_SILENT, None
    elif game.callback_url is None:
        event, says = Event.APP_AGREED, None
    else:
        event, says = await agrees(web, game, purchase, root=root, at=now, wait_s=waits.total_seconds())
    why = "app_silent" if event == Event.APP_SILENT else "app_refused" if event == Event.APP_REFUSED else None
    async with database.transaction() as tx:
        await happen(tx, [Move(purchase_id, event, why, says)], policy=policy)


async def _expire(tx: Tx, jobs: Sequence[Job], *, policy: Policy) -> None:
    await happen(tx, [Move(UUID(job.key), Event.EXPIRE) for job in jobs], policy=policy)


async def _unfulfilled(tx: Tx, jobs: Sequence[Job], *, policy: Policy) -> None:
    """A day has gone and the game has not said that it gave the thing: both sides hear of it."""
    world = await open_world(tx, [UUID(job.key) for job in jobs], policy)
    for purchase in world.purchases.values():
        if purchase.state in PAID and purchase.delivery == Delivery.PENDING:
            world.tell(purchase, "unfulfilled")
            world.take(purchase)  # as it is: its buyer's devices are told
    await write(tx, world)


async def charges_changed(tx: Tx, jobs: Sequence[Job], *, policy: Policy) -> None:
    """A charge is of a purchase or of a bundle, and has that one's id; or of the invoice of a statement."""
    told = await charges.charges(tx, [UUID(job.key) for job in jobs])
    heard = {one.id: event for one in told.values() if (event := _HEARD.get(one.state))}
    bought = await queries.purchases(tx, list(heard))
    moves = [Move(one, heard[one], why=told[one].decline_code or _why(heard[one])) for one in bought]
    if moves:
        await happen(tx, moves, policy=policy)
    bundled = await queries.bundles(tx, [one for one in heard if one not in bought])
    for one in bundled:
        await _bundle_heard(tx, one, heard[one], told[one].decline_code, policy)
    for one in heard.keys() - bought.keys() - bundled.keys():
        if heard[one] == Event.CHARGED:
            await statements.invoice_paid(tx, told[one].subject_id)
        elif heard[one] == Event.DECLINED:
            await statements.invoice_unpaid(tx, told[one].subject_id)


def _why(event: Event) -> str | None:
    return "no_answer" if event == Event.WAITS else None


async def _bundle_heard(tx: Tx, bundle_id: UUID, event: Event, decline_code: str | None, policy: Policy) -> None:
    """All of a bundle is taken, or none of it: then every purchase in it falls."""
    if event == Event.WAITS:
        return
    world = await open_world(tx, [one.id for one in await queries.bundled(tx, [bundle_id])], policy)
    bundle = (await queries.bundles(tx, [bundle_id], lock=True))[bundle_id]
    if bundle.state != "charging":
        return
    held = await bundles.held(tx, [bundle_id])
    await tx.execute(SQL.end_bundles, id=[bundle_id], state=["charged" if event == Event.CHARGED else "declined"])
    if event == Event.DECLINED:
        fallen = [Move(one.id, Event.BUNDLE_DECLINED, why=decline_code) for one, _ in held]
        await happen(tx, fallen, policy=policy)
        return
    for purchase, parts in held:
        owed = rules.left_owed(purchase, world.refunds.get(purchase.id, ()))
        book(world, purchase, "sale", parts, owed, purchase.id)
    await write(tx, world)


async def debit_bundle(tx: Tx, bundle_id: UUID, *, policy: Policy) -> None:
    """The day is over, or enough has come together: one debit for what is left of it."""
    bundle = (await queries.bundles(tx, [bundle_id], lock=True))[bundle_id]
    if bundle.state != "open":
        return
    held = await bundles.held(tx, [bundle_id])
    await tx.execute(SQL.end_bundles, id=[bundle_id], state=["charging" if held else "empty"])
    if not held:
        return
    games = await queries.games(tx, [held[0][0].game_id])
    asked = bundles.charge_of(bundle, held, games[held[0][0].game_id].name)
    refused: Mapping[UUID, Failure] = await charge(tx, [asked], policy=policy)
    if refused:
        await _bundle_heard(tx, bundle_id, Event.DECLINED, refused[bundle_id].code, policy)


async def refund_changed(tx: Tx, refund_id: UUID, *, policy: Policy) -> None:
    """A refund of ours has ended; those that charging began by itself are not ours."""
    told = (await charges.refunds(tx, [refund_id]))[refund_id]
    if told.state not in ("refunded", "refund_failed"):
        return
    (purchase_id,) = await tx.scalars(SQL.refunded_purchase, id=refund_id) or (None,)
    if purchase_id is None:
        return
    await queries.lock_purchases(tx, [purchase_id])
    ended = await tx.execute(
        SQL.end_refunds, id=[refund_id], state=["refunded" if told.state == "refunded" else "failed"]
    )
    if ended and told.state == "refunded":
        await happen(tx, [Move(purchase_id, Event.REFUNDED, refund_id=refund_id)], policy=policy)
    elif ended:
        world = await open_world(tx, [purchase_id], policy)
        world.take(world.purchases[purchase_id])
        await write(tx, world)
