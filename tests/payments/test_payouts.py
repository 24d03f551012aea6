"""What businesses are owed leaves for their bank accounts, with real files and a simulated bank."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import House

from tuppence import ledger
from tuppence.core import CURRENCIES, Failure, uuid7
from tuppence.ledger import Transfer, chart
from tuppence.payments import errors, payouts
from tuppence.payments.payouts import Approve, Hold, PaidOut, Payout, Release, check
from tuppence.payments.payouts.errors import OtherBankNeeded, PayoutMovedOn, PayoutNotFound
from tuppence.payments.payouts.writing import BANK_CHANGED

GOOD, OTHER, CLOSED, NO_ACCOUNT, LATE = "1000000010", "1000000028", "2000000019", "2000000027", "2000000043"


@dataclass
class Studio:
    """A business that is owed money, and Bo, who owns it."""

    world: AchWorld
    business: UUID = field(default_factory=uuid7)
    heard: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    async def open(self, owed_minor: int = 50_000) -> "Studio":
        await self.house.do(ledger.create_accounts, [chart.personal_account("dev_payable", self.business, "USD")])
        await self.owe(owed_minor)
        kinds = {"games.payout_changed": self._hear, BANK_CHANGED: self._note}
        self.house.handlers = {**self.house.handlers, **kinds}
        return self

    @property
    def house(self) -> House:
        return self.world.house

    @property
    def payable(self) -> UUID:
        return chart.personal("dev_payable", self.business, "USD")

    async def owe(self, minor: int) -> None:
        """The business sold something."""
        revenue, numeric = chart.house("revenue", "USD"), CURRENCIES["USD"].numeric
        sold = Transfer(uuid7(), revenue, self.payable, minor, ledger=numeric, code=chart.Step.CHARGE)
        await self.house.do(ledger.create_transfers, [sold])

    async def _hear(self, jobs: Any) -> list[None]:
        self.heard += [job.payload["state"] for job in jobs]
        return [None for _ in jobs]

    async def _note(self, jobs: Any) -> list[None]:
        self.notes += [job.payload for job in jobs]
        return [None for _ in jobs]

    def ask(self, bank_id: UUID, amount_minor: int = 30_000, **changes: Any) -> Payout:
        asked: dict[str, Any] = {
            "id": uuid7(),
            "owner": "games",
            "business_id": self.business,
            "payee_id": self.house.bo,
            "bank_id": bank_id,
            "amount_minor": amount_minor,
            "currency": "USD",
            "account": self.payable,
            "entries": uuid7().hex,
            "pay_on": self.world.now.date() + timedelta(days=1),
        }
        return Payout(**asked | changes)

    async def schedule(self, bank_id: UUID, amount_minor: int = 30_000, **changes: Any) -> PaidOut:
        return await self.do(payouts.schedule, self.ask(bank_id, amount_minor, **changes))

    async def do(self, verb: Any, ask: Any) -> PaidOut:
        found: PaidOut = await self.house.do(verb, [ask], policy=self.house.policy)
        await self.world.turn()
        return found

    async def see(self, payout: PaidOut) -> PaidOut:
        async with self.house.database.transaction() as tx:
            return (await payouts.payouts(tx, [payout.id]))[payout.id]

    async def balances(self) -> dict[str, int]:
        return {name: minor for name, minor in (await self.world.balances()).items() if name != "revenue"}


@pytest.fixture
async def studio(house: House, tmp_path: Path) -> AsyncIterator[Studio]:
    """After the test, what has left the books is what every payout's state says."""
    async with opened(house, tmp_path / "ach") as world:
        await world.start()
        yield (studio := await Studio(world).open())
        async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
            assert [] == await check.check(tx)
        assert not [one for one in await world.breaks() if one[0] != "payout_unanswered"], studio.heard


async def test_a_payout_arrives_on_its_day(studio: Studio) -> None:
    """It is held before it leaves, gone when our bank took it, paid when it settled, and on the payee's statement."""
    bank_id = await studio.world.add_and_prove(GOOD)
    payout = await studio.schedule(bank_id, 30_000, pay_on=studio.world.now.date() + timedelta(days=3))
    seen = [line.signed_minor for line in studio.world.statement()]
    await studio.world.days(5)
    paid = await studio.see(payout)
    new = [line for line in studio.world.statement() if line.signed_minor not in seen]

    assert ("approved", "paid") == (payout.state, paid.state)
    assert paid.settles_on == payout.pays_on
    assert [(30_000, "PPD")] == [(line.signed_minor, line.item.sec) for line in new]
    assert ["approved", "submitted", "accepted", "paid"] == studio.heard
    assert -20_000 == (await studio.balances())["dev_payable"]


