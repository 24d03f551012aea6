"""The vault's decisions. Facts in, plan or refusal out; no I/O, no clock, no keys."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tuppence.core import Failure
from tuppence.vault import errors, network
from tuppence.vault.model import Ask, Attempt, Form
from tuppence.vault.network import Bin, Outcome
from tuppence.vault.states import TAKES, Event, Kind, State, after

NEVER_LEFT: Final = "issuer_down"  # what we say of what was provably never sent: nothing moved, another try may pass

_SEPARATORS = re.compile(r"[ \-]")
_NUMBER = re.compile(r"[0-9]{13,19}")  # ISO/IEC 7812-1
_CVV = re.compile(r"[0-9]{3,4}")
_ZIP = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
_BIN_DIGITS = 8  # ISO/IEC 7812-1:2017

_REFUSED_FUNDING: Mapping[str, type[Failure]] = {
    "credit": errors.CreditCard,
    "gift": errors.GiftCard,
    "health": errors.HealthCard,
    "business": errors.BusinessCard,
}
_FUND_ONLY = frozenset({"payroll", "prepaid"})
_DETAILS = frozenset({"details_mismatch", "expired_card", "invalid_card"})
_NOT_NOW = frozenset({"issuer_down", "malfunction"})


# - the card form -------------------------------------------------------------------------------------------------


def number_of(form: Form) -> str:
    """The digits, without what people type between them. Raises NumberInvalid."""
    digits = _SEPARATORS.sub("", form.number.reveal())
    if not _NUMBER.fullmatch(digits) or not passes_luhn(digits):
        raise errors.NumberInvalid
    return digits


def passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right counts twice, its own digits summed."""
    values = [int(digit) for digit in reversed(digits)]
    return sum(values[::2] + [sum(divmod(2 * value, 10)) for value in values[1::2]]) % 10 == 0


def bin_digits(number: str) -> str:
    """What a number tells of its bank."""
    return number[:_BIN_DIGITS]


def examine(form: Form, about: Bin | None, *, country: str, today: date) -> Bin:
    """Whether a card may be offered to its bank at all, and what is known of it.

    Raises: CardExpired, CvvInvalid, ZipInvalid, CardUnknown, a funding's own refusal, ForeignCard; in that order.
    """
    if not 1 <= form.exp_month <= 12 or not today.year <= form.exp_year <= today.year + 20:
        raise errors.CardExpired
    if (form.exp_year, form.exp_month) < (today.year, today.month):  # good to the end of the month it names
        raise errors.CardExpired
    if not _CVV.fullmatch(form.cvv.reveal()):
        raise errors.CvvInvalid
    if not _ZIP.fullmatch(form.zip.reveal()):
        raise errors.ZipInvalid
    return admit(about, country=country)


def admit(about: Bin | None, *, country: str) -> Bin:
    """Whether a card of this kind is taken. Raises: CardUnknown, a funding's own refusal, ForeignCard."""
    if about is None:
        raise errors.CardUnknown
    if refusal := _REFUSED_FUNDING.get(about.funding):
        raise refusal
    if about.country != country:
        raise errors.ForeignCard
    return replace(about, can_receive=about.can_receive and about.funding not in _FUND_ONLY)


def reissued(number: str, bins: Callable[[str], Bin | None], *, country: str) -> Bin | None:
    """What is known of the card that an account updater says replaces one; None if it is none that we would take."""
    if not (_NUMBER.fullmatch(number) and passes_luhn(number)):
        return None
    try:
        return admit(bins(bin_digits(number)), country=country)
    except Failure:
        return None


def judge(outcome: Outcome) -> Failure | None:
    """What the bank's word on a card means. Which detail was wrong is nobody's to know."""
    if outcome.state is network.State.ACCEPTED:
        return None
    if outcome.state is not network.State.DECLINED or outcome.decline_code in _NOT_NOW:
        return errors.CheckUnanswered()
    return errors.DetailsDontMatch() if outcome.decline_code in _DETAILS else errors.CardRefused()


