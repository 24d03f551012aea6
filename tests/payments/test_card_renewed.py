"""A card that ran out: its bank is asked for a new date each day, for a month, and what waited goes on."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import payments
from tuppence.payments.cards import Remove
from tuppence.rails.card import CardFacts


def dated(house: House, exp_month: int, exp_year: int) -> CardFacts:
    """Ann's card as the vault tells it after the updater's word."""
    facts = ("visa", "debit", "4242", exp_month, exp_year, "First", "US", True, True, True, False, "ann's", True)
    return CardFacts("ann's", house.ann, *facts)


async def run_out(house: House) -> None:
    """Ann pays with a card whose bank says that it ran out."""
    house.bank.fates["ann's"] = "expired_card"
    await house.send()
    await house.work_off_undo()
    (card,) = await house.cards(house.ann)
    assert "expired" == card["state"]


async def test_a_new_date_makes_the_card_work_again(house: House) -> None:
    """Asked once it had run out, told a later date: active, with that date, and good for the next payment."""
    house.bank.dated["ann's"] = dated(house, 3, 2049)
    house.bank.fates["ann's"] = "expired_card"
    await house.send()
    await house.work_off_undo()
    house.bank.fates.clear()
    paid = await house.send()
    await house.work_off_undo()

    (card,) = await house.cards(house.ann)
    assert ("active", 3, 2049) == (card["state"], card["exp_month"], card["exp_year"])
    assert ["ann's"] == house.bank.refreshed
    assert (await house.see(paid, house.ann))["state"] in ("crediting", "credited")


@pytest.mark.parametrize("date", [None, (1, 2040), (12, 2039)])
async def test_without_a_later_date_it_stays_expired_and_is_asked_about_for_a_month(
    house: House, date: tuple[int, int] | None
) -> None:
    """Nothing known, the same date, an earlier one: asked again each day, thirty times, then never again."""
    if date:
        house.bank.dated["ann's"] = dated(house, *date)
    await run_out(house)
    for _ in range(33):
        await house.work(after=timedelta(days=1, minutes=1))

    (card,) = await house.cards(house.ann)
    assert ("expired", 30) == (card["state"], len(house.bank.refreshed))


async def test_a_card_that_was_removed_meanwhile_is_not_brought_back(house: House) -> None:
    """Its owner took it off the list: no later date puts it there again."""
    await run_out(house)
    (card,) = await house.cards(house.ann)
    await house.do(payments.cards.remove, [Remove(UUID(card["id"]), house.ann)])
    house.bank.dated["ann's"] = dated(house, 3, 2049)
    await house.work(after=timedelta(days=1, minutes=1))

    assert [] == await house.cards(house.ann)
