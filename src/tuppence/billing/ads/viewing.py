"""What people and programs read of an account: `access_*` is the only way to somebody's. Views are what JSON shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuppence.billing.ads import bills, calendar, delivery, holds, ladder, queries, refunding
from tuppence.billing.ads.accounts import Instrument
from tuppence.billing.ads.delivery import Delivery, Gate
from tuppence.billing.ads.model import Account, Campaign, Credit, Method, Moment
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import ENDED, CycleState, HoldState
from tuppence.billing.ads.world import World, worlds
from tuppence.core import Policy
from tuppence.db import Tx
from tuppence.payments.mandates import queries as mandates

View = dict[str, Any]
MOMENTS_MOST = 50


@dataclass(frozen=True, slots=True)
class _Spent:
    campaign_id: UUID
    begins_at: datetime
    spent_minor: int


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    campaign_id: UUID
    spent_minor: int
    quantity: int


async def access_accounts(tx: Tx, business_id: UUID, *, policy: Policy) -> list[View]:
    """Every ads account of a business, the oldest first."""
    accounts = await queries.access_accounts(tx, business_id)
    return await _views(tx, [one.id for one in accounts], policy)


async def access_account(tx: Tx, business_id: UUID, account_id: UUID, *, policy: Policy) -> View:
    """One account. Raises: AdsAccountNotFound."""
    await queries.access_account(tx, business_id, account_id)
    return (await _views(tx, [account_id], policy))[0]


async def _instruments(tx: Tx, methods: Sequence[Method]) -> dict[UUID, View]:
    """What pays, as people recognize it. A bank account does not once its mandate is withdrawn."""
    found = await bills.instruments(tx, methods)
    agreed = await mandates.by_id(tx, [one.mandate_id for one in methods if one.mandate_id])
    withdrawn = [one.instrument for one in methods if one.mandate_id and agreed[one.mandate_id].revoked_at]
    return found | {id_: {**found[id_], "state": "withdrawn"} for id_ in withdrawn if id_ in found}


async def _views(tx: Tx, ids: Sequence[UUID], policy: Policy) -> list[View]:
    found = await worlds(tx, ids)
    instruments = await _instruments(tx, [method for world in found.values() for method in world.methods])
    unused = await refunding.sources(tx, ids)
    return [
        await _view(tx, found[id_], instruments, refunding.refundable_minor(
            found[id_].prepaid_minor, unused.get(id_, ())
        ), policy)
        for id_ in ids
    ]  # fmt: skip


async def _view(tx: Tx, world: World, instruments: Mapping[UUID, View], refundable_minor: int, policy: Policy) -> View:
    account = world.account
    bill = world.accruing
    return {
        "id": account.id,
        "business_id": account.business_id,
        "name": account.name,
        "currency": account.currency,
        "zone": account.zone,
        "state": account.state,
        "way": account.way,
        "created_at": account.created_at,
        "threshold": {
            "now_minor": ladder.threshold_minor(account, policy.ads),
            "earned_minor": ladder.earned_minor(account, policy.ads),
            "own_minor": account.own_threshold_minor,
            "ladder_minor": list(policy.ads.ladder_minor),
            "clean_bills": account.clean_cycles,
            "clean_bills_needed": policy.ads.clean_cycles,
            "climbs_from": account.rung_since + timedelta(days=policy.ads.rung_days),
            "is_manual": account.is_manual,
        },
        "spend_cap_minor": account.spend_cap_minor,
        "spent_minor": account.spent_minor,
        "credit_line_minor": account.credit_line_minor,
        "catch_up": account.catch_up,
        "billed_to": account.billed_to,
        "accrued_minor": world.accrued_minor,
        "unpaid_minor": world.unpaid_minor,
        "prepaid_minor": world.prepaid_minor,
        "refundable_minor": refundable_minor,
        "credits_minor": world.credits_minor,
        "next_bill_at": bill.bill_at if bill and account.state not in ENDED else None,
        "failing": [
            {"bill_id": one.id, "state": one.state, "due_minor": one.due_minor, "next_try_at": one.next_try_at}
            for one in world.cycles
            if one.state in (CycleState.RETRYING, CycleState.PAST_DUE, CycleState.INVOICED)
        ],
        "order": order(world, instruments),
        "takes_banks": policy.bank.debits,
        "hold": await _hold(tx, account, policy),
        "delivery": gate_view(delivery.account_gate(world, policy.ads)),
    }


def order(world: World, instruments: Mapping[UUID, View]) -> list[View]:
    """What pays for the next thing that is used, in this order; shown before anybody buys anything."""
    found: list[View] = [
        {"kind": one.why, "id": one.id, "left_minor": one.left_minor, "expires_at": one.expires_at, "instrument": None}
        for one in world.credits
        if one.left_minor
    ]
    if world.prepaid_minor:
        found.append(
            {
                "kind": "prepaid",
                "id": None,
                "left_minor": world.prepaid_minor,
                "expires_at": None,
                "instrument": None,
            }
        )
    if world.account.way != "prepaid":
        found += [method_view(one, instruments) for one in world.methods]
    return found


def method_view(one: Method, instruments: Mapping[UUID, View]) -> View:
    kind = "primary" if one.place == 0 else "backup"
    instrument = instruments.get(one.instrument)
    return {"kind": kind, "id": one.instrument, "left_minor": None, "expires_at": None, "instrument": instrument}


async def _hold(tx: Tx, account: Account, policy: Policy) -> View | None:
    if account.hold != HoldState.HELD:
        return None
    said = await holds.confirmations(tx, account)
    return {
        "held_at": account.held_at,
        "spent_minor": account.held_why["spent_minor"],
        "usual_minor": account.held_why["usual_minor"],
        "admins_needed": policy.ads.hold_admins,
        "said": [{"person_id": one.person_id, "it_was_us": one.it_was_us, "at": one.at} for one in said],
    }


def gate_view(gate: Gate) -> View:
    return {"may_spend": gate.may_spend, "why": gate.why, "room_minor": gate.room_minor}


# - campaigns, delivery ----------------------------------------------------------------------------------------------


async def access_delivery(tx: Tx, business_id: UUID, account_id: UUID, *, policy: Policy) -> Delivery:
    """Whether an account and its campaigns may be delivered now, and why not. Raises: AdsAccountNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    world = (await worlds(tx, [account_id]))[account_id]
    campaigns = await queries.campaigns_of(tx, account_id)
    spent = await spent_today(tx, account, campaigns, world.now)
    return delivery.delivery(world, campaigns, spent, policy.ads)


