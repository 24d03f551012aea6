"""The verbs of disputes: report, answer, decide, and hear what a network says. The ledger comes last.

Lock order: payments, charges, disputes, wallets, feeds, lines of events, ledger accounts, each in id order. An owner
locks its own first, and says what its business bears (`borne`) before it books that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Tx
from tuppence.payments.disputes import queries, rules, states, views, writing
from tuppence.payments.disputes.errors import DisputeNotFound
from tuppence.payments.disputes.model import Ask, Case, Dispute, Plan, Recovery, Report, Subject, View
from tuppence.payments.disputes.rules import Facts
from tuppence.payments.disputes.states import Event, Kind
from tuppence.payments.errors import PaymentNotFound
from tuppence.payments.sends.states import Event as SendEvent
from tuppence.payments.sends.stepping import Move, moved
from tuppence.payments.sends.writing import Rest

SQL = queries.SQL
NOTHING = Rest()


@dataclass(slots=True)
class _World:
    """What was read under the locks, and how the batch has changed it so far."""

    now: datetime
    policy: Policy
    subjects: dict[UUID, Subject]
    disputes: dict[UUID, Dispute]
    plans: list[Plan] = field(default_factory=list)

    def take(self, plan: Plan) -> Dispute:
        self.disputes[plan.dispute.id] = plan.dispute
        self.plans.append(plan)
        return plan.dispute

    def facts(self, subject_id: UUID) -> Facts:
        return Facts(self.now, self.policy, self.subjects[subject_id])

    def about(self, subject_id: UUID) -> list[Dispute]:
        return [one for one in self.disputes.values() if one.subject_id == subject_id]


async def report(tx: Tx, asks: Sequence[Report], *, policy: Policy) -> list[View | Failure]:
    """Open disputes as people ask; a repeat answers what is there. Order in, order out.

    Refuses: PaymentNotFound, IdTaken, AlreadyReported, NothingToReport, ReportedTooLate.
    """
    world = await _open_world(tx, [ask.subject_id for ask in asks], policy)
    await tx.execute(SQL.lock_ids, ids=sorted({ask.id for ask in asks}))
    taken = await queries.disputes(tx, [ask.id for ask in asks])
    results = [_report(world, ask, taken) for ask in asks]
    await _write(tx, world)
    return await _shown(tx, [(ask.person_id, one) for ask, one in zip(asks, results, strict=True)])


def _report(world: _World, ask: Report, taken: dict[UUID, Dispute]) -> Dispute | Failure:
    subject = world.subjects.get(ask.subject_id)
    if subject is None or (subject.about, subject.payer_id) != (ask.about, ask.person_id):
        return PaymentNotFound()
    known = world.about(ask.subject_id)
    known += [taken[ask.id]] if ask.id in taken and taken[ask.id] not in known else []
    try:
        plan = rules.plan_report(ask, subject, known, world.facts(ask.subject_id))
    except Failure as failure:
        return failure
    return world.take(plan) if isinstance(plan, Plan) else plan


async def act(tx: Tx, asks: Sequence[Ask], *, policy: Policy) -> list[View | Failure]:
    """Do what the two sides ask: withdraw, answer, concede. Each is shown the dispute as it is after the batch.

    Refuses: DisputeNotFound, DisputeMovedOn.
    """
    results = await move(tx, asks, policy=policy)
    pairs = [(_by(ask), one) for ask, one in zip(asks, results, strict=True)]
    return await _shown(tx, pairs)


def _by(ask: Ask) -> UUID:
    assert ask.by is not None
    return ask.by


async def move(tx: Tx, asks: Sequence[Ask], *, policy: Policy) -> list[Dispute | Failure]:
    """Let events befall disputes: people's, operators', timers'. The dispute as it is then, or why not."""
    named = await queries.disputes(tx, [ask.dispute_id for ask in asks])
    world = await _open_world(tx, [one.subject_id for one in named.values()], policy)
    results = [_move(world, ask) for ask in asks]
    await _write(tx, world)
    return results


