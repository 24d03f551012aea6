"""Decisions about purchases: facts in, plan out. Pure: opens nothing, knows no clock."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tuppence.billing.games import states
from tuppence.billing.games.errors import (
    BundleBusy,
    ConfirmationNeeded,
    NotATester,
    PurchaseMovedOn,
    PurchaseNotFound,
    PurchaseTooLarge,
    QuoteExpired,
    RefundDiffers,
    RefundTooLarge,
)
from tuppence.billing.games.model import AskRefund, Bundle, Buy, Entry, EntryKind, Outcome, Parts, Purchase, Refund
from tuppence.billing.games.periods import day_of
from tuppence.billing.games.pricing import owed_part, part_of
from tuppence.billing.games.states import PAID, Event, Guard, State
from tuppence.core import Policy
from tuppence.core.ids import derived_id
from tuppence.payments.cards.model import Card
from tuppence.payments.errors import CardUnusable, NoCard


@dataclass(frozen=True, slots=True)
class BuyFacts:
    """What a purchase is decided by. `spent_minor` in the last 24 hours, real purchases only."""

    now: datetime
    real_now: datetime
    tester: Outcome | None
    is_tester: bool
    spent_minor: int
    bought_before: bool
    proved_at: datetime | None
    card: Card | None


def must_confirm(total_minor: int, facts: BuyFacts, device_since: datetime | None, policy: Policy) -> bool:
    """Whether a purchase asks for the PIN: as a payment does, for its amount, its device, a first one from somebody."""
    rules = policy.step_up
    young = facts.real_now - timedelta(days=rules.new_device_days)
    new_device = device_since is not None and device_since > young
    return total_minor > rules.above_minor or new_device or (rules.new_payee and not facts.bought_before)


def plan_buy(purchase: Purchase | None, ask: Buy, facts: BuyFacts, policy: Policy) -> Purchase | None:
    """The purchase with its buyer, before the table is asked; None for a repeat.

    Raises: PurchaseNotFound, PurchaseMovedOn, QuoteExpired, NotATester, PurchaseTooLarge, ConfirmationNeeded, NoCard,
    CardUnusable; checked in that order.
    """
    if purchase is None or purchase.buyer_id not in (None, ask.buyer_id):
        raise PurchaseNotFound
    if purchase.state != State.QUOTED:
        if purchase.buyer_id == ask.buyer_id and purchase.asked_at is not None:
            return None
        raise PurchaseMovedOn(state=purchase.state)
    if facts.now >= purchase.expires_at:
        raise QuoteExpired
    if ask.outcome and not facts.is_tester:
        raise NotATester
    bought = replace(purchase, buyer_id=ask.buyer_id, asked_at=facts.real_now)
    if facts.is_tester:
        return replace(bought, test=True, outcome=ask.outcome or facts.tester)
    _check_size(purchase, facts, policy)
    if is_unconfirmed(purchase.total_minor, facts, ask.device_since, policy):
        raise ConfirmationNeeded
    return replace(bought, card_id=_paying(facts.card, ask).id)


def _check_size(purchase: Purchase, facts: BuyFacts, policy: Policy) -> None:
    room = min(policy.games.purchase_most_minor, policy.games.buyer_day_most_minor - facts.spent_minor)
    if purchase.total_minor > room:
        raise PurchaseTooLarge(most_minor=max(room, 0))


def is_unconfirmed(total_minor: int, facts: BuyFacts, device_since: datetime | None, policy: Policy) -> bool:
    """Whether it still takes a proof: one is asked for, and there is none that is fresh."""
    oldest = facts.real_now - timedelta(seconds=policy.step_up.fresh_seconds)
    fresh = facts.proved_at is not None and facts.proved_at >= oldest
    return must_confirm(total_minor, facts, device_since, policy) and not fresh


def _paying(card: Card | None, ask: Buy) -> Card:
    if card is None or card.person_id != ask.buyer_id:
        raise NoCard
    if not card.pays:
        raise CardUnusable
    return card


def step(purchase: Purchase, event: Event, holds: AbstractSet[Guard] = frozenset()) -> Purchase:
    """The purchase after an event. Raises: PurchaseMovedOn."""
    after = states.after(purchase.state, event, holds)
    if after is None:
        raise PurchaseMovedOn(state=purchase.state)
    return replace(purchase, state=after, version=purchase.version + 1)


def is_small(purchase: Purchase, policy: Policy) -> bool:
    """Whether it is debited with others of the day."""
    return purchase.total_minor < policy.games.small_minor and not purchase.test


def left(purchase: Purchase, refunds: Sequence[Refund]) -> Parts:
    """What can still go back, and whose it is."""
    parts = purchase.parts
    for one in refunds:
        if one.state != "failed":
            parts -= one.parts
    return parts


def left_owed(purchase: Purchase, refunds: Sequence[Refund]) -> int:
    """The developer's part of what is left, in their own currency."""
    return purchase.owed_minor - sum(one.owed_minor for one in refunds if one.state != "failed")


