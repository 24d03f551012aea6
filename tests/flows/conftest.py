"""The whole house as real processes, once for all stories; each story brings people of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.quick import quick_folder

from tuppence.app.parts import embedded
from tuppence.cli import seeds
from tuppence.cli.client import Friend, Refused
from tuppence.cli.house import RunningHouse, running_house, sandbox_settings

PASSWORD = "correct horse staple"
PIN = "4271"
PATIENCE_SECONDS = 30.0

Newcomer = Callable[..., Awaitable[Friend]]


@pytest.fixture(scope="session")
async def house() -> AsyncIterator[RunningHouse]:
    with quick_folder() as folder:
        settings = sandbox_settings(Path(folder) / "house", free_ports=True)
        try:
            async with running_house(settings, lambda _: None) as running:
                yield running
        finally:
            if server := embedded(settings):
                server.remove()


@pytest.fixture
async def newcomer(house: RunningHouse) -> AsyncIterator[Newcomer]:
    """Makes people: signed up, with a PIN, and with the card of a kind if one is named."""
    made: list[Friend] = []

    async def make(name: str, *, card: str | None = "Everyday") -> Friend:
        settings = house.settings
        address = f"http://{settings.host}:{settings.port}"
        friend = Friend(address, settings.vault_api_url, name, f"{name.lower()}.{uuid4().hex[:8]}")
        made.append(friend)
        await friend.sign_up(PASSWORD, "Test")
        await friend.call("PUT", "/v1/me/pin", {"pin": PIN, "password": PASSWORD})
        if card:
            await friend.add_card(await seeds.card_of(friend, None, (card,)))
        return friend

    yield make
    for friend in made:
        await friend.close()


@dataclass
class Pair:
    """Two friends, and the sandbox around them."""

    payer: Friend
    payee: Friend

    async def pay(self, amount_minor: int = 2000, **more: Any) -> str:
        """Send, confirm with the PIN, and let the undo window pass. The payment's id."""
        sent = await self.payer.send(self.payee, amount_minor, **more)
        if sent["step_up"] and sent["step_up"]["needed"]:
            await self.payer.act(sent["id"], "step-up", {"pin": PIN})
        await self.move_clock(timedelta(seconds=10))
        return str(sent["id"])

    async def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat((await self.payer.call("GET", "/v1/sandbox"))["now"])

    async def move_clock(self, by: timedelta) -> datetime:
        moved = await self.payer.call("POST", "/v1/sandbox/clock", {"advance_seconds": round(by.total_seconds())})
        return datetime.fromisoformat(moved["now"])


async def seen(friend: Friend, payment_id: str, state: str) -> dict[str, Any]:
    """The payment as this friend sees it, once it is in a state; a read a tenth of a second."""
    payment: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while payment.get("state") != state:
                with suppress(NotYet):
                    payment = await _read(friend, payment_id)
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"expected {state}, still {payment.get('state')}, {payment.get('cause')}") from None
    return payment


class NotYet(Exception):
    """A payee is shown a payment once there is something for them to know."""


async def _read(friend: Friend, payment_id: str) -> dict[str, Any]:
    try:
        payment: dict[str, Any] = await friend.call("GET", f"/v1/payments/{payment_id}")
    except Refused as refused:
        if refused.status == 404:
            raise NotYet from None
        raise
    return payment


@pytest.fixture
def watch() -> Callable[..., Awaitable[dict[str, Any]]]:
    return seen


@pytest.fixture
async def befriended(newcomer: Newcomer) -> Callable[..., Awaitable[Pair]]:
    """Makes a pair of friends; `receives` is the payee's kind of card, None for no card yet."""

    async def make(*, pays: str = "Everyday", receives: str | None = "Next morning") -> Pair:
        payer, payee = await newcomer("Ann", card=pays), await newcomer("Bo", card=receives)
        await payer.befriend(payee)
        return Pair(payer, payee)

    return make
