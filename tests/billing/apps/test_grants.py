"""A business charges under a grant: on the real database, worker and ledger; the bank does as it is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House, house, password_hash, policy

from tuppence.billing import apps, businesses
from tuppence.billing.apps import grants
from tuppence.billing.apps.grants import errors
from tuppence.core import uuid7
from tuppence.db import Statement
from tuppence.payments.charges.check import check
from tuppence.payments.charges.errors import ChargeNotFound, NothingLeft
from tuppence.payments.errors import CardNotFound, IdTaken

_EVENTS = Statement(
    "events", "SELECT type, subject_id FROM outbox.event WHERE business_id = %(business_id)s ORDER BY seq"
)
_NO_CARD = UUID(int=0)
__all__ = ["house", "password_hash", "policy"]


@dataclass
class Corner:
    """A business with an app, and Ann's card that it would charge."""

    house: House
    business: UUID = field(default_factory=uuid7)
    card: UUID = _NO_CARD

    async def open(self) -> "Corner":
        new = businesses.NewBusiness(self.business, "Corner", "US", "USD", "America/New_York", self.house.bo)
        ask = apps.Register(
            uuid7(), self.business, "Corner Chat", "https://chat.example", False, ("https://chat.example/b",)
        )
        async with self.house.database.transaction() as tx:
            await businesses.create(tx, [new])
            await apps.register(tx, ask)
        self.card = await self.house.add_card(self.house.ann, "ann's other")
        self.house.handlers = {**self.house.handlers, **grants.handlers(self.house.database, self.house.policy)}
        return self

    async def ask(self, **change: Any) -> UUID:
        asked: dict[str, Any] = {
            "id": uuid7(),
            "business_id": self.business,
            "kind": "on_file",
            "says": "Corner Chat Plus",
            "currency": "USD",
            "per_charge_minor": 1_000,
        }
        async with self.house.database.transaction() as tx:
            return (await grants.ask(tx, grants.Ask(**asked | change), policy=self.house.policy)).id

    async def granted(self, **change: Any) -> UUID:
        grant_id = await self.ask(**change)
        async with self.house.database.transaction() as tx:
            await grants.approve(tx, self.house.ann, grant_id, self.card)
        return grant_id

    async def take(self, grant_id: UUID, amount_minor: int = 1_000, charge_id: UUID | None = None) -> UUID:
        asked = grants.Take(charge_id or uuid7(), grant_id, self.business, amount_minor, "USD")
        async with self.house.database.transaction() as tx:
            charged = await grants.take(tx, asked, policy=self.house.policy)
        await self.house.work()
        return charged.id

    async def give_back(self, charge_id: UUID, amount_minor: int, refund_id: UUID | None = None) -> None:
        asked = grants.GiveBack(refund_id or uuid7(), charge_id, self.business, amount_minor, "half of it was out")
        async with self.house.database.transaction() as tx:
            await grants.give_back(tx, asked, policy=self.house.policy)
        await self.house.work()

    async def heard(self) -> list[tuple[str, str]]:
        async with self.house.database.transaction() as tx:
            rows = await tx.rows(_EVENTS, business_id=self.business)
        return [(kind, str(subject)) for kind, subject in rows]

    async def state(self, grant_id: UUID) -> str:
        async with self.house.database.transaction() as tx:
            return (await grants.access_grant(tx, self.business, grant_id))[1]


@pytest.fixture
async def corner(house: House) -> AsyncIterator[Corner]:
    """After the test every charge's money is where its state says."""
    corner = await Corner(house).open()
    yield corner
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        assert [] == await check(tx)


async def test_a_granted_charge_is_owed_to_the_business_less_the_fee(corner: Corner) -> None:
    """The card is asked once under the business's name; a repeat is the same charge; each step is told once."""
    grant_id = await corner.granted()
    charge_id = await corner.take(grant_id)
    await corner.take(grant_id, charge_id=charge_id)
    (asked,) = corner.house.bank.asked

    assert ("purchase", "5818", "CORNER", 1_000) == (asked.kind, asked.category, asked.says, asked.amount_minor)
    assert {"card_clearing": 1_000, "dev_payable": -941, "fee_income": -59} == await corner.house.balances()
    assert [("grant.created", str(grant_id)), ("charge.succeeded", str(charge_id))] == await corner.heard()
    with pytest.raises(IdTaken):
        await corner.take(grant_id, 999, charge_id)


