"""May an ad be delivered, and if not, why not? Pure: what the ad server asks before it spends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence.billing.ads import ladder
from tuppence.billing.ads.model import Campaign
from tuppence.billing.ads.states import SPENDS, HoldState
from tuppence.billing.ads.world import World
from tuppence.core.policy import AdsPolicy

RUNNING = "running"
# What can run out, in the order in which it is told; a state that stops an account is its own reason.
REASONS = ("no_balance", "grace_cap", "credit_line", "spend_cap")


@dataclass(frozen=True, slots=True)
class Gate:
    """An answer: whether it may spend, why not, and how much may be spent before the answer changes."""

    may_spend: bool
    why: str | None
    room_minor: int | None  # None: no limit in sight


@dataclass(frozen=True, slots=True)
class Delivery:
    account: Gate
    campaigns: Mapping[UUID, Gate]


def account_gate(world: World, policy: AdsPolicy) -> Gate:
    """Whether anything of the account may be delivered."""
    account = world.account
    if account.state not in SPENDS:
        return Gate(False, account.state, 0)
    if account.hold == HoldState.HELD:
        return Gate(False, "security_hold", 0)
    rooms = _rooms(world, policy)
    empty = [why for why, room in rooms.items() if room <= 0]
    if empty:
        return Gate(False, min(empty, key=REASONS.index), 0)
    return Gate(True, None, min(rooms.values(), default=None))


def _rooms(world: World, policy: AdsPolicy) -> dict[str, int]:
    """What may still be spent before each limit; credits and the prepaid balance come before what is owed."""
    account, covered = world.account, world.credits_minor + world.prepaid_minor
    rooms = {}
    if account.spend_cap_minor is not None:
        rooms["spend_cap"] = account.spend_cap_minor - account.spent_minor
    if account.way == "prepaid":
        rooms["no_balance"] = covered
    elif account.way == "invoice":
        rooms["credit_line"] = covered + account.credit_line_minor - world.unpaid_minor
    else:
        cap, threshold = ladder.grace_cap_minor(account, policy), ladder.threshold_minor(account, policy)
        beyond = cap if world.is_collecting else threshold + cap
        rooms["grace_cap"] = covered + beyond - world.accrued_minor
    return rooms


def campaign_gate(campaign: Campaign, account: Gate, spent_today_minor: int, world: World) -> Gate:
    """Whether this campaign may be delivered."""
    if not account.may_spend:
        return account
    if not campaign.running:
        return Gate(False, "campaign_stopped", 0)
    if not campaign.runs_at(world.now):
        return Gate(False, "not_running_now", 0)
    rooms = {}
    if campaign.budget_minor is not None:
        rooms["budget"] = campaign.budget_minor - campaign.spent_minor
    if campaign.daily_cap_minor is not None:
        rooms["daily_cap"] = max(campaign.daily_cap_minor - spent_today_minor, 0) + campaign.catch_up_minor
    for why, room in rooms.items():
        if room <= 0:
            return Gate(False, why, 0)
    every = [room for room in (*rooms.values(), account.room_minor) if room is not None]
    return Gate(True, None, min(every, default=None))


def delivery(
    world: World, campaigns: Sequence[Campaign], spent_today: Mapping[UUID, int], policy: AdsPolicy
) -> Delivery:
    """The whole answer for an account."""
    gate = account_gate(world, policy)
    return Delivery(gate, {one.id: campaign_gate(one, gate, spent_today.get(one.id, 0), world) for one in campaigns})
