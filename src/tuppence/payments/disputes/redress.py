"""Giving a claimant something back: a refund by reference to their debit, else a push to a card of theirs.

What is owed to them stands in their `parked` account meanwhile. An attempt n+1 is marked only in the step that
records that n is proven dead. Of a charge, the room of charges gives back, out of what the house bears; only where
that fails is it pushed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.core import Leg, Policy, step_id
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer, chart
from tuppence.outbox import Job
from tuppence.payments import charges
from tuppence.payments.cards import queries as cards
from tuppence.payments.cards.model import Card
from tuppence.payments.charges.model import dispute_refund
from tuppence.payments.charges.states import State as RefundState
from tuppence.payments.disputes import books, queries
from tuppence.payments.disputes.model import Dispute
from tuppence.payments.sends.attempts import hear, next_inquiry
from tuppence.payments.sends.model import SETTLED, Fate, Recorded
from tuppence.payments.sends.model import Attempt as RailAttempt

SQL = queries.SQL

USE = "payments.redress"
INQUIRE = "payments.redress_inquire"
AGAIN = "payments.redress_again"

_NONE = UUID(int=0)
_AGAIN_AFTER = timedelta(days=1)
_REFUNDING = (RefundState.REFUNDING, RefundState.REFUND_UNKNOWN)
_DEAD = (Fate.DECLINED, Fate.DEAD)


@dataclass(frozen=True, slots=True)
class Attempt(RailAttempt):
    """A row of payments.redress_attempt. `payment_id` is the dispute, `subject_id` the payment."""

    subject_id: UUID = _NONE
    amount_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Debit:
    """What took the money of a payment."""

    payment_id: UUID
    id: UUID
    card_id: UUID


async def begin(tx: Tx, owed: Sequence[Dispute], *, now: datetime) -> list[Transfer]:
    """Mark the first attempt of each payment's, which are locked. What to write in the ledger."""
    paid = [one for one in owed if one.about == "payment"]
    debits = {one.payment_id: one for one in await tx.fetch(SQL.debits, Debit, ids=[one.subject_id for one in paid])}
    return await _mark(tx, [(one, _by_reference(one, debits[one.subject_id], now)) for one in paid])


async def give_back(tx: Tx, owed: Sequence[Dispute], *, now: datetime, policy: Policy) -> None:
    """Refund charges, which are locked; tomorrow look whether that worked."""
    bought = [one for one in owed if one.about == "charge"]
    if bought:
        await charges.refund(tx, [_refund(one) for one in bought], policy=policy)
        await outbox.enqueue(tx, [_again(one, now) for one in bought])


def _refund(dispute: Dispute) -> charges.Refund:
    house = chart.house("chargeback_receivable", dispute.currency)
    shares = [charges.Share(house, dispute.given_minor)]
    return charges.Refund(dispute_refund(dispute.id), dispute.subject_id, shares, "dispute")


async def record(tx: Tx, heard: Sequence[Recorded], *, policy: Policy) -> list[None]:
    """Write down what rails said of attempts. Saying it again changes nothing. Locks: the disputes, in id order."""
    named = await attempts(tx, [one.attempt_id for one in heard])
    await tx.execute(SQL.lock, ids=sorted({one.payment_id for one in named.values()}))
    known = await attempts(tx, [one.attempt_id for one in heard])
    found = await queries.disputes(tx, [one.payment_id for one in known.values()])
    now, real_now = await outbox.now(tx), datetime.now(UTC)
    changed: dict[UUID, Attempt] = {}
    for one in heard:
        told = hear(known[one.attempt_id], one.answer, now=now, real_now=real_now, policy=policy)
        if told and told[1].returned_at is None:
            known[one.attempt_id] = changed[one.attempt_id] = told[1]
    await _write(tx, changed.values())
    await outbox.enqueue(tx, [_asking(one, now, policy) for one in changed.values() if one.fate == Fate.UNKNOWN])
    settled = [_settled(found[one.payment_id], one) for one in changed.values() if one.fate in SETTLED]
    dead = [found[one.payment_id] for one in changed.values() if one.fate in _DEAD]
    await post(tx, [*settled, *await _go_on(tx, dead, now)])
    return [None] * len(heard)


