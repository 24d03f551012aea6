"""The verbs of charging. Every one takes a batch; each item gets its own answer.

Lock order: what the owner locks of its own, charges, (their disputes), cards, feeds, ledger accounts, each in id order.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import CURRENCIES, Failure, Policy
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus
from tuppence.payments.ach import orders
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards import actions as cards
from tuppence.payments.cards import queries as wallets
from tuppence.payments.cards.model import Card
from tuppence.payments.charges import books, hearing, queries, rules, writing
from tuppence.payments.charges.by_bank import order_of
from tuppence.payments.charges.errors import ChargeNotFound, RefundNotCovered
from tuppence.payments.charges.model import Charge, Charged, Refund, Refunded
from tuppence.payments.charges.plans import Facts, Plan, Scene
from tuppence.payments.errors import BankNotReady, IdTaken
from tuppence.payments.sends.model import Recorded

SQL = queries.SQL
Sources = dict[UUID, Card | BankAccount]  # what can be charged, by id

_NEW = (
    "id",
    "owner",
    "subject_id",
    "business_id",
    "payer_id",
    "card_id",
    "bank_id",
    "mandate_id",
    "amount_minor",
    "currency",
    "shares",
    "says",
    "policy_version",
)
_WRITTEN = frozenset({CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS})
_SHORT = frozenset(
    {
        CreateTransferStatus.EXCEEDS_CREDITS,
        CreateTransferStatus.LINKED_EVENT_FAILED,
        CreateTransferStatus.ID_ALREADY_FAILED,
    }
)


async def _facts(tx: Tx, policy: Policy) -> Facts:
    return Facts(await outbox.now(tx), datetime.now(UTC), policy)


# - charging ----------------------------------------------------------------------------------------------------------


async def charge(tx: Tx, asks: Sequence[Charge], *, policy: Policy) -> list[Charged | Failure]:
    """Begin charges: their rows, the first attempt of each, and the rail's job. A repeat tells what is.

    The accounts of the shares exist. Refuses as `rules.plan_charge` does.
    """
    facts = await _facts(tx, policy)
    known = await queries.charges(tx, [ask.id for ask in asks])
    found: Sources = {**await wallets.by_id(tx, [ask.card_id for ask in asks if ask.card_id])}
    if named := [ask.bank_id for ask in asks if ask.bank_id]:
        found |= await banks.by_id(tx, named)
    results = await _ordered(tx, _planned(asks, known, found, facts), found, policy)
    plans = {one.charge.id: one for one in results if isinstance(one, Plan)}
    if plans:
        await _assert_accounts(tx, [one.charge for one in plans.values()])
        written = await _insert(tx, plans, facts.now)
        if raced := plans.keys() - written:  # another request wrote the same a moment ago
            known |= await queries.charges(tx, sorted(raced))
            again = _planned([ask for ask in asks if ask.id in raced], known, found, facts)
            results = [again.pop(0) if ask.id in raced else one for ask, one in zip(asks, results, strict=True)]
    return [one.charge if isinstance(one, Plan) else one for one in results]


def _planned(
    asks: Sequence[Charge], known: Mapping[UUID, Charged], found: Sources, facts: Facts
) -> list[Plan | Charged | Failure]:
    """One plan for each ask; the second ask of a batch with the same id is a repeat of the first."""
    seen, results = dict(known), []
    for ask in asks:
        one = _plan(ask, seen.get(ask.id), found, facts)
        if isinstance(one, Plan):
            seen[ask.id] = one.charge
        results.append(one)
    return results


def _plan(ask: Charge, already: Charged | None, found: Sources, facts: Facts) -> Plan | Charged | Failure:
    source = ask.card_id or ask.bank_id
    try:
        return rules.plan_charge(ask, already, found.get(source) if source else None, facts)
    except Failure as failure:
        return failure


async def _ordered(
    tx: Tx, results: list[Plan | Charged | Failure], found: Sources, policy: Policy
) -> list[Plan | Charged | Failure]:
    """Ask our bank for the debits among them; what it will not be asked for is refused."""
    debits = {one.charge.id: one for one in results if isinstance(one, Plan) and one.charge.bank_id}
    if not debits:
        return results
    asks = []
    for one in debits.values():
        bank = found[one.charge.bank_id] if one.charge.bank_id else None
        assert isinstance(bank, BankAccount)
        asks.append(order_of(one.attempts[0], one.charge, bank))
    answers = dict(zip(debits, await orders.put(tx, asks, policy=policy), strict=True))
    refused = {charge_id: answer for charge_id, answer in answers.items() if isinstance(answer, Failure)}
    return [refused.get(one.charge.id, one) if isinstance(one, Plan) else one for one in results]


async def _assert_accounts(tx: Tx, charges: Sequence[Charged]) -> None:
    """A charge whose shares have no account would take money that nobody can be given."""
    named = {(UUID(account), CURRENCIES[one.currency].numeric) for one in charges for account in one.shares}
    there = await ledger.lookup_accounts(tx, sorted({account for account, _ in named}))
    assert named == {(one.id, one.ledger) for one in there}, "the accounts of shares exist"


async def _insert(tx: Tx, plans: Mapping[UUID, Plan], now: datetime) -> set[UUID]:
    """Write new charges with their attempts and calls; those that were new."""
    new = [plans[one] for one in sorted(plans)]
    written = set(await tx.scalars(SQL.insert_charges, now=now, **columns([one.charge for one in new], *_NEW)))
    mine = [one for one in new if one.charge.id in written]
    await cards.spend(tx, [(one.charge.card_id, one.charge.id) for one in mine if one.charge.card_id])
    await writing.write_attempts(tx, mine)
    await writing.write_jobs(tx, mine)
    return written


# - giving back -------------------------------------------------------------------------------------------------------


async def refund(tx: Tx, asks: Sequence[Refund], *, policy: Policy) -> list[Refunded | Failure]:
    """Begin to give back: what each refund is taken from is held, and the rail asked. A repeat tells what is.

    Refuses as `rules.plan_refund` does, with ChargeNotFound, BankNotReady where the bank account cannot receive, and
    RefundNotCovered: that id stays refused.
    Locks: the charges, in id order, and the refunds' ids; then the ledger.
    """
    facts = await _facts(tx, policy)
    scenes = await queries.scenes(tx, [ask.charge_id for ask in asks])
    await tx.execute(SQL.lock_refund_ids, ids=sorted({ask.id for ask in asks}))
    elsewhere = await queries.refunds(tx, [ask.id for ask in asks])
    refused = await _not_ready(tx, asks, scenes)
    while True:
        results = _planned_refunds(asks, scenes, elsewhere, refused, facts)
        plans = [one for one in results if isinstance(one, Plan)]
        short = await _hold(tx, plans, policy.currency)
        if not short:
            break
        refused |= dict.fromkeys(short, RefundNotCovered())  # without it, others of the batch may have room
    await writing.write(tx, plans, facts, held=True)
    return [_refund_of(one) for one in results]


async def _not_ready(tx: Tx, asks: Sequence[Refund], scenes: Mapping[UUID, Scene]) -> dict[UUID, Failure]:
    """Refunds to bank accounts that can receive nothing, by id."""
    by_bank = {ask.id: scenes[ask.charge_id].charge.bank_id for ask in asks if ask.charge_id in scenes}
    found = await banks.by_id(tx, [one for one in by_bank.values() if one])
    return {ask_id: BankNotReady() for ask_id, bank_id in by_bank.items() if bank_id and not found[bank_id].receives}


def _planned_refunds(
    asks: Sequence[Refund],
    scenes: Mapping[UUID, Scene],
    elsewhere: Mapping[UUID, Refunded],
    refused: Mapping[UUID, Failure],
    facts: Facts,
) -> list[Plan | Refunded | Failure]:
    world, results = dict(scenes), list[Plan | Refunded | Failure]()
    for ask in asks:
        one = _plan_refund(ask, world, elsewhere, refused, facts)
        if isinstance(one, Plan):
            world[ask.charge_id] = world[ask.charge_id].after(one)
        results.append(one)
    return results


def _plan_refund(
    ask: Refund,
    world: Mapping[UUID, Scene],
    elsewhere: Mapping[UUID, Refunded],
    refused: Mapping[UUID, Failure],
    facts: Facts,
) -> Plan | Refunded | Failure:
    scene, known = world.get(ask.charge_id), elsewhere.get(ask.id)
    if scene is None:
        return ChargeNotFound()
    if known is not None and known.charge_id != ask.charge_id:
        return IdTaken()
    if ask.id in refused and known is None:
        return refused[ask.id]
    try:
        return rules.plan_refund(ask, scene, facts)
    except Failure as failure:
        return failure


async def _hold(tx: Tx, plans: Sequence[Plan], currency: str) -> set[UUID]:
    """Hold what refunds are taken from; those whose account does not have as much."""
    owners = [
        (one.of.id, transfer)
        for plan in plans
        for one in plan.bookings
        for transfer in books.transfers([one], currency)
    ]
    if not owners:
        return set()
    results = await ledger.create_transfers(tx, [transfer for _, transfer in owners])
    refused = {owner for (owner, _), result in zip(owners, results, strict=True) if result.status in _SHORT}
    odd = {result.status for result in results} - _WRITTEN - _SHORT
    assert not odd, odd
    return refused


def _refund_of(one: Plan | Refunded | Failure) -> Refunded | Failure:
    if isinstance(one, Plan):
        assert one.refund is not None
        return one.refund
    return one


# - hearing -----------------------------------------------------------------------------------------------------------


async def record(tx: Tx, heard: Sequence[Recorded], *, policy: Policy) -> list[Failure | None]:
    """Write down what rails said of attempts. Saying it again changes nothing; so does what can't be any more.

    Locks: the charges, in id order; last the ledger.
    """
    facts = await _facts(tx, policy)
    places = await queries.charges_of_attempts(tx, [one.attempt_id for one in heard])
    scenes = await queries.scenes(tx, places.values())
    plans = []
    for one in heard:
        charge_id = places[one.attempt_id]
        plan = hearing.step(scenes[charge_id], one.attempt_id, one.answer, facts)
        if plan:
            scenes[charge_id] = scenes[charge_id].after(plan)
            plans.append(plan)
    if plans:
        await writing.write(tx, plans, facts)
    return [None] * len(heard)
