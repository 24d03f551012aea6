"""The verbs of an account: open, change, say how it is paid, close."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing import businesses
from tuppence.billing.ads import collecting, ladder, queries, refunding, writing
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import (
    AdsAccountNotFound,
    AdsCurrencyRefused,
    AdsIdTaken,
    AdsMovedOn,
    MethodRefused,
    PrimaryNeeded,
    ThresholdTooHigh,
)
from tuppence.billing.ads.model import Account, Method, Way
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import (
    ACTIVE,
    AccountEvent,
    AccountState,
    CycleEvent,
    CycleState,
    HoldState,
)
from tuppence.billing.ads.world import lock, worlds
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.ledger import chart
from tuppence.payments.banks import queries as banks
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards import Card
from tuppence.payments.cards import queries as cards
from tuppence.payments.mandates import Mandate
from tuppence.payments.mandates import queries as mandates


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """Somebody of a business opens an ads account. Zone and currency are for ever."""

    id: UUID
    business_id: UUID
    name: str
    currency: str
    zone: str
    way: Way
    by: UUID | None


@dataclass(frozen=True, slots=True)
class ChangeAccount:
    """New values of what is named in `set`; what is not named stays."""

    business_id: UUID
    account_id: UUID
    by: UUID | None
    set: dict[str, Any]  # name, own_threshold_minor, spend_cap_minor, catch_up, billed_to, way; `reset_spent`


@dataclass(frozen=True, slots=True)
class Instrument:
    """A card or a bank account, and whose it is."""

    person_id: UUID
    card_id: UUID | None = None
    bank_id: UUID | None = None
    mandate_id: UUID | None = None  # a bank account is debited by one


@dataclass(frozen=True, slots=True)
class SetMethods:
    """Whom to charge, in this order: the first is the primary."""

    business_id: UUID
    account_id: UUID
    by: UUID
    methods: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class OnAccount:
    """Somebody does something to an account that needs no more words."""

    business_id: UUID
    account_id: UUID
    by: UUID | None


Decide = Callable[[Draft, Any], Awaitable[None]]


async def open_accounts(tx: Tx, asks: Sequence[OpenAccount], *, policy: Policy) -> list[Account | Failure]:
    """Open accounts, each with its first cycle and its two accounts in the ledger. A repeat answers what is there.

    Locks: the accounts that are there already, in id order, until the transaction ends.
    """
    await lock(tx, [ask.id for ask in asks])
    now = await outbox.now(tx)
    known = await queries.accounts_by_id(tx, [ask.id for ask in asks])
    owners = await businesses.businesses(tx, [ask.business_id for ask in asks])
    results: list[Account | Failure] = []
    new: dict[UUID, Draft] = {}
    for ask in asks:
        before = known.get(ask.id) or (new[ask.id].account if ask.id in new else None)
        if before is not None:
            same = (before.business_id, before.currency, before.zone) == (ask.business_id, ask.currency, ask.zone)
            results.append(before if same and before.name == ask.name else AdsIdTaken())
        elif ask.currency != policy.currency:
            results.append(AdsCurrencyRefused(currency=policy.currency))
        else:
            draft = new[ask.id] = _opened(ask, now, owners[ask.business_id].country == policy.ads.home_country, policy)
            results.append(draft.account)
    await _create(tx, list(new.values()), policy)
    return results


def _opened(ask: OpenAccount, now: datetime, at_home: bool, policy: Policy) -> Draft:
    account = Account(
        id=ask.id, business_id=ask.business_id, name=ask.name, currency=ask.currency, zone=ask.zone, bill_day=1,
        created_at=now, created_by=ask.by, state=AccountState.NEW, way=ask.way, rung=0, rung_since=now, clean_cycles=0,
        is_manual=False, own_threshold_minor=None, credit_line_minor=0, spend_cap_minor=None, spent_minor=0,
        money_minor=0, catch_up=False, hold=HoldState.NONE, held_at=None, held_why={}, changed_at=None,
        delivery=AccountState.NEW, delivery_at=now, billed_to={}, version=1, updated_at=now,
    )  # fmt: skip
    account = replace(account, bill_day=now.astimezone(account.clock).day)
    draft = Draft.of_new(account, now, policy.ads)
    draft.tell("opened", by=ask.by)
    points = policy.ads.tax_basis_points if at_home else 0
    collecting.open_next(draft, None, tax_basis_points=points)
    return draft


async def _create(tx: Tx, drafts: Sequence[Draft], policy: Policy) -> None:
    if drafts:
        await ledger.create_accounts(
            tx,
            [
                chart.personal_account(name, one.account.id, one.account.currency)
                for one in drafts
                for name in ("ads_receivable", "ads_prepaid")
            ],
        )
        await writing.write(tx, drafts, policy=policy)


# - change -----------------------------------------------------------------------------------------------------------


async def decide(tx: Tx, asks: Sequence[Any], by_ask: Decide, *, policy: Policy) -> list[Account | Failure]:
    """Let each ask change its account's draft, one after the other; a refusal leaves its account as it was.

    Locks: the accounts, in id order, until the transaction ends.
    """
    await lock(tx, [ask.account_id for ask in asks])
    found = await worlds(tx, sorted({ask.account_id for ask in asks}))
    results: list[Account | Failure] = []
    written: dict[UUID, Draft] = {}
    for ask in asks:
        world = found.get(ask.account_id)
        if world is None or world.account.business_id != ask.business_id:
            results.append(AdsAccountNotFound())
            continue
        if ask.account_id in written:  # two asks about one account: the second sees what the first did
            await writing.write(tx, [written.pop(ask.account_id)], policy=policy)
            found |= await worlds(tx, [ask.account_id])
        draft = Draft(found[ask.account_id], policy.ads)
        try:
            await by_ask(draft, ask)
        except Failure as failure:
            results.append(failure)
            continue
        draft.change(version=draft.account.version + 1, updated_at=draft.now)
        written[ask.account_id] = draft
        results.append(draft.account)
    if written:
        await writing.write(tx, list(written.values()), policy=policy)
    return results


async def change(tx: Tx, asks: Sequence[ChangeAccount], *, policy: Policy) -> list[Account | Failure]:
    """Change accounts. Refuses: AdsAccountNotFound, ThresholdTooHigh, AdsMovedOn."""

    async def by_ask(draft: Draft, ask: ChangeAccount) -> None:
        _change(draft, ask)

    return await decide(tx, asks, by_ask, policy=policy)


def _change(draft: Draft, ask: ChangeAccount) -> None:
    account, wanted = draft.account, dict(ask.set)
    threshold = wanted.get("own_threshold_minor")
    earned = ladder.earned_minor(account, draft.policy)
    if threshold is not None and threshold > earned:
        raise ThresholdTooHigh(threshold_minor=earned)
    if (way := wanted.pop("way", account.way)) != account.way:
        _switch(draft, way)
    if wanted.pop("reset_spent", False):
        wanted["spent_minor"] = 0
    raises = _is_higher(wanted, "spend_cap_minor", account.spend_cap_minor) or "spent_minor" in wanted
    raises |= _is_higher(wanted, "own_threshold_minor", account.own_threshold_minor)
    draft.change(**wanted)
    if raises:
        draft.change(changed_at=draft.now)
    draft.tell("changed", by=ask.by, names=sorted(ask.set), raises=raises)
    collecting.close_what_is_ripe(draft)


def _is_higher(wanted: dict[str, Any], name: str, before: int | None) -> bool:
    """Whether a limit goes up, or away."""
    if name not in wanted or before is None:
        return False
    return wanted[name] is None or wanted[name] > before


def _switch(draft: Draft, way: Way) -> None:
    """Pay another way from now on: when nothing is being collected."""
    account = draft.account
    if account.state not in (AccountState.NEW, *ACTIVE) or draft.world.is_collecting or "invoice" in (way, account.way):
        raise AdsMovedOn(state=account.state)
    draft.change(way=way)
    if way == "prepaid":
        cycle = draft.world.accruing
        if cycle and cycle.due_minor > 0:  # what was used until now is billed as it was agreed
            collecting.close(draft, cycle, CycleEvent.DATE)
        if draft.world.prepaid_minor > 0:
            collecting.happen(draft, AccountEvent.SET_UP_PREPAID)
        elif account.state != AccountState.NEW:
            draft.change(state=AccountState.ACTIVE_PREPAID)
    elif draft.world.methods:
        collecting.happen(draft, AccountEvent.SET_UP_AUTO)
    else:
        raise PrimaryNeeded


async def set_methods(tx: Tx, asks: Sequence[SetMethods], *, policy: Policy) -> list[Account | Failure]:
    """Say whom to charge, the primary first. With its first primary a new account is set up.

    Refuses: AdsAccountNotFound, MethodRefused, PrimaryNeeded.
    """
    refused = await _refused(tx, asks)

    async def by_ask(draft: Draft, ask: SetMethods) -> None:
        if no := refused.get(id(ask)):
            raise no
        if not ask.methods and draft.account.state != AccountState.NEW:
            raise PrimaryNeeded
        methods = [
            Method(draft.account.id, place, one.person_id, one.card_id, one.bank_id, one.mandate_id)
            for place, one in enumerate(ask.methods)
        ]
        await tx.execute(SQL.drop_methods, account_id=draft.account.id)
        await tx.execute(SQL.write_methods, **columns(methods, *Method.__slots__))
        draft.world = replace(draft.world, methods=tuple(methods))
        if draft.account.state == AccountState.NEW and draft.account.way == "auto":
            collecting.happen(draft, AccountEvent.SET_UP_AUTO)
        else:
            draft.change(changed_at=draft.now)
        draft.tell("methods", by=ask.by, count=len(methods))

    return await decide(tx, asks, by_ask, policy=policy)


async def _refused(tx: Tx, asks: Sequence[SetMethods]) -> dict[int, Failure]:
    """Asks that name what cannot be charged: somebody else's, gone, or not able to pay. What is there already stays."""
    every = [one for ask in asks for one in ask.methods]
    held = await cards.by_id(tx, [one.card_id for one in every if one.card_id])
    accounts = await banks.by_id(tx, [one.bank_id for one in every if one.bank_id])
    agreed = await mandates.by_id(tx, [one.mandate_id for one in every if one.mandate_id])
    now = await tx.fetch(SQL.methods_of, Method, accounts=[ask.account_id for ask in asks])
    there = {(one.account_id, one.person_id, one.instrument, one.mandate_id) for one in now}
    refused: dict[int, Failure] = {}
    for ask in asks:
        for n, one in enumerate(ask.methods):
            if (ask.account_id, one.person_id, one.card_id or one.bank_id, one.mandate_id) in there:
                continue
            card = held.get(one.card_id) if one.card_id else None
            bank = accounts.get(one.bank_id) if one.bank_id else None
            mandate = agreed.get(one.mandate_id) if one.mandate_id else None
            if not (_pays(card, ask.by) or _may_be_debited(bank, mandate, ask.by)):
                refused[id(ask)] = MethodRefused(pointer=f"/methods/{n}")
    return refused