async def retry(tx: Tx, dispute_ids: Sequence[UUID]) -> None:
    """Look again whether there is a card by now, or a charge was refunded. Locks: the disputes, in id order."""
    await tx.execute(SQL.lock, ids=sorted(dispute_ids))
    found = list((await queries.disputes(tx, dispute_ids)).values())
    now = await outbox.now(tx)
    refunds = await charges.refunds(tx, [dispute_refund(one.id) for one in found if one.about == "charge"])
    state = {one.id: known.state for one in found if (known := refunds.get(dispute_refund(one.id)))}
    await outbox.enqueue(tx, [_again(one, now) for one in found if state.get(one.id) in _REFUNDING])
    left = [one for one in found if state.get(one.id) not in (*_REFUNDING, RefundState.REFUNDED)]
    owed = [books.owe(one) for one in left if one.about == "charge"]
    if owed:
        await ledger.create_accounts(tx, books.claimants_accounts(left))
    await post(tx, [*owed, *await _go_on(tx, left, now)])


async def attempts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    return {one.id: one for one in await tx.fetch(SQL.attempts, Attempt, ids=sorted(set(ids)))}


async def post(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """The last call before the commit. A transfer that exists was written by an earlier try of the same step."""
    if transfers:
        results = await ledger.create_transfers(tx, transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused


async def _go_on(tx: Tx, owed: Sequence[Dispute], now: datetime) -> list[Transfer]:
    """Push to a card that was not tried lately; without one, look again tomorrow."""
    if not owed:
        return []
    tried = await tx.fetch(SQL.attempts_of, Attempt, disputes=[one.id for one in owed])
    owned = await cards.cards_of(tx, sorted({one.claimant_id for one in owed}))
    marked = []
    for one in owed:
        mine = [attempt for attempt in tried if attempt.payment_id == one.id]
        if any(attempt.fate not in _DEAD for attempt in mine):
            continue
        card = _next_card(owned, one, mine, now)
        if card is None:
            await outbox.enqueue(tx, [_again(one, now)])
        else:
            marked.append((one, _attempt(one, len(mine) + 1, now, kind="push", card_id=card.id)))
    return await _mark(tx, marked)


def _again(dispute: Dispute, now: datetime) -> Job:
    return Job(AGAIN, str(dispute.id), due_at=now + _AGAIN_AFTER)


def _next_card(
    owned: Mapping[UUID, Sequence[Card]], dispute: Dispute, tried: Sequence[Attempt], now: datetime
) -> Card | None:
    lately = {one.card_id for one in tried if now - one.marked_at < _AGAIN_AFTER / 2}
    mine = owned.get(dispute.claimant_id, ())
    return next((card for card in mine if card.receives and card.id not in lately), None)


def _by_reference(dispute: Dispute, debit: Debit, now: datetime) -> Attempt:
    return _attempt(dispute, 1, now, kind="refund", card_id=debit.card_id, of=debit.id)


def _attempt(dispute: Dispute, n: int, now: datetime, *, kind: str, card_id: UUID, of: UUID | None = None) -> Attempt:
    return Attempt(
        id=step_id(dispute.id, Leg.REFUND, n),
        payment_id=dispute.id,
        leg=Leg.REFUND,
        n=n,
        kind=kind,
        card_id=card_id,
        of=of,
        fate=Fate.LIVE,
        marked_at=now,
        recorded_at=datetime.now(UTC),
        subject_id=dispute.subject_id,
        amount_minor=dispute.given_minor,
        currency=dispute.currency,
    )


async def _mark(tx: Tx, marked: Sequence[tuple[Dispute, Attempt]]) -> list[Transfer]:
    await _write(tx, [attempt for _, attempt in marked])
    await outbox.enqueue(tx, [Job(USE, str(attempt.id)) for _, attempt in marked])
    return [books.hold(dispute, attempt.id) for dispute, attempt in marked]


async def _write(tx: Tx, some: Iterable[Attempt]) -> None:
    rows = sorted(some, key=lambda one: (one.fate not in SETTLED, one.id))
    if rows:
        await tx.execute(SQL.write_attempts, **columns(rows, *Attempt.__dataclass_fields__))


def _settled(dispute: Dispute, attempt: Attempt) -> Transfer:
    return books.settle(dispute, attempt.n, accepted=attempt.fate == Fate.ACCEPTED)


def _asking(attempt: Attempt, now: datetime, policy: Policy) -> Job:
    assert attempt.unknown_at is not None
    return Job(INQUIRE, str(attempt.id), due_at=next_inquiry(attempt.leg, attempt.unknown_at, now, policy))
