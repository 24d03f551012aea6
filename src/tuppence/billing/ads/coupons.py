"""The verbs of credits: coupons that people redeem, and goodwill that an operator grants."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tuppence import outbox
from tuppence.billing.ads import writing
from tuppence.billing.ads.accounts import decide
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import AdsMovedOn, CouponUnknown, PrimaryNeeded
from tuppence.billing.ads.model import Account, Credit
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import SPENDS
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Tx, columns

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another


@dataclass(frozen=True, slots=True)
class Coupon:
    """A row of ads.coupon: good for one account, once."""

    code: str
    amount_minor: int
    currency: str
    redeem_by: datetime
    lasts_days: int
    made_at: datetime
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Redeem:
    business_id: UUID
    account_id: UUID
    by: UUID | None
    code: str


async def make_coupons(
    tx: Tx, *, count: int, amount_minor: int, currency: str, valid_days: int, lasts_days: int
) -> list[Coupon]:
    """Make coupons, for an operator to hand out."""
    now = await outbox.now(tx)
    made = [
        Coupon(_code(), amount_minor, currency, now + timedelta(days=valid_days), lasts_days, now, None)
        for _ in range(count)
    ]
    await tx.execute(SQL.write_coupons, **columns(made, *Coupon.__slots__))
    return made


def _code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


async def redeem(tx: Tx, asks: Sequence[Redeem], *, policy: Policy) -> list[Account | Failure]:
    """Turn coupons into credits. It takes an active account and a primary method, so that nobody is surprised by what
    follows when the credit is used up. A repeat by the same account changes nothing.

    Refuses: AdsAccountNotFound, AdsMovedOn, PrimaryNeeded, CouponUnknown. Locks: the accounts, then the coupons.
    """

    async def by_ask(draft: Draft, ask: Redeem) -> None:
        coupon = await tx.fetch_one(SQL.lock_coupon, Coupon, code=ask.code)
        if coupon is None or coupon.currency != draft.account.currency:
            raise CouponUnknown(reason="unknown")
        if coupon.account_id == draft.account.id:
            return
        if coupon.account_id is not None:
            raise CouponUnknown(reason="used")
        if coupon.redeem_by <= draft.now:
            raise CouponUnknown(reason="over")
        if draft.account.state not in SPENDS:
            raise AdsMovedOn(state=draft.account.state)
        if not draft.world.methods:
            raise PrimaryNeeded
        await tx.execute(SQL.use_coupon, code=ask.code, account_id=draft.account.id)
        await _grant(tx, draft, coupon.amount_minor, coupon.lasts_days, code=coupon.code, by=ask.by)

    return await decide(tx, asks, by_ask, policy=policy)


async def grant(tx: Tx, draft: Draft, amount_minor: int, lasts_days: int) -> None:
    """An operator's goodwill."""
    await _grant(tx, draft, amount_minor, lasts_days, code=None, by=None)


async def _grant(
    tx: Tx, draft: Draft, amount_minor: int, lasts_days: int, *, code: str | None, by: UUID | None
) -> None:
    credit = Credit(
        id=uuid7(), account_id=draft.account.id, why="coupon" if code else "goodwill", code=code,
        amount_minor=amount_minor, left_minor=amount_minor, granted_at=draft.now,
        expires_at=draft.now + timedelta(days=lasts_days),
    )  # fmt: skip
    await writing.write_credits(tx, [credit])
    every = sorted((*draft.world.credits, credit), key=lambda one: (one.expires_at, one.id))
    draft.world = replace(draft.world, credits=tuple(every))
    draft.tell("credit", by=by, amount_minor=amount_minor, code=code)
