"""Payouts over HTTP: a business's members see what is on its way, agree to it, and stop it."""

from typing import Any
from uuid import UUID

import pytest
from tests.http.conftest import owe

from tuppence.core import uuid7
from tuppence.db import Statement
from tuppence.people.keys import BUSINESS_SCOPES


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    world.served.house.limits.forget()


async def ask(world: Any, friend: Any, method: str, path: str, body: Any = None, *, of: Any = None) -> Any:
    """A call for Ann's business, or somebody's."""
    named = world.business_ids[(of or world.ann).id]
    headers = {"Authorization": f"Bearer {friend.token}", "Tuppence-Business": named}
    return await friend.http.request(method, path, json=body, headers=headers)


async def join(world: Any, friend: Any, role: str | None) -> None:
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/members/{friend.handle}"
    await world.ann.call("PUT" if role else "DELETE", path, {"role": role} if role else None)


@pytest.fixture
async def proven(world: Any) -> str:
    """Ann's bank account, as if the deposits had been told."""
    prove = Statement("prove", "UPDATE payments.bank_account SET state = 'active' WHERE id = %(id)s")
    async with world.served.house.database.transaction() as tx:
        await tx.execute(prove, id=UUID(world.bank_id))
    return str(world.bank_id)


async def test_members_see_what_is_on_its_way(world: Any) -> None:
    """The list, the latest first and a page at a time, and one by itself; with its day and its account."""
    for _ in range(2):
        await owe(world.served.house, world.ann, world.business_ids[world.ann.id], world.bank_id)
    first = (await ask(world, world.ann, "GET", "/v1/payouts?limit=1")).json()
    rest = (await ask(world, world.ann, "GET", f"/v1/payouts?cursor={first['next_cursor']}")).json()
    one = (await ask(world, world.ann, "GET", f"/v1/payouts/{world.payout_id}")).json()

    assert (True, 1, False) == (first["has_more"], len(first["data"]), rest["has_more"])
    assert world.payout_id in [row["id"] for row in rest["data"]]
    assert ("held", "bank_not_ready", "0010", 30_000) == (
        one["state"],
        one["why"],
        one["bank"]["last4"],
        one["amount_minor"],
    )
    assert one["pays_on"] >= one["asked_on"]


async def test_programs_hear_of_payouts(world: Any) -> None:
    """Each change that matters is an event of the business."""
    payout_id = await owe(world.served.house, world.ann, world.business_ids[world.ann.id], world.bank_id)
    heard = (await ask(world, world.ann, "GET", "/v1/events?limit=200")).json()["data"]

    assert ["payout.created"] == [one["type"] for one in heard if one["subject_id"] == payout_id]


async def test_a_large_payout_takes_two_members(world: Any, proven: str) -> None:
    """Finance and owner agree; an analyst sees and may not; the same person twice is once."""
    payout_id = await owe(world.served.house, world.ann, world.business_ids[world.ann.id], proven, 2_000_000)
    path = f"/v1/payouts/{payout_id}"
    await join(world, world.bo, "analyst")
    refused = await ask(world, world.bo, "POST", f"{path}/approve")
    seen = await ask(world, world.bo, "GET", path)
    first = [(await ask(world, world.ann, "POST", f"{path}/approve")).json() for _ in range(2)]
    await join(world, world.bo, "finance")
    second = (await ask(world, world.bo, "POST", f"{path}/approve")).json()
    late = await ask(world, world.ann, "POST", f"{path}/hold", {"why": "Wait for Monday"})
    await join(world, world.bo, None)

    assert ("role_missing", 200) == (refused.json()["code"], seen.status_code)
    assert ["scheduled"] * 2 == [one["state"] for one in first]
    assert [1, 1, 2] == [len(one["approvals"]) for one in (*first, second)]
    assert ("approved", "held", "Wait for Monday") == (second["state"], late.json()["state"], late.json()["why"])


async def test_what_is_held_is_released(world: Any, proven: str) -> None:
    """To the same account once it is proven; not again, and not to a stranger's."""
    payout_id = await owe(world.served.house, world.ann, world.business_ids[world.ann.id], proven)
    path = f"/v1/payouts/{payout_id}"
    await ask(world, world.ann, "POST", f"{path}/hold", {"why": "Wait"})
    stranger = await ask(world, world.ann, "POST", f"{path}/release", {"bank_id": str(uuid7())})
    released = await ask(world, world.ann, "POST", f"{path}/release", {})
    again = await ask(world, world.ann, "POST", f"{path}/release", {})

    assert "bank_account_not_found" == stranger.json()["code"]
    assert "approved" == released.json()["state"]
    assert ("payout_moved_on", "approved") == (again.json()["code"], again.json()["state"])


async def test_a_key_reads_and_agrees_to_nothing(world: Any) -> None:
    """Programs see payouts; people approve them."""
    business_id = world.business_ids[world.ann.id]
    made = await world.ann.call(
        "PUT", f"/v1/businesses/{business_id}/keys/{uuid7()}", {"name": "All", "scopes": list(BUSINESS_SCOPES)}
    )
    bearer = {"Authorization": f"Bearer {made['key']}"}
    read = await world.ann.http.get(f"/v1/payouts/{world.payout_id}", headers=bearer)
    agreed = await world.ann.http.post(f"/v1/payouts/{world.payout_id}/approve", headers=bearer)

    assert (200, 401) == (read.status_code, agreed.status_code)
