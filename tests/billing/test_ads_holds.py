"""The brake against hijackers: what puts spending on hold, and who ends it."""

from typing import Any
from uuid import UUID

import pytest
from tests.billing.advertiser import Advertiser
from tests.payments.conftest import befriend

from tuppence.billing import businesses
from tuppence.billing.ads import errors, holds, operating
from tuppence.core import uuid7


async def test_a_hijack_pauses_spend_until_two_admins_say_that_it_was_them(advertiser: Advertiser) -> None:
    """A new admin, a limit raised, and three times the usual spend within a day. The new admin has no say."""
    house = advertiser.house
    await house.do(businesses.set_member, [_role(advertiser, "bob", "finance")])
    await advertiser.change(own_threshold_minor=2_000)
    for _ in range(7):
        await advertiser.wait(days=1)
        await advertiser.use(100)
    await advertiser.wait(days=1)
    crook = await _crook(advertiser)
    await advertiser.change(own_threshold_minor=2_500)
    await advertiser.use(290)
    assert await advertiser.delivery() is None

    await advertiser.use(20)
    assert "security_hold" == await advertiser.delivery()

    with pytest.raises(errors.TooNewToConfirm):
        await _confirm(advertiser, crook)
    await _confirm(advertiser, house.ann)
    await _confirm(advertiser, house.ann)
    assert "security_hold" == await advertiser.delivery()
    await _confirm(advertiser, house.bo)
    assert await advertiser.delivery() is None


async def test_an_admin_who_denies_it_leaves_the_end_to_an_operator(advertiser: Advertiser) -> None:
    """One no outweighs any yes; bills go on all the while."""
    house = advertiser.house
    await advertiser.change(own_threshold_minor=2_000)
    await advertiser.wait(days=2)
    await _crook(advertiser)
    await advertiser.change(own_threshold_minor=2_500)
    await advertiser.use(300)
    await _confirm(advertiser, house.ann, it_was_us=False)
    await advertiser.wait(days=2)
    assert "security_hold" == await advertiser.delivery()

    async with house.database.transaction() as tx:
        await operating.release(tx, advertiser.account, "called them", policy=house.policy)
    assert await advertiser.delivery() is None


def _role(advertiser: Advertiser, handle: str, role: Any) -> businesses.SetMember:
    return businesses.SetMember(advertiser.business, advertiser.house.ann, handle, role)


async def _crook(advertiser: Advertiser) -> UUID:
    """Somebody who becomes an admin now."""
    crook, other = uuid7(), uuid7()
    async with advertiser.house.database.transaction() as tx:
        await befriend(tx, {crook: "crook", other: "other"})
    await advertiser.house.do(businesses.set_member, [_role(advertiser, "crook", "owner")])
    return crook


async def _confirm(advertiser: Advertiser, by: UUID, *, it_was_us: bool = True) -> None:
    ask = holds.Confirm(advertiser.business, advertiser.account, by, it_was_us)
    await advertiser.house.do(holds.confirm, [ask], policy=advertiser.house.policy)
