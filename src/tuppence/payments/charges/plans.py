"""What a step of a charge is told, and what it decides: facts in, plan out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tuppence.core import Leg, Policy, step_id
from tuppence.payments.charges.model import Attempt, Charged, Refunded
from tuppence.payments.charges.states import Books, State
from tuppence.payments.sends.model import SETTLED, Fate

_KINDS = {  # (gives back, by bank)
    (False, False): "purchase",
    (True, False): "refund",
    (False, True): "bank_debit",
    (True, True): "bank_credit",
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


def give_back(
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
    attempt = mark(charge, refund, (), facts, of=taken.id)
    after = replace(charge, refunding_minor=charge.refunding_minor + refund.amount_minor, updated_at=facts.now)
    return Plan(after, refund, (attempt,), (Booking(Books.HOLD, refund),), (Call(attempt),))


def taken_by(tries: Sequence[Attempt]) -> Attempt:
    return next(one for one in tries if one.fate == Fate.ACCEPTED)


def mark(
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
        kind=_KINDS[refund is not None, charge.bank_id is not None],
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
