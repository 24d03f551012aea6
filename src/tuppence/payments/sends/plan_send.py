"""Row 1 of the table: may this payment be created, and what exactly will be written? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.core import Failure, Policy
from tuppence.payments import errors
from tuppence.payments.cards.model import Card
from tuppence.payments.limits.rules import Used, windows
from tuppence.payments.sends.model import Moment, Payment, Send
from tuppence.payments.sends.states import Event, State


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What must be known to decide about one ask; read after the payers were locked."""

    conversation_id: UUID
    already: Payment | None  # who else's, or the same from before
    card: Card | None  # the card asked for, if it is the payer's; else their default
    payee_fingerprint: str | None  # of the card that would receive
    payee_fast_funds: bool | None  # whether its bank shows credits at once; None: no card that can receive
    payee_slow_bank: str | None  # the bank of a card that can receive, where it does not
    friends: bool
    payer_blocked: bool  # the payer blocked the payee
    payee_blocked: bool  # the payee blocked the payer: never revealed
    both_open: bool  # both accounts are enabled
    used: tuple[Used, ...]  # of each window, the shortest first
    paid_before: bool
    twin: UUID | None  # the same amount to the same person a moment ago
    payee_by_bank: bool = False  # the payee receives on a bank account
    paused: bool = False  # the payer's bank took a payment of theirs back


@dataclass(frozen=True, slots=True)
class Created:
    """A payment to be written, with the card it is taken from and what its payer's windows hold with it."""

    payment: Payment
    card: Card
    used: tuple[Used, ...]


@dataclass(slots=True)
class Tally:
    """What the batch itself has taken so far, since the rows read do not show it yet."""

    payments: dict[UUID, Payment]
    used: dict[UUID, tuple[Used, ...]]
    twins: dict[tuple[UUID, UUID, int, str], UUID]
    spent: dict[UUID, UUID]

    @classmethod
    def empty(cls) -> "Tally":
        return cls({}, {}, {}, {})

    def on(self, ask: Send, facts: SendFacts) -> SendFacts:
        """The facts with the batch's own effects added."""
        return replace(
            facts,
            already=facts.already or self.payments.get(ask.id),
            card=self._spent(facts.card),
            used=self.used.get(ask.payer, facts.used),
            twin=facts.twin or self.twins.get((ask.payer, ask.payee, ask.amount_minor, ask.currency)),
        )

    def _spent(self, card: Card | None) -> Card | None:
        return replace(card, used_by=self.spent[card.id]) if card and card.id in self.spent else card

    def add(self, created: Created) -> None:
        one = created.payment
        self.payments[one.id] = one
        self.used[one.payer_id] = created.used
        self.twins[one.payer_id, one.payee_id, one.amount_minor, one.currency] = one.id
        if not created.card.kept:
            self.spent[created.card.id] = one.id


def plan_sends(
    asks: Sequence[Send], facts: Sequence[SendFacts], *, now: datetime, real_now: datetime, policy: Policy
) -> list[Created | Payment | Failure]:
    """Decide a batch in order: what is created, what was there already, what is refused."""
    tally, results = Tally.empty(), list[Created | Payment | Failure]()
    for ask, fact in zip(asks, facts, strict=True):
        try:
            seen = tally.on(ask, fact)
            result = plan_send(ask, seen, now=now, real_now=real_now, policy=policy)
            if isinstance(result, Created):
                tally.add(result)
            results.append(result)
        except Failure as failure:
            results.append(failure)
    return results


def plan_send(ask: Send, facts: SendFacts, *, now: datetime, real_now: datetime, policy: Policy) -> Created | Payment:
    """Decide whether a payment may be created and, if so, exactly what will be written.

    Raises, checked in this order: IdTaken, CurrencyRefused, AmountRefused, PayeeIsPayer, SendingPaused,
    PayeeBlocked, PayeeUnavailable, NotFriends, NoCard, CardUnusable, SameCard, LimitExceeded, LooksLikeADuplicate.
    """
    if facts.already is not None:
        if _same_intention(ask, facts.already):
            return facts.already
        raise errors.IdTaken
    _check_amount(ask, policy)
    _check_people(ask, facts)
    card = _usable(facts)
    _check_limits(ask, facts, policy)
    if facts.twin and not ask.duplicate_ok:
        raise errors.LooksLikeADuplicate(payment_id=str(facts.twin))
    used = tuple(one.plus(ask.amount_minor, now) for one in facts.used)
    return Created(_created(ask, facts, card, now=now, real_now=real_now, policy=policy), card, used)


