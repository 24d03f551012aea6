"""What may become of a bank account. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tuppence.core.calendar import FED
from tuppence.core.policy import BankPolicy
from tuppence.payments import errors
from tuppence.payments.banks import states
from tuppence.payments.banks.model import AddBank, BankAccount, Confirm, Noted
from tuppence.payments.banks.states import Event, State
from tuppence.payments.cards.model import Card
from tuppence.payments.cards.rules import Wallet

ADDED_WITHIN = timedelta(days=1)
# Source: Nacha Operating Rules, appendix four. Nothing more can reach this account.
DEAD_CODES = frozenset({"R02", "R03", "R04", "R12", "R13", "R14", "R15", "R16", "R20"})
# The holder, or their bank, says that nobody had leave to do it.
UNAUTHORISED_CODES = frozenset({"R05", "R07", "R10", "R11", "R29", "R51"})

_CHANGE = re.compile(r"C[0-9]{2}")  # a notice of change; CNOR is a reason of SEPA's for sending money back

_PRENOTE_DAYS, _MORNING = 3, 9
_HELD = frozenset({State.VERIFYING, State.ACTIVE, State.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Deposits:
    """The two amounts of a verification, and when the last of them should be there; with a prenote beside them, from
    when on the account may be debited.
    """

    first_minor: int
    second_minor: int
    by: datetime
    debits_from: datetime | None = None


def plan_add(
    ask: AddBank,
    mine: Sequence[BankAccount],
    already: BankAccount | None,
    *,
    bank: str,
    deposits: Deposits,
    now: datetime,
    policy: BankPolicy,
) -> BankAccount:
    """The account as it will be written, or as it was by an earlier try.

    `mine` are all that the person ever added, so that removing one makes no room for another try today.
    Raises: IdTaken, BankAccountKnown, TooManyBankAccounts, AddedTooOften; checked in that order.
    """
    if already is not None:
        if _same_intention(ask, already):
            return already
        raise errors.IdTaken
    held = [one for one in mine if one.state in _HELD]
    if any(one.fingerprint == ask.fingerprint for one in held):
        raise errors.BankAccountKnown
    if len(held) >= policy.kept_most:
        raise errors.TooManyBankAccounts(most=policy.kept_most)
    recent = sorted(one.created_at for one in mine if now - one.created_at < ADDED_WITHIN)
    if len(recent) >= policy.added_per_day:
        raise errors.AddedTooOften(again_at=recent[-policy.added_per_day] + ADDED_WITHIN)
    return BankAccount(
        id=ask.id,
        person_id=ask.person_id,
        routing=ask.routing,
        bank=bank,
        kind=ask.kind,
        holder=ask.holder,
        last4=ask.last4,
        sealed=ask.sealed,
        fingerprint=ask.fingerprint,
        state=State.VERIFYING,
        reason=None,
        tries_left=policy.tries,
        deposit_1_minor=deposits.first_minor,
        deposit_2_minor=deposits.second_minor,
        deposits_by=deposits.by,
        expires_at=deposits.by + timedelta(days=policy.expiry_days),
        created_at=now,
        updated_at=now,
        debits_from=deposits.debits_from,
    )


def debits_from(settles_on: date) -> datetime:
    """When an account may be debited whose prenote settles on this day, if its bank says nothing until then.

    Source: Nacha Operating Rules, article two, 2.6.2: three banking days after the prenote's settlement.
    """
    return FED.instant(FED.add(settles_on, _PRENOTE_DAYS), _MORNING)


def demand_debits(account: BankAccount, now: datetime) -> None:
    """Raises: BankNotReady, or BankBeingAsked, unless the account may be debited now."""
    if not account.receives:
        raise errors.BankNotReady
    if account.debits_from and now < account.debits_from:
        raise errors.BankBeingAsked(until=account.debits_from)


def deferred(account: BankAccount, settles_on: date) -> BankAccount:
    """The account when its prenote settles later than was expected."""
    later = max(debits_from(settles_on), account.debits_from or account.created_at)
    return replace(account, debits_from=later)


def step(account: BankAccount, event: Event, now: datetime, reason: str | None = None) -> BankAccount:
    """Take the table's step. Raises: BankMovedOn."""
    row = states.row(account.state, event)
    if row is None:
        raise errors.BankMovedOn(state=account.state)
    kept = account.reason if row.after == account.state else None
    return replace(account, state=row.after, reason=reason or kept, updated_at=now)


