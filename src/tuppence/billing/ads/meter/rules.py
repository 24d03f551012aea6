"""What becomes of an event: whether it is taken, how much of it is charged, and who pays. Pure.

Who pays, always in this order: credits, the soonest to expire first; the prepaid balance; then it is owed. What is
given back goes the other way: as money only as far as money paid, and never more than was charged.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.billing.ads import calendar, delivery
from tuppence.billing.ads.errors import (
    CampaignNotFound,
    CorrectsNothing,
    GivesBackTooMuch,
    UsageIdTaken,
    UsageNotTaken,
    UsageTooEarly,
    UsageTooLate,
)
from tuppence.billing.ads.meter.model import Draft, Facts, Known, Line, Metered, Usage, Written
from tuppence.billing.ads.model import Campaign
from tuppence.billing.ads.states import ENDED, AccountState
from tuppence.core import Failure
from tuppence.core.policy import AdsPolicy


def meter(
    events: Sequence[Usage], facts: Facts, *, now: datetime, policy: AdsPolicy
) -> tuple[Draft, list[Metered | Failure]]:
    """Take an account's events one after the other; order in, order out."""
    draft = Draft(facts)
    known = dict(facts.known)
    results: list[Metered | Failure] = []
    for event in events:
        result = _take(event, draft, known, now, policy)
        results.append(result)
    return draft, results


def _take(event: Usage, draft: Draft, known: dict[UUID, Known], now: datetime, policy: AdsPolicy) -> Metered | Failure:
    if (before := known.get(event.id)) is not None:
        return Metered(event.id, before.waived_minor, replayed=True) if before.says(event) else UsageIdTaken()
    campaign = draft.facts.campaigns.get(event.campaign_id)
    if campaign is None:
        return CampaignNotFound()
    if event.at > now + timedelta(seconds=policy.early_seconds):
        return UsageTooEarly()
    if event.at < now - timedelta(days=policy.late_days):
        return UsageTooLate(days_most=policy.late_days)
    taken = _use(event, campaign, draft, policy) if event.kind == "usage" else _give_back(event, campaign, draft, known)
    if isinstance(taken, Failure):
        return taken
    known[event.id] = _as_known(event, taken, draft)
    return Metered(event.id, taken.waived_minor)


def _as_known(event: Usage, taken: Written, draft: Draft) -> Known:
    account_id, corrects = draft.facts.account.id, event.corrects
    return Known(
        account_id, event.id, event.campaign_id, event.kind, event.amount_minor, taken.waived_minor, event.quantity,
        corrects, event.at, 0,
    )  # fmt: skip


# - use --------------------------------------------------------------------------------------------------------------


def _use(event: Usage, campaign: Campaign, draft: Draft, policy: AdsPolicy) -> Written | Failure:
    account = draft.facts.account
    if account.state in ENDED:
        return UsageNotTaken(state=account.state)
    room = _room(event, campaign, draft, policy)
    billed = event.amount_minor if room is None else max(min(event.amount_minor, room), 0)
    _pay(billed, draft)
    _spend(event, campaign, billed, draft)
    written = Written(event, event.amount_minor - billed, calendar.hour_of(event.at, account.clock))
    _note(written, draft)
    return written


def _room(event: Usage, campaign: Campaign, draft: Draft, policy: AdsPolicy) -> int | None:
    """How much may still be charged; None: any amount. Limits that people set are hard, whatever lag delivers."""
    account = draft.facts.account
    rooms = []
    if _was_stopped(event, draft, policy):
        return 0
    if account.way == "prepaid":
        rooms.append(_credits_left(draft) + draft.facts.prepaid_minor - draft.prepaid_minor)
    if account.spend_cap_minor is not None:
        rooms.append(account.spend_cap_minor - account.spent_minor - draft.billed_minor)
    if campaign.budget_minor is not None:
        rooms.append(campaign.budget_minor - campaign.spent_minor - draft.campaign_spent.get(campaign.id, 0))
    if campaign.daily_cap_minor is not None:
        caught_up = campaign.catch_up_minor - draft.catch_up.get(campaign.id, 0)
        rooms.append(max(campaign.daily_cap_minor - _spent_on(event, draft), 0) + caught_up)
    return min(rooms, default=None)


