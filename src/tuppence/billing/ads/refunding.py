"""Giving money back to where it came from: an unused balance on demand, and what an ended account is owed. What is
refunded was charged to a card or an account, and goes back there, the latest charge first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tuppence.billing.ads import collecting
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import AdsAccountNotFound, NothingUnused
from tuppence.billing.ads.model import Charge, Cycle, Refund
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import AccountEvent
from tuppence.core import Leg, step_id
from tuppence.db import Tx
from tuppence.payments import charges


@dataclass(frozen=True, slots=True)
class Source:
    """A charge, and how much of it can still go back."""

    charge_id: UUID
    refundable_minor: int


@dataclass(frozen=True, slots=True)
class RefundUnused:
    """Somebody wants unused prepaid money back: all of it, or an amount. The id is theirs."""

    id: UUID
    business_id: UUID
    account_id: UUID
    by: UUID | None
    amount_minor: int | None


async def sources(tx: Tx, account_ids: Sequence[UUID], *, bills: bool = False) -> dict[UUID, list[Source]]:
    """What was charged for top-ups, or for bills, the latest first."""
    rows = await tx.fetch(SQL.charged, Charge, accounts=list(account_ids), bills=bills)
    told = await charges.charges(tx, [one.id for one in rows])
    found: dict[UUID, list[Source]] = {}
    for one in rows:
        found.setdefault(one.account_id, []).append(Source(one.id, told[one.id].refundable_minor))
    return found


def plan(draft: Draft, ask_id: UUID, amount_minor: int, unused: Sequence[Source], cycle: Cycle | None = None) -> int:
    """Refund an amount over charges; how much of it found a charge to go back to."""
    rest = amount_minor
    for n, source in enumerate(unused, 1):
        part = min(rest, source.refundable_minor)
        if part > 0:
            refund = Refund(
                id=step_id(ask_id, Leg.REFUND, n), ask_id=ask_id, account_id=draft.account.id,
                charge_id=source.charge_id, cycle_id=cycle.id if cycle else None, amount_minor=part,
                state="refunding", failed_why=None, asked_at=draft.now, settled_at=None,
            )  # fmt: skip
            draft.refunds[refund.id] = refund
            draft.new_refunds.append(refund)
            rest -= part
    if rest < amount_minor:
        draft.tell("refunding", amount_minor=amount_minor - rest)
    return amount_minor - rest


def refundable_minor(prepaid_minor: int, unused: Sequence[Source]) -> int:
    """How much of the balance can go back: what was given as goodwill was no charge."""
    return min(prepaid_minor, sum(one.refundable_minor for one in unused))


def plan_unused(draft: Draft, ask: RefundUnused, unused: Sequence[Source]) -> None:
    """Raises: NothingUnused, AdsAccountNotFound."""
    if draft.account.business_id != ask.business_id:
        raise AdsAccountNotFound
    most = refundable_minor(draft.world.prepaid_minor, unused)
    wanted = most if ask.amount_minor is None else ask.amount_minor
    if wanted > most or wanted <= 0:
        raise NothingUnused(refundable_minor=most)
    plan(draft, ask.id, wanted, unused)


def owe_back(draft: Draft, charged: Sequence[Source]) -> None:
    """An ended account is owed something: a last bill below zero. It goes back over what its bills were paid with."""
    for cycle in list(draft.cycles.values()):
        if cycle.due_minor < 0 and cycle.carried_out_minor == 0:
            done = plan(draft, cycle.id, -cycle.due_minor, charged, cycle)
            draft.set(cycle, refunded_minor=cycle.refunded_minor + done)


def hear(draft: Draft, refund_id: UUID, told: Refund) -> None:
    """What became of a refund. Told again, it changes nothing. One that failed is owed again."""
    before = draft.refunds[refund_id]
    if before.state in ("refunded", "refund_failed") or told.state == before.state:
        return
    ended = told.state in ("refunded", "refund_failed")
    heard = replace(before, state=told.state, failed_why=told.failed_why, settled_at=draft.now if ended else None)
    draft.refunds[refund_id] = heard
    if told.state == "refund_failed":
        draft.tell("refund_failed", amount_minor=heard.amount_minor, why=heard.failed_why)
        if heard.cycle_id is not None:
            cycle = draft.cycles[heard.cycle_id]
            draft.set(cycle, refunded_minor=cycle.refunded_minor - heard.amount_minor)
    elif told.state == "refunded":
        draft.tell("refunded", amount_minor=heard.amount_minor)
    if ended:
        collecting.happen(draft, AccountEvent.SETTLED)
