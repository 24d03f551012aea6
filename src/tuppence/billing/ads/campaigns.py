"""The verbs of campaigns: set one up or change it, start and stop it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tuppence.billing.ads import queries, writing
from tuppence.billing.ads.drafts import Draft
from tuppence.billing.ads.errors import AdsAccountNotFound, AdsIdTaken
from tuppence.billing.ads.model import Campaign
from tuppence.billing.ads.world import lock, worlds
from tuppence.core import Failure, Policy
from tuppence.db import Tx


@dataclass(frozen=True, slots=True)
class SetCampaign:
    """A campaign as it is wanted; the id is the caller's."""

    id: UUID
    business_id: UUID
    account_id: UUID
    by: UUID | None
    name: str
    running: bool
    budget_minor: int | None
    daily_cap_minor: int | None
    starts_at: datetime | None
    ends_at: datetime | None


async def set_campaigns(tx: Tx, asks: Sequence[SetCampaign], *, policy: Policy) -> list[Campaign | Failure]:
    """Make campaigns, or make them as they are wanted now. What was spent stays spent.

    Refuses: AdsAccountNotFound, AdsIdTaken. Locks: the accounts, in id order, until the transaction ends.
    """
    await lock(tx, [ask.account_id for ask in asks])
    found = await worlds(tx, sorted({ask.account_id for ask in asks}))
    known = await queries.campaigns_by_id(tx, [ask.id for ask in asks])
    drafts: dict[UUID, Draft] = {}
    results: list[Campaign | Failure] = []
    written: dict[UUID, Campaign] = {}
    for ask in asks:
        world, before = found.get(ask.account_id), written.get(ask.id) or known.get(ask.id)
        if world is None or world.account.business_id != ask.business_id:
            results.append(AdsAccountNotFound())
        elif before is not None and before.account_id != ask.account_id:
            results.append(AdsIdTaken())
        else:
            draft = drafts.setdefault(ask.account_id, Draft(world, policy.ads))
            written[ask.id] = _wanted(ask, before, draft)
            results.append(written[ask.id])
    if written:
        await writing.write_campaigns(tx, list(written.values()))
        await writing.write(tx, list(drafts.values()), policy=policy)
    return results


def _wanted(ask: SetCampaign, before: Campaign | None, draft: Draft) -> Campaign:
    wanted = Campaign(
        ask.id, ask.account_id, ask.name, ask.running, ask.budget_minor, ask.daily_cap_minor, ask.starts_at,
        ask.ends_at, 0, 0, draft.now,
    )  # fmt: skip
    if before is None:
        draft.tell("campaign", by=ask.by, campaign_id=str(ask.id), name=ask.name)
        return wanted
    wanted = replace(
        wanted, spent_minor=before.spent_minor, catch_up_minor=before.catch_up_minor, created_at=before.created_at
    )
    if wanted != before:
        draft.tell("campaign", by=ask.by, campaign_id=str(ask.id), name=ask.name)
    if _raises(before.budget_minor, ask.budget_minor) or _raises(before.daily_cap_minor, ask.daily_cap_minor):
        draft.change(changed_at=draft.now)
    return wanted


def _raises(before: int | None, now: int | None) -> bool:
    """Whether a limit goes up, or away."""
    return before is not None and (now is None or now > before)
