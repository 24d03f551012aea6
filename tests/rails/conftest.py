"""A simulator on free ports, a connector that has little patience, and a desk to ask both from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tuppence.core import uuid7
from tuppence.rails.card import Iso8583Network, Waits
from tuppence.rails.card.sandbox import entries
from tuppence.rails.simulator import Simulator, control, running
from tuppence.rails.simulator.world import key_of
from tuppence.vault.network import Card, Check, Financial, Merchant, Movement, Original, Outcome, Secret, State

PATIENT = Waits(answer_s=10, connect_s=10)  # where an answer is to come
HASTY = Waits(answer_s=0.3, connect_s=10)  # where none is


def listed(label: str) -> dict[str, Any]:
    """The first listed card with this label."""
    return next(card for card in entries() if card["label"] == label)


@dataclass
class Desk:
    """Asks in few words."""

    network: Iso8583Network
    hasty: Iso8583Network
    control_port: int = 0

    def card(self, label: str) -> Card:
        """A listed card, as the vault would hold it."""
        entry = listed(label)
        return Card(Secret(entry["number"]), entry["exp_month"], entry["exp_year"])

    def ask(self, movement: Movement, label: str, amount_minor: int = 2000, *, of: Original | None = None) -> Financial:
        """A financial request, not sent yet."""
        return Financial(
            attempt_id=uuid7(),
            movement=movement,
            amount_minor=amount_minor,
            currency="USD",
            stamp=self.network.stamp(),
            payment_id=uuid7(),
            card=None if of else self.card(label),
            of=of,
            merchant=Merchant("5816", "BLUE FOX GAMES") if movement is Movement.PURCHASE else None,
        )

    async def check(self, label: str, *, cvv: str = "123", zip_code: str = "10001", hasty: bool = False) -> Outcome:
        """A zero-amount check."""
        network = self.hasty if hasty else self.network
        return await network.check(Check(self.card(label), Secret(cvv), Secret(zip_code), "USD"))

    async def send(self, movement: Movement, label: str, amount_minor: int = 2000) -> tuple[Financial, Outcome]:
        """A financial request and its outcome."""
        ask = self.ask(movement, label, amount_minor)
        return ask, await self.network.financial(ask)

    async def send_in_vain(self, movement: Movement, label: str) -> Financial:
        """A financial request that must be left without answer."""
        ask = self.ask(movement, label)
        assert State.UNKNOWN == (await self.hasty.financial(ask)).state
        return ask

    async def refund(self, debit: Financial, amount_minor: int) -> tuple[Financial, Outcome]:
        """Give some of a debit back."""
        ask = self.ask(Movement.REFUND, "", amount_minor, of=debit.original)
        return ask, await self.network.financial(ask)

    async def account(self, label: str) -> dict[str, Any]:
        """A card's balances, as its bank tells them."""
        key = self.key(label)
        accounts = (await control(self.control_port, "accounts"))["accounts"]
        return next(account for account in accounts if account["card"] == key)

    async def moved(self, label: str) -> int:
        """What the network has moved on a card, in minor units."""
        moved: int = (await self.account(label))["moved_minor"]
        return moved

    async def habits(self, label: str, **habits: Any) -> None:
        """Change how a card's bank behaves."""
        await control(self.control_port, "set", card=self.key(label), habits=habits)

    async def codes(self, label: str) -> dict[UUID, str]:
        """What a card's bank decided, by attempt."""
        key = self.key(label)
        lines = (await control(self.control_port, "statements", card=key))["statements"][key]
        return {UUID(line["attempt"]): line["code"] for line in lines}

    def key(self, label: str) -> str:
        """How the control port names a card."""
        return key_of(listed(label)["number"])


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A simulator with a fresh journal."""
    async with running(tmp_path / "journal", seed=7) as simulator:
        yield simulator


@pytest.fixture
async def desk(simulator: Simulator) -> AsyncIterator[Desk]:
    """A desk at that simulator."""
    async with (
        Iso8583Network("127.0.0.1", simulator.port, waits=PATIENT) as network,
        Iso8583Network("127.0.0.1", simulator.port, waits=HASTY) as hasty,
    ):
        yield Desk(network, hasty, simulator.control_port)


@pytest.fixture
def desk_at() -> Any:
    """For peers that are no simulator, with one connection: `async with desk_at(port, answer_s=…) as desk`."""

    @asynccontextmanager
    async def opened(port: int, control_port: int = 0, **waits: float) -> AsyncIterator[Desk]:
        patience = replace(PATIENT, **waits)
        async with Iso8583Network("127.0.0.1", port, waits=patience) as network:
            yield Desk(network, network, control_port)

    return opened
