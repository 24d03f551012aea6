"""Any history of payments to bank accounts, over an exchange that loses, doubles, delays and reorders."""

import random
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import House, in_euros

from tuppence import outbox
from tuppence.core import Policy
from tuppence.db.statements import Statement
from tuppence.outbox import Job
from tuppence.payments.ach.entries import FILE
from tuppence.payments.banks import actions
from tuppence.payments.banks.model import ChangeBank
from tuppence.payments.errors import BankNotReady
from tuppence.rails.bank.exchange import Folder

STEPS = 14
# One that receives, one that is closed, and another that receives: by ACH under another number than it was added with.
ACCOUNTS = {
    "ach": ("1000000010", "2000000019", "4000000017"),
    "sepa": ("DE45999900011000000010", "DE48999900012000000019", "NL58TULP0100000010"),
}


@dataclass(frozen=True)
class Tried:
    """An entry, by what became of it."""

    payment_id: UUID
    state: str
    amount_minor: int


_TRIED = Statement(
    "tried", "SELECT payment_id, state, amount_minor FROM payments.bank_entry WHERE purpose = 'credit' ORDER BY id"
)
_STATES = Statement("states", "SELECT state FROM payments.payment ORDER BY id")


class Mischief(Folder):
    """Files as an unreliable line delivers them. `honest` ends it."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        super().__init__(root)
        self._root, self._chance, self.honest = root, chance, False

    def _happens(self, share: float) -> bool:
        return not self.honest and self._chance.random() < share

    async def put(self, name: str, content: bytes) -> None:
        if self._happens(0.2):
            raise ConnectionError("before the file left")
        await super().put(name, content)
        if self._happens(0.3):
            raise ConnectionError("after the file left")

    async def waiting(self) -> Sequence[str]:
        names = list(await super().waiting())
        for name in names:
            if self._happens(0.3):
                shutil.copy(self._root / "inbox" / name, self._root / "inbox" / f"again-{name}")
        self._chance.shuffle(names)
        return [name for name in names if not self._happens(0.4)]

    async def done(self, name: str) -> None:
        if self._happens(0.3):
            raise ConnectionError("taken in, not put aside")
        await super().done(name)


@pytest.fixture(params=["USD", "EUR"])
def policy(request: pytest.FixtureRequest, policy: Policy) -> Policy:
    return policy if request.param == "USD" else in_euros(policy)


@pytest.fixture
async def world(house: House, tmp_path: Path, seed: int) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        world.exchange = Mischief(tmp_path / "bank", random.Random(seed))
        world.exchange.honest = True
        world.originate_again()
        yield world


@pytest.mark.parametrize("seed", range(3))
async def test_no_cent_is_lost_doubled_or_guessed_about(world: AchWorld, seed: int) -> None:
    """What friends' banks show is what we say was delivered; what we owe waits; what was settled left nothing open."""
    chance = random.Random(seed)
    accounts = [await world.add_and_prove(number) for number in ACCOUNTS[world.house.policy.scheme]]
    world.exchange.honest = False
    for _ in range(STEPS):
        await _something(world, chance, accounts)
    world.exchange.honest = True
    for _ in range(9):
        await world.house.do(outbox.enqueue, [Job(FILE, "now")])
        await world.days(1)

    states = await _read(world, _STATES)
    async with world.house.database.transaction() as tx:
        tried = await tx.fetch(_TRIED, Tried)
    kept = [one for one in tried if one.state == "accepted"]
    assert sorted(one.amount_minor for one in kept) == sorted(world.credits())
    assert len(kept) == len({one.payment_id for one in kept})
    assert {"crediting", "credit_unknown", "created"}.isdisjoint(states)
    balances = await world.balances()
    waiting = sum({one.payment_id: one.amount_minor for one in tried if one.payment_id not in _paid(kept)}.values())
    assert waiting == -balances.get("in_transit", 0) - balances.get("refund_clearing", 0)  # after a week it goes back
    assert "bank_clearing" not in balances
    assert [] == await world.breaks()


def _paid(kept: Sequence[Tried]) -> set[UUID]:
    return {one.payment_id for one in kept}


async def _read(world: AchWorld, statement: Statement) -> list[str]:
    async with world.house.database.transaction() as tx:
        return await tx.scalars(statement)


async def _something(world: AchWorld, chance: random.Random, accounts: Sequence[UUID]) -> None:
    """A payment, another choice of account, or some hours."""
    what = chance.choice(["pay", "pay", "choose", "wait", "wait"])
    if what == "pay":
        with suppress(ConnectionError):
            await world.pay(chance.randrange(100, 900))
    elif what == "choose":
        with suppress(BankNotReady):
            choice = ChangeBank(chance.choice(list(accounts)), world.house.bo, receives=True)
            await world.house.do(actions.change, [choice])
    else:
        await world.to(await world.house.do(outbox.now) + timedelta(hours=chance.randrange(1, 30)))


async def test_the_seeded_bug_would_lose_a_return(house: House, tmp_path: Path) -> None:
    """An inbox whose files are put aside before they are taken in loses one to a crash: the books would not close.

    In euros the day's statement names each return once more, so that nothing is lost.
    """
    scheme = house.policy.scheme
    ending = {"ach": "returns.ach", "sepa": "camt054.xml"}[scheme]
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        await world.add_and_prove(ACCOUNTS[scheme][1])
        await world.pay()
        fetch, lost = world.exchange.fetch, list[str]()

        async def fetch_and_die(name: str) -> bytes:
            content: bytes = await fetch(name)
            if name.endswith(ending) and not lost:
                lost.append(name)
                await world.exchange.done(name)  # the bug
                raise ConnectionError("killed before it was taken in")
            return content

        world.exchange.fetch = fetch_and_die
        await world.days(6)

        assert lost
        assert (scheme == "ach") == ("bank_clearing" in await world.balances())
