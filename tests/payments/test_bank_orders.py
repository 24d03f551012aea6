"""Money pulled from bank accounts and paid to them for others in the house, with real files and a simulated bank."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.payments.ach_world import WHO, AchWorld, opened
from tests.payments.conftest import House

from tuppence import ledger
from tuppence.core import CURRENCIES, Leg, step_id, uuid7
from tuppence.core.calendar import FED
from tuppence.ledger import Transfer, chart
from tuppence.outbox import Job
from tuppence.payments import errors, mandates
from tuppence.payments.ach import orders
from tuppence.payments.ach.orders import Credit, Debit, State
from tuppence.payments.mandates import Agree, Revoke, version
from tuppence.rails.bank import nacha

GOOD, POOR, RICH_LATER, CLOSED, REFUSED = "1000000010", "3000000018", "3000000042", "3000000059", "3000000034"


@dataclass
class Till:
    """A part of the house that asks for orders, and books what they bring to `revenue`."""

    world: AchWorld
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world.house.handlers = {**self.world.house.handlers, "till.bank_changed": self._hear}

    async def _hear(self, jobs: Sequence[Job]) -> list[None]:
        async with self.world.house.database.transaction() as tx:
            known = await orders.orders(tx, [UUID(job.key) for job in jobs])
            self.heard += [one.state for one in known.values()]
            done = [one for one in known.values() if one.state == State.SETTLED and one.direction == "debit"]
            await ledger.create_transfers(tx, [_earned(one) for one in done])
        return [None for _ in jobs]

    async def account(self, number: str) -> UUID:
        return await self.world.add_and_prove(number)

    async def agree(self, account_id: UUID, **changes: Any) -> UUID:
        ask = Agree(
            id=uuid7(),
            person_id=self.world.house.bo,
            account_id=account_id,
            scope="standing",
            payee="Till",
            amount_minor=None,
            version=version(),
            language="en",
            session_id=uuid7(),
        )
        agreed = await self.world.house.do(mandates.agree, [replace(ask, **changes)], policy=self.world.house.policy)
        return UUID(str(agreed.id))

    async def debit(self, account_id: UUID, amount_minor: int = 5_000, **changes: Any) -> UUID:
        mandate = changes.pop("mandate_id", None) or await self.agree(account_id)
        ask = Debit(uuid7(), "till", self.world.house.bo, account_id, mandate, amount_minor, "USD", "Till 17")
        return await self.put(replace(ask, **changes))

    async def put(self, ask: Debit | Credit) -> UUID:
        order = await self.world.house.do(orders.put, [ask], policy=self.world.house.policy)
        return UUID(str(order.id))

    async def order(self, order_id: UUID) -> orders.Order:
        async with self.world.house.database.transaction() as tx:
            return (await orders.orders(tx, [order_id]))[order_id]


def _earned(one: orders.Order) -> Transfer:
    clearing, revenue = (chart.house(name, one.currency) for name in ("bank_clearing", "revenue"))
    numeric = CURRENCIES[one.currency].numeric
    return Transfer(
        step_id(one.id, Leg.DEBIT, 9), clearing, revenue, one.amount_minor, ledger=numeric, code=chart.Step.CHARGE
    )


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


@pytest.fixture
async def till(world: AchWorld) -> Till:
    return Till(world)


async def moved(world: AchWorld, before: dict[str, int]) -> dict[str, int]:
    """How the books changed, by account, but for what our bank takes for its work."""
    after = await world.balances()
    changed = {name: after.get(name, 0) - before.get(name, 0) for name in after | before}
    changed["house_cash"] += changed.pop("rail_cost", 0) + changed.pop("rail_payable", 0)
    return {name: minor for name, minor in changed.items() if minor}


async def test_a_debit_counts_when_its_settlement_can_no_longer_come_back_unheard(till: Till) -> None:
    """Taken by our bank, settled the next day, counted two banking days later; the books follow each step."""
    account = await till.account(GOOD)
    before = await till.world.balances()
    order_id = await till.debit(account)
    await till.world.days(1, hours=10)
    assert State.ACCEPTED == (await till.order(order_id)).state
    assert {"house_cash": 5_000, "bank_clearing": -5_000} == await moved(till.world, before)
    assert [-5_000] == [one.signed_minor for one in till.world.statement() if one.purpose == "debit"]
    seen = await till.order(order_id)
    assert seen.first_settled_on
    assert seen.clears_at
    assert 2 == FED.days_between(seen.first_settled_on, seen.clears_at.date())

    await till.world.to(seen.clears_at - timedelta(minutes=1))
    assert State.ACCEPTED == (await till.order(order_id)).state
    await till.world.days(1)
    assert State.SETTLED == (await till.order(order_id)).state
    assert {"house_cash": 5_000, "revenue": -5_000} == await moved(till.world, before)
    assert ["accepted", "settled"] == till.heard
    assert [] == await till.world.breaks()


async def test_a_debit_is_a_web_entry_with_the_words_of_its_owner(till: Till) -> None:
    """What the file says: class, direction, that it recurs, what it is called; balanced by a credit to ourselves."""
    account = await till.account(GOOD)
    once = await till.agree(account, scope="once", amount_minor=700)
    await till.debit(account, 500, description=orders.PURCHASE)
    await till.debit(account, 700, mandate_id=once, business=True)
    await till.world.days(1)
    items = [item for file in sent(till.world) for item in nacha.read(file).items if item.amount_minor in (500, 700)]

    seen = [
        (i.sec, i.direction, i.batch.text("description"), i.identification, i.entry["discretionary"]) for i in items
    ]
    debit, credit = nacha.Direction.DEBIT, nacha.Direction.CREDIT
    assert [
        ("CCD", debit, "PAYMENT", "Till 17", "  "),
        ("CCD", credit, "PAYMENT", "Tuppence", "  "),
        ("WEB", debit, "PURCHASE", "Till 17", "R "),
        ("WEB", credit, "PURCHASE", "Tuppence", "S "),
    ] == seen


def sent(world: AchWorld) -> list[bytes]:
    """Every file that we gave to our bank, oldest first."""
    return [one.read_bytes() for one in sorted((world.root / "sent").glob("*.ach"))]


async def test_what_came_back_for_want_of_money_is_tried_again_under_its_own_name(till: Till) -> None:
    """R01, and two banking days later RETRY PYMT, which is paid: one order, charged once."""
    account = await till.account(RICH_LATER)
    before = await till.world.balances()
    order_id = await till.debit(account)
    await till.world.days(4, hours=10)
    waits = await till.order(order_id)
    assert (State.RETRYING, "R01", 1) == (waits.state, waits.return_code, waits.tries)
    assert {} == await moved(till.world, before)

    await till.world.days(8)
    done = await till.order(order_id)
    assert (State.SETTLED, 2) == (done.state, done.tries)
    assert ["PAYMENT", "RETRY PYMT"] == [
        item.batch.text("description")
        for file in sent(till.world)
        for item in nacha.read(file).items
        if item.direction is nacha.Direction.DEBIT and item.amount_minor == 5_000
    ]
    assert {"house_cash": 5_000, "revenue": -5_000} == await moved(till.world, before)
    assert "active" == await till.world.state_of(account)
    assert [] == await till.world.breaks()


async def test_it_is_tried_twice_more_and_then_no_more(till: Till) -> None:
    """Three returns for want of money: failed, nothing kept, and the account may still be used."""
    account = await till.account(POOR)
    before = await till.world.balances()
    order_id = await till.debit(account)
    await till.world.days(25)
    seen = await till.order(order_id)

    assert (State.FAILED, "R01", 3) == (seen.state, seen.return_code, seen.tries)
    assert {} == await moved(till.world, before)
    assert "active" == await till.world.state_of(account)


async def test_an_account_that_is_closed_is_not_tried_again(till: Till) -> None:
    """R02: failed at once, and the account is of no use to anybody any more."""
    account = await till.account(CLOSED)
    before = await till.world.balances()
    order_id = await till.debit(account)
    await till.world.days(10)
    seen = await till.order(order_id)

    assert (State.FAILED, "R02", 1) == (seen.state, seen.return_code, seen.tries)
    assert ("dead", "R02") == await till.world.account(account)
    assert {} == await moved(till.world, before)


async def test_a_holder_who_did_not_agree_gets_it_back_weeks_later(till: Till) -> None:
    """R10 after it counted: taken away again and owed to us, the mandate is gone, the account waits for somebody."""
    account = await till.account(REFUSED)
    before = await till.world.balances()
    mandate = await till.agree(account)
    order_id = await till.debit(account, mandate_id=mandate)
    await till.world.days(8)
    assert State.SETTLED == (await till.order(order_id)).state
    await till.world.days(24)
    seen = await till.order(order_id)

    assert (State.RETURNED, "R10") == (seen.state, seen.return_code)
    assert ["accepted", "settled", "returned"] == till.heard
    assert {"chargeback_receivable": 5_000, "revenue": -5_000} == await moved(till.world, before)
    assert "suspended" == await till.world.state_of(account)
    assert [("unauthorised_debit", 0)] == await till.world.breaks()
    (told,) = await told_of(till)
    assert "bank" == told.revoked_by


async def told_of(till: Till) -> list[mandates.Mandate]:
    """What Bo agreed to."""
    async with till.world.house.database.transaction() as tx:
        return await mandates.access_mandates(tx, till.world.house.bo)


async def test_nobody_is_debited_without_a_mandate(till: Till) -> None:
    """Another account's, another amount than agreed, one used before, one withdrawn: refused, nothing written."""
    mine, other = await till.account(GOOD), await till.account("1000000028")
    once = await till.agree(mine, scope="once", amount_minor=500)
    withdrawn = await till.agree(mine)
    await till.world.house.do(mandates.revoke, [Revoke(withdrawn, till.world.house.bo)])
    await till.debit(mine, 500, mandate_id=once)

    for account, amount, mandate in (
        (mine, 500, once),
        (mine, 500, withdrawn),
        (mine, 500, uuid7()),
        (other, 500, await till.agree(mine)),
        (mine, 501, await till.agree(mine, scope="once", amount_minor=500)),
    ):
        with pytest.raises(errors.MandateMissing):
            await till.debit(account, amount, mandate_id=mandate)


