"""Businesses, advertisers and the bank that does as it is told."""

from collections.abc import AsyncIterator

import pytest
from tests.billing.advertiser import Advertiser
from tests.payments.conftest import House, house, password_hash, policy

__all__ = ["house", "password_hash", "policy"]


@pytest.fixture
async def advertiser(house: House) -> AsyncIterator[Advertiser]:
    """Ann's business with an ads account that is billed afterwards. After the test every bill equals its usage."""
    advertiser = await Advertiser(house).open()
    yield advertiser
    assert [] == await advertiser.broken()
