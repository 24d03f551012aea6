"""Entries without money that ask a bank whether an account may be debited: real files, the simulated bank."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.payments.ach_world import HARBOR, TUESDAY, AchWorld, opened
from tests.payments.conftest import House
from tests.payments.test_bank_orders import Till

from tuppence import outbox
from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.payments import errors
from tuppence.rails.bank import nacha
from tuppence.rails.bank.nacha import Direction

GOOD, NO_ACCOUNT, CHANGED = "1000000010", "2000000068", "4000000017"


@pytest.fixture
def policy(policy: Policy) -> Policy:
    return replace(policy, bank=replace(policy.bank, prenotes=True))


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


def prenotes(world: AchWorld) -> list[nacha.Item]:
    """Those that our bank was given."""
    files = [nacha.read(path.read_bytes()) for path in sorted((world.root / "sent").glob("*.ach"))]
    return [one for file in files for one in file.items if one.is_prenote]


async def test_nothing_is_debited_before_the_bank_had_its_time(world: AchWorld) -> None:
    """Asked in the deposits' file; three banking days after it settled its owner may agree to be debited."""
    account = await world.add_and_prove(GOOD)
    (asked,) = prenotes(world)
    assert (0, Direction.DEBIT, GOOD, HARBOR) == (asked.amount_minor, asked.direction, asked.account, asked.routing)
    till, told = Till(world), await world.account_view(account)
    good_from = datetime.fromisoformat(told["debits_from"])
    assert FED.instant(FED.add(asked.batch.day("effective_date") or good_from.date(), 3), 9) == good_from
    with pytest.raises(errors.BankBeingAsked):
        await till.agree(account)

    await world.to(good_from)
    order_id = await till.debit(account)
    await world.days(6)
    assert "settled" == (await till.order(order_id)).state
    assert [] == await world.breaks()
    assert 2 == len([one for one in world.seen(GOOD) if one in range(1, 100)])


async def test_an_account_that_does_not_exist_is_rejected_with_its_deposits(world: AchWorld) -> None:
    """Three entries come back, the one without money among them; the books close."""
    account = await world.add(NO_ACCOUNT)
    await world.days(4)

    assert ("rejected", "R03") == await world.account(account)
    assert 1 == len(prenotes(world))
    assert "bank_clearing" not in await world.balances()
    assert [] == await world.breaks()


@pytest.mark.parametrize(("confirmed", "ends"), [(False, "rejected"), (True, "dead")])
async def test_a_prenote_alone_that_comes_back_ends_the_account(world: AchWorld, confirmed: bool, ends: str) -> None:
    """R02 for the entry without money, while the deposits stayed: before its owner told the amounts, or after."""
    account = await (world.add_and_prove(GOOD) if confirmed else world.add(GOOD))
    await world.days(2)
    (asked,) = prenotes(world)
    sender = nacha.Sender("099900001", "US", " 099900001", "Granite Trust", "PRE00001")
    back = nacha.build_returns(sender, [nacha.Returned(asked, "R02")], created=world.now, modifier="Z").content
    (world.root / "inbox" / "prenote.returns.ach").write_bytes(back)
    await world.turn()

    assert (ends, "R02") == await world.account(account)
    assert not (await world.account_view(account))["receives"]
    assert [] == await world.breaks()


async def test_a_change_told_of_a_prenote_corrects_the_account(world: AchWorld) -> None:
    """C01 names another number: the account goes on with it, and the first debit is taken there."""
    account = await world.add(CHANGED)
    await world.days(4)

    assert "verifying" == await world.state_of(account)
    assert "0025" == (await world.account_view(account))["last4"]
    assert [] == await world.breaks()


async def test_a_prenote_that_leaves_later_moves_the_day(world: AchWorld) -> None:
    """Our worker slept for a day: the three days are counted from when the entry really settled."""
    account: UUID = await world.add(GOOD)
    expected = datetime.fromisoformat((await world.account_view(account))["debits_from"])
    await world.house.do(outbox.move_clock, [TUESDAY + timedelta(days=1)])
    await world.turn()
    await world.days(1)

    settled = next(file.settles_on for file in world.books.ach.taken for one in file.postings if one.item.is_prenote)
    told = datetime.fromisoformat((await world.account_view(account))["debits_from"])
    assert FED.instant(FED.add(settled, 3), 9) == told
    assert told > expected


async def test_where_the_switch_is_off_nobody_is_asked(world: AchWorld, policy: Policy) -> None:
    """And an account may be debited as soon as it is proven."""
    world.house.policy = replace(policy, bank=replace(policy.bank, prenotes=False))
    account = await world.add_and_prove(GOOD)

    assert [] == prenotes(world)
    assert (await world.account_view(account))["debits_from"] is None
    await Till(world).agree(account)
