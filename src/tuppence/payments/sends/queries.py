"""Reading payments. `access_payment` is the only way to obtain one for somebody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from tuppence import chat, outbox, people
from tuppence.core import Policy
from tuppence.db import Statements, Tx, columns
from tuppence.payments.banks import queries as banks
from tuppence.payments.cards.model import Card
from tuppence.payments.errors import PaymentNotFound
from tuppence.payments.limits.rules import Used
from tuppence.payments.sends import sync
from tuppence.payments.sends.model import Attempt, Moment, Payment, Send
from tuppence.payments.sends.plan_send import SendFacts
from tuppence.payments.sends.states import State

SQL = Statements(__package__)

Which = Literal["all", "sent", "received"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of somebody's payments, newest first."""

    data: list[sync.View]
    following: str | None  # where older ones begin, if there are any


@dataclass(frozen=True, slots=True)
class _Place:
    id: UUID
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Receiving:
    payment_id: UUID
    instrument_id: UUID


@dataclass(frozen=True, slots=True)
class _Attempted:
    id: UUID
    payment_id: UUID


@dataclass(frozen=True, slots=True)
class Wait:
    """A payment that waits for a card of a person's."""

    payment_id: UUID
    person_id: UUID
    state: State
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _SendRow:
    card_id: UUID | None
    payee_fingerprint: str | None
    payee_fast_funds: bool | None
    payee_slow_bank: str | None
    payee_by_bank: bool
    used_day_minor: int
    used_week_minor: int
    day_from: datetime | None
    week_from: datetime | None
    paid_before: bool
    twin: UUID | None
    paused: bool


# - rows by id ------------------------------------------------------------------------------------------------------


async def lock_wallets(tx: Tx, payers: Iterable[UUID]) -> None:
    """Whoever uses room in a limit takes this lock first, so that two sends never read the same room."""
    await tx.execute(SQL.lock_wallets, people=sorted(set(payers)))


async def lock_payments(tx: Tx, ids: Sequence[UUID]) -> None:
    await tx.execute(SQL.lock_payments, ids=list(ids))


async def payments(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Payment]:
    return {one.id: one for one in await tx.fetch(SQL.payments, Payment, ids=list(ids))}


async def attempts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[Attempt]]:
    """The rail attempts of these payments, by leg and number."""
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    for one in await tx.fetch(SQL.attempts_of, Attempt, payments=list(ids)):
        found[one.payment_id].append(one)
    return found


async def moments(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[Moment]]:
    """The timelines of these payments."""
    found: dict[UUID, list[Moment]] = defaultdict(list)
    for one in await tx.fetch(SQL.moments_of, Moment, payments=list(ids)):
        found[one.payment_id].append(one)
    return found


async def cards(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Card]:
    return {one.id: one for one in await tx.fetch(SQL.cards, Card, ids=sorted(set(ids)))}