async def test_a_business_account_is_paid_as_one(studio: Studio) -> None:
    """CCD to an account of the business's own."""
    bank_id = await studio.world.add_and_prove(GOOD, studio.business)
    await studio.schedule(bank_id)
    await studio.world.days(3)

    assert "CCD" in {line.item.sec for line in studio.world.statement() if line.signed_minor == 30_000}


async def test_a_holiday_moves_it_to_the_next_day_and_says_so(studio: Studio) -> None:
    """Juneteenth 2027 is a Saturday and closes nothing; Memorial Day does, and the payee sees it beforehand."""
    bank_id = await studio.world.add_and_prove(GOOD)
    moved = await studio.schedule(bank_id, pay_on=date(2027, 5, 31))
    kept = await studio.schedule(bank_id, 10_000, pay_on=date(2027, 6, 18))

    assert (date(2027, 5, 31), date(2027, 6, 1)) == (moved.asked_on, moved.pays_on)
    assert date(2027, 6, 18) == kept.pays_on


async def test_the_same_entries_are_paid_once(studio: Studio) -> None:
    """Whatever the id and however often: what pays them already is the answer."""
    bank_id = await studio.world.add_and_prove(GOOD)
    ask = studio.ask(bank_id)
    first = await studio.do(payouts.schedule, ask)
    again = await studio.do(payouts.schedule, replace(ask, id=uuid7()))
    with pytest.raises(errors.IdTaken):
        await studio.do(payouts.schedule, replace(ask, amount_minor=30_001))
    await studio.world.days(3)

    assert first.id == again.id
    assert 1 == len([line for line in studio.world.statement() if line.signed_minor == 30_000])


async def test_below_the_minimum_it_is_carried(studio: Studio) -> None:
    """It waits for the next one; nothing leaves."""
    bank_id = await studio.world.add_and_prove(GOOD)
    carried = await studio.schedule(bank_id, 9_999)
    await studio.world.days(3)

    assert ("carried", "carried") == (carried.state, (await studio.see(carried)).state)


async def test_a_large_one_takes_two_people(studio: Studio) -> None:
    """The first agrees and nothing leaves; saying it twice is once; the second lets it go."""
    await studio.owe(2_000_000)
    bank_id = await studio.world.add_and_prove(GOOD)
    large = await studio.schedule(bank_id, 1_500_000)
    ann, bo = Approve(large.id, studio.house.ann), Approve(large.id, studio.house.bo)
    first = [(await studio.do(payouts.approve, ann)).state for _ in range(2)]
    await studio.world.days(2)
    waiting = (await studio.see(large)).state
    second = await studio.do(payouts.approve, bo)
    await studio.world.days(4)  # the statement of the settlement day comes in its evening
    again = await studio.do(payouts.approve, bo)

    assert ("scheduled", ["scheduled", "scheduled"], "scheduled") == (large.state, first, waiting)
    assert ("approved", "paid", "paid") == (second.state, (await studio.see(large)).state, again.state)


async def test_another_bank_account_cools_off(studio: Studio) -> None:
    """Three business days, and those who look after the money are told at once; the first account waits for nothing."""
    first, second = await studio.world.add_and_prove(GOOD), await studio.world.add_and_prove(OTHER)
    await studio.schedule(first, 10_000)
    changed = await studio.schedule(second, 10_001)
    (note,) = studio.notes
    await studio.world.days(2)
    waiting = (await studio.see(changed)).state
    await studio.world.to(datetime.fromisoformat(note["good_at"]) + timedelta(days=2))

    assert ("0028", str(studio.business)) == (note["last4"], note["business_id"])
    assert ("approved", "paid") == (waiting, (await studio.see(changed)).state)


@pytest.mark.parametrize(("number", "code"), [(CLOSED, "R02"), (NO_ACCOUNT, "R03"), (LATE, "R02")])
async def test_what_comes_back_is_held_for_another_account(studio: Studio, number: str, code: str) -> None:
    """The money is the business's again, nothing is sent by itself, and another account takes it after its cool-off."""
    bad, good = await studio.world.add_and_prove(number), await studio.world.add_and_prove(GOOD)
    payout = await studio.schedule(bad)
    await studio.world.days(12)
    held = await studio.see(payout)
    back = (await studio.balances())["dev_payable"]
    with pytest.raises(OtherBankNeeded):
        await studio.do(payouts.release, Release(payout.id))
    released = await studio.do(payouts.release, Release(payout.id, good))
    await studio.world.days(8)

    assert ("held", code, -50_000) == (held.state, held.why, back)
    paid = await studio.see(payout)
    assert ("approved", "paid", 2) == (released.state, paid.state, paid.tries)
    assert 1 == len([line for line in studio.world.statement() if line.signed_minor == 30_000])


