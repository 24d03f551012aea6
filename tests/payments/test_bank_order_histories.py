"""Any history of debits and credits by order, over an exchange that loses, doubles, delays and reorders."""

import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.payments.ach_world import opened
from tests.payments.conftest import House
from tests.payments.test_ach_histories import Mischief
from tests.payments.test_bank_orders import CLOSED, GOOD, POOR, REFUSED, RICH_LATER, Till

from tuppence import outbox
from tuppence.core import uuid7
from tuppence.outbox import Job
from tuppence.payments.ach import orders
from tuppence.payments.ach.entries import FILE
from tuppence.payments.ach.orders import Credit, State
from tuppence.payments.errors import BankNotReady, MandateMissing

STEPS = 12
# Days on which every unauthorised return of the sandbox has come: fifteen banking days, and a few to settle.
UNTIL_ALL_IS_BACK = 30
ENDED = {State.SETTLED, State.FAILED, State.RETURNED}


@pytest.fixture
async def till(house: House, tmp_path: Path, seed: int) -> AsyncIterator[Till]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        world.exchange = Mischief(tmp_path / "bank", random.Random(seed))
        world.exchange.honest = True
        world.originate_again()
        yield Till(world)


@pytest.mark.parametrize("seed", range(2))
async def test_what_banks_moved_is_what_orders_say(till: Till, seed: int) -> None:
    """No order is debited twice at once or left hanging; the books hold what was kept, what is owed to us, and nothing
    in clearing but payouts that nobody credited here; the only breaks are holders who did not agree.
    """
    world, chance = till.world, random.Random(seed)
    accounts = [await world.add_and_prove(number) for number in (GOOD, POOR, RICH_LATER)]
    accounts += [await world.add_and_prove(number) for number in (CLOSED, REFUSED)] if seed else []
    mandates = {account: await till.agree(account) for account in accounts}
    world.exchange.honest = False
    asked: list[UUID] = []
    for _ in range(STEPS):
        if chance.random() < 0.6:
            with suppress(BankNotReady, MandateMissing):
                asked.append(await _ask(till, chance, mandates))
        else:
            await world.to(await world.house.do(outbox.now) + timedelta(hours=chance.randrange(1, 40)))
    world.exchange.honest = True
    for _ in range(UNTIL_ALL_IS_BACK):
        await world.house.do(outbox.enqueue, [Job(FILE, "now")])
        await world.days(1)

    async with world.house.database.transaction() as tx:
        known = (await orders.orders(tx, asked)).values()
    assert {one.state for one in known} <= ENDED
    assert all(one.tries <= 3 for one in known)
    settled = [one for one in known if one.state == State.SETTLED]
    posted = [one.signed_minor for one in world.statement() if one.item.identification == "Till 17"]
    signed = [-one.amount_minor if one.direction == "debit" else one.amount_minor for one in settled]
    assert sorted(posted) == sorted(signed)
    balances = await world.balances()
    earned = sum(one.amount_minor for one in known if one.direction == "debit" and one.state != State.FAILED)
    back = sum(one.amount_minor for one in known if one.direction == "debit" and one.state == State.RETURNED)
    assert (-earned, back) == (balances.get("revenue", 0), balances.get("chargeback_receivable", 0))
    paid = sum(one.amount_minor for one in settled if one.direction == "credit")
    assert paid == balances.get("payout_clearing", 0)
    assert "bank_clearing" not in balances
    assert {"unauthorised_debit"} >= {kind for kind, _ in await world.breaks()}


async def _ask(till: Till, chance: random.Random, mandates: dict[UUID, UUID]) -> UUID:
    account = chance.choice(sorted(mandates))
    if chance.random() < 0.7:
        return await till.debit(account, chance.randrange(500, 900), mandate_id=mandates[account])
    amount, bo = chance.randrange(500, 900), till.world.house.bo
    return await till.put(Credit(uuid7(), "till", bo, account, amount, "USD", "Till 17", "payout_clearing", "PAYOUT"))
