"""What may become of a card. Pure.

States: active → suspended when its bank says lost, stolen or fraud, or refuses for good three times in a week;
active → expired when the bank says so, and back when it tells a later date; any → removed. A card that cannot receive
loses that ability alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.core import Policy
from tuppence.payments.cards.model import Adopt, Card, CardState, Change, Told
from tuppence.payments.errors import CardNotForThat, CardNotFound, IdTaken, TooManyCards

_STATE_AFTER = {
    "lost_or_stolen": CardState.SUSPENDED,
    "fraud": CardState.SUSPENDED,
    "expired_card": CardState.EXPIRED,
    "invalid_card": CardState.SUSPENDED,
}
SOFT = ("insufficient_funds", "issuer_down", "limit_exceeded", "malfunction", "cannot_receive")  # may pass tomorrow
HARD_DECLINES_MOST = 3
HARD_DECLINES_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wallet:
    """Somebody's defaults. Money is received on a card or on a bank account, never on both."""

    person_id: UUID
    pays_card_id: UUID | None = None
    receives_card_id: UUID | None = None
    receives_bank_id: UUID | None = None


def plan_adopt(ask: Adopt, mine: Sequence[Card], already: Card | None, now: datetime, policy: Policy) -> Card:
    """The card as it will be written, or as it was by an earlier try.

    Raises: CardNotFound for a token of somebody else's, IdTaken, TooManyCards.
    """
    told = ask.described
    if told.person_id != ask.person_id:
        raise CardNotFound
    if already is not None:
        if (already.person_id, already.token) != (ask.person_id, told.token):
            raise IdTaken
        return already
    if told.kept and sum(card.kept for card in mine) >= policy.cards.kept_most:
        raise TooManyCards(most=policy.cards.kept_most)
    return Card(
        id=ask.id,
        person_id=ask.person_id,
        token=told.token,
        brand=told.brand,
        funding=told.funding,
        last4=told.last4,
        exp_month=told.exp_month,
        exp_year=told.exp_year,
        bank=told.bank,
        state=CardState.ACTIVE,
        can_fund=told.can_fund,
        can_receive=told.can_receive,
        fast_funds=told.fast_funds,
        regulated=told.regulated,
        fingerprint=told.fingerprint,
        kept=told.kept,
        used_by=None,
        created_at=now,
    )


def with_card(wallet: Wallet, card: Card, others: Sequence[Card]) -> Wallet:
    """A kept card becomes the default for whatever no usable card is the default for."""
    if not card.kept:
        return wallet
    usable = {one.id: one for one in others}
    pays, receives = usable.get(_id(wallet.pays_card_id)), usable.get(_id(wallet.receives_card_id))
    received = wallet.receives_bank_id is not None or (receives is not None and receives.receives)
    return replace(
        wallet,
        pays_card_id=card.id if card.pays and not (pays and pays.pays) else wallet.pays_card_id,
        receives_card_id=card.id if card.receives and not received else wallet.receives_card_id,
    )


def with_change(wallet: Wallet, card: Card, ask: Change) -> Wallet:
    """The defaults after somebody chose. Raises: CardNotForThat."""
    if (ask.pays and not (card.pays and card.kept)) or (ask.receives and not (card.receives and card.kept)):
        raise CardNotForThat
    return replace(
        wallet,
        pays_card_id=_chosen(wallet.pays_card_id, card.id, ask.pays),
        receives_card_id=_chosen(wallet.receives_card_id, card.id, ask.receives),
        receives_bank_id=None if ask.receives else wallet.receives_bank_id,
    )


def without(wallet: Wallet, card_id: UUID) -> Wallet:
    """The defaults when a card is gone: nobody chooses another for its owner."""
    return replace(
        wallet,
        pays_card_id=None if wallet.pays_card_id == card_id else wallet.pays_card_id,
        receives_card_id=None if wallet.receives_card_id == card_id else wallet.receives_card_id,
    )


def heeding(card: Card, decline_code: str | None, hard_declines: int) -> Card:
    """The card after its bank refused something; `hard_declines` counts this one."""
    if decline_code == "cannot_receive":
        return replace(card, can_receive=False)
    if card.state != CardState.ACTIVE:
        return card
    if decline_code in _STATE_AFTER:
        return replace(card, state=_STATE_AFTER[decline_code])
    return replace(card, state=CardState.SUSPENDED) if hard_declines >= HARD_DECLINES_MOST else card


def renewed(card: Card, told: Told) -> Card:
    """A card that ran out, after its bank told a later date or sent out another number: it works again.

    Any other stays as it is.
    """
    renumbered = told.fingerprint != card.fingerprint
    if card.state != CardState.EXPIRED or (not renumbered and _date(told) <= _date(card)):
        return card
    after = replace(card, state=CardState.ACTIVE, exp_month=told.exp_month, exp_year=told.exp_year)
    if not renumbered:
        return after
    return replace(
        after,
        brand=told.brand,
        funding=told.funding,
        last4=told.last4,
        bank=told.bank,
        can_fund=told.can_fund,
        can_receive=told.can_receive,
        fast_funds=told.fast_funds,
        fingerprint=told.fingerprint,
        regulated=told.regulated,
    )


def _date(card: Card | Told) -> tuple[int, int]:
    return card.exp_year, card.exp_month


def _chosen(current: UUID | None, card_id: UUID, choice: bool | None) -> UUID | None:
    if choice is None:
        return current
    if choice:
        return card_id
    return None if current == card_id else current


def _id(card_id: UUID | None) -> UUID:
    return card_id or UUID(int=0)
