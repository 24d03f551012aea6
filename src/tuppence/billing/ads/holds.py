"""The brake against hijackers: when a new admin, a sensitive change and unusual spend come together, spending is
paused, not the account, and two admins are asked whether it was them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.billing import businesses
from tuppence.billing.ads.accounts import decide
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import NotHeld, TooNewToConfirm
from tuppence.billing.ads.model import Account
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import HOLD_TABLE, SPENDS, HoldEvent, HoldGuard, HoldState, chosen
from tuppence.core import Failure, Policy
from tuppence.core.policy import AdsPolicy
from tuppence.db import Tx

ADMINS = ("owner", "finance")


@dataclass(frozen=True, slots=True)
class Confirm:
    """An admin says whether it was them."""

    business_id: UUID
    account_id: UUID
    by: UUID
    it_was_us: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at: who became an admin when, the last sensitive change, and what was spent."""

    newest_admin_at: datetime | None
    changed_at: datetime | None
    spent_now_minor: int  # in the last hours of the policy
    spent_before_minor: int  # in the seven days before those


@dataclass(frozen=True, slots=True)
class Confirmation:
    account_id: UUID
    held_at: datetime
    person_id: UUID
    it_was_us: bool
    at: datetime


def is_hijack(signs: Signs, now: datetime, policy: AdsPolicy) -> bool:
    """Whether all three came together. Each alone is a normal day."""
    since = now - timedelta(hours=policy.hold_hours)
    new_admin = signs.newest_admin_at is not None and signs.newest_admin_at >= since
    changed = signs.changed_at is not None and signs.changed_at >= since
    mean_of_days = signs.spent_before_minor * policy.hold_hours / (7 * 24)
    return new_admin and changed and signs.spent_now_minor > policy.hold_times * mean_of_days


async def watch(tx: Tx, asks: Sequence[UUID], *, policy: Policy) -> list[Account | Failure]:
    """Look at accounts, and hold those that look hijacked."""
    found = await tx.fetch(SQL.accounts, Account, ids=list(asks))
    admins = await _admins(tx, [one.business_id for one in found])

    async def by_ask(draft: Draft, _: "_Watched") -> None:
        account = draft.account
        if account.state not in SPENDS:
            return
        signs = await _signs(tx, account, admins.get(account.business_id, {}), draft.now, policy.ads)
        row = chosen(HOLD_TABLE, account.hold, HoldEvent.SUSPECT, {HoldGuard.SECOND: False})
        if row and is_hijack(signs, draft.now, policy.ads):
            spent, usual = signs.spent_now_minor, signs.spent_before_minor // 7
            why = {"spent_minor": spent, "usual_minor": usual}
            draft.change(hold=row.after, held_at=draft.now, held_why=why)
            draft.tell("held", spent_minor=spent, usual_minor=usual)

    return await decide(tx, [_Watched(one.business_id, one.id) for one in found], by_ask, policy=policy)


@dataclass(frozen=True, slots=True)
class _Watched:
    business_id: UUID
    account_id: UUID


async def _admins(tx: Tx, business_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, datetime]]:
    found = await businesses.members(tx, business_ids)
    return {
        business_id: {one.person_id: one.since for one in some if one.role in ADMINS}
        for business_id, some in found.items()
    }


async def _signs(tx: Tx, account: Account, admins: dict[UUID, datetime], now: datetime, policy: AdsPolicy) -> Signs:
    """The account's founder is no new admin, however young the account is."""
    since = now - timedelta(hours=policy.hold_hours)
    late = [at for at in admins.values() if at > account.created_at]
    spent = await tx.rows(
        SQL.spent_around, account_id=account.id, since=since, before=since - timedelta(days=7), now=now
    )
    return Signs(max(late, default=None), account.changed_at, spent[0][0], spent[0][1])


async def confirm(tx: Tx, asks: Sequence[Confirm], *, policy: Policy) -> list[Account | Failure]:
    """Write down what admins say; the second who says that it was them ends the hold. If there is one admin only who
    was there before, theirs is enough. A repeat changes nothing.

    Refuses: AdsAccountNotFound, NotHeld, TooNewToConfirm.
    """
    admins = await _admins(tx, [ask.business_id for ask in asks])

    async def by_ask(draft: Draft, ask: Confirm) -> None:
        account = draft.account
        if account.hold != HoldState.HELD or account.held_at is None:
            raise NotHeld
        before = account.held_at - timedelta(hours=policy.ads.hold_hours)
        who = admins.get(ask.business_id, {})
        old = {one for one, since in who.items() if since < before or since <= account.created_at}
        if ask.by not in old:
            raise TooNewToConfirm
        values = {"account_id": account.id, "held_at": account.held_at, "person_id": ask.by}
        await tx.execute(SQL.write_confirmation, **values, it_was_us=ask.it_was_us, at=draft.now)
        said = await confirmations(tx, account)
        enough = len({one.person_id for one in said if one.it_was_us}) >= min(policy.ads.hold_admins, len(old))
        facts = {HoldGuard.SECOND: enough and all(one.it_was_us for one in said)}
        event = HoldEvent.CONFIRM if ask.it_was_us else HoldEvent.DENY
        row = chosen(HOLD_TABLE, account.hold, event, facts)
        assert row is not None
        draft.tell("confirmed" if ask.it_was_us else "denied", by=ask.by)
        if row.after == HoldState.NONE:
            draft.change(hold=row.after, held_at=None, held_why={}, changed_at=None)
            draft.tell("released")

    return await decide(tx, asks, by_ask, policy=policy)


async def confirmations(tx: Tx, account: Account) -> list[Confirmation]:
    """What was said about the hold that stands, oldest first."""
    if account.held_at is None:
        return []
    return await tx.fetch(SQL.confirmations, Confirmation, account_id=account.id, held_at=account.held_at)