async def test_asking_again_is_asking_once(till: Till) -> None:
    """The same id and the same words: one order, one entry. Other words under it are refused."""
    account = await till.account(GOOD)
    mandate = await till.agree(account)
    ask = Debit(uuid7(), "till", till.world.house.bo, account, mandate, 900, "USD", "Till 18")
    await till.put(ask)
    await till.put(ask)
    with pytest.raises(errors.IdTaken):
        await till.put(replace(ask, amount_minor=901))
    await till.world.days(2)

    assert [-900] == [one.signed_minor for one in till.world.statement() if one.purpose == "debit"]


async def test_a_mandate_withdrawn_between_two_tries_ends_them(till: Till) -> None:
    """Came back R01, withdrawn meanwhile: not tried again."""
    account = await till.account(POOR)
    mandate = await till.agree(account)
    order_id = await till.debit(account, mandate_id=mandate)
    await till.world.days(4)
    await till.world.house.do(mandates.revoke, [Revoke(mandate, till.world.house.bo)])
    await till.world.days(10)
    seen = await till.order(order_id)

    assert (State.FAILED, 1) == (seen.state, seen.tries)


async def test_an_owner_may_wait_for_no_other_try(till: Till) -> None:
    """Given up between two tries: failed, and its timer is gone."""
    order_id = await till.debit(await till.account(POOR))
    await till.world.days(4)
    await till.world.house.do(orders.give_up, [order_id])
    await till.world.days(10)

    assert State.FAILED == (await till.order(order_id)).state
    assert 1 == len([one for one in till.world.books.ach.postings() if one.purpose == "debit"])


