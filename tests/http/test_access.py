"""Who may ask what: signed in or not, from our page or another's, one's own or somebody else's."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tuppence.core import uuid7
from tuppence.core.versions import API_VERSIONS, NEWEST_VERSION

STRANGER = {"request_id", "instance"}  # members that differ between any two problems
BANK = {"routing_number": "099900014", "account_number": "1000000028", "kind": "checking", "holder": "M"}
BUSINESS = {"name": "M", "country": "US", "currency": "USD", "zone": "UTC"}
OWN_IDS = {
    "payment_id",
    "conversation_id",
    "request_id",
    "card_id",
    "bank_id",
    "session_id",
    "account_id",
    "transfer_id",
    "business_id",
    "key_id",
    "endpoint_id",
    "game_id",
    "ads_account_id",
    "bill_id",
}


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    """Limits are another test's matter."""
    world.served.house.limits.forget()


async def _ask(world: Any, operation: Any, headers: dict[str, str], **ids: str) -> httpx2.Response:
    path = operation.at(world.ids | ids)
    if operation.method == "GET" and operation.name == "quote":
        path += f"?payee_id={world.bo.id}&amount_minor=1&currency=USD"
    if operation.name == "read_updates":
        path += "?since=0"
    if operation.name == "read_own_statement":
        path += "?from=2026-11-01&to=2026-11-30&format=csv"
    if operation.name == "read_ads_spend":
        path += "?from=2026-11-01&to=2026-11-30"
    response: httpx2.Response = await world.ann.http.request(
        operation.method, path, json=operation.body, headers=headers
    )
    return response


async def test_without_a_session_there_is_nothing(world: Any, operation: Any) -> None:
    """Every operation that is not open refuses whoever brings no session, or one that never was."""
    if operation.is_open:
        return
    takes_key = operation.takes_key or operation.takes_both
    for headers, code in (
        ({}, "not_signed_in"),
        ({"Authorization": "Bearer"}, "not_signed_in"),
        ({"Authorization": "Basic YTpi"}, "not_signed_in"),
        ({"Authorization": f"Bearer {uuid4().hex}"}, "session_ended"),
        ({"Authorization": "Bearer tup_test_nobody"}, "key_ended" if takes_key else "session_ended"),
        ({"Authorization": "Bearer tup_live_nobody"}, "key_ended" if takes_key else "session_ended"),
        ({"Cookie": "tuppence=nobody"}, "session_ended" if operation.method == "GET" else "foreign_origin"),
    ):
        response = await _ask(world, operation, headers)

        assert response.status_code in (401, 403)
        assert code == response.json()["code"]


async def test_a_cookie_counts_only_where_our_own_page_sent_it(world: Any, operation: Any) -> None:
    """A write by cookie needs our Origin; a write from a foreign page is refused whatever it carries."""
    own, foreign = world.served.house.origin, "https://evil.example"
    cookie = {"Cookie": f"tuppence={world.ann.token}"}
    bearer = {"Authorization": f"Bearer {world.ann.token}"}
    if operation.method == "GET":
        response = await _ask(world, operation, cookie)
        allowed = response.status_code not in (401, 403) or (operation.takes_key and _says(response, "scope_missing"))
        assert allowed or _says(response, "bubble_ended")  # that one reads no cookie
        return
    refused = [{**cookie, "Origin": foreign}, {**bearer, "Origin": foreign}, {"Origin": foreign}]
    refused += [{**cookie, "Origin": "null"}, {**cookie, "Origin": f"{own}.evil.example"}]
    if not operation.is_open:
        refused.append(cookie)
    for headers in refused:
        response = await _ask(world, operation, headers)

        assert (403, "foreign_origin") == (response.status_code, response.json()["code"]), headers
    if "session" not in operation.path:
        nothing = {name: str(uuid7()) for name in world.ids}  # what is allowed here must not change the world
        ours = await _ask(world, operation, {**cookie, "Origin": own}, **nothing)

        assert "foreign_origin" != (ours.json().get("code") if ours.content else None)


