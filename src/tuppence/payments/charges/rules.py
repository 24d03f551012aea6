"""Decisions about charges and refunds: facts in, plan out. Pure: opens nothing, knows no clock."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.core import Leg, Policy, step_id
from tuppence.ledger import chart
from tuppence.payments.cards.model import Card
from tuppence.payments.charges import states
from tuppence.payments.charges.errors import BankDebitsOff, ChargeNotCharged, NothingLeft
from tuppence.payments.charges.model import LATE_DEBIT, NO_ANSWER, Attempt, Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.states import Books, Event, Guard, Row, State
from tuppence.payments.errors import AmountRefused, CardNotFound, CardUnusable, CurrencyRefused, IdTaken
from tuppence.payments.sends.attempts import hear, may_try_again, next_inquiry
from tuppence.payments.sends.model import SETTLED, Answer, Fate
from tuppence.payments.sends.states import Event as SendEvent

# ISO 18245: advertising services; digital goods, games; digital goods, several kinds.
CATEGORY: Mapping[str, str] = {"ads": "7311", "games": "5816", "apps": "5818"}
_SAYS_MOST = 21  # DE43 has 25 for a name, of which four are ours

_EVENTS: Mapping[SendEvent, Event] = {
    SendEvent.DEBIT_ACCEPTED: Event.ACCEPTED,
    SendEvent.DEBIT_DECLINED: Event.DECLINED,
    SendEvent.DEBIT_UNANSWERED: Event.UNANSWERED,
    SendEvent.DEBIT_DEAD: Event.DEAD,
    SendEvent.DEBIT_FOUND: Event.FOUND,
    SendEvent.REFUND_ACCEPTED: Event.ACCEPTED,
    SendEvent.REFUND_DECLINED: Event.DECLINED,
    SendEvent.REFUND_UNANSWERED: Event.UNANSWERED,
    SendEvent.REFUND_DEAD: Event.DEAD,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step needs to know besides the rows. `now` is business time."""

    now: datetime
    real_now: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Call:
    """Ask the rail to act on an attempt, or inquire after it, soon or at a business time."""

    attempt: Attempt
    inquire: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry of the books, of a charge or of one of its refunds."""

    books: Books
    of: Charged | Refunded


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what a step writes."""

    charge: Charged
    refund: Refunded | None = None
    attempts: tuple[Attempt, ...] = ()
    bookings: tuple[Booking, ...] = ()
    calls: tuple[Call, ...] = ()
    told: tuple[Charged | Refunded, ...] = ()  # what the owner hears of


@dataclass(frozen=True, slots=True)
class Scene:
    """A charge with all that belongs to it: its refunds by id, its attempts and theirs by what they are for."""

    charge: Charged
    refunds: Mapping[UUID, Refunded]
    attempts: Mapping[UUID, Sequence[Attempt]]

    def after(self, plan: Plan) -> "Scene":
        """As the next step of a batch sees it."""
        refunds, attempts = dict(self.refunds), {key: list(some) for key, some in self.attempts.items()}
        if plan.refund:
            refunds[plan.refund.id] = plan.refund
        for one in plan.attempts:
            others = [other for other in attempts.get(one.payment_id, ()) if other.id != one.id]
            attempts[one.payment_id] = [*others, one]
        return Scene(plan.charge, refunds, attempts)


# - asking ----------------------------------------------------------------------------------------------------------


def plan_charge(ask: Charge, already: Charged | None, card: Card | None, facts: Facts) -> Plan | Charged:
    """Decide whether a charge may be tried; what is there already if it was asked for before.

    Raises: IdTaken, AmountRefused, CurrencyRefused, BankDebitsOff, CardNotFound, CardUnusable; in that order.
    """
    fresh = _charging(ask, facts)
    if already is not None:
        if _asked(already) != _asked(fresh):
            raise IdTaken
        return already
    if ask.amount_minor < 1:
        raise AmountRefused
    assert sum(share.amount_minor for share in ask.shares) == ask.amount_minor, "shares add up"
    assert all(share.amount_minor > 0 for share in ask.shares)
    if ask.currency != facts.policy.currency:
        raise CurrencyRefused
    if ask.bank_id:
        raise BankDebitsOff
    if card is None or card.person_id != ask.payer_id:
        raise CardNotFound
    if not card.pays or not (card.kept or card.used_by in (None, ask.id)):
        raise CardUnusable(state=card.state)
    attempt = _mark(fresh, None, (), facts)
    return Plan(fresh, attempts=(attempt,), calls=(Call(attempt),))