async def access_campaigns(tx: Tx, business_id: UUID, account_id: UUID, *, policy: Policy) -> list[View]:
    """An account's campaigns, what they spent, and whether they run. Raises: AdsAccountNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    world = (await worlds(tx, [account_id]))[account_id]
    campaigns = await queries.campaigns_of(tx, account_id)
    spent = await spent_today(tx, account, campaigns, world.now)
    told = delivery.delivery(world, campaigns, spent, policy.ads)
    return [
        {name: getattr(one, name) for name in Campaign.__slots__ if name != "catch_up_minor"}
        | {"spent_today_minor": spent.get(one.id, 0), "delivery": gate_view(told.campaigns[one.id])}
        for one in campaigns
    ]


async def spent_today(tx: Tx, account: Account, campaigns: Sequence[Campaign], now: datetime) -> dict[UUID, int]:
    """What campaigns spent on the account's own day."""
    begins = calendar.begins(calendar.day_of(now, account.clock), account.clock)
    ids = [one.id for one in campaigns]
    rows = await tx.fetch(
        SQL.spent_between, _Spent, campaign_id=ids, begins_at=[begins] * len(ids), ends_at=[now] * len(ids)
    )
    return {row.campaign_id: row.spent_minor for row in rows}


async def access_spend(tx: Tx, business_id: UUID, account_id: UUID, first: date, last: date) -> list[View]:
    """What each campaign spent on each day of the account's own calendar. Raises: AdsAccountNotFound."""
    account = await queries.access_account(tx, business_id, account_id)
    rows = await tx.fetch(
        SQL.spend_by_day,
        _Day,
        account_id=account_id,
        zone=account.zone,
        begins_at=calendar.begins(first, account.clock),
        ends_at=calendar.begins(last + timedelta(days=1), account.clock),
    )
    return [
        {
            "day": one.day.isoformat(),
            "campaign_id": one.campaign_id,
            "spent_minor": one.spent_minor,
            "quantity": one.quantity,
        }
        for one in rows
    ]


# - credits, history -------------------------------------------------------------------------------------------------


async def access_credits(tx: Tx, business_id: UUID, account_id: UUID, now: datetime) -> list[View]:
    """Every credit the account ever had, used up and expired ones too. Raises: AdsAccountNotFound."""
    await queries.access_account(tx, business_id, account_id)
    return [_credit(one, now) for one in await tx.fetch(SQL.every_credit, Credit, account_id=account_id)]


def _credit(one: Credit, now: datetime) -> View:
    state = "expired" if one.expires_at <= now else "active" if one.left_minor else "used"
    return {name: getattr(one, name) for name in Credit.__slots__ if name != "account_id"} | {"state": state}


async def access_history(tx: Tx, business_id: UUID, account_id: UUID) -> list[View]:
    """What happened to an account lately, the latest first. Raises: AdsAccountNotFound."""
    await queries.access_account(tx, business_id, account_id)
    rows: Iterable[Moment] = await tx.fetch(SQL.latest_moments, Moment, account_id=account_id, limit=MOMENTS_MOST)
    return [
        {"id": one.id, "at": one.at, "what": one.what, "by_id": one.by_id, "bill_id": one.cycle_id}
        | {"detail": one.detail}
        for one in rows
    ]


async def whose(tx: Tx, account_id: UUID, asked: Sequence[Instrument], *, default: UUID) -> tuple[Instrument, ...]:
    """Whose each instrument is: of those that are charged already, whoever brought it; of new ones, who asks."""
    there = await tx.fetch(SQL.methods_of, Method, accounts=[account_id])
    known = {one.instrument: one for one in there}
    return tuple(_owned(one, known.get(one.card_id or one.bank_id or account_id), default) for one in asked)


def _owned(one: Instrument, there: Method | None, default: UUID) -> Instrument:
    person_id = there.person_id if there else default
    return Instrument(person_id, one.card_id, one.bank_id, one.mandate_id or (there.mandate_id if there else None))