async def test_somebody_elses_is_as_if_it_were_not(world: Any, operation: Any) -> None:
    """With another person's id everybody gets exactly what an id that never was gets."""
    named = [name for name in OWN_IDS if f"{{{name}}}" in operation.path]
    if not named or (operation.method == "PUT" and operation.path.endswith(f"{{{named[0]}}}")):
        return  # what is created by PUT has a test of its own: there the answer is id_taken
    headers = world.bearer(operation, world.mallory)
    theirs = await _ask(world, operation, headers)
    nobodys = await _ask(world, operation, headers, **{name: str(uuid7()) for name in named})

    assert 404 == theirs.status_code, theirs.text
    assert _comparable(nobodys) == _comparable(theirs)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/cards/{card_id}", "card"),
        ("/v1/friend-requests/{request_id}", "ask"),
        ("/v1/bank-accounts/{bank_id}", "bank"),
        ("/v1/businesses/{business_id}", "business"),
    ],
)
async def test_an_id_of_somebody_elses_making_is_taken(world: Any, path: str, body: str) -> None:
    """Creating with an id that another person used tells that it is taken, or what an unknown body tells; no more."""
    bodies = {
        "card": {"token": "card_0123456789abcdefghij"},
        "ask": {"handle": world.bo.handle},
        "bank": BANK,
        "business": BUSINESS,
    }
    headers = {"Authorization": f"Bearer {world.mallory.token}"}
    response = await world.ann.http.put(path.format(**world.ids), json=bodies[body], headers=headers)

    assert response.json()["code"] in ("id_taken", "vault_unavailable")
    assert world.ann.id not in response.text


async def test_a_key_opens_what_takes_keys_and_nothing_else(world: Any, operation: Any) -> None:
    """A key is no session, and a session is no key; nor is a key good for a scope that it does not have."""
    key = {"Authorization": f"Bearer {world.keys[world.mallory.id]}"}
    if operation.takes_both:  # this one is of no business
        assert _says(await _ask(world, operation, key), "scope_missing")
        return
    if not operation.takes_key:
        assert operation.is_open or _says(await _ask(world, operation, key), "session_ended")
        return
    assert _says(await _ask(world, operation, {"Authorization": f"Bearer {world.ann.token}"}), "scope_missing")
    ids = {name: str(uuid7()) for name in world.ids}
    assert not _says(await _ask(world, operation, key, **ids), "session_ended")


def _says(response: httpx2.Response, code: str) -> bool:
    return bool(response.content) and response.json().get("code") == code


def _comparable(response: httpx2.Response) -> dict[str, Any]:
    return {name: told for name, told in response.json().items() if name not in STRANGER}


async def test_a_cookie_session_from_sign_in_to_sign_out(world: Any, browser: httpx2.AsyncClient) -> None:
    """The cookie is out of scripts' reach, carries no token into the answer, and is dead after signing out."""
    origin = {"Origin": world.served.house.origin}
    body = {"handle": world.bo.handle, "password": "correct horse staple", "device_name": "x", "transport": "cookie"}
    signed = await browser.post("/v1/sessions", json=body, headers=origin)
    cookie = signed.headers["set-cookie"]

    assert 201 == signed.status_code
    assert signed.json()["token"] is None
    assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    assert 200 == (await browser.get("/v1/me")).status_code
    assert 204 == (await browser.delete("/v1/sessions/current", headers=origin)).status_code
    held = {"Cookie": cookie.partition(";")[0]}
    assert 401 == (await browser.get("/v1/me", headers=held)).status_code


async def test_too_often_is_told_with_the_seconds_to_wait(world: Any) -> None:
    """The 429 names its action and says in Retry-After when to come back."""
    answers = [await world.carl.http.get(f"/v1/people/{world.ann.handle}", headers=_bearer(world)) for _ in range(80)]
    refused = [one for one in answers if one.status_code == 429]

    assert 80 - 60 <= len(refused) + 2
    assert int(refused[0].headers["retry-after"]) == refused[0].json()["retry_after_seconds"] > 0
    assert refused[0].json()["retryable"]
    assert '"find_person";r=0;t=' in refused[0].headers["ratelimit"]
    assert '"find_person";q=60;w=300' in answers[0].headers["ratelimit-policy"]


def _bearer(world: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.carl.token}"}


async def test_an_answer_says_its_version_and_an_unknown_one_is_refused(
    world: Any, browser: httpx2.AsyncClient
) -> None:
    """A client that was written for a version that there is not is told so, before anything is done."""
    known = await browser.get("/v1/health", headers={"X-Api-Version": "2026-11-01"})
    body = {"handle": "x", "password": "y", "device_name": "z", "transport": "bearer"}
    unknown = await browser.post("/v1/sessions", json=body, headers={"X-Api-Version": "2020-01-01"})

    assert ("2026-11-01", NEWEST_VERSION) == (known.headers["x-api-version"], unknown.headers["x-api-version"])
    assert (400, "unknown_version", [one.name for one in API_VERSIONS]) == (
        unknown.status_code,
        unknown.json()["code"],
        unknown.json()["known"],
    )
