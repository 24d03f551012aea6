"""The check of payments: where their money is, and what it says when it is somewhere else."""

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Statement
from tuppence.ledger import Transfer, chart
from tuppence.ledger.books import Broken, Flow
from tuppence.payments.sends.check import check
from tuppence.payments.sends.holdings import Holdings, Standing, complaint, expected, holdings
from tuppence.payments.sends.states import State

ID = UUID(int=1)
CARD, TRANSIT, PAYOUT, BACK, LOSS, CASH = (
    chart.HOUSE[name]
    for name in ("card_clearing", "in_transit", "payout_clearing", "refund_clearing", "loss", "house_cash")
)
PARKED = chart.PERSONAL["parked"]
DEBIT, CREDIT, REFUND, PARK, UNPARK, SETTLE = range(1, 7)


def flow(code: int, debit: int, credit: int, amount_minor: int = 100) -> Flow:
    return Flow(ID, code, debit, credit, amount_minor)


IN = flow(DEBIT, CARD, TRANSIT)
OUT = flow(CREDIT, TRANSIT, PAYOUT)


@pytest.mark.parametrize(
    ("flows", "held"),
    [
        ([], Holdings()),
        ([IN], Holdings(debited=100, in_transit=100)),
        ([IN, OUT], Holdings(debited=100, credited=100)),
        ([IN, OUT, flow(CREDIT, PAYOUT, TRANSIT)], Holdings(debited=100, in_transit=100)),
        ([IN, flow(REFUND, TRANSIT, BACK)], Holdings(debited=100, refunded=100)),
        ([IN, flow(PARK, TRANSIT, PARKED)], Holdings(debited=100, parked=100)),
        ([IN, flow(PARK, TRANSIT, PARKED), flow(UNPARK, PARKED, TRANSIT)], Holdings(debited=100, in_transit=100)),
        ([IN, flow(SETTLE, TRANSIT, LOSS, 30)], Holdings(debited=100, in_transit=70, loss=30)),
        ([IN, flow(SETTLE, CASH, CARD)], Holdings(debited=100, in_transit=100)),
        ([IN, flow(SETTLE, TRANSIT, CASH, 1)], Holdings(debited=100, in_transit=99, astray=1)),
        ([IN, flow(DEBIT, TRANSIT, PAYOUT)], Holdings(debited=0)),
    ],
)
def test_holdings_follow_from_what_was_moved(flows: list[Flow], held: Holdings) -> None:
    """Each step moves money from one place to another; what no step does is astray."""
    assert held == holdings(flows)


def test_every_state_has_one_place_for_its_money() -> None:
    """All of it in one place, or nowhere; and whoever is in any other state's place is found."""
    for state in State:
        payment = Standing(ID, 100, state)
        assert complaint(payment, expected(payment)) is None
        for other in State:
            held = expected(Standing(ID, 100, other))
            assert (held == expected(payment)) == (complaint(payment, held) is None), (state, other)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (Holdings(debited=100, credited=100, refunded=100, in_transit=-100), "both credited and returned"),
        (Holdings(debited=100, credited=99), "debited differs"),
        (Holdings(debited=100, in_transit=99, astray=1), "debited differs"),
        (Holdings(debited=99, credited=99), "not where the payment's state says"),
        (Holdings(debited=100, in_transit=100), "not where the payment's state says"),
    ],
)
def test_what_is_wrong_is_said(held: Holdings, said: str) -> None:
    """Of a payment that was delivered."""
    found = complaint(Standing(ID, 100, State.CREDITED), held)

    assert found is not None
    assert said in found


class Undo(Exception):
    """Nothing that was tried stays."""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE payments.payment SET state = 'returned'", "money is not where the payment's state says: payment {0}"),
        ("UPDATE payments.payment SET amount_minor = 1", "money is not where the payment's state says: payment {0}"),
        ("UPDATE payments.payment SET id = gen_random_uuid()", "money is not where the payment's state says"),
    ],
)
async def test_a_row_that_lies_is_named(house: House, statement: str, said: str) -> None:
    """A payment that was delivered, whose row says otherwise."""
    sent = await house.send()
    await house.work_off_undo()
    await house.work(after=timedelta(seconds=5))
    assert "credited" == (await house.see(sent, house.ann))["state"]
    found: list[Broken] = []
    with suppress(Undo):
        async with house.database.transaction() as tx:
            await tx.execute(Statement("lie", statement))
            found = await check(tx, policy=house.policy)
            raise Undo

    assert any(said.format(sent["id"]) in f"{one.what}: {one.which}" for one in found), found


async def test_money_about_nothing_is_found(house: House) -> None:
    """What is in transit and belongs to no payment."""
    found: list[Broken] = []
    with suppress(Undo):
        async with house.database.transaction() as tx:
            sides = (chart.house("card_clearing", "USD"), chart.house("in_transit", "USD"))
            await ledger.create_transfers(tx, [Transfer(uuid7(), *sides, 5, 840, 1, user_data_128=uuid7())])
            found = await check(tx, policy=house.policy)
            raise Undo

    assert ["in transit differs from what payments say"] == [one.what for one in found]