def confirm(account: BankAccount, ask: Confirm, now: datetime) -> BankAccount:
    """The account after its owner told two amounts; telling the right ones again changes nothing.

    A wrong pair costs a try, whatever becomes of the answer. Raises: BankMovedOn.
    """
    right = account.deposits_minor == tuple(sorted(ask.amounts_minor))
    if right and account.state == State.ACTIVE:
        return account
    if right:
        return step(account, Event.RIGHT_AMOUNTS, now)
    last = account.tries_left <= 1
    after = step(account, Event.LAST_WRONG_AMOUNTS if last else Event.WRONG_AMOUNTS, now, "wrong_amounts")
    return replace(after, tries_left=account.tries_left - 1)


def heeding(account: BankAccount, noted: Noted, now: datetime) -> BankAccount:
    """The account after a bank said something of it; what the table has no row for changes nothing."""
    event = event_of(noted)
    if event is None or states.row(account.state, event) is None:
        return account
    if event == Event.CORRECTED:
        return _corrected(step(account, event, now), noted)
    return step(account, event, now, noted.code)


def event_of(noted: Noted) -> Event | None:
    """What a code means for the account; None: it says nothing of the account, for instance R01."""
    if _CHANGE.fullmatch(noted.code):
        return Event.CORRECTED
    if noted.purpose in ("deposit", "prenote"):
        return Event.DEPOSIT_RETURNED
    if noted.code in UNAUTHORISED_CODES:
        return Event.UNAUTHORISED
    return Event.CREDIT_RETURNED if noted.code in DEAD_CODES or noted.purpose == "credit" else None


def with_bank(wallet: Wallet, account: BankAccount, cards: Sequence[Card]) -> Wallet:
    """An account that became active is what is received on, if nothing usable is yet."""
    default = next((card for card in cards if card.id == wallet.receives_card_id), None)
    if wallet.receives_bank_id or (default and default.receives) or not account.receives:
        return wallet
    return replace(wallet, receives_card_id=None, receives_bank_id=account.id)


def with_choice(wallet: Wallet, account: BankAccount, receives: bool) -> Wallet:
    """The defaults after the owner chose. Raises: BankNotReady."""
    if not receives:
        return without(wallet, account)
    if not account.receives:
        raise errors.BankNotReady
    return replace(wallet, receives_card_id=None, receives_bank_id=account.id)


def without(wallet: Wallet, account: BankAccount) -> Wallet:
    """The defaults when an account can receive no more: nobody chooses another for its owner."""
    return replace(wallet, receives_bank_id=None) if wallet.receives_bank_id == account.id else wallet


def _corrected(account: BankAccount, noted: Noted) -> BankAccount:
    return replace(
        account,
        routing=noted.routing or account.routing,
        bank=noted.bank or account.bank,
        kind=noted.kind or account.kind,
        last4=noted.last4 or account.last4,
        sealed=noted.sealed or account.sealed,
        fingerprint=noted.fingerprint or account.fingerprint,
    )


def _same_intention(ask: AddBank, account: BankAccount) -> bool:
    """Sealing the same number twice gives different bytes; its fingerprint is the same."""
    asked = (ask.person_id, ask.routing, ask.kind, ask.holder, ask.fingerprint)
    return asked == (account.person_id, account.routing, account.kind, account.holder, account.fingerprint)
