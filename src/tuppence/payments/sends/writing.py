"""Writing down what steps decided, in a constant number of statements, however many payments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence import chat, ledger, outbox
from tuppence.core import Policy
from tuppence.db import Tx, columns
from tuppence.ledger import Account, CreateTransferStatus, Transfer
from tuppence.outbox import Event as Told
from tuppence.outbox import Job
from tuppence.payments import limits, pace
from tuppence.payments.ach import entries
from tuppence.payments.ach.model import Entry
from tuppence.payments.cards import actions as cards
from tuppence.payments.sends import books, queries, sync
from tuppence.payments.sends.model import SETTLED, Attempt, Fate, Payment
from tuppence.payments.sends.plans import Call, Plan, Timer
from tuppence.payments.sends.states import RELEASES, Event

SQL = queries.SQL

USE = "payments.use"
INQUIRE = "payments.inquire"
APP_PAYMENT_CHANGED = "apps.payment_changed"  # of a payment that an app made, which hears of it

_PAYMENT = (
    "id",
    "state",
    "version",
    "cause",
    "decline_code",
    "dispute",
    "revealed",
    "receiving_card_id",
    "refund_card_id",
    "step_up_until",
    "proved_at",
    "expires_at",
    "next_update_at",
    "arrival_earliest",
    "arrival_latest",
    "arrival_fast",
    "arrival_reason",
    "arrival_facts",
    "updated_at",
    "receiving_bank_id",
)
_MOMENT = ("payment_id", "version", "number", "event", "state", "at", "detail")
_ATTEMPT = (
    "id",
    "payment_id",
    "leg",
    "n",
    "kind",
    "card_id",
    "of",
    "fate",
    "marked_at",
    "recorded_at",
    "unknown_at",
    "decline_code",
    "approval",
    "trace",
    "rrn",
    "network_at",
    "returned_at",
    "bank_id",
)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to do once the rows are written: tell people, and last of all book."""

    told: Sequence[Told] = ()
    accounts: Sequence[Account] = ()  # that must exist before it is booked
    transfers: Sequence[Transfer] = ()


async def write(
    tx: Tx,
    plans: Sequence[Plan],
    attempts: Mapping[UUID, Sequence[Attempt]],
    *,
    now: datetime,
    real_now: datetime,
    policy: Policy,
) -> Rest:
    """Write plans; `finish` tells both sides and books, or a caller who has more of both. The payments are locked."""
    last = {plan.payment.id: plan.payment for plan in plans}
    written = await tx.execute(SQL.write_payments, **columns(list(last.values()), *_PAYMENT))
    assert written == len(last), "a payment was changed under our lock"
    await tx.execute(SQL.write_moments, **columns([plan.moment for plan in plans], *_MOMENT))
    await _write_attempts(tx, plans)
    await pace.note(tx, list({one.noted.payment_id: one.noted for one in plans if one.noted}.values()))
    cards_told = await cards.heed(tx, _refusals(plans), now=now)
    await _write_jobs(tx, plans)
    await chat.reveal(tx, [("payment", plan.payment.id) for plan in plans if plan.reveals])
    scene = await queries.scene(tx, list(last.values()), attempts, now=now, real_now=real_now, policy=policy)
    await entries.put(tx, _entries(plans, scene), now=now, policy=policy)
    limits_told = await _limits(tx, last.values(), now, policy)
    return Rest(
        told=[*_views(last.values(), scene), *limits_told, *cards_told, *_reminders(plans)],
        accounts=books.parked_accounts([(plan.payment, one) for plan in plans for one in plan.books]),
        transfers=[transfer for plan in plans for transfer in books.transfers(plan.payment, plan.books)],
    )


async def finish(tx: Tx, rest: Rest) -> None:
    """Tell, then book: the last call before the commit. What exists was written by an earlier try of the same step."""
    await outbox.tell(tx, rest.told)
    if rest.accounts:
        await ledger.create_accounts(tx, rest.accounts)
    if rest.transfers:
        results = await ledger.create_transfers(tx, rest.transfers)
        refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
        assert not refused, refused


async def _write_attempts(tx: Tx, plans: Sequence[Plan]) -> None:
    """Settled ones first: only then may another live on the same leg."""
    latest = {one.id: one for plan in plans for one in plan.attempts}
    rows = sorted(latest.values(), key=lambda one: (one.fate not in SETTLED, one.id))
    if rows:
        await tx.execute(SQL.write_attempts, **columns(rows, *_ATTEMPT))