# - attempts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UseFacts:
    """What a batch of asks is decided on."""

    known: Mapping[UUID, Attempt]  # attempts already written, those that refunds name among them
    void: frozenset[UUID]  # ids asked about before they were asked for
    live_tokens: frozenset[str]  # cards that may be used
    given_back: Mapping[UUID, int]  # debit → minor units that refunds took or may yet take of it


def plan_use(asks: Sequence[Ask], facts: UseFacts) -> list[Ask | Failure | None]:
    """Item by item: the ask to write and send, a refusal, or None for a repeat of what is written already."""
    asked = {one.id: one.ask for one in facts.known.values()}
    given_back = dict(facts.given_back)
    plans: list[Ask | Failure | None] = []
    for ask in asks:
        plan = _plan_one(ask, facts, asked, given_back)
        if isinstance(plan, Ask):
            asked[plan.id] = plan
        if isinstance(plan, Ask) and plan.of_id:
            given_back[plan.of_id] = given_back.get(plan.of_id, 0) + plan.amount_minor
        plans.append(plan)
    return plans


def _plan_one(
    ask: Ask, facts: UseFacts, asked: Mapping[UUID, Ask], given_back: Mapping[UUID, int]
) -> Ask | Failure | None:
    if ask.id in asked:
        return None if asked[ask.id] == ask else errors.AttemptDiffers()
    if ask.id in facts.void:
        return errors.AttemptVoid()
    if ask.kind is Kind.REFUND:
        return ask if _may_refund(ask, facts, given_back) else errors.RefundRefused()
    return ask if ask.token in facts.live_tokens else errors.CardGone()


def _may_refund(ask: Ask, facts: UseFacts, given_back: Mapping[UUID, int]) -> bool:
    """By reference to the debit, so it works for a card that was deleted since.

    A reversed debit too: only a settlement file that shows it makes anybody ask, and the network, which knows whether
    it holds it for reversed, refuses to give back what it never took.
    """
    debit = facts.known.get(ask.of_id) if ask.of_id else None
    if debit is None or debit.kind not in TAKES or debit.state not in (State.ACCEPTED, State.REVERSED):
        return False
    same = (debit.token, debit.currency, debit.payment_id) == (ask.token, ask.currency, ask.payment_id)
    return same and given_back.get(debit.id, 0) + ask.amount_minor <= debit.amount_minor


_SILENCE = Outcome(network.State.UNKNOWN)
_EVENTS = {
    network.State.ACCEPTED: Event.ACCEPTED,
    network.State.DECLINED: Event.DECLINED,
    network.State.NOT_SENT: Event.NOT_SENT,
    network.State.UNKNOWN: Event.NO_ANSWER,
    network.State.NEVER_SEEN: Event.NEVER_SEEN,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something happened to an attempt."""

    attempt_id: UUID
    event: Event
    at: datetime
    outcome: Outcome = _SILENCE

    @classmethod
    def said(cls, attempt_id: UUID, outcome: Outcome, at: datetime) -> "Heard":
        return cls(attempt_id, _EVENTS[outcome.state], at, outcome)


def moved(attempt: Attempt, heard: Heard) -> Attempt | None:
    """The attempt after an event; None if the event changes nothing, as a late acceptance of a reversed debit."""
    state = after(Kind(attempt.kind), State(attempt.state), heard.event)
    if state is None:
        return None
    said = heard.outcome
    if state is State.NEVER_SEEN:
        return replace(attempt, state=state.value, never_seen_since=attempt.never_seen_since or heard.at)
    return replace(
        attempt,
        state=state.value,
        response_code=said.response_code or attempt.response_code,
        decline_code=_decline_code(heard) if state is State.DECLINED else None,
        approval=said.approval,
        rrn=said.rrn or attempt.rrn,
        trace=said.trace,
        fast_funds=said.fast_funds,
        network_at=said.network_at,
        never_seen_since=None,
    )


def _decline_code(heard: Heard) -> str:
    return NEVER_LEFT if heard.event is Event.NOT_SENT else heard.outcome.decline_code or "do_not_honor"


def wait_s(tries: int, waits_s: Sequence[float]) -> float:
    """How long to wait for the answer to try number `tries`, from 1, before the next."""
    return waits_s[min(tries, len(waits_s)) - 1]
