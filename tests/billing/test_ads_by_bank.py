"""Ads that a bank account pays for: by a mandate, through real files and a simulated bank, and what comes back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.billing.advertiser import Advertiser
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import House

from tuppence.billing import ads
from tuppence.billing.ads import accounts, queries
from tuppence.billing.ads.errors import MethodRefused
from tuppence.billing.ads.model import Charge
from tuppence.core import uuid7
from tuppence.payments import mandates
from tuppence.payments.mandates import Agree, Revoke, version

GOOD, POOR, CLOSED, REFUSED = "1000000010", "3000000018", "3000000059", "3000000034"
BILL = 2_800  # above the first threshold


class ByBank:
    """An advertiser whose bills Ann's bank account pays."""

    def __init__(self, advertiser: Advertiser, world: AchWorld) -> None:
        self.advertiser, self.world, self.house = advertiser, world, advertiser.house

    async def agree(self, bank_id: UUID, **changes: Any) -> UUID:
        told: dict[str, Any] = {
            "id": uuid7(), "person_id": self.house.ann, "account_id": bank_id, "scope": "standing",
            "payee": "Tuppence", "amount_minor": None, "version": version(), "language": "en", "session_id": uuid7(),
        }  # fmt: skip
        agreed: mandates.Mandate = await self.house.do(
            mandates.agree, [Agree(**told | changes)], policy=self.house.policy
        )
        return agreed.id

    async def method(self, number: str) -> accounts.Instrument:
        bank_id = await self.world.add_and_prove(number, self.house.ann)
        return accounts.Instrument(self.house.ann, bank_id=bank_id, mandate_id=await self.agree(bank_id))

    async def set(self, *methods: accounts.Instrument) -> Any:
        ask = accounts.SetMethods(self.advertiser.business, self.advertiser.account, self.house.ann, methods)
        return await self.house.do(accounts.set_methods, [ask], policy=self.house.policy)

    async def charges(self) -> list[tuple[str, str | None]]:
        async with self.house.database.transaction(read_only=True) as tx:
            rows = await tx.fetch(queries.SQL.charges_of_accounts, Charge, accounts=[self.advertiser.account])
        return [(one.state, one.decline_code) for one in sorted(rows, key=lambda one: (one.asked_at, one.id))]


@pytest.fixture
async def by_bank(house: House, tmp_path: Path) -> AsyncIterator[ByBank]:
    async with opened(house, tmp_path / "ach") as world:
        await world.start()
        advertiser = await Advertiser(house).open()
        yield ByBank(advertiser, world)
        assert [] == await advertiser.broken()


async def test_a_bill_is_paid_by_a_debit(by_bank: ByBank) -> None:
    """Under way for the days that banks take, then paid; what the bank was asked for says so."""
    await by_bank.set(await by_bank.method(GOOD))
    await by_bank.advertiser.use(BILL)
    await by_bank.world.days(1)
    waiting = await by_bank.charges()
    await by_bank.world.days(6)
    (line,) = [one for one in by_bank.world.statement() if one.signed_minor == -BILL]

    assert ([("charging", None)], [("charged", None)]) == (waiting, await by_bank.charges())
    assert "WEB" == line.item.sec


async def test_without_funds_it_is_tried_again_and_then_the_backup(by_bank: ByBank) -> None:
    """R01 twice more, days apart; then the card behind it pays the same bill."""
    card = accounts.Instrument(by_bank.house.ann, card_id=by_bank.advertiser.card)
    await by_bank.set(await by_bank.method(POOR), card)
    await by_bank.advertiser.use(BILL)
    await by_bank.world.days(25)
    tries = [one for one in by_bank.world.statement() if one.signed_minor == -BILL]

    assert [("declined", "insufficient_funds"), ("charged", None)] == await by_bank.charges()
    assert [] == tries


async def test_a_closed_account_is_not_asked_again(by_bank: ByBank) -> None:
    """R02: nothing else is there, so the ads stop until another way to pay is named."""
    await by_bank.set(await by_bank.method(CLOSED))
    await by_bank.advertiser.use(BILL)
    await by_bank.world.days(10)

    assert [("declined", "account_unusable")] == (await by_bank.charges())[:1]
    assert "past_due" == await by_bank.advertiser.delivery()


async def test_what_its_holder_did_not_agree_to_is_owed_again(by_bank: ByBank) -> None:
    """R10, weeks after the bill was paid: it is unpaid again, and the mandate is withdrawn."""
    method = await by_bank.method(REFUSED)
    await by_bank.set(method)
    await by_bank.advertiser.use(BILL)
    await by_bank.world.days(45)

    assert ("returned", "unauthorised") in await by_bank.charges()
    async with by_bank.house.database.transaction(read_only=True) as tx:
        (mandate,) = await mandates.access_mandates(tx, by_bank.house.ann)
    assert (method.mandate_id, "bank") == (mandate.id, mandate.revoked_by)


async def test_after_it_is_withdrawn_nothing_is_debited(by_bank: ByBank) -> None:
    """The next bill is refused before any bank is asked, and the backup pays."""
    method = await by_bank.method(GOOD)
    card = accounts.Instrument(by_bank.house.ann, card_id=by_bank.advertiser.card)
    await by_bank.set(method, card)
    assert method.mandate_id
    await by_bank.house.do(mandates.revoke, [Revoke(method.mandate_id, by_bank.house.ann)])
    await by_bank.advertiser.use(BILL)
    await by_bank.world.days(7)

    assert [("declined", "mandate_missing"), ("charged", None)] == await by_bank.charges()
    assert [] == [one for one in by_bank.world.statement() if one.signed_minor == -BILL]


async def test_only_a_mandate_for_this_is_taken(by_bank: ByBank) -> None:
    """Of another account, for a business, for one debit, withdrawn, or none: refused, and the methods stay."""
    good, other = await by_bank.method(GOOD), await by_bank.method(POOR)
    assert good.bank_id
    withdrawn = await by_bank.agree(good.bank_id)
    await by_bank.house.do(mandates.revoke, [Revoke(withdrawn, by_bank.house.ann)])
    wrong = [
        None, uuid7(), withdrawn, other.mandate_id,
        await by_bank.agree(good.bank_id, business_id=by_bank.advertiser.business),
        await by_bank.agree(good.bank_id, scope="once", amount_minor=BILL),
    ]  # fmt: skip
    for mandate_id in wrong:
        with pytest.raises(MethodRefused):
            await by_bank.set(accounts.Instrument(by_bank.house.ann, bank_id=good.bank_id, mandate_id=mandate_id))
    await by_bank.set(good)
    for mandate_id in wrong[1:]:  # one that is there already needs a good mandate as well
        with pytest.raises(MethodRefused):
            await by_bank.set(accounts.Instrument(by_bank.house.ann, bank_id=good.bank_id, mandate_id=mandate_id))

    assert [good.mandate_id] == [one.mandate_id for one in (await by_bank.advertiser.see()).methods]


@pytest.mark.parametrize("debits", [True, False])
async def test_a_bank_account_is_offered_only_where_the_house_debits_them(by_bank: ByBank, debits: bool) -> None:
    """What the screen offers is what would not be refused."""
    policy = replace(by_bank.house.policy, bank=replace(by_bank.house.policy.bank, debits=debits))
    of = by_bank.advertiser.business, by_bank.advertiser.account
    async with by_bank.house.database.transaction(read_only=True) as tx:
        view = await ads.access_account(tx, *of, policy=policy)

    assert debits is view["takes_banks"]
