"""What becomes of orders. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.core.policy import BankPolicy
from tuppence.payments import errors
from tuppence.payments.ach.model import Entry, File, Sec
from tuppence.payments.ach.orders import states
from tuppence.payments.ach.orders.model import Credit, Debit, Order
from tuppence.payments.ach.orders.states import Event, State
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.banks.rules import demand_debits
from tuppence.payments.mandates.model import Mandate
from tuppence.rails.bank.nacha.windows import may_try_again

FUNDS_CODES = frozenset({"R01", "R09"})
RETRY = "RETRY PYMT"  # Source: Nacha Operating Rules, article two, 2.12.4
_CLEARS_HOUR = 12  # the morning's returns were read by then
_RETRIES_HOUR = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What deciding takes, by id."""

    known: Mapping[UUID, Order]
    accounts: Mapping[UUID, BankAccount]
    mandates: Mapping[UUID, Mandate]
    used: Mapping[UUID, UUID]  # the order that a mandate for one debit went to

    def with_new(self, new: Mapping[UUID, Order]) -> "Facts":
        """What is known after these, of the same batch."""
        spent = {one.mandate_id: one.id for one in new.values() if one.mandate_id}
        return replace(self, known={**self.known, **new}, used={**spent, **self.used})


def plan(ask: Debit | Credit, facts: Facts, *, now: datetime, policy: Policy) -> Order:
    """The order as it will be written, or as it is by an earlier try.

    Raises: IdTaken, BankDebitsOff, BankAccountNotFound, BankNotReady, BankBeingAsked, MandateMissing; checked in that
    order.
    """
    assert ask.amount_minor > 0
    assert ask.currency == policy.currency
    wanted = _order(ask, now)
    already = facts.known.get(ask.id)
    if already is not None:
        if _intention(already) == _intention(wanted):
            return already
        raise errors.IdTaken
    if isinstance(ask, Debit) and not policy.bank.debits:
        raise errors.BankDebitsOff
    account = facts.accounts.get(ask.account_id)
    if account is None or account.person_id != ask.person_id:
        raise errors.BankAccountNotFound
    if isinstance(ask, Debit):
        demand_debits(account, now)
        if not _allows(facts, ask):
            raise errors.MandateMissing
    elif not account.receives:
        raise errors.BankNotReady
    return wanted


def _order(ask: Debit | Credit, now: datetime) -> Order:
    is_debit = isinstance(ask, Debit)
    return Order(
        id=ask.id,
        owner=ask.owner,
        direction="debit" if is_debit else "credit",
        account_id=ask.account_id,
        mandate_id=ask.mandate_id if isinstance(ask, Debit) else None,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        sec=class_of(is_debit=is_debit, business=ask.business),
        description=ask.description,
        says=ask.says,
        clearing=ask.clearing if isinstance(ask, Credit) else "bank_clearing",
        state=State.WAITING,
        tries=1,
        return_code=None,
        made_at=now,
        first_settled_on=None,
        settles_on=None,
        clears_at=None,
        updated_at=now,
    )


def class_of(*, is_debit: bool, business: bool) -> Sec:
    """The standard entry class. Source: Nacha, appendix three: CCD is between companies; a consumer who agreed online
    is debited by WEB, once or again; what a company owes a consumer is PPD, since WEB credits are between people.
    """
    if business:
        return "CCD"
    return "WEB" if is_debit else "PPD"


def _intention(order: Order) -> tuple[object, ...]:
    asked = (order.owner, order.direction, order.account_id, order.mandate_id, order.amount_minor, order.currency)
    return (*asked, order.sec, order.description, order.says, order.clearing)


def _allows(facts: Facts, ask: Debit) -> bool:
    mandate = facts.mandates.get(ask.mandate_id)
    if mandate is None or not mandate.allows(ask.account_id, ask.business_id):
        return False
    if mandate.scope == "standing":
        return True
    unused = facts.used.get(mandate.id, ask.id) == ask.id
    return unused and (mandate.amount_minor, mandate.currency) == (ask.amount_minor, ask.currency)