def _was_stopped(event: Usage, draft: Draft, policy: AdsPolicy) -> bool:
    """Whether the ad server had time enough to hear of a stop: what it delivered then is ours. A new account was never
    told that it may.
    """
    account = draft.facts.account
    if account.state == AccountState.NEW:
        return True
    stopped = account.delivery != delivery.RUNNING
    return stopped and event.at > account.delivery_at + timedelta(seconds=policy.stop_seconds)


def _spent_on(event: Usage, draft: Draft) -> int:
    key = event.campaign_id, calendar.day_of(event.at, draft.facts.account.clock)
    return draft.facts.spent.get(key, 0) + draft.day_spent.get(key, 0)


def _credits_left(draft: Draft) -> int:
    return sum(one.left_minor - draft.draws.get(one.id, 0) for one in draft.facts.credits)


def _pay(billed: int, draft: Draft) -> None:
    """Charge credits, the prepaid balance, and let the rest be owed."""
    rest = billed
    for credit in draft.facts.credits:
        part = min(rest, credit.left_minor - draft.draws.get(credit.id, 0))
        if part > 0:
            draft.draws[credit.id] = draft.draws.get(credit.id, 0) + part
            draft.used_credits_minor += part
            rest -= part
    part = max(min(rest, draft.facts.prepaid_minor - draft.prepaid_minor), 0)
    draft.used_prepaid_minor += part
    draft.used_owed_minor += rest - part


def _spend(event: Usage, campaign: Campaign, billed: int, draft: Draft) -> None:
    """Count it against the campaign's own limits. Above the daily cap it is what was missed that is being caught up."""
    if campaign.daily_cap_minor is not None:
        spent, cap = _spent_on(event, draft), campaign.daily_cap_minor
        beyond = max(spent + billed - cap, 0) - max(spent - cap, 0)
        draft.catch_up[campaign.id] = draft.catch_up.get(campaign.id, 0) + beyond
        key = campaign.id, calendar.day_of(event.at, draft.facts.account.clock)
        draft.day_spent[key] = draft.day_spent.get(key, 0) + billed
    draft.campaign_spent[campaign.id] = draft.campaign_spent.get(campaign.id, 0) + billed


# - give back --------------------------------------------------------------------------------------------------------


def _give_back(event: Usage, campaign: Campaign, draft: Draft, known: dict[UUID, Known]) -> Written | Failure:
    account, amount = draft.facts.account, -event.amount_minor
    left = campaign.spent_minor + draft.campaign_spent.get(campaign.id, 0)
    counts_at = event.at
    if event.corrects is not None:
        first = known.get(event.corrects)
        if first is None or first.kind != "usage" or first.campaign_id != campaign.id:
            return CorrectsNothing()
        counts_at = first.at
        left = min(left, first.left_minor - draft.left.get(first.id, 0))
    elif event.kind == "correction":
        return CorrectsNothing()
    if amount > left:
        return GivesBackTooMuch(left_minor=left)
    if event.corrects is not None:
        draft.left[event.corrects] = draft.left.get(event.corrects, 0) + amount
    _pay_back(amount, draft)
    draft.campaign_spent[campaign.id] = draft.campaign_spent.get(campaign.id, 0) - amount
    written = Written(event, 0, calendar.hour_of(counts_at, account.clock))
    _note(written, draft)
    return written


def _pay_back(amount: int, draft: Draft) -> None:
    """To money as far as money paid, the rest to credits: what was a gift does not become cash."""
    account = draft.facts.account
    money = min(amount, max(account.money_minor + draft.money_minor, 0))
    if account.way == "prepaid":
        draft.restored_prepaid_minor += money
    else:
        draft.restored_owed_minor += money
    rest = amount - money
    draft.restored_credits_minor += rest
    for credit in reversed(draft.facts.credits):
        part = min(rest, credit.amount_minor - credit.left_minor + draft.draws.get(credit.id, 0))
        if part > 0:
            draft.draws[credit.id] = draft.draws.get(credit.id, 0) - part
            rest -= part


def _note(written: Written, draft: Draft) -> None:
    event = written.usage
    line = draft.lines.setdefault((event.campaign_id, event.kind), Line())
    line.quantity += event.quantity
    line.amount_minor += event.amount_minor
    line.waived_minor += written.waived_minor
    draft.usage_minor += max(event.amount_minor, 0)
    draft.given_back_minor += max(-event.amount_minor, 0)
    draft.waived_minor += written.waived_minor
    draft.written.append(written)
