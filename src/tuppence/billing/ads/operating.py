"""What only an operator does: credit lines, payments that came by wire, goodwill, ends of holds, writing off."""

from dataclasses import dataclass, replace
from uuid import UUID

from tuppence.billing.ads import collecting, queries
from tuppence.billing.ads.accounts import Decide, decide
from tuppence.billing.ads.coupons import grant
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import AdsAccountNotFound, AdsMovedOn, BillNotFound, NotHeld
from tuppence.billing.ads.model import Account
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import (
    HOLD_TABLE,
    AccountEvent,
    CycleEvent,
    CycleState,
    HoldEvent,
    HoldGuard,
    HoldState,
    chosen,
)
from tuppence.core import Failure, Policy
from tuppence.db import Tx


@dataclass(frozen=True, slots=True)
class _On:
    business_id: UUID
    account_id: UUID


async def _one(tx: Tx, account_id: UUID, act: Decide, policy: Policy) -> Account:
    found = await queries.accounts_by_id(tx, [account_id])
    if account_id not in found:
        raise AdsAccountNotFound
    (result,) = await decide(tx, [_On(found[account_id].business_id, account_id)], act, policy=policy)
    if isinstance(result, Failure):
        raise result
    return result


async def give_credit_line(tx: Tx, account_id: UUID, line_minor: int, *, policy: Policy) -> Account:
    """Bill an account by invoice from now on, up to a credit line. Raises: AdsAccountNotFound, AdsMovedOn."""

    async def act(draft: Draft, _: _On) -> None:
        draft.change(way="invoice", credit_line_minor=line_minor)
        if not collecting.happen(draft, AccountEvent.SET_UP_INVOICE):
            raise AdsMovedOn(state=draft.account.state)
        draft.tell("credit_line", amount_minor=line_minor)

    return await _one(tx, account_id, act, policy)


async def mark_paid(tx: Tx, bill_id: UUID, reference: str, *, policy: Policy) -> Account:
    """A bill was paid by wire: its money is at our bank. A repeat changes nothing. Raises: BillNotFound, AdsMovedOn."""
    account_id = await _account_of(tx, bill_id)

    async def act(draft: Draft, _: _On) -> None:
        cycle = draft.cycles.get(bill_id)
        if cycle is None or cycle.state == CycleState.PAID:
            return
        collecting.step(draft, draft.set(cycle, reference=reference), CycleEvent.MARK_PAID)

    return await _one(tx, account_id, act, policy)


async def _account_of(tx: Tx, bill_id: UUID) -> UUID:
    found = await tx.scalars(SQL.account_of_cycle, id=bill_id)
    if not found:
        raise BillNotFound
    account_id: UUID = found[0]
    return account_id


async def grant_credit(tx: Tx, account_id: UUID, amount_minor: int, lasts_days: int, *, policy: Policy) -> Account:
    """Goodwill. Raises: AdsAccountNotFound."""

    async def act(draft: Draft, _: _On) -> None:
        await grant(tx, draft, amount_minor, lasts_days)

    return await _one(tx, account_id, act, policy)


async def release(tx: Tx, account_id: UUID, reason: str, *, policy: Policy) -> Account:
    """End a hold, whatever the admins said. Raises: AdsAccountNotFound, NotHeld."""

    async def act(draft: Draft, _: _On) -> None:
        row = chosen(HOLD_TABLE, draft.account.hold, HoldEvent.RELEASE, {HoldGuard.SECOND: False})
        if row is None:
            raise NotHeld
        draft.change(hold=row.after, held_at=None, held_why={}, changed_at=None)
        assert row.after == HoldState.NONE
        draft.tell("released", reason=reason)

    return await _one(tx, account_id, act, policy)


async def trust(tx: Tx, account_id: UUID, *, policy: Policy) -> Account:
    """Let a threshold climb again after a chargeback. Raises: AdsAccountNotFound."""

    async def act(draft: Draft, _: _On) -> None:
        draft.account = replace(draft.account, is_manual=False, rung_since=draft.now, clean_cycles=0)
        draft.tell("trusted")

    return await _one(tx, account_id, act, policy)


async def write_off(tx: Tx, account_id: UUID, *, policy: Policy) -> Account:
    """Give up what a disabled account owes: it is our loss. Raises: AdsAccountNotFound, AdsMovedOn."""

    async def act(draft: Draft, _: _On) -> None:
        lost = [one for one in draft.world.cycles if one.state in (CycleState.PAST_DUE, CycleState.ACCRUING)]
        if not any(one.state == CycleState.PAST_DUE for one in lost):
            raise AdsMovedOn(state=draft.account.state)
        for cycle in lost:
            if cycle.due_minor > 0:
                collecting.step(draft, cycle, CycleEvent.WRITE_OFF)

    return await _one(tx, account_id, act, policy)