async def bear(tx: Tx, dispute_id: UUID, *, policy: Policy) -> bool:
    """Let the business that was paid bear it. False: somebody does already, and the owner books nothing."""
    (moved,) = await move(tx, [Ask(dispute_id, Event.BORNE)], policy=policy)
    return not isinstance(moved, Failure)


def _move(world: _World, ask: Ask) -> Dispute | Failure:
    dispute = world.disputes.get(ask.dispute_id)
    if dispute is None:
        return DisputeNotFound()
    try:
        rules.check_actor(dispute, ask)
        return world.take(rules.step(dispute, ask, world.facts(dispute.subject_id)))
    except Failure as failure:
        return failure


async def hear(tx: Tx, cases: Sequence[Case], *, policy: Policy) -> list[Dispute | Failure]:
    """Take note of what a network's file says of chargebacks. Saying it again changes nothing.

    A claim about the same payment gives way to it. Money that had not left us is not sent any more.

    Refuses: what `rules.check_case` does, DisputeNotFound, DisputeMovedOn.
    """
    known = await queries.by_cases(tx, [case.number for case in cases])
    world = await _open_world(tx, [case.subject_id for case in cases], policy)
    known = {number: world.disputes.get(one.id, one) for number, one in known.items()}
    results = [_hear(world, case, known) for case in cases]
    opened = {plan.dispute.subject_id for plan in world.plans if plan.dispute.recovery == Recovery.FROM_TRANSIT}
    stopped = [Move(one, SendEvent.CHARGED_BACK) for one in sorted(opened)]
    rest = (await moved(tx, stopped, policy))[2] if stopped else NOTHING
    await _write(tx, world, rest)
    return results


def _hear(world: _World, case: Case, known: dict[str, Dispute]) -> Dispute | Failure:
    try:
        rules.check_case(case, world.subjects.get(case.subject_id), known.get(case.number))
    except Failure as failure:
        return failure
    facts = world.facts(case.subject_id)
    if case.event != Event.OPEN:
        dispute = known.get(case.number)
        ask = Ask(dispute.id, case.event, network_by=case.respond_by) if dispute else None
        heard = _move(world, ask) if ask else DisputeNotFound()
        known |= {case.number: heard} if isinstance(heard, Dispute) else {}
        return heard
    if case.number in known:
        return known[case.number]
    for one in world.about(case.subject_id):
        if one.kind != Kind.CHARGEBACK and one.state not in states.TERMINAL:
            world.take(rules.step(one, Ask(one.id, Event.OVERTAKEN), facts))
    known[case.number] = world.take(rules.plan_case(uuid7(), case, facts))
    return known[case.number]


async def _open_world(tx: Tx, subject_ids: Iterable[UUID], policy: Policy) -> _World:
    """Lock and read. Locks: payments, charges, then their disputes, in id order, until the transaction ends."""
    ids = sorted(set(subject_ids))
    await tx.execute(SQL.lock_payments, ids=ids)
    await tx.execute(SQL.lock_charges, ids=ids)
    about = [one.id for some in (await queries.of_subjects(tx, ids)).values() for one in some]
    await tx.execute(SQL.lock, ids=sorted(about))
    return _World(
        now=await outbox.now(tx),
        policy=policy,
        subjects=await queries.subjects(tx, ids),
        disputes=await queries.disputes(tx, about),
    )


async def _write(tx: Tx, world: _World, rest: Rest = NOTHING) -> None:
    """Write it down, together with what is left to do of the payments that were stopped."""
    if world.plans:
        await writing.write(tx, world.plans, rest, now=world.now, policy=world.policy)


async def _shown(tx: Tx, pairs: Sequence[tuple[UUID, Dispute | Failure]]) -> list[View | Failure]:
    """Everybody sees the dispute as it is after the whole batch."""
    found = [one for _, one in pairs if isinstance(one, Dispute)]
    after = await queries.disputes(tx, [one.id for one in found])
    lines = await queries.moments(tx, [one.id for one in found])
    return [
        one if isinstance(one, Failure) else views.view(after[one.id], person, lines[one.id]) for person, one in pairs
    ]