def _pays(card: Card | None, by: UUID) -> bool:
    return card is not None and card.person_id == by and card.pays and card.kept


def _may_be_debited(bank: BankAccount | None, mandate: Mandate | None, by: UUID) -> bool:
    """Whether what falls due to the house may be taken from it, whenever that is."""
    if bank is None or mandate is None or bank.person_id != by or bank.state != "active":
        return False
    return mandate.scope == "standing" and mandate.allows(bank.id, None)


# - pay, close -------------------------------------------------------------------------------------------------------


async def pay(tx: Tx, asks: Sequence[OnAccount], *, policy: Policy) -> list[Account | Failure]:
    """Charge what is unpaid now, from the primary on. Asked again while it is being charged, it changes nothing.

    Refuses: AdsAccountNotFound, PrimaryNeeded.
    """

    async def by_ask(draft: Draft, _: OnAccount) -> None:
        if not draft.world.methods:
            raise PrimaryNeeded
        for cycle in draft.world.cycles:
            if cycle.state in (CycleState.PAST_DUE, CycleState.RETRYING, CycleState.INVOICED):
                collecting.step(draft, cycle, CycleEvent.PAY)

    return await decide(tx, asks, by_ask, policy=policy)


async def close(tx: Tx, asks: Sequence[OnAccount], *, policy: Policy) -> list[Account | Failure]:
    """Close accounts: the last bill is drawn up, unused prepaid money goes back to where it came from.

    Refuses: AdsAccountNotFound, AdsMovedOn.
    """
    unused = await refunding.sources(tx, [ask.account_id for ask in asks])

    async def by_ask(draft: Draft, ask: OnAccount) -> None:
        if draft.account.state in (AccountState.CLOSING, AccountState.CLOSED):
            return
        if not collecting.happen(draft, AccountEvent.CLOSE):
            raise AdsMovedOn(state=draft.account.state)
        draft.tell("closing", by=ask.by)
        if draft.world.accruing:
            collecting.close(draft, draft.cycles[draft.world.accruing.id], CycleEvent.ENOUGH)
        if draft.world.prepaid_minor > 0:
            refunding.plan(draft, ask.account_id, draft.world.prepaid_minor, unused.get(ask.account_id, ()))
        collecting.happen(draft, AccountEvent.SETTLED)

    return await decide(tx, asks, by_ask, policy=policy)
