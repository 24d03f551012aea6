"""The account updater: a card that ran out gets its new date from its bank, and what is not later changes nothing."""

from dataclasses import replace
from typing import Any

import pytest
from tests.vault.conftest import NUMBER

from tuppence.vault.cards import Why
from tuppence.vault.network import Renewed, Secret

WHY = Why("worker", "expired")


@pytest.fixture
def told(rail: Any) -> dict[str, Renewed]:
    """What the updater knows, by number; and it is asked with the number and nothing else."""
    known: dict[str, Renewed] = {}

    async def renewed(card: Any) -> Renewed | None:
        return known.get(card.number.reveal())

    rail.renewed = renewed
    return known


async def refreshed(house: Any, *tokens: str) -> list[Any]:
    from tuppence.vault.updates import Updates

    updates = Updates(house.database, house.keys, house.rail, house.bin_of, house.settings, now=house.clock)
    return list(await updates.refresh(tokens, WHY))


async def test_a_later_date_is_written_and_used(house: Any, rail: Any, told: Any) -> None:
    """The card is told with its new date, debited with it, and the access log says that it was asked about."""
    token = await house.enrol()
    told["4000110000000017"] = Renewed(3, 2036)

    card, none = await refreshed(house, token, "card_none")
    await house.use(house.ask(token))

    assert ((3, 2036), None) == ((card.exp_month, card.exp_year), none)
    assert (3, 2036) == (rail.sent[0].card.exp_month, rail.sent[0].card.exp_year)
    assert [("update", "worker", "expired")] == await house.rows(
        "SELECT verb, caller, reason FROM vault.access_log WHERE verb = 'update'"
    )


@pytest.mark.parametrize("date", [None, Renewed(12, 2031), Renewed(1, 2020), Renewed(11, 2031)])
async def test_what_is_not_later_changes_nothing(date: Renewed | None, house: Any, told: Any) -> None:
    """No answer, the same date, an earlier one: the card stays as it is."""
    token = await house.enrol()
    if date:
        told["4000110000000017"] = date

    (card,) = await refreshed(house, token)

    assert (12, 2031) == (card.exp_month, card.exp_year)
    assert [(12, 2031)] == await house.rows("SELECT exp_month, exp_year FROM vault.card")


async def test_a_card_that_does_not_open_is_told_as_it_was(house: Any, told: Any) -> None:
    """One tampered record keeps its date; its neighbour gets the new one."""
    broken, good = await house.enrol(), await house.enrol()
    told["4000110000000017"] = replace(Renewed(1, 2030), exp_year=2040)
    await house.tamper("UPDATE vault.card SET kek_version = 7 WHERE token = %(token)s", token=broken)

    one, other = await refreshed(house, broken, good)

    assert [2031, 2040] == [one.exp_year, other.exp_year]


OTHER = "4000119000000042"


@pytest.mark.parametrize("date", [(3, 2036), (12, 2031)])
async def test_a_new_number_takes_the_old_ones_place(date: tuple[int, int], house: Any, rail: Any, told: Any) -> None:
    """Sealed under the same token with a key of its own, whether it is good for longer or as long as the old one; last
    digits and fingerprint follow, and it is what pays.
    """
    token = await house.enrol()
    (before,) = await house.rows("SELECT wrapped_dek, fingerprint, last4 FROM vault.card")
    told[NUMBER] = Renewed(*date, Secret(OTHER))

    (card,) = await refreshed(house, token)
    await house.use(house.ask(token))
    (after,) = await house.rows("SELECT wrapped_dek, fingerprint, last4 FROM vault.card")

    assert (token, "0042", *date) == (card.token, card.last4, card.exp_month, card.exp_year)
    assert OTHER == rail.sent[0].card.number.reveal()
    assert after[2] == "0042"
    assert all(one != other for one, other in zip(before, after, strict=True))
    twin = await house.enrol(number=OTHER)
    ((same,),) = await house.rows(f"SELECT fingerprint FROM vault.card WHERE token = '{twin}'")
    assert after[1] == same


@pytest.mark.parametrize(
    "number",
    [
        "4000119000000043",  # its check digit does not hold
        "4000229000000049",  # a credit card
        "4000269000000045",  # of another country
        "4999999000000040",  # of no bank that we know
        "",
        "tok_123",
    ],
)
async def test_a_number_that_nobody_could_have_typed_in_is_not_taken(number: str, house: Any, told: Any) -> None:
    """The card stays as it is, its date too: it is not the card that the updater speaks of."""
    token = await house.enrol()
    told[NUMBER] = Renewed(3, 2036, Secret(number))

    (card,) = await refreshed(house, token)

    assert (NUMBER[-4:], 12, 2031) == (card.last4, card.exp_month, card.exp_year)


async def test_a_card_deleted_meanwhile_stays_deleted(house: Any, rail: Any) -> None:
    """While the updater is asked its holder removes it: no number comes back to life."""
    token = await house.enrol()

    async def renewed(_: Any) -> Renewed:
        await house.delete(token)
        return Renewed(3, 2036, Secret(OTHER))

    rail.renewed = renewed

    assert [None] == await refreshed(house, token)
    assert [(None, None)] == await house.rows("SELECT wrapped_dek, fingerprint FROM vault.card")