def first_moment(payment: Payment) -> Moment:
    """The first line of a payment's timeline, as the statement that inserts it writes it."""
    return Moment(payment.id, 1, "1", Event.SEND, State.CREATED, payment.created_at, {})


def step_up_reason(ask: Send, facts: SendFacts, real_now: datetime, policy: Policy) -> str | None:
    """Why the payer must prove who they are: the amount, a first payment to somebody, a new device; or not at all."""
    rules = policy.step_up
    if ask.amount_minor > rules.above_minor:
        return "amount"
    if rules.new_payee and not facts.paid_before:
        return "new_payee"
    if ask.device_since is None or real_now - ask.device_since < timedelta(days=rules.new_device_days):
        return "new_device"
    return None


def _same_intention(ask: Send, payment: Payment) -> bool:
    """Whether a repeated id asks for the very same; `duplicate_ok` only answers a question, so it may differ."""
    asked = (ask.payer, ask.payee, ask.amount_minor, ask.currency, ask.note, ask.card_id)
    return asked == (
        payment.payer_id,
        payment.payee_id,
        payment.amount_minor,
        payment.currency,
        payment.note,
        payment.asked_card_id,
    )


def _check_amount(ask: Send, policy: Policy) -> None:
    if ask.currency != policy.currency:
        raise errors.CurrencyRefused(currency=policy.currency)
    if ask.amount_minor < 1:
        raise errors.AmountRefused


def _check_people(ask: Send, facts: SendFacts) -> None:
    """Somebody who is blocked reads the same as somebody whose friend closed their account."""
    if ask.payer == ask.payee:
        raise errors.PayeeIsPayer
    if facts.paused:
        raise errors.SendingPaused
    if facts.payer_blocked:
        raise errors.PayeeBlocked
    if facts.payee_blocked or not facts.both_open:
        raise errors.PayeeUnavailable
    if not facts.friends:
        raise errors.NotFriends


def _usable(facts: SendFacts) -> Card:
    card = facts.card
    if card is None:
        raise errors.NoCard
    if not card.pays or (not card.kept and card.used_by is not None):
        raise errors.CardUnusable
    if card.fingerprint == facts.payee_fingerprint:
        raise errors.SameCard
    return card


def _check_limits(ask: Send, facts: SendFacts, policy: Policy) -> None:
    cap = policy.send.limit_payment_minor
    if ask.amount_minor > cap:
        raise errors.LimitExceeded(window="payment", cap_minor=cap, room_minor=cap)
    for window, used in zip(windows(policy.send), facts.used, strict=True):
        room = window.cap_minor - used.minor
        if ask.amount_minor > room:
            raise errors.LimitExceeded(window=window.name, cap_minor=window.cap_minor, room_minor=max(0, room))


def _created(ask: Send, facts: SendFacts, card: Card, *, now: datetime, real_now: datetime, policy: Policy) -> Payment:
    return Payment(
        id=ask.id,
        payer_id=ask.payer,
        payee_id=ask.payee,
        conversation_id=facts.conversation_id,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        note=ask.note,
        asked_card_id=ask.card_id,
        session_id=ask.session_id,
        policy_version=policy.version,
        state=State.CREATED,
        version=1,
        cause=None,
        decline_code=None,
        dispute="none",
        revealed=False,
        funding_card_id=card.id,
        receiving_card_id=None,
        refund_card_id=None,
        step_up_reason=step_up_reason(ask, facts, real_now, policy),
        step_up_until=None,
        proved_at=None,
        undo_until=now + timedelta(seconds=policy.send.undo_seconds),
        expires_at=None,
        next_update_at=None,
        arrival_earliest=None,
        arrival_latest=None,
        arrival_fast=None,
        arrival_reason=None,
        arrival_facts={},
        created_at=now,
        updated_at=now,
        device_age=real_now - ask.device_since if ask.device_since else None,
        app_id=ask.app_id,
    )