def _charging(ask: Charge, facts: Facts) -> Charged:
    return Charged(
        id=ask.id,
        owner=ask.owner,
        subject_id=ask.subject_id,
        business_id=ask.business_id,
        payer_id=ask.payer_id,
        card_id=ask.card_id,
        bank_id=ask.bank_id,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        shares=by_account(ask.shares),
        says=descriptor(ask.says, ask.owner),
        policy_version=facts.policy.version,
        state=State.CHARGING,
        decline_code=None,
        refunding_minor=0,
        refunded_minor=0,
        created_at=facts.now,
        updated_at=facts.now,
        charged_at=None,
    )


def _asked(one: Charged) -> tuple[object, ...]:
    """What a repeat must ask the same."""
    who = (one.owner, one.subject_id, one.business_id, one.payer_id, one.card_id, one.bank_id)
    return (*who, one.amount_minor, one.currency, dict(one.shares), one.says)


def by_account(shares: Iterable[Share]) -> dict[str, int]:
    """Shares as they are kept: minor units by account."""
    found: dict[str, int] = defaultdict(int)
    for share in shares:
        found[str(share.account)] += share.amount_minor
    return dict(found)


def descriptor(says: str, owner: str) -> str:
    """What a statement can print of a name: capitals and digits of ASCII, accents dropped; else what is sold."""
    plain = unicodedata.normalize("NFKD", says).encode("ascii", "ignore").decode().upper()
    words = re.sub(r"[^A-Z0-9&'./-]+", " ", plain).strip()
    return words[:_SAYS_MOST].strip() or owner.upper()


def plan_refund(ask: Refund, scene: Scene, facts: Facts) -> Plan | Refunded:
    """Decide whether some of a charge may be given back; what is there already if nothing is to be done.

    Where all was given back before, that is what was asked for: the last refund that did it is the answer.

    Raises: IdTaken, AmountRefused, ChargeNotCharged, NothingLeft; in that order.
    """
    charge, already, shares = scene.charge, scene.refunds.get(ask.id), by_account(ask.shares)
    if already is not None:
        if (dict(already.shares), already.reason) != (shares, ask.reason):
            raise IdTaken
        return already
    if not shares or min(shares.values()) < 1:
        raise AmountRefused
    if charge.state != State.CHARGED:
        raise ChargeNotCharged(state=charge.state)
    if charge.refunded_minor == charge.amount_minor:
        done = [one for one in scene.refunds.values() if one.state == State.REFUNDED]
        return max(done, key=lambda one: (one.updated_at, one.id))
    if sum(shares.values()) > charge.refundable_minor:
        raise NothingLeft(refundable_minor=charge.refundable_minor)
    return _give_back(charge, _taken(scene.attempts[charge.id]), ask.id, shares, ask.reason, facts)


def _give_back(
    charge: Charged, taken: Attempt, refund_id: UUID, shares: Mapping[str, int], reason: str, facts: Facts
) -> Plan:
    """Hold what is given back, and mark the rail's call. A refund names what it gives back of."""
    refund = Refunded(
        id=refund_id,
        charge_id=charge.id,
        amount_minor=sum(shares.values()),
        shares=shares,
        reason=reason,
        state=State.REFUNDING,
        failed_why=None,
        created_at=facts.now,
        updated_at=facts.now,
    )
    attempt = _mark(charge, refund, (), facts, of=taken.id)
    after = replace(charge, refunding_minor=charge.refunding_minor + refund.amount_minor, updated_at=facts.now)
    return Plan(after, refund, (attempt,), (Booking(Books.HOLD, refund),), (Call(attempt),))


def _taken(tries: Sequence[Attempt]) -> Attempt:
    return next(one for one in tries if one.fate == Fate.ACCEPTED)


def _mark(
    charge: Charged, refund: Refunded | None, tries: Sequence[Attempt], facts: Facts, of: UUID | None = None
) -> Attempt:
    """Write down that the next attempt will be made. The one before is proven dead."""
    assert all(one.fate in SETTLED for one in tries), "a second attempt while one may live"
    subject, n = refund or charge, len(tries) + 1
    return Attempt(
        id=step_id(subject.id, Leg.GIVE_BACK if refund else Leg.CHARGE, n),
        payment_id=subject.id,
        leg=Leg.REFUND if refund else Leg.DEBIT,
        n=n,
        kind="refund" if refund else "purchase",
        card_id=charge.card_id,
        bank_id=charge.bank_id,
        of=of,
        fate=Fate.LIVE,
        marked_at=facts.now,
        recorded_at=facts.real_now,
        charge_id=charge.id,
        amount_minor=subject.amount_minor,
        currency=charge.currency,
    )