async def test_a_decline_leaves_the_caps_as_they_were(corner: Corner) -> None:
    """Nothing was taken, so a grant for one time is not used up and a period has the room it had."""
    corner.house.bank.fates["ann's other"] = "insufficient_funds"
    grant_id = await corner.granted(kind="once")
    declined = await corner.take(grant_id)
    assert "live" == await corner.state(grant_id)
    corner.house.bank.fates.clear()
    await corner.take(grant_id)

    assert ("charge.declined", str(declined)) in await corner.heard()
    assert "spent" == await corner.state(grant_id)
    with pytest.raises(errors.GrantOver):
        await corner.take(grant_id)


async def test_a_period_is_the_days_up_to_now(corner: Corner) -> None:
    """The cap has no midnight: what was charged counts until its days are over, refunded or not."""
    grant_id = await corner.granted(per_period_minor=1_500, period_days=7)
    charge_id = await corner.take(grant_id)
    await corner.give_back(charge_id, 500)
    with pytest.raises(errors.GrantExceeded) as refused:
        await corner.take(grant_id)
    await corner.house.work(after=timedelta(days=7, seconds=1))
    await corner.take(grant_id)

    assert {"cap_minor": 1_500, "room_minor": 500} == refused.value.facts


async def test_many_at_once_pass_no_cap(corner: Corner) -> None:
    """The grant's row is locked first: of eight who charge together as many pass as there is room for."""
    grant_id = await corner.granted(per_period_minor=3_000, period_days=30)
    tried = await asyncio.gather(*(corner.take(grant_id) for _ in range(8)), return_exceptions=True)

    assert 3 == len([one for one in tried if isinstance(one, UUID)])
    assert 5 == len([one for one in tried if isinstance(one, errors.GrantExceeded)])
    assert 3 == len(corner.house.bank.moved("purchase"))


async def test_who_takes_it_back_is_charged_nothing_more(corner: Corner) -> None:
    """The person ends it at once; the business may, too; strangers see nothing of it and change nothing."""
    grant_id, other = await corner.granted(), await corner.granted()
    async with corner.house.database.transaction() as tx:
        for act in (
            grants.access_asked(tx, corner.house.bo, grant_id),
            grants.decline(tx, corner.house.bo, grant_id),
            grants.give_up(tx, uuid7(), grant_id),
        ):
            with pytest.raises(errors.GrantNotFound):
                await act
        assert 2 == len(await grants.access_own(tx, corner.house.ann))
        await grants.decline(tx, corner.house.ann, grant_id)
        await grants.give_up(tx, corner.business, other)
        assert [] == await grants.access_own(tx, corner.house.ann)
    for one in (grant_id, other):
        with pytest.raises(errors.GrantOver):
            await corner.take(one)

    assert ["grant.created"] * 2 + ["grant.revoked"] * 2 == [kind for kind, _ in await corner.heard()]


async def test_a_grant_is_answered_once_by_whoever_has_the_link(corner: Corner) -> None:
    """A no is final, a yes with somebody else's card is refused, and after a day nobody answers any more."""
    refused, late, asked = await corner.ask(), await corner.ask(), await corner.ask()
    async with corner.house.database.transaction() as tx:
        await grants.decline(tx, corner.house.ann, refused)
        with pytest.raises(errors.GrantOver):
            await grants.approve(tx, corner.house.ann, refused, corner.card)
        with pytest.raises(CardNotFound):
            await grants.approve(tx, corner.house.bo, asked, corner.card)
    await corner.house.work(after=timedelta(days=1, seconds=1))
    async with corner.house.database.transaction() as tx:
        with pytest.raises(errors.GrantOver):
            await grants.approve(tx, corner.house.ann, late, corner.card)

    assert ["declined", "lapsed"] == [await corner.state(one) for one in (refused, late)]


async def test_a_refund_comes_out_of_what_the_business_is_owed(corner: Corner) -> None:
    """Part by part, never more than was charged; the fee stays; each is told once."""
    grant_id = await corner.granted()
    charge_id = await corner.take(grant_id)
    refund_id = uuid7()
    for _ in range(2):
        await corner.give_back(charge_id, 400, refund_id)
    with pytest.raises(NothingLeft):
        await corner.give_back(charge_id, 601)
    with pytest.raises(ChargeNotFound):
        await corner.give_back(uuid7(), 1)

    assert -541 == (await corner.house.balances())["dev_payable"]
    assert 1 == [kind for kind, _ in await corner.heard()].count("charge.refunded")