async def test_a_bank_that_says_nothing_makes_a_case(studio: Studio) -> None:
    """Unknown after a day, somebody's case after two banking days; the money stays held, and the answer ends it."""
    bank_id = await studio.world.add_and_prove(GOOD)
    payout = await studio.schedule(bank_id)
    turn, studio.world.desk.turn = studio.world.desk.turn, _silent  # type: ignore[method-assign]
    await studio.world.days(4)
    unknown = await studio.see(payout)
    breaks = await studio.world.breaks()
    studio.world.desk.turn = turn  # type: ignore[method-assign]
    await studio.world.days(3)

    assert ("submit_unknown", True) == (unknown.state, ("payout_unanswered", 0) in breaks)
    assert "paid" == (await studio.see(payout)).state
    assert [] == [one for one in await studio.world.breaks() if one[0] == "payout_unanswered"]


async def _silent(now: datetime) -> None:
    """Our bank takes nothing and says nothing."""


async def test_what_is_not_covered_is_blocked(studio: Studio) -> None:
    """A chargeback took it meanwhile; when there is enough again, somebody lets it go."""
    bank_id = await studio.world.add_and_prove(GOOD)
    payout = await studio.schedule(bank_id, 60_000)
    blocked = await studio.see(payout)
    await studio.owe(10_000)
    await studio.do(payouts.release, Release(payout.id))
    await studio.world.days(3)

    assert ("blocked", "not_covered") == (blocked.state, blocked.why)
    assert "paid" == (await studio.see(payout)).state


async def test_two_payouts_share_what_there_is(studio: Studio) -> None:
    """The second finds that the first has taken its part, though nothing has settled yet."""
    bank_id = await studio.world.add_and_prove(GOOD)
    asks = [studio.ask(bank_id, 30_000) for _ in range(2)]
    await studio.house.do(payouts.schedule, asks, policy=studio.house.policy)
    await studio.world.turn()
    async with studio.house.database.transaction() as tx:
        found = await payouts.payouts(tx, [one.id for one in asks])

    assert ["blocked", "submitted"] == sorted(one.state for one in found.values())


async def test_an_account_that_cannot_receive_holds_it(studio: Studio) -> None:
    """One that is not proven, or was removed: held from the start, until there is another."""
    unproven, good = await studio.world.add(OTHER), await studio.world.add_and_prove(GOOD)
    payout = await studio.schedule(unproven)
    with pytest.raises(errors.BankAccountNotFound):
        await studio.schedule(good, payee_id=studio.house.ann)
    released = await studio.do(payouts.release, Release(payout.id, good))

    assert ("held", "bank_not_ready", "approved") == (payout.state, payout.why, released.state)


async def test_what_was_stopped_stays_until_it_is_released(studio: Studio) -> None:
    """Held or blocked by somebody, with their word; one that has left cannot be stopped."""
    bank_id = await studio.world.add_and_prove(GOOD)
    later = await studio.schedule(bank_id, pay_on=studio.world.now.date() + timedelta(days=10))
    held = await studio.do(payouts.hold, Hold(later.id, "asked by the owner"))
    blocked = await studio.do(payouts.hold, Hold(later.id, "tax form missing", blocks=True))
    await studio.do(payouts.release, Release(later.id))
    await studio.world.days(12)

    assert [("held", "asked by the owner"), ("blocked", "tax form missing")] == [
        (one.state, one.why) for one in (held, blocked)
    ]
    assert "paid" == (await studio.see(later)).state
    for verb, ask in ((payouts.hold, Hold(later.id, "late")), (payouts.approve, Approve(later.id, uuid7()))):
        with pytest.raises(PayoutMovedOn):
            await studio.do(verb, ask)
    with pytest.raises(PayoutNotFound):
        await studio.do(payouts.hold, Hold(uuid7(), "none"))


async def test_what_cannot_be_asked_for_is_refused(studio: Studio) -> None:
    """Each by name, and its neighbours go on."""
    bank_id = await studio.world.add_and_prove(GOOD)
    asks = [studio.ask(bank_id, 0), studio.ask(bank_id, currency="EUR"), studio.ask(uuid7()), studio.ask(bank_id)]
    results: list[PaidOut | Failure] = await studio.house.do(payouts.schedule, asks, policy=studio.house.policy)

    refused = [errors.AmountRefused(), errors.CurrencyRefused(), errors.BankAccountNotFound()]
    assert refused == results[:3]
    assert isinstance(results[3], PaidOut)
