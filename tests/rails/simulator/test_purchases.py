"""Purchases on the simulated network: taken as any debit, under a name of their own, and cleared as what they are."""

from typing import Any

import pytest
from tests.rails.conftest import Desk

from tuppence.rails.simulator import control
from tuppence.vault.network import Movement, State


async def test_a_purchase_takes_and_is_given_back(desk: Desk) -> None:
    """It counts on the card at once; a refund by reference gives some of it back, and never more."""
    bought, outcome = await desk.send(Movement.PURCHASE, "Everyday", 2_000)
    _, some = await desk.refund(bought, 500)
    _, too_much = await desk.refund(bought, 1_501)

    assert (State.ACCEPTED, State.ACCEPTED, State.DECLINED) == (outcome.state, some.state, too_much.state)
    assert -1_500 == await desk.moved("Everyday")


@pytest.mark.parametrize(
    ("label", "code"),
    [("Not enough money", "insufficient_funds"), ("Expired", "expired_card"), ("Credit card", "not_permitted")],
)
async def test_a_purchase_is_refused_as_a_debit_is(desk: Desk, label: str, code: str) -> None:
    """A card's habits hold whoever it pays."""
    _, outcome = await desk.send(Movement.PURCHASE, label)

    assert (State.DECLINED, code) == (outcome.state, outcome.decline_code)
    assert 0 == await desk.moved(label)


async def test_a_purchase_without_answer_is_reversed(desk: Desk) -> None:
    """Done and never answered: its reversal undoes it, and it can surface after all."""
    bought = await desk.send_in_vain(Movement.PURCHASE, "No answer, money taken")

    assert await desk.network.reverse(bought.original, repeat=False)
    assert 0 == await desk.moved("No answer, money taken")

    await control(desk.control_port, "resurface", attempt=str(bought.attempt_id))

    assert -2_000 == await desk.moved("No answer, money taken")


async def test_the_bank_shows_what_was_bought(desk: Desk) -> None:
    """On the statement that the sandbox shows, a purchase takes."""
    await desk.send(Movement.PURCHASE, "Everyday", 2_000)
    shown = await control(desk.control_port, "banks")
    lines: list[dict[str, Any]] = [
        line for bank in shown["banks"] for account in bank["accounts"] for line in account["lines"]
    ]

    assert [("purchase", -2_000)] == [(line["what"], line["amount_minor"]) for line in lines]