def noted(order: Order, entry: Entry, file: File | None, *, now: datetime, policy: BankPolicy) -> Order:
    """The order after a look at its latest entry as it is by now; what the table has no row for changes nothing."""
    if entry.id != order.entry_id:
        return order
    event = _event(order, entry, file, now, policy)
    after = states.after(order.state, event) if event else None
    known = _dated(order, file, policy)
    if after is None:
        return known
    code = entry.return_code or ("not_sent" if event == Event.REFUSED else None)
    return replace(known, state=after, return_code=code, updated_at=now)


def _event(order: Order, entry: Entry, file: File | None, now: datetime, policy: BankPolicy) -> Event | None:
    if entry.state == "rejected":
        return Event.REFUSED
    if entry.state == "returned":
        again = order.state != State.SETTLED and _may_try_again(order, entry, file, now, policy)
        return Event.CAME_BACK_FOR_NOW if again else Event.CAME_BACK
    if entry.state != "accepted" or file is None:
        return None
    if file.settled_on and (order.direction == "credit" or now >= clears_at(file, policy)):
        return Event.SETTLED
    return Event.ACCEPTED


def _may_try_again(order: Order, entry: Entry, file: File | None, now: datetime, policy: BankPolicy) -> bool:
    """For want of funds, as often as policy says; the same day is counted in the bank's zone."""
    if order.direction == "credit" or entry.return_code not in FUNDS_CODES or file is None:
        return False
    if order.tries > len(policy.debit_retries):
        return False
    return may_try_again(order.first_settled_on or file.settles_on, order.tries - 1, now.astimezone(FED.zone).date())


def _dated(order: Order, file: File | None, policy: BankPolicy) -> Order:
    """What its file says of dates: as expected, then as our bank said."""
    if file is None:
        return order
    day = file.settled_on or file.settles_on
    clears = clears_at(file, policy) if order.direction == "debit" else None
    return replace(order, settles_on=day, clears_at=clears, first_settled_on=order.first_settled_on or file.settled_on)


def clears_at(file: File, policy: BankPolicy) -> datetime:
    """When a debit of this file counts as money: what comes back for want of funds, or for want of an account, is back.

    Source: Nacha Operating Rules, article three: such returns reach us by the opening of the second banking day.
    """
    return FED.instant(FED.add(file.settled_on or file.settles_on, policy.debit_hold_days), _CLEARS_HOUR)


def retries_at(order: Order, policy: BankPolicy) -> datetime:
    """When an order that came back for want of funds is tried again."""
    day = order.updated_at.astimezone(FED.zone).date()
    return FED.instant(FED.add(day, policy.debit_retries[order.tries - 1]), _RETRIES_HOUR)


def again(order: Order, account: BankAccount, mandate: Mandate, *, now: datetime) -> Order:
    """The order when its time has come to be tried again; given up where the account or the mandate is gone."""
    if not account.receives or mandate.revoked_at:
        return given_up(order, now=now)
    after = states.after(order.state, Event.AGAIN)
    if after is None:
        return order
    return replace(order, state=after, tries=order.tries + 1, settles_on=None, clears_at=None, updated_at=now)


def given_up(order: Order, *, now: datetime) -> Order:
    """The order when nobody waits for another try; what is on its way stays there."""
    after = states.after(order.state, Event.GIVEN_UP)
    return replace(order, state=after, updated_at=now) if after else order


def entry_of(order: Order, account: BankAccount, *, standing: bool, now: datetime) -> Entry:
    """The entry of its latest try. The same words each time, but for what a new try must be called."""
    return Entry(
        id=order.entry_id,
        account_id=order.account_id,
        purpose="order",
        payment_id=None,
        amount_minor=order.amount_minor,
        currency=order.currency,
        receiver=account.holder,
        sender=order.says,
        made_at=now,
        sec=order.sec,
        description=order.description if order.tries == 1 else RETRY,
        direction=order.direction,
        clearing=order.clearing,
        recurring=standing,
        order_id=order.id,
    )