async def test_a_house_may_take_no_money_from_bank_accounts(till: Till) -> None:
    """By policy: neither is anything agreed to, nor anything taken."""
    account = await till.account(GOOD)
    mandate = await till.agree(account)
    policy = till.world.house.policy
    till.world.house.policy = replace(policy, bank=replace(policy.bank, debits=False))

    for asked in (till.agree(account), till.debit(account, mandate_id=mandate)):
        with pytest.raises(errors.BankDebitsOff):
            await asked


@pytest.mark.parametrize(("business", "sec"), [(False, "PPD"), (True, "CCD")])
async def test_a_credit_leaves_as_what_it_is_and_is_there_when_it_settled(till: Till, business: bool, sec: str) -> None:
    """To a person PPD, to a company CCD; done when our bank moved the money."""
    account, before = await till.account(GOOD), await till.world.balances()
    ask = Credit(
        uuid7(), "till", till.world.house.bo, account, 4_200, "USD", "March", "bank_clearing", "PAYOUT", business
    )
    order_id = await till.put(ask)
    await till.world.days(3)

    assert State.SETTLED == (await till.order(order_id)).state
    assert ["accepted", "settled"] == till.heard
    items = [item for file in sent(till.world) for item in nacha.read(file).items if item.amount_minor == 4_200]
    assert [(sec, "PAYOUT")] * 2 == [(item.sec, item.batch.text("description")) for item in items]
    assert {"house_cash": -4_200, "bank_clearing": 4_200} == await moved(till.world, before)


async def test_a_credit_that_comes_back_says_so(till: Till) -> None:
    """To a closed account: settled, then returned with its code; whoever asked decides what next."""
    account = await till.account("2000000019")
    ask = Credit(uuid7(), "till", till.world.house.bo, account, 4_200, "USD", "March", "bank_clearing", "PAYOUT")
    order_id = await till.put(ask)
    await till.world.days(5)
    seen = await till.order(order_id)

    assert (State.RETURNED, "R02") == (seen.state, seen.return_code)
    assert "dead" == await till.world.state_of(account)


async def test_what_our_bank_refuses_has_failed(till: Till) -> None:
    """A file for another bank than ours: proven never sent."""
    account = await till.account(GOOD)
    till.world.originate(replace(WHO, bank_routing="099900014"))
    order_id = await till.debit(account)
    await till.world.days(2)
    seen = await till.order(order_id)

    assert (State.FAILED, "not_sent") == (seen.state, seen.return_code)
