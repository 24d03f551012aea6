"""The verbs of paying out. Every one takes a batch; each item gets its own answer."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.payments.ach.orders import Order
from tuppence.payments.ach.orders.states import State as OrderState
from tuppence.payments.payouts import queries, rules, writing
from tuppence.payments.payouts.errors import PayoutNotFound
from tuppence.payments.payouts.model import Approve, Hold, PaidOut, Payout, Release
from tuppence.payments.payouts.rules import Plan
from tuppence.payments.payouts.states import Event
from tuppence.payments.payouts.world import World, open_world

_EVENTS: Mapping[OrderState, Event] = {
    OrderState.ACCEPTED: Event.ACCEPTED,
    OrderState.SETTLED: Event.SETTLED,
    OrderState.FAILED: Event.FAILED,
    OrderState.RETURNED: Event.RETURNED,
}

Decide = Callable[[World, PaidOut], Plan | PaidOut]


# - asking ------------------------------------------------------------------------------------------------------------


async def schedule(tx: Tx, asks: Sequence[Payout], *, policy: Policy) -> list[PaidOut | Failure]:
    """Ask for payouts. What pays the same entries to the same payee already is the answer, under whatever id.

    Refuses as `rules.plan_schedule` does. Another bank account than the last one waits some days, and is told of.
    """
    known = await queries.payouts(tx, [ask.id for ask in asks])
    same = await queries.same_entries(tx, asks)
    world = await open_world(tx, {}, policy, named=[ask.bank_id for ask in asks], of=[ask.business_id for ask in asks])
    results = [_schedule(world, ask, known, same) for ask in asks]
    fresh = {plan.payout.id for plan in world.plans}
    if raced := fresh - await writing.insert(tx, world.plans):  # another request wrote the same a moment ago
        world.plans = [plan for plan in world.plans if plan.payout.id not in raced]
        known |= await queries.payouts(tx, raced)
        same |= await queries.same_entries(tx, asks)
        results = [
            _schedule(world, ask, known, same) if isinstance(one, PaidOut) and one.id in raced else one
            for ask, one in zip(asks, results, strict=True)
        ]
    await writing.write_destinations(tx, world)
    await writing.tell(tx, world)
    return results


def _schedule(
    world: World, ask: Payout, known: dict[UUID, PaidOut], same: dict[tuple[UUID, str, str], PaidOut]
) -> PaidOut | Failure:
    key = (ask.payee_id, ask.currency, ask.entries)
    already = known.get(ask.id) or same.get(key)
    try:
        planned = rules.plan_schedule(ask, already, world.facts(ask))
    except Failure as failure:
        return failure
    if isinstance(planned, PaidOut):
        return planned
    known[ask.id] = same[key] = world.take(planned)
    return planned.payout


# - people ------------------------------------------------------------------------------------------------------------


async def approve(tx: Tx, asks: Sequence[Approve], *, policy: Policy) -> list[PaidOut | Failure]:
    """Agree to payouts; the second of two people lets it go. Saying it again tells what is.

    Locks: the payouts, in id order. Refuses: PayoutNotFound, PayoutMovedOn.
    """
    world = await open_world(tx, await queries.lock(tx, [ask.payout_id for ask in asks]), policy)
    results = [_each(world, ask.payout_id, _approval(ask)) for ask in asks]
    await writing.write(tx, world)
    return results


def _approval(ask: Approve) -> Decide:
    def decide(world: World, payout: PaidOut) -> Plan | PaidOut:
        facts = world.facts(payout)
        return payout if ask.by in facts.approvers else rules.approve(payout, ask.by, facts)

    return decide


async def hold(tx: Tx, asks: Sequence[Hold], *, policy: Policy) -> list[PaidOut | Failure]:
    """Stop payouts that have not left. Locks: the payouts, in id order. Refuses: PayoutNotFound, PayoutMovedOn."""

    def decided(ask: Hold) -> Decide:
        event = Event.BLOCK if ask.blocks else Event.HOLD
        return lambda world, payout: rules.step(payout, event, world.facts(payout, said=ask.why))

    world = await open_world(tx, await queries.lock(tx, [ask.payout_id for ask in asks]), policy)
    results = [_each(world, ask.payout_id, decided(ask)) for ask in asks]
    await writing.write(tx, world)
    return results


async def release(tx: Tx, asks: Sequence[Release], *, policy: Policy) -> list[PaidOut | Failure]:
    """Let stopped payouts go on, to another bank account where one is named: that waits, and is agreed to anew.

    Locks: the payouts, in id order. Refuses as `rules.release` does, and PayoutNotFound.
    """

    def decided(ask: Release) -> Decide:
        return lambda world, payout: rules.release(
            payout, ask.bank_id, world.facts(payout, bank_id=ask.bank_id or payout.bank_id)
        )

    named = [ask.bank_id for ask in asks if ask.bank_id]
    world = await open_world(tx, await queries.lock(tx, [ask.payout_id for ask in asks]), policy, named=named)
    results = [_each(world, ask.payout_id, decided(ask)) for ask in asks]
    await writing.write_destinations(tx, world)
    await writing.write(tx, world)
    return results


def _each(world: World, payout_id: UUID, decide: Decide) -> PaidOut | Failure:
    payout = world.payouts.get(payout_id)
    if payout is None:
        return PayoutNotFound()
    try:
        planned = decide(world, payout)
    except Failure as failure:
        return failure
    return world.take(planned) if isinstance(planned, Plan) else planned


# - machines ----------------------------------------------------------------------------------------------------------


async def happen(tx: Tx, asks: Sequence[tuple[UUID, Event]], *, policy: Policy) -> None:
    """Let timers befall payouts; where the table has no row for it, nothing happens.

    Locks: the payouts, in id order; last the ledger.
    """
    world = await open_world(tx, await queries.lock(tx, [payout_id for payout_id, _ in asks]), policy)
    for payout_id, event in asks:
        _each(world, payout_id, _befalls(event))
    await writing.write(tx, world)


async def note(tx: Tx, found: Mapping[UUID, Order], *, policy: Policy) -> None:
    """Look at payouts whose orders have news, as they are by now. Looking again changes nothing.

    Locks: the payouts, in id order; last the ledger.
    """
    places = await queries.by_order(tx, found)
    world = await open_world(tx, await queries.lock(tx, places.values()), policy)
    for order_id, payout_id in places.items():
        order = found[order_id]
        if world.payouts[payout_id].order_id == order_id and (event := _EVENTS.get(order.state)):
            _each(world, payout_id, _befalls(event, order))
    await writing.write(tx, world)


def _befalls(event: Event, order: Order | None = None) -> Decide:
    return lambda world, payout: rules.step(payout, event, world.facts(payout, order=order))
