"""Versions: a program goes on hearing what it was written for, and is told when that ends."""

from email.utils import parsedate_to_datetime
from typing import Any

import psycopg
import pytest
from tests.http.conftest import operations
from tests.http.test_oauth import Partner, partner

from tuppence.core import uuid7
from tuppence.core.versions import API_VERSIONS, NEWEST_VERSION
from tuppence.db.embedded import Urls
from tuppence.http import versions

OLD = API_VERSIONS[0].name
__all__ = ["partner"]
ASKED = {"kind": "once", "says": "A poster", "currency": "USD", "per_charge_minor": 999}


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    world.served.house.limits.forget()


@pytest.fixture
async def grants(world: Any) -> list[str]:
    """Three grants that Ann's business asked for, the latest first."""
    ids = [str(uuid7()) for _ in range(3)]
    for grant_id in ids:
        assert 200 == (await ask(world, "PUT", f"/v1/grants/{grant_id}", body=ASKED)).status_code
    return ids[::-1]


async def ask(world: Any, method: str, path: str, *, body: Any = None, key: str | None = None, **more: str) -> Any:
    """By a key of Ann's business, or by herself for it."""
    named = {"Tuppence-Business": world.business_ids[world.ann.id]}
    headers = {"Authorization": f"Bearer {key or world.ann.token}"} | ({} if key else named)
    return await world.ann.http.request(method, path, json=body, headers=headers | more)


async def make_key(world: Any) -> tuple[str, str]:
    """A key that reads grants: its id, and the key itself."""
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys"
    asked = {"name": "Reader", "scopes": ["charges:read"]}
    made = await world.ann.call("PUT", f"{path}/{uuid7()}", asked)
    return made["id"], made["key"]


async def test_who_was_written_for_an_older_version_is_served_as_then(world: Any, grants: list[str]) -> None:
    """Pages of grants went by the last id; both ways lead over all of them, and nothing new is in the old answers."""
    old = {"X-Api-Version": OLD}
    first = (await ask(world, "GET", "/v1/grants?limit=2", **old)).json()
    rest = (await ask(world, "GET", f"/v1/grants?limit=2&before={first['data'][-1]['id']}", **old)).json()
    assert {"data", "has_more"} == first.keys() == rest.keys()
    assert grants == [one["id"] for one in (*first["data"], *rest["data"])][:3]

    new = (await ask(world, "GET", "/v1/grants?limit=2")).json()
    following = (await ask(world, "GET", f"/v1/grants?limit=2&cursor={new['next_cursor']}")).json()
    assert (first["data"], rest["data"]) == (new["data"], following["data"])

    wrong = await ask(world, "GET", "/v1/grants?before=nonsense", **old)
    assert (422, "invalid_request", "/before") == (
        wrong.status_code,
        wrong.json()["code"],
        wrong.json()["errors"][0]["pointer"],
    )


async def test_a_key_keeps_the_version_of_its_making(world: Any, grants: list[str], http_urls: Urls) -> None:
    """Where the request names none, the key's holds; a key that replaces it has the same."""
    key_id, key = await make_key(world)
    made = await ask(world, "GET", "/v1/grants", key=key)
    assert (NEWEST_VERSION, True) == (made.headers["x-api-version"], "next_cursor" in made.json())

    with psycopg.connect(http_urls.owner) as owner:
        owner.execute("UPDATE people.api_key SET api_version = %s WHERE id = %s", [OLD, key_id])
    aged = await ask(world, "GET", "/v1/grants", key=key)
    assert (OLD, False) == (aged.headers["x-api-version"], "next_cursor" in aged.json())
    named = await ask(world, "GET", "/v1/grants", key=key, **{"X-Api-Version": NEWEST_VERSION})
    assert (NEWEST_VERSION, True) == (named.headers["x-api-version"], "next_cursor" in named.json())

    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys"
    rolled = await world.ann.call("POST", f"{path}/{key_id}/roll", {"new_id": str(uuid7())})
    listed = {one["id"]: one["api_version"] for one in (await world.ann.call("GET", path))["data"]}
    assert (OLD, OLD) == (listed[key_id], listed[rolled["id"]])


async def test_an_app_keeps_the_version_of_its_making(world: Any, partner: Partner, http_urls: Urls) -> None:
    """Whoever it acts for; a request that names another is answered in that."""
    with psycopg.connect(http_urls.owner) as owner:
        owner.execute("UPDATE apps.app SET api_version = %s WHERE id = %s", [OLD, partner.app_id])
    token = (await partner.tokens(world.ann))["access_token"]
    heard = [await ask(world, "GET", "/v1/me", key=token, **more) for more in ({}, {"X-Api-Version": NEWEST_VERSION})]

    assert [OLD, NEWEST_VERSION] == [one.headers["x-api-version"] for one in heard]
    assert [True, False] == ["deprecation" in one.headers for one in heard]


async def test_a_version_that_will_end_says_so(world: Any) -> None:
    """RFC 9745 and RFC 8594, on whatever is answered; the newest says neither."""
    old = await ask(world, "GET", f"/v1/grants/{uuid7()}", **{"X-Api-Version": OLD})
    new = await ask(world, "GET", f"/v1/grants/{uuid7()}")

    assert API_VERSIONS[0].deprecated_at
    assert API_VERSIONS[0].sunset_at
    assert f"@{int(API_VERSIONS[0].deprecated_at.timestamp())}" == old.headers["deprecation"]
    assert API_VERSIONS[0].sunset_at == parsedate_to_datetime(old.headers["sunset"])
    assert not {"deprecation", "sunset"} & set(new.headers)


def test_every_change_belongs_to_a_version_and_an_operation() -> None:
    """A change that names no operation would never be made."""
    known = {one.name for one in operations()}
    for change in versions.CHANGES:
        assert change.version in versions.NAMES[1:]
        assert change.operation in known
        assert change.says


@pytest.mark.parametrize("harm", ["flipped", "cut", "of another list", "made up"])
async def test_a_cursor_that_is_not_ours_is_refused(world: Any, grants: list[str], harm: str) -> None:
    """Signed, and bound to its list."""
    assert grants
    cursors = world.served.house.cursors
    given = cursors.write("grants", str(uuid7()))
    other = {
        "flipped": ("B" if given[0] == "A" else "A") + given[1:],
        "cut": given[:-4],
        "of another list": cursors.write("events", str(uuid7())),
        "made up": "made-up",
    }[harm]

    refused = await ask(world, "GET", f"/v1/grants?cursor={other}")
    assert (422, "cursor_invalid") == (refused.status_code, refused.json()["code"])
    assert 200 == (await ask(world, "GET", f"/v1/grants?cursor={given}")).status_code