# - hearing -----------------------------------------------------------------------------------------------------------


def step(scene: Scene, attempt_id: UUID, answer: Answer, facts: Facts) -> Plan | None:
    """What a rail's answer to an attempt brings. None: it is known, or can't be any more."""
    tries = next(some for some in scene.attempts.values() if any(one.id == attempt_id for one in some))
    attempt = next(one for one in tries if one.id == attempt_id)
    meant = hear(attempt, answer, now=facts.now, real_now=facts.real_now, policy=facts.policy)
    if meant is None:
        return None
    event, heard = _EVENTS[meant[0]], meant[1]
    known = [*(one for one in tries if one.id != heard.id), heard]
    refund = scene.refunds.get(attempt.payment_id)
    row = _row((refund or scene.charge).state, event, known, facts)
    if row is None:
        return None
    if refund is None:
        return _charge_step(scene.charge, row, heard, known, facts)
    return _refund_step(scene.charge, refund, row, heard, known, facts)


def _row(before: State, event: Event, tries: Sequence[Attempt], facts: Facts) -> Row | None:
    for row in states.rows(before, event):
        if row.guard is None or holds(row.guard, tries, facts):
            return row
    return None


def holds(guard: Guard, tries: Sequence[Attempt], facts: Facts) -> bool:
    """Answer a guard's question about the attempts of a charge or a refund."""
    if guard is Guard.WATCHED:
        return any(one.unknown_at for one in tries)
    return may_try_again(tries, now=facts.now, policy=facts.policy)


def _charge_step(charge: Charged, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts) -> Plan:
    after = replace(charge, state=row.after, updated_at=facts.now)
    if row.after == State.CHARGED:
        after = replace(after, charged_at=facts.now)
    if row.after == State.DECLINED and row.event != Event.FOUND:
        after = replace(after, decline_code=heard.decline_code or NO_ANSWER)
    plan = _next(Plan(after, attempts=(heard,)), row, heard, tries, facts)
    if row.books:
        plan = replace(plan, bookings=(Booking(row.books, after),))
    if row.books is Books.TAKE_LATE:
        return _with(plan, _late_refund(after, heard, facts))
    return replace(plan, told=(after,)) if row.before != row.after else plan


def _late_refund(charge: Charged, taken: Attempt, facts: Facts) -> Plan:
    """Money that was taken after all stands in its owner's name until it is back on their card."""
    parked = chart.personal("parked", charge.payer_id, charge.currency)
    refund_id = step_id(charge.id, Leg.GIVE_BACK, 1)
    return _give_back(charge, taken, refund_id, {str(parked): charge.amount_minor}, LATE_DEBIT, facts)


def _with(first: Plan, then: Plan) -> Plan:
    return replace(
        then,
        attempts=first.attempts + then.attempts,
        bookings=first.bookings + then.bookings,
        calls=first.calls + then.calls,
    )


def _refund_step(
    charge: Charged, refund: Refunded, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts
) -> Plan:
    after = replace(refund, state=row.after, updated_at=facts.now)
    left = charge.refunding_minor - refund.amount_minor
    if row.after == State.REFUNDED:
        charge = replace(charge, refunding_minor=left, refunded_minor=charge.refunded_minor + refund.amount_minor)
    if row.after == State.REFUND_FAILED:
        after = replace(after, failed_why=heard.decline_code)
        charge = replace(charge, refunding_minor=left)
    plan = _next(Plan(replace(charge, updated_at=facts.now), after, (heard,)), row, heard, tries, facts)
    if row.books:
        plan = replace(plan, bookings=(Booking(row.books, after),))
    asked_for = refund.reason != LATE_DEBIT
    return replace(plan, told=(after,)) if asked_for and row.before != row.after else plan


def _next(plan: Plan, row: Row, heard: Attempt, tries: Sequence[Attempt], facts: Facts) -> Plan:
    """The call that follows: an inquiry after silence, another attempt where the bank was out of reach."""
    if heard.fate == Fate.UNKNOWN:
        assert heard.unknown_at is not None
        at = next_inquiry(heard.leg, heard.unknown_at, facts.now, facts.policy)
        return replace(plan, calls=(Call(heard, inquire=True, at=at),))
    if row.after not in (State.CHARGING, State.REFUNDING):
        return plan
    attempt = _mark(plan.charge, plan.refund, tries, facts, of=heard.of)
    at = facts.now + timedelta(seconds=facts.policy.rail.inquiry_seconds[0])
    return replace(plan, attempts=(*plan.attempts, attempt), calls=(Call(attempt, at=at),))