def plan_refund(
    purchase: Purchase, ask: AskRefund, refunds: Sequence[Refund], bundle: Bundle | None, now: datetime
) -> Refund | None:
    """The refund that will be written; None where it was asked for before, or nothing is left: that is success too.

    Raises: RefundDiffers, PurchaseMovedOn, BundleBusy, RefundTooLarge; checked in that order.
    """
    known = next((one for one in refunds if one.id == ask.id), None)
    if known is not None:
        if ask.amount_minor not in (None, known.amount_minor):
            raise RefundDiffers
        return None
    rest = left(purchase, refunds)
    if purchase.state == State.REFUNDED or (purchase.state in PAID and rest.total_minor == 0):
        return None
    if purchase.state not in PAID:
        raise PurchaseMovedOn(state=purchase.state)
    if bundle is not None and bundle.state == "charging":
        raise BundleBusy
    amount = ask.amount_minor or rest.total_minor
    if amount > rest.total_minor:
        raise RefundTooLarge(refundable_minor=rest.total_minor)
    part = part_of(rest, amount)
    owed = owed_part(left_owed(purchase, refunds), rest, part)
    moves = not purchase.test and (bundle is None or bundle.state == "charged")
    return Refund(
        id=ask.id,
        purchase_id=purchase.id,
        amount_minor=amount,
        dev_minor=part.dev_minor,
        house_minor=part.house_minor,
        tax_minor=part.tax_minor,
        owed_minor=owed,
        reason=ask.reason,
        state="refunding" if moves else "refunded",
        at=now,
    )


def entry(
    kind: EntryKind, purchase: Purchase, parts: Parts, owed_minor: int, *, of: UUID, n: int, at: datetime, zone: str
) -> Entry:
    """A fact of money about a purchase: what comes to the developer is positive. `of` and `n` name it once for ever."""
    sign = 1 if kind in ("sale", "chargeback_reversed") else -1
    return Entry(
        id=derived_id(of, b"games/%b/%d" % (kind.encode(), n)),
        business_id=purchase.business_id,
        game_id=purchase.game_id,
        purchase_id=purchase.id,
        kind=kind,
        at=at,
        day=day_of(at, zone),
        currency=purchase.currency,
        amount_minor=sign * parts.total_minor,
        tax_minor=sign * parts.tax_minor,
        fee_minor=sign * parts.house_minor,
        share_minor=sign * parts.dev_minor,
        owed_currency=purchase.owed_currency,
        owed_minor=sign * owed_minor,
    )


def happened(purchase: Purchase, refunded_minor: int) -> Mapping[str, Any]:
    """What the game's programs are told: ids, state, amounts; nobody's name."""
    return {
        "purchase_id": str(purchase.id),
        "game_id": str(purchase.game_id),
        "request_id": purchase.request_id,
        "sku": purchase.sku,
        "quantity": purchase.quantity,
        "state": purchase.state,
        "amount_minor": purchase.total_minor,
        "currency": purchase.currency,
        "refunded_minor": refunded_minor,
        "test": purchase.test,
    }
