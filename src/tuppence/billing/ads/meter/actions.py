"""The verb of metering: whole requests, each event with its own answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from tuppence import outbox
from tuppence.billing.ads import books, calendar, collecting, queries, writing
from tuppence.billing.ads.drafts import Draft, Timer
from tuppence.billing.ads.errors import CampaignNotFound
from tuppence.billing.ads.meter import rules
from tuppence.billing.ads.meter.model import Batch, Facts, Known, Metered, Usage
from tuppence.billing.ads.meter.model import Draft as Posted
from tuppence.billing.ads.model import Campaign, Credit, Cycle
from tuppence.billing.ads.queries import SQL
from tuppence.billing.ads.states import ENDED
from tuppence.billing.ads.world import World, lock, worlds
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Tx, columns
from tuppence.ledger import Transfer

Told = Metered | Failure


@dataclass(frozen=True, slots=True)
class _Spent:
    campaign_id: UUID
    begins_at: datetime
    spent_minor: int


async def meter(tx: Tx, asks: Sequence[Batch], *, policy: Policy) -> list[list[Told] | Failure]:
    """Write usage: events, what they come to, who pays. Order in, order out, an answer for each event.

    Locks: every account named, in id order, until the transaction ends; then the ledger.
    """
    named = await queries.campaigns_by_id(tx, sorted({event.campaign_id for ask in asks for event in ask.events}))
    await lock(tx, {one.account_id for one in named.values()})
    found = await worlds(tx, [one.account_id for one in named.values()])
    campaigns = await queries.campaigns_by_id(tx, list(named))
    own = {account_id: world.account.business_id for account_id, world in found.items()}
    answers: list[list[Told]] = [[CampaignNotFound()] * len(ask.events) for ask in asks]
    theirs: dict[UUID, list[tuple[int, int, Usage]]] = defaultdict(list)
    for n, ask in enumerate(asks):
        for k, event in enumerate(ask.events):
            campaign = campaigns.get(event.campaign_id)
            if campaign and own[campaign.account_id] == ask.business_id:
                theirs[campaign.account_id].append((n, k, event))
    if theirs:
        events = {account_id: [event for *_, event in some] for account_id, some in theirs.items()}
        results = await _post(tx, {one: found[one] for one in theirs}, events, campaigns, policy)
        for account_id, some in theirs.items():
            for (n, k, _), result in zip(some, results[account_id], strict=True):
                answers[n][k] = result
    return list(answers)


async def _post(
    tx: Tx,
    found: Mapping[UUID, World],
    events: Mapping[UUID, Sequence[Usage]],
    campaigns: Mapping[UUID, Campaign],
    policy: Policy,
) -> dict[UUID, list[Told]]:
    now = await outbox.now(tx)
    known = await _known(tx, events)
    spent = await _spent(tx, found, events, campaigns)
    drafts = {account_id: Draft(world, policy.ads) for account_id, world in found.items()}
    cycles = {account_id: _cycle(draft) for account_id, draft in drafts.items()}
    posted, results = {}, {}
    for account_id, world in found.items():
        facts = Facts(
            account=world.account,
            cycle=cycles[account_id],
            campaigns={one.id: one for one in campaigns.values() if one.account_id == account_id},
            credits=world.credits,
            prepaid_minor=world.prepaid_minor,
            known=known.get(account_id, {}),
            spent=spent.get(account_id, {}),
        )
        posted[account_id], results[account_id] = rules.meter(events[account_id], facts, now=now, policy=policy.ads)
    await _write(tx, {one: (drafts[one], posted[one]) for one in posted if posted[one].written}, now, policy)
    return results


def _cycle(draft: Draft) -> Cycle:
    """The cycle that accrues. An ended account has none until something is given back."""
    open_ = draft.world.accruing
    if open_ is None:
        last = draft.world.cycles[-1]
        open_ = collecting.open_next(draft, None, tax_basis_points=last.tax_basis_points)
    return open_


async def _known(tx: Tx, events: Mapping[UUID, Sequence[Usage]]) -> dict[UUID, dict[UUID, Known]]:
    """Events of these ids that are written, and those that are corrected."""
    pairs = {
        (account_id, id_)
        for account_id, some in events.items()
        for event in some
        for id_ in (event.id, event.corrects)
        if id_ is not None
    }
    ordered = sorted(pairs)
    rows = await tx.fetch(
        SQL.known_events, Known, account_id=[one for one, _ in ordered], id=[one for _, one in ordered]
    )
    found: dict[UUID, dict[UUID, Known]] = defaultdict(dict)
    for row in rows:
        found[row.account_id][row.id] = row
    return found


async def _spent(
    tx: Tx,
    found: Mapping[UUID, World],
    events: Mapping[UUID, Sequence[Usage]],
    campaigns: Mapping[UUID, Campaign],
) -> dict[UUID, dict[tuple[UUID, date], int]]:
    """What campaigns with a daily cap spent on the days that events are about."""
    asked: dict[tuple[UUID, date], tuple[UUID, datetime, datetime]] = {}
    for account_id, some in events.items():
        clock = found[account_id].account.clock
        for event in some:
            if campaigns[event.campaign_id].daily_cap_minor is not None:
                day = calendar.day_of(event.at, clock)
                ends = calendar.begins(day + timedelta(days=1), clock)
                asked[event.campaign_id, day] = account_id, calendar.begins(day, clock), ends
    if not asked:
        return {}
    rows = await tx.fetch(
        SQL.spent_between,
        _Spent,
        campaign_id=[campaign_id for campaign_id, _ in asked],
        begins_at=[begins for _, begins, _ in asked.values()],
        ends_at=[ends for *_, ends in asked.values()],
    )
    by_start = {(row.campaign_id, row.begins_at): row.spent_minor for row in rows}
    spent: dict[UUID, dict[tuple[UUID, date], int]] = defaultdict(dict)
    for (campaign_id, day), (account_id, begins, _) in asked.items():
        spent[account_id][campaign_id, day] = by_start[campaign_id, begins]
    return spent


# - writing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Posting:
    id: UUID
    account_id: UUID
    cycle_id: UUID
    at: datetime
    usage_minor: int
    given_back_minor: int
    waived_minor: int
    credits_minor: int
    prepaid_minor: int
    owed_minor: int


async def _write(tx: Tx, posted: Mapping[UUID, tuple[Draft, Posted]], now: datetime, policy: Policy) -> None:
    """Write postings and what they change; then what follows from them, with the ledger last."""
    if not posted:
        return
    postings: dict[UUID, _Posting] = {}
    used: dict[UUID, list[Transfer]] = {}
    for account_id, (draft, made) in posted.items():
        cycle = _cycle_of(draft)
        one = postings[account_id] = _posting(uuid7(), cycle, made, now)
        used[account_id] = books.used(one.id, draft.account, made, cycle.id)
        _apply(draft, cycle, made)
    drafts = [draft for draft, _ in posted.values()]
    await writing.write_cycles(tx, drafts)
    await tx.execute(SQL.write_postings, **columns(list(postings.values()), *_Posting.__slots__))
    await _write_events(tx, [(postings[one], made) for one, (_, made) in posted.items()])
    await writing.write_credits(tx, [credit for _, made in posted.values() for credit in _credits(made)])
    await writing.write_campaigns(tx, [one for _, made in posted.values() for one in _campaigns(made)])
    await writing.write(tx, drafts, policy=policy, used=used)


def _cycle_of(draft: Draft) -> Cycle:
    found = draft.as_it_will_be.accruing
    assert found is not None
    return found


def _posting(id_: UUID, cycle: Cycle, made: Posted, now: datetime) -> _Posting:
    return _Posting(
        id_, cycle.account_id, cycle.id, now, made.usage_minor, made.given_back_minor, made.waived_minor,
        made.credits_minor, made.prepaid_minor, made.owed_minor,
    )  # fmt: skip


def _apply(draft: Draft, cycle: Cycle, made: Posted) -> None:
    """Add a posting to its account and its cycle; close the cycle if it is full; ask who watches to look."""
    account = draft.account
    draft.change(
        spent_minor=max(account.spent_minor + made.billed_minor, 0),
        money_minor=account.money_minor + made.money_minor,
        version=account.version + 1,
        updated_at=draft.now,
    )
    draft.set(
        cycle,
        usage_minor=cycle.usage_minor + made.usage_minor,
        given_back_minor=cycle.given_back_minor + made.given_back_minor,
        waived_minor=cycle.waived_minor + made.waived_minor,
        credits_minor=cycle.credits_minor + made.credits_minor,
        prepaid_minor=cycle.prepaid_minor + made.prepaid_minor,
    )
    draft.world = replace(
        draft.world,
        credits=tuple(_left(one, made) for one in draft.world.credits),
        prepaid_minor=draft.world.prepaid_minor - made.prepaid_minor,
    )
    collecting.close_what_is_ripe(draft)
    watched = timedelta(hours=draft.policy.hold_hours)
    if account.changed_at is not None and draft.now - account.changed_at <= watched:
        draft.at(Timer.WATCH, account.id)
    if account.state in ENDED:
        draft.at(Timer.GIVE_BACK, account.id)


def _left(credit: Credit, made: Posted) -> Credit:
    return replace(credit, left_minor=credit.left_minor - made.draws.get(credit.id, 0))


def _credits(made: Posted) -> list[Credit]:
    return [_left(one, made) for one in made.facts.credits if made.draws.get(one.id)]


def _campaigns(made: Posted) -> list[Campaign]:
    return [
        replace(
            one,
            spent_minor=one.spent_minor + made.campaign_spent[one.id],
            catch_up_minor=one.catch_up_minor - made.catch_up.get(one.id, 0),
        )
        for one in made.facts.campaigns.values()
        if one.id in made.campaign_spent
    ]


async def _write_events(tx: Tx, pairs: Sequence[tuple[_Posting, Posted]]) -> None:
    rows = [(posting, one) for posting, made in pairs for one in made.written]
    await tx.execute(
        SQL.write_events,
        account_id=[posting.account_id for posting, _ in rows],
        posting_id=[posting.id for posting, _ in rows],
        waived_minor=[one.waived_minor for _, one in rows],
        **columns(
            [one.usage for _, one in rows], "id", "campaign_id", "kind", "amount_minor", "quantity", "corrects", "at"
        ),
    )
    lines = [(posting, key, line) for posting, made in pairs for key, line in made.lines.items()]
    await tx.execute(
        SQL.write_lines,
        posting_id=[posting.id for posting, *_ in lines],
        campaign_id=[campaign_id for _, (campaign_id, _), _ in lines],
        kind=[kind for _, (_, kind), _ in lines],
        **columns([line for *_, line in lines], "quantity", "amount_minor", "waived_minor"),
    )
    draws = [
        (posting.id, credit_id, part)
        for posting, made in pairs
        for credit_id, part in sorted(made.draws.items())
        if part
    ]
    if draws:
        await tx.execute(
            SQL.write_draws,
            posting_id=[one for one, _, _ in draws],
            credit_id=[one for _, one, _ in draws],
            amount_minor=[part for *_, part in draws],
        )
    await _write_spend(tx, pairs)


async def _write_spend(tx: Tx, pairs: Sequence[tuple[_Posting, Posted]]) -> None:
    hours: dict[tuple[UUID, datetime], list[int]] = {}
    accounts: dict[UUID, UUID] = {}
    for posting, made in pairs:
        for one in made.written:
            accounts[one.usage.campaign_id] = posting.account_id
            total = hours.setdefault((one.usage.campaign_id, one.hour), [0, 0])
            total[0] += one.billed_minor
            total[1] += one.usage.quantity if one.usage.kind == "usage" else 0
    keys = sorted(hours)
    await tx.execute(
        SQL.add_spend,
        campaign_id=[campaign_id for campaign_id, _ in keys],
        hour=[hour for _, hour in keys],
        account_id=[accounts[campaign_id] for campaign_id, _ in keys],
        spent_minor=[hours[key][0] for key in keys],
        quantity=[hours[key][1] for key in keys],
    )
