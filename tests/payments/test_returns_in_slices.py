"""A file of returns larger than a slice: everything of it is taken in, and what is in memory is one slice."""

import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.payments.ach_world import WHO, AchWorld, opened
from tests.payments.conftest import House
from tests.payments.test_bank_orders import Till

from tuppence.core import uuid7
from tuppence.db import Tx
from tuppence.payments.ach import orders, receive
from tuppence.payments.ach.orders import Credit, State
from tuppence.payments.ach.receive import Received
from tuppence.rails.bank import nacha

ORDERS, SLICE = 23, 5


@dataclass
class Watched:
    """A transaction that notes how many traces were ever asked about at once."""

    tx: Tx
    asked: list[int] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tx, name)

    async def fetch(self, statement: Any, into: Any, /, **params: Any) -> list[Any]:
        if "traces" in params:
            self.asked.append(len(params["traces"]))
        return await self.tx.fetch(statement, into, **params)


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


async def test_a_large_file_is_taken_in_slice_by_slice(world: AchWorld, tmp_path: Path) -> None:
    """Twenty-three returns in slices of five: every order came back, and the one that is told twice is a break."""
    till = Till(world)
    account = await till.account("1000000010")
    ids = [
        await till.put(Credit(uuid7(), "till", world.house.bo, account, 100 + n, "USD", "x", "payout_clearing"))
        for n in range(ORDERS)
    ]
    await world.days(1)
    items = [one.item for one in world.books.ach.postings() if one.item.amount_minor >= 100]
    sender = nacha.Sender("099900001", "US", " 099900001", "Granite Trust", "BIG00001")
    back = [nacha.Returned(item, "R02") for item in (*items, items[7])]
    content = nacha.build_returns(sender, back, created=world.now, modifier="Z").content
    (tmp_path / "big.ach").write_bytes(content)
    file = Received("big.ach", sha256(content).hexdigest(), tmp_path / "big.ach")
    async with world.house.database.transaction() as tx:
        watched: Any = Watched(tx)
        await receive.receive(
            watched, file, world.keys, account="7000000001", policy=world.house.policy, slice_most=SLICE
        )
    await world.house.work()

    assert ORDERS == len(items)
    assert SLICE == max(watched.asked)
    async with world.house.database.transaction() as tx:
        known = await orders.orders(tx, ids)
    assert {(State.FAILED, "R02")} == {(one.state, one.return_code) for one in known.values()}
    assert [("returned_twice", -items[7].amount_minor)] == await world.breaks()


async def test_a_file_is_never_held_whole(world: AchWorld, tmp_path: Path) -> None:
    """Ten thousand returns, whose end is missing: read to there, refused under a name, in a fraction of their bytes."""
    account = await Till(world).account("1000000010")
    await world.house.do(
        orders.put,
        [Credit(uuid7(), "till", world.house.bo, account, 100, "USD", "x", "payout_clearing")],
        policy=world.house.policy,
    )
    await world.days(1)
    item = next(one.item for one in world.books.ach.postings() if one.item.amount_minor == 100)
    sender = nacha.Sender(WHO.bank_routing, "US", " 099900001", "Granite Trust", "BIG00002")
    back = [nacha.Returned(item, "R02")] * 10_000
    content = nacha.build_returns(sender, back, created=world.now, modifier="Z").content
    path = tmp_path / "big.ach"
    path.write_bytes(content[: len(content) * 9 // 10])
    file = Received("big.ach", sha256(content).hexdigest(), path)
    tracemalloc.start()
    async with world.house.database.transaction() as tx:
        await receive.receive(tx, file, world.keys, account=WHO.account, policy=world.house.policy)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [("unreadable_file", 0)] == await world.breaks()
    assert len(content) > 1_500_000
    assert most < len(content) // 3
