"""The verbs of prepaid money: top up by card, take what is unused back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence.billing.ads import refunding
from tuppence.billing.ads.accounts import decide
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import AdsIdTaken, AdsMovedOn, MethodRefused
from tuppence.billing.ads.model import Account, Charge, Refund
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.refunding import RefundUnused
from tuppence.billing.ads.states import ENDED, AccountState
from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.payments.cards import queries as cards


@dataclass(frozen=True, slots=True)
class TopUp:
    """Somebody pays in advance with a card of their own. The id is theirs, and the charge's."""

    id: UUID
    business_id: UUID
    account_id: UUID
    by: UUID
    card_id: UUID
    amount_minor: int


async def top_up(tx: Tx, asks: Sequence[TopUp], *, policy: Policy) -> list[Account | Failure]:
    """Ask for charges that fill the balance when they are taken. A repeat changes nothing.

    By card only: a bank debit can come back for weeks, and the ads would have run by then.
    Refuses: AdsAccountNotFound, AdsIdTaken, AdsMovedOn, MethodRefused.
    """
    known = {one.id: one for one in await tx.fetch(SQL.charges, Charge, ids=[ask.id for ask in asks])}
    held = await cards.by_id(tx, [ask.card_id for ask in asks])

    async def by_ask(draft: Draft, ask: TopUp) -> None:
        charge = _charge(draft, ask)
        if before := known.get(ask.id):
            if (before.account_id, before.cycle_id, before.amount_minor, before.card_id) != (
                charge.account_id, None, ask.amount_minor, ask.card_id,
            ):  # fmt: skip
                raise AdsIdTaken
            return
        card = held.get(ask.card_id)
        if card is None or card.person_id != ask.by or not card.pays:
            raise MethodRefused(pointer="/card_id")
        if draft.account.state in (AccountState.CLOSING, *ENDED):
            raise AdsMovedOn(state=draft.account.state)
        draft.charges[charge.id] = charge
        draft.new_charges.append(charge)
        draft.tell("topping_up", by=ask.by, amount_minor=ask.amount_minor)

    return await decide(tx, asks, by_ask, policy=policy)


def _charge(draft: Draft, ask: TopUp) -> Charge:
    return Charge(
        id=ask.id, account_id=draft.account.id, cycle_id=None, round=0, place=0, person_id=ask.by, card_id=ask.card_id,
        bank_id=None,
        mandate_id=None, amount_minor=ask.amount_minor, state="charging", decline_code=None, may_retry=False,
        asked_at=draft.now, settled_at=None,
    )  # fmt: skip


async def refund_unused(tx: Tx, asks: Sequence[RefundUnused], *, policy: Policy) -> list[Account | Failure]:
    """Give unused money back to the cards it came from, the latest first. A repeat changes nothing.

    Refuses: AdsAccountNotFound, AdsIdTaken, NothingUnused.
    """
    unused = await refunding.sources(tx, [ask.account_id for ask in asks])

    async def by_ask(draft: Draft, ask: RefundUnused) -> None:
        if before := await tx.fetch(SQL.refunds_of_ask, Refund, ask_id=ask.id):
            _check_same(ask, before)
            return
        refunding.plan_unused(draft, ask, unused.get(ask.account_id, ()))

    return await decide(tx, asks, by_ask, policy=policy)


def _check_same(ask: RefundUnused, before: Sequence[Refund]) -> None:
    """A repeat names the same account and amount; "all of it" is what there was then. Raises: AdsIdTaken."""
    if any(one.account_id != ask.account_id for one in before):
        raise AdsIdTaken
    if ask.amount_minor is not None and ask.amount_minor != sum(one.amount_minor for one in before):
        raise AdsIdTaken
