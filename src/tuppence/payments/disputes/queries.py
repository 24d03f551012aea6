"""Reading disputes. `access_dispute` is the only way to obtain one for somebody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db import Statements, Tx
from tuppence.payments import charges
from tuppence.payments.disputes import clocks, states, views
from tuppence.payments.disputes.errors import DisputeNotFound
from tuppence.payments.disputes.model import REPORTABLE, About, Dispute, Moment, Subject, View
from tuppence.payments.disputes.states import Kind
from tuppence.payments.errors import PaymentNotFound
from tuppence.payments.sends.states import State as PaymentState

SQL = Statements(__package__)

_DELIVERED = (PaymentState.CREDITED, PaymentState.AVAILABLE)
_KEPT = (PaymentState.AWAITING_RECIPIENT, PaymentState.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class _Paid:
    id: UUID
    payer_id: UUID
    payee_id: UUID
    amount_minor: int
    currency: str
    paid_at: datetime
    state: PaymentState
    given_minor: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What we know of a payment that its payer's bank cannot know."""

    id: UUID
    created_at: datetime
    amount_minor: int
    currency: str
    state: str
    step_up_reason: str | None
    proved_at: datetime | None
    device_age: timedelta | None
    approval: str | None
    rrn: str | None
    network_at: datetime | None
    credit_trace: str | None
    credited_at: datetime | None
    paid_before: int
    given_minor: int


async def subjects(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """What may be disputed, by id: payments between people, and charges by businesses."""
    paid = await tx.fetch(SQL.payments, _Paid, ids=sorted(set(ids)))
    bought = await charges.charges(tx, sorted(set(ids)))
    return {one.id: _subject(one) for one in paid} | {one.id: _charge(one) for one in bought.values()}


def _subject(one: _Paid) -> Subject:
    delivered = one.state in _DELIVERED
    return Subject(
        about="payment",
        id=one.id,
        payer_id=one.payer_id,
        paid_id=one.payee_id,
        amount_minor=one.amount_minor,
        currency=one.currency,
        paid_at=one.paid_at,
        owed_minor=max(0, one.amount_minor - one.given_minor) if delivered else 0,
        kept=one.state in _KEPT,
    )


def _charge(one: charges.Charged) -> Subject:
    return Subject(
        about="charge",
        id=one.id,
        payer_id=one.payer_id,
        paid_id=one.business_id,
        amount_minor=one.amount_minor,
        currency=one.currency,
        paid_at=one.created_at,
        owed_minor=one.refundable_minor,
        owner=one.owner,
        sold=one.state == "charged",
    )


async def disputes(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Dispute]:
    return {one.id: one for one in await tx.fetch(SQL.disputes, Dispute, ids=sorted(set(ids)))}


async def of_subjects(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[Dispute]]:
    """Every dispute about each, oldest first."""
    found: dict[UUID, list[Dispute]] = defaultdict(list)
    for one in await tx.fetch(SQL.of_subjects, Dispute, subjects=sorted(set(ids))):
        found[one.subject_id].append(one)
    return found


async def by_cases(tx: Tx, numbers: Sequence[str]) -> dict[str, Dispute]:
    found = await tx.fetch(SQL.by_cases, Dispute, numbers=sorted(set(numbers)))
    return {one.case_number or "": one for one in found}


async def moments(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, list[Moment]]:
    found: dict[UUID, list[Moment]] = defaultdict(list)
    for one in await tx.fetch(SQL.moments_of, Moment, ids=sorted(set(ids))):
        found[one.dispute_id].append(one)
    return found


async def evidence(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Evidence]:
    return {one.id: one for one in await tx.fetch(SQL.evidence, Evidence, ids=sorted(set(ids)))}


# - for people ---------------------------------------------------------------------------------------------------------


async def access_dispute(tx: Tx, person_id: UUID, dispute_id: UUID) -> View:
    """One dispute, as somebody on either side may see it. Raises: DisputeNotFound."""
    found = (await disputes(tx, [dispute_id])).get(dispute_id)
    if found is None or not views.may_see(found, person_id):
        raise DisputeNotFound
    return views.view(found, person_id, (await moments(tx, [found.id]))[found.id])


async def list_disputes(
    tx: Tx, person_id: UUID, *, limit: int, before: UUID | None = None
) -> tuple[list[View], UUID | None]:
    """Those of somebody, or of a business: what they reported and what they were asked about, the latest first.

    With the one after which the list goes on, if it does.
    """
    found = await tx.fetch(SQL.of_person, Dispute, person_id=person_id, before=before, most=limit + 1)
    shown = found[:limit]
    lines = await moments(tx, [one.id for one in shown])
    data = [views.view(one, person_id, lines[one.id]) for one in shown]
    return data, shown[-1].id if len(found) > limit else None


async def access_reportable(tx: Tx, person_id: UUID, about: About, subject_id: UUID, *, policy: Policy) -> View:
    """What can be reported about a payment or a charge and until when, and what was. Raises: PaymentNotFound.

    To the payee there is nothing to report; they are told only that it is questioned, while that lasts.
    """
    subject = (await subjects(tx, [subject_id])).get(subject_id)
    if subject is None or subject.about != about or person_id not in (subject.payer_id, subject.paid_id):
        raise PaymentNotFound
    known = (await of_subjects(tx, [subject_id]))[subject_id]
    lines = await moments(tx, [one.id for one in known])
    now = await outbox.now(tx)
    open_now = [one for one in known if one.state not in states.TERMINAL]
    mine = person_id == subject.payer_id
    able = mine and not open_now and subject.owed_minor > 0 and clocks.may_report(subject.paid_at, now, policy)
    return {
        "payment_id": str(subject_id) if about == "payment" else None,
        "charge_id": str(subject_id) if about == "charge" else None,
        "reasons": [str(one) for one in REPORTABLE] if able else [],
        "last_day": clocks.last_day(subject.paid_at, policy).isoformat() if mine else None,
        "questioned": not mine and any(one.kind == Kind.CHARGEBACK for one in open_now),
        "disputes": [views.view(one, person_id, lines[one.id]) for one in known if views.may_see(one, person_id)],
    }


async def queue(tx: Tx, *, decided: bool = False) -> list[Dispute]:
    """For operators: what is open, the most urgent first; what was decided too, if asked."""
    return await tx.fetch(SQL.queue, Dispute, decided=decided)