def _refusals(plans: Sequence[Plan]) -> list[tuple[UUID, str | None]]:
    """Cards that said no, and why. One whose bank sent a credit back gets no other."""
    heard = [one for plan in plans for one in plan.attempts]
    refused = [(one.card_id, one.decline_code) for one in heard if one.card_id and one.fate == Fate.DECLINED]
    sent_back = {one.payment.id for one in plans if one.moment.event == Event.CREDIT_RETURNED}
    return refused + [
        (one.card_id, "cannot_receive")
        for one in heard
        if one.card_id and one.returned_at and one.payment_id in sent_back
    ]


def _entries(plans: Sequence[Plan], scene: sync.Scene) -> list[Entry]:
    """What waits for the next bank file: the attempts that were marked on bank accounts."""
    return [
        Entry(
            id=one.attempt.id,
            account_id=one.attempt.bank_id,
            purpose="credit",
            payment_id=plan.payment.id,
            amount_minor=plan.payment.amount_minor,
            currency=plan.payment.currency,
            receiver=scene.banks[one.attempt.bank_id].holder,
            sender=scene.profiles[plan.payment.payer_id].name,
            made_at=one.attempt.marked_at,
            sec="WEB",  # Source: Nacha, credits between people, 2015-03-20
            description="PAYMENT",
        )
        for plan in plans
        for one in plan.calls
        if one.attempt.bank_id
    ]


async def _write_jobs(tx: Tx, plans: Sequence[Plan]) -> None:
    wanted = jobs_after(plans)
    gone: dict[str, list[str]] = {}
    for (kind, key), job in wanted.items():
        if job is None:
            gone.setdefault(kind, []).append(key)
    for kind, keys in sorted(gone.items()):
        await outbox.forget(tx, kind, sorted(keys))
    await outbox.enqueue(tx, [*(job for job in wanted.values() if job), *app_jobs(plan.payment for plan in plans)])


def jobs_after(plans: Sequence[Plan]) -> dict[tuple[str, str], Job | None]:
    """Jobs by (kind, key) as the plans leave them, in order, so that a batch which sets a timer and then leaves the
    state leaves none behind. None: to be forgotten.
    """
    wanted: dict[tuple[str, str], Job | None] = {}
    for plan in plans:
        wanted |= {named(plan.payment.id, timer): None for timer in plan.forget}
        wanted |= {named(plan.payment.id, timer): timer_job(plan.payment.id, timer) for timer in plan.timers}
        wanted |= {(job.kind, job.key): job for job in map(call_job, plan.calls) if job}
    return wanted


def app_jobs(payments: Iterable[Payment]) -> list[Job]:
    """News for the apps that made them."""
    return [Job(APP_PAYMENT_CHANGED, str(one.id)) for one in payments if one.app_id]


def named(payment_id: UUID, timer: Timer) -> tuple[str, str]:
    """A timer's kind and key; the same timer always has the same."""
    return f"payments.{timer.event}", f"{payment_id}:{timer.tag}" if timer.tag else str(payment_id)


def timer_job(payment_id: UUID, timer: Timer) -> Job:
    kind, key = named(payment_id, timer)
    return Job(kind, key, {"payment_id": str(payment_id), "tag": timer.tag}, timer.at)


def call_job(call: Call) -> Job | None:
    """Ask the rail, or ask after it. The attempt's row says everything else. None: it waits for a bank file."""
    if call.attempt.bank_id:
        return None
    payload = {"payment_id": str(call.attempt.payment_id)}
    return Job(INQUIRE if call.inquire else USE, str(call.attempt.id), payload, call.at)


def _views(payments: Iterable[Payment], scene: sync.Scene) -> list[Told]:
    """Each side gets the whole payment as it may see it."""
    return [
        Told(person, "payment", sync.view(payment, person, scene))
        for payment in payments
        for person in (payment.payer_id, payment.payee_id)
        if sync.may_see(payment, person)
    ]


async def _limits(tx: Tx, payments: Iterable[Payment], now: datetime, policy: Policy) -> list[Told]:
    """Who got room back is told how much there is now."""
    payers = sorted({one.payer_id for one in payments if one.state in RELEASES})
    seen = await limits.views(tx, payers, now=now, policy=policy)
    return [Told(person, "limits", seen[person]) for person in payers]


def _reminders(plans: Sequence[Plan]) -> list[Told]:
    reminders = []
    for plan in plans:
        if plan.moment.event == Event.REMIND:
            whom = plan.moment.detail["whom"]
            person = plan.payment.payee_id if whom == "payee" else plan.payment.payer_id
            reminders.append(Told(person, "reminder", {"payment_id": str(plan.payment.id), "whom": whom}))
    return reminders
