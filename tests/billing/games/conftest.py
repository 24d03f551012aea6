"""The arcade, on the house of the payments' tests: after each test developers are owed what their entries say."""

from collections.abc import AsyncIterator

import pytest
from tests.billing.games.arcade import Arcade
from tests.payments.conftest import House, house, password_hash, policy

__all__ = ["house", "password_hash", "policy"]


@pytest.fixture
async def arcade(house: House) -> AsyncIterator[Arcade]:
    arcade = await Arcade(house).open()
    yield arcade
    assert [] == await arcade.broken()
