"""The account updater: a card that ran out gets its new date from its bank, and what is not later changes nothing."""

from dataclasses import replace
from typing import Any

import pytest

from tuppence.vault.cards import Why
from tuppence.vault.network import Renewed

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

    return list(await Updates(house.database, house.keys, house.rail, now=house.clock).refresh(tokens, WHY))


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
