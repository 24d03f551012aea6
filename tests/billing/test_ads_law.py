"""What holds of bills whatever happens: usage in any order, late, twice, corrected, with any fate of the charges."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.billing.advertiser import Advertiser

from tuppence.billing import ads
from tuppence.billing.ads import collecting
from tuppence.billing.ads.drafts import Draft as AccountDraft
from tuppence.billing.ads.errors import MethodRefused, NothingUnused
from tuppence.billing.ads.meter import rules
from tuppence.billing.ads.meter.model import Draft, Facts, Metered, Usage
from tuppence.billing.ads.model import Account, Campaign, Credit
from tuppence.billing.ads.statements import adds_up
from tuppence.billing.ads.states import AccountState, HoldState
from tuppence.core import Failure, Policy, uuid7
from tuppence.ledger import chart

POLICY = Policy.load()
NOW = datetime(2026, 11, 26, 15, tzinfo=UTC)
ACCOUNT, CAMPAIGNS = UUID(int=1), [UUID(int=2), UUID(int=3)]

amounts = st.integers(1, 2_000)
events = st.builds(
    Usage,
    id=st.integers(1, 30).map(lambda n: UUID(int=100 + n)),
    campaign_id=st.sampled_from(CAMPAIGNS),
    kind=st.just("usage"),
    amount_minor=amounts,
    at=st.integers(0, 200).map(lambda hours: NOW - timedelta(hours=hours)),
)
given_back = st.builds(
    Usage,
    id=st.integers(1, 30).map(lambda n: UUID(int=200 + n)),
    campaign_id=st.sampled_from(CAMPAIGNS),
    kind=st.sampled_from(["correction", "invalid_traffic"]),
    amount_minor=amounts.map(lambda n: -n),
    at=st.just(NOW),
    corrects=st.none() | st.integers(1, 30).map(lambda n: UUID(int=100 + n)),
)
limits = st.none() | st.integers(1, 5_000)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """An account of any way to pay, with credits, a balance and limits."""
    account = account_of(way=draw(st.sampled_from(["auto", "prepaid"])), spend_cap_minor=draw(limits))
    campaigns = {
        id_: Campaign(id_, ACCOUNT, "one", True, draw(limits), draw(limits), None, None, 0, draw(st.just(0)), NOW)
        for id_ in CAMPAIGNS
    }
    credits_ = tuple(
        Credit(UUID(int=50 + n), ACCOUNT, "goodwill", None, minor, minor, NOW, NOW + timedelta(days=n + 1))
        for n, minor in enumerate(draw(st.lists(amounts, max_size=2)))
    )
    cycle = next(iter(_opened(account).cycles.values()))
    return Facts(account, cycle, campaigns, credits_, draw(st.integers(0, 3_000)), {}, {})


def account_of(**changes: object) -> Account:
    values: dict[str, object] = dict.fromkeys(Account.__slots__)
    values |= {"id": ACCOUNT, "business_id": UUID(int=9), "name": "Main", "currency": "USD", "zone": "Asia/Kolkata"}
    values |= {"bill_day": 31, "created_at": NOW, "state": AccountState.ACTIVE_AUTO, "hold": HoldState.NONE}
    values |= dict.fromkeys(("rung", "clean_cycles", "credit_line_minor", "spent_minor", "money_minor", "version"), 0)
    values |= {"delivery": "running", "delivery_at": NOW, "updated_at": NOW, "rung_since": NOW, "catch_up": False}
    return Account(**values | changes)  # type: ignore[arg-type]


def _opened(account: Account) -> AccountDraft:
    draft = AccountDraft.of_new(account, NOW, POLICY.ads)
    collecting.open_next(draft, None, tax_basis_points=0)
    return draft


@given(facts(), st.lists(events | given_back, max_size=40))
def test_what_is_posted_is_what_was_taken(found: Facts, asked: list[Usage]) -> None:
    """The posting adds up, each part is paid by exactly one source, and no source gives more than it has."""
    draft, results = rules.meter(asked, found, now=NOW, policy=POLICY.ads)
    first = {one.id: one for one, result in zip(reversed(asked), reversed(results), strict=True) if _new(result)}

    used = sum(one.amount_minor for one in first.values())
    assert draft.usage_minor - draft.given_back_minor == used
    assert draft.billed_minor == draft.credits_minor + draft.prepaid_minor + draft.owed_minor
    assert draft.used_prepaid_minor <= found.prepaid_minor + draft.restored_prepaid_minor
    for credit in found.credits:
        assert 0 <= draft.draws.get(credit.id, 0) <= credit.left_minor
    if found.account.way == "prepaid":
        assert 0 == draft.owed_minor


def _new(result: Metered | Failure) -> bool:
    return isinstance(result, Metered) and not result.replayed


@given(facts(), st.lists(events | given_back, max_size=40))
def test_limits_hold_and_gifts_stay_gifts(found: Facts, asked: list[Usage]) -> None:
    """Nobody is charged beyond a limit of theirs, nor given back more money than money paid."""
    draft, _ = rules.meter(asked, found, now=NOW, policy=POLICY.ads)

    if found.account.spend_cap_minor is not None:
        assert draft.billed_minor <= found.account.spend_cap_minor
    for campaign in found.campaigns.values():
        spent = draft.campaign_spent.get(campaign.id, 0)
        assert 0 <= spent <= (campaign.budget_minor if campaign.budget_minor is not None else spent)
    assert draft.money_minor >= 0
    assert draft.credits_minor >= 0


@given(facts(), st.lists(events, max_size=20), st.integers(0, 20))
def test_a_batch_is_its_parts(found: Facts, asked: list[Usage], cut: int) -> None:
    """Without limits, one request or two, or the same events twice, come to the same."""
    free = {id_: Campaign(id_, ACCOUNT, "one", True, None, None, None, None, 0, 0, NOW) for id_ in CAMPAIGNS}
    found = Facts(account_of(way="auto"), found.cycle, free, found.credits, found.prepaid_minor, {}, {})
    unique = list({one.id: one for one in asked}.values())
    whole, _ = rules.meter([*unique, *unique[:cut]], found, now=NOW, policy=POLICY.ads)
    one, _ = rules.meter(unique[:cut], found, now=NOW, policy=POLICY.ads)
    credits_ = tuple(
        Credit(c.id, ACCOUNT, c.why, None, c.amount_minor, c.left_minor - one.draws.get(c.id, 0), NOW, c.expires_at)
        for c in found.credits
    )
    rest = Facts(found.account, found.cycle, free, credits_, found.prepaid_minor - one.prepaid_minor, {}, {})
    other, _ = rules.meter(unique[cut:], rest, now=NOW, policy=POLICY.ads)

    assert _parts(whole) == tuple(a + b for a, b in zip(_parts(one), _parts(other), strict=True))


def _parts(draft: Draft) -> tuple[int, ...]:
    return draft.usage_minor, draft.waived_minor, draft.credits_minor, draft.prepaid_minor, draft.owed_minor


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_leaves_every_bill_equal_to_its_usage(advertiser: Advertiser, seed: int) -> None:
    """Usage of every kind, duplicates, corrections, declines, silence, top-ups, refunds and days that pass, in any
    order; the fixture checks bills, events and books at the end, and every month's statement adds up.
    """
    random, house = Random(seed), advertiser.house
    reported: list[Usage] = []
    for _ in range(25):
        house.bank.fates["ann's ads"] = random.choice(["accept"] * 4 + ["insufficient_funds", "silent", "do_not_honor"])
        now = await advertiser.now()
        match random.randrange(8):
            case 0 | 1 | 2:
                new = [_event(advertiser, random, now) for _ in range(random.randrange(1, 8))]
                repeats = random.sample(reported, min(len(reported), 3))
                batch = new + repeats
                random.shuffle(batch)
                await advertiser.meter(batch)
                reported += new
            case 3 if reported:
                first = random.choice(reported)
                minor = -random.randrange(1, first.amount_minor + 1)
                kind = random.choice(["correction", "invalid_traffic"])
                await advertiser.meter([advertiser.usage(minor, now, kind=kind, corrects=first.id)])
            case 4:
                with suppress(MethodRefused):  # a bank that says no for good ends the card
                    await advertiser.top_up(random.randrange(100, 3_000))
            case 5 if (await advertiser.see()).prepaid_minor:
                with suppress(NothingUnused):
                    await advertiser.refund_unused()
            case 6:
                await advertiser.wait(hours=random.choice([1, 5, 24, 24 * 20]))
            case _:
                await advertiser.pay()
    await _settle(advertiser)

    for month in await _months(advertiser):
        async with house.database.transaction(read_only=True) as tx:
            told = await ads.access_statement(tx, advertiser.business, advertiser.account, month, policy=house.policy)
        assert adds_up(told), month


async def _months(advertiser: Advertiser) -> list[ads.Month]:
    """Every month since the account was opened."""
    account, now = (await advertiser.see()).account, await advertiser.now()
    months = [ads.Month(account.created_at.astimezone(account.clock).date().replace(day=1))]
    while months[-1].following <= now.date():
        months.append(ads.Month(months[-1].following))
    return months


def _event(advertiser: Advertiser, random: Random, now: datetime) -> Usage:
    return advertiser.usage(random.randrange(1, 1_500), now - timedelta(hours=random.randrange(48)))


async def _settle(advertiser: Advertiser) -> None:
    """Let the bank say yes, days pass, and everything be paid."""
    advertiser.house.bank.fates["ann's ads"] = "accept"
    for _ in range(3):
        await advertiser.wait(days=32)
        await advertiser.pay()


def test_ledger_names_are_those_of_the_chart() -> None:
    """Ads keep two accounts for each advertiser; the one with others' money has a floor."""
    prepaid = chart.personal_account("ads_prepaid", uuid7(), "USD")
    receivable = chart.personal_account("ads_receivable", uuid7(), "USD")

    assert (True, False) == (bool(prepaid.flags), bool(receivable.flags))