async def receiving(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """For each payment, its payee's default card or bank account, where there is one."""
    return {one.payment_id: one.instrument_id for one in await tx.fetch(SQL.receiving, _Receiving, ids=list(ids))}


async def payments_of_attempts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which payment each attempt belongs to."""
    return {one.id: one.payment_id for one in await tx.fetch(SQL.payments_of_attempts, _Attempted, ids=list(ids))}


async def made_good(tx: Tx, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these payments that their payers have back already: from the house, or because their bank took it."""
    return frozenset(await tx.scalars(SQL.made_good, ids=list(ids))) if ids else frozenset()


async def waiting(tx: Tx, *, payer: UUID, payee: UUID) -> list[UUID]:
    """Payments from one to the other that wait for the payee."""
    return await tx.scalars(SQL.waiting, payer=payer, payee=payee)


async def waiting_for_card(tx: Tx, owners: Sequence[UUID]) -> list[Wait]:
    """What would go on if these people had a card: payments to them, and parked money of theirs."""
    return await tx.fetch(SQL.waiting_for_card, Wait, people=list(owners))


# - facts -----------------------------------------------------------------------------------------------------------


async def send_facts(tx: Tx, asks: Sequence[Send], *, now: datetime, policy: Policy) -> list[SendFacts]:
    """What the rules must know about each ask. The payers' wallets are locked."""
    asked = columns(asks, "payer", "payee", "amount_minor", "currency", "card_id")
    rows = await tx.fetch(SQL.send_facts, _SendRow, now=now, duplicate_seconds=policy.send.duplicate_seconds, **asked)
    between = await people.between(tx, [(ask.payer, ask.payee) for ask in asks])
    already = await payments(tx, [ask.id for ask in asks])
    held = await cards(tx, [row.card_id for row in rows if row.card_id])
    return [
        SendFacts(
            conversation_id=chat.conversation_id(ask.payer, ask.payee),
            already=already.get(ask.id),
            card=_own(held.get(row.card_id), ask.payer) if row.card_id else None,
            payee_fingerprint=row.payee_fingerprint,
            payee_fast_funds=row.payee_fast_funds,
            payee_slow_bank=row.payee_slow_bank,
            payee_by_bank=row.payee_by_bank,
            friends=link.friends,
            payer_blocked=link.first_blocked_second,
            payee_blocked=link.second_blocked_first,
            both_open=link.both_enabled,
            used=(Used(row.used_day_minor, row.day_from), Used(row.used_week_minor, row.week_from)),
            paid_before=row.paid_before,
            twin=row.twin,
            paused=row.paused,
        )
        for ask, row, link in zip(asks, rows, between, strict=True)
    ]


def _own(card: Card | None, person: UUID) -> Card | None:
    return card if card and card.person_id == person else None


# - what people see ---------------------------------------------------------------------------------------------------


async def scene(
    tx: Tx,
    found: Sequence[Payment],
    tried: Mapping[UUID, Sequence[Attempt]] | None,
    *,
    now: datetime,
    real_now: datetime,
    policy: Policy,
) -> sync.Scene:
    """All that showing these payments takes."""
    ids = [one.id for one in found]
    involved = {person for one in found for person in (one.payer_id, one.payee_id)}
    named = {
        card
        for one in found
        for card in (one.funding_card_id, one.receiving_card_id, one.refund_card_id)
        if card is not None
    }
    return sync.Scene(
        now=now,
        real_now=real_now,
        policy=policy,
        profiles=await people.profiles(tx, sorted(involved)),
        cards=await cards(tx, named),
        banks=await banks.by_id(tx, [one.receiving_bank_id for one in found if one.receiving_bank_id]),
        attempts=tried if tried is not None else await attempts(tx, ids),
        moments=await moments(tx, ids),
    )


async def views(tx: Tx, person_id: UUID, payment_ids: Sequence[UUID], *, policy: Policy) -> list[sync.View]:
    """Those of these payments that this person may see, in the order asked."""
    found = await payments(tx, payment_ids)
    shown = [found[one] for one in payment_ids if one in found and sync.may_see(found[one], person_id)]
    if not shown:
        return []
    now = await outbox.now(tx)
    staged = await scene(tx, shown, None, now=now, real_now=datetime.now(UTC), policy=policy)
    return [sync.view(one, person_id, staged) for one in shown]


async def access_payment(tx: Tx, person_id: UUID, payment_id: UUID, *, policy: Policy) -> sync.View:
    """One payment. Raises: PaymentNotFound, the same for one that does not exist and one that is not theirs."""
    found = await views(tx, person_id, [payment_id], policy=policy)
    if not found:
        raise PaymentNotFound
    return found[0]


async def list_payments(
    tx: Tx, person_id: UUID, *, policy: Policy, which: Which = "all", limit: int = 50, after: str | None = None
) -> Page:
    """Somebody's payments, newest first. `after` is `following` of the page before."""
    before_at, before_id = read_place(after) if after else (None, None)
    rows = await tx.fetch(
        SQL.list_payments,
        _Place,
        person_id=person_id,
        sent=which != "received",
        received=which != "sent",
        before_at=before_at,
        before_id=before_id,
        limit=limit + 1,
    )
    data = await views(tx, person_id, [row.id for row in rows[:limit]], policy=policy)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(data, write_place(last.created_at, last.id) if last else None)


async def snapshot(tx: Tx, person_id: UUID, *, policy: Policy, limit: int = 50) -> list[sync.View]:
    """What a client starts from: somebody's newest payments. Later ones come by the feed, older ones by paging."""
    return (await list_payments(tx, person_id, policy=policy, limit=limit)).data


def write_place(at: datetime, payment_id: UUID) -> str:
    """Where a page ends, as a text."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)} {payment_id}"


def read_place(place: str) -> tuple[datetime, UUID]:
    """Where the next page begins."""
    micros, _, payment_id = place.partition(" ")
    return _EPOCH + timedelta(microseconds=int(micros)), UUID(payment_id)
