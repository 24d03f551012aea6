"""A business's keys over HTTP: made by its members, good for its business and their scopes, and for nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import psycopg
import pytest

from tuppence.core import uuid7
from tuppence.people import keys
from tuppence.people.errors import KeyEnded


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    world.served.house.limits.forget()


async def _make(world: Any, *scopes: str) -> dict[str, Any]:
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{uuid7()}"
    made: dict[str, Any] = await world.ann.call("PUT", path, {"name": "Server", "scopes": list(scopes)})
    return made


async def _listed(world: Any, key_id: str) -> dict[str, Any]:
    listed = await world.ann.call("GET", f"/v1/businesses/{world.business_ids[world.ann.id]}/keys")
    return next(one for one in listed["data"] if one["id"] == key_id)


async def test_a_key_is_shown_once(world: Any) -> None:
    """The answer that made it has it; the list has its prefix only, and a repeat is refused."""
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{uuid7()}"
    body = {"name": "Server", "scopes": ["events:read"], "days": 30}
    made = await world.ann.call("PUT", path, body)
    again = await world.ann.http.put(path, json=body, headers={"Authorization": f"Bearer {world.ann.token}"})
    listed = await _listed(world, made["id"])

    assert made["key"].startswith(listed["prefix"])
    assert "id_taken" == again.json()["code"]
    assert (["events:read"], world.ann.handle) == (listed["scopes"], listed["handle"])
    assert made["key"] not in str(listed)


async def test_members_without_the_role_make_no_keys(world: Any) -> None:
    """An analyst reads; keys take an owner or a developer, and the role counts from the next request on."""
    business_id = world.business_ids[world.ann.id]
    member, path = f"/v1/businesses/{business_id}/members/{world.bo.handle}", f"/v1/businesses/{business_id}/keys"
    bearer = {"Authorization": f"Bearer {world.bo.token}"}
    answers = []
    for role in ("analyst", "developer", None):
        await world.ann.call("PUT" if role else "DELETE", member, {"role": role} if role else None)
        answers.append(await world.bo.http.get(path, headers=bearer))

    assert [403, 200, 404] == [one.status_code for one in answers]
    assert ["role_missing", "business_not_found"] == [one.json()["code"] for one in answers[::2]]
    assert ["owner", "developer"] == answers[0].json()["roles"]


async def test_a_rolled_key_works_on_for_as_long_as_was_said(world: Any) -> None:
    """The new key may do the same; the old one ends later, or at once."""
    now = datetime.now(UTC)
    base = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys"
    old = await _make(world, "events:read", "webhooks:write")
    new = await world.ann.call("POST", f"{base}/{old['id']}/roll", {"new_id": str(uuid7()), "overlap_hours": 24})
    last = await world.ann.call("POST", f"{base}/{new['id']}/roll", {"new_id": str(uuid7()), "overlap_hours": 0})
    house = world.served.house
    async with house.database.transaction() as tx:
        found = await keys.access(tx, [one["key"] for one in (old, new, last)])
    ends = datetime.fromisoformat((await _listed(world, old["id"]))["revoked_at"])

    assert [True, False, True] == [isinstance(one, keys.Key) for one in found]
    assert now + timedelta(hours=23) < ends < now + timedelta(hours=25)
    assert ["events:read", "webhooks:write"] == (await _listed(world, last["id"]))["scopes"]


async def test_a_revoked_key_is_over(world: Any) -> None:
    """Ended by a member of its business it opens nothing; another business's member cannot end it."""
    made = await _make(world, "events:read")
    theirs = f"/v1/businesses/{world.business_ids[world.mallory.id]}/keys/{made['id']}"
    refused: httpx2.Response = await world.mallory.http.delete(
        theirs, headers={"Authorization": f"Bearer {world.mallory.token}"}
    )
    own = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{made['id']}"
    await world.ann.call("DELETE", own)
    async with world.served.house.database.transaction() as tx:
        (found,) = await keys.access(tx, [made["key"]])

    assert "key_not_found" == refused.json()["code"]
    assert isinstance(found, KeyEnded)


async def test_a_key_that_reaches_the_ledger_is_still_the_owners_to_make(world: Any) -> None:
    """Row security: the app's role writes keys of businesses only, and a constraint keeps the ledger out of those."""
    ask = keys.NewKey(uuid7(), "Mine", ["ledger:house"], "test")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with world.served.house.database.transaction() as tx:
            await keys.make(tx, [ask])
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{uuid7()}"
    body = {"name": "Mine", "scopes": ["ledger:house"]}
    refused = await world.ann.http.put(path, json=body, headers={"Authorization": f"Bearer {world.ann.token}"})

    assert 422 == refused.status_code
