"""An app from its registration to acting for somebody, over HTTP as RFC 6749, 7009, 7662, 8414 and 9207 have it."""

import base64
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tuppence.billing.apps import jobs
from tuppence.core import uuid7
from tuppence.http.embed import Embedded
from tuppence.http.errors import NoSuchPlace
from tuppence.outbox import Worker

BACK = "https://chat.example/back"
ORIGIN = "https://chat.example"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass
class Partner:
    """A business's app with its secret, and the way to let it in."""

    world: Any
    http: httpx2.AsyncClient
    business_id: str
    app_id: str
    secret: str

    @property
    def basic(self) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{self.app_id}:{self.secret}".encode()).decode()}

    def asking(self, **change: str) -> str:
        ask = {
            "response_type": "code",
            "client_id": self.app_id,
            "redirect_uri": BACK,
            "scope": "profile:read payments:read payments:send",
            "state": "s1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return urlencode(ask | change)

    async def allowed(self, friend: Any, **change: str) -> str:
        """The code that comes back when somebody says yes."""
        body = {"query": self.asking(**change), "allow": True}
        told = await friend.call("POST", "/v1/authorizations", body)
        return str(parse_qs(urlsplit(told["redirect_to"]).query)["code"][0])

    async def post(self, path: str, form: dict[str, str], **headers: str) -> httpx2.Response:
        return await self.http.post(path, data=form, headers=self.basic | headers)

    async def tokens(self, friend: Any, **change: str) -> dict[str, Any]:
        code = await self.allowed(friend, **change)
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": BACK}
        response = await self.post("/oauth/token", form)
        assert 200 == response.status_code, response.text
        found: dict[str, Any] = response.json()
        return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def partner(world: Any, browser: httpx2.AsyncClient) -> Partner:
    """Carl's business has an app."""
    world.served.house.limits.forget()
    business_id, app_id = str(uuid7()), str(uuid7())
    founded = {"name": "Corner", "country": "US", "currency": "USD", "zone": "America/New_York"}
    await world.carl.call("PUT", f"/v1/businesses/{business_id}", founded)
    at = f"/v1/businesses/{business_id}/apps"
    body = {
        "name": "Corner Chat",
        "home_url": ORIGIN,
        "confidential": True,
        "redirect_uris": [BACK],
        "origins": [ORIGIN],
    }
    assert app_id == (await world.carl.call("PUT", f"{at}/{app_id}", body))["id"]
    assert [app_id] == [one["id"] for one in (await world.carl.call("GET", at))["apps"]]
    secret = (await world.carl.call("POST", f"{at}/{app_id}/secrets"))["secret"]
    return Partner(world, browser, business_id, app_id, secret)


async def test_a_business_sees_how_far_its_app_reaches(world: Any, partner: Partner) -> None:
    """How many people let it in and for what, nobody's name; whoever disconnects counts no more."""

    async def reach() -> tuple[int, set[str]]:
        (app,) = (await world.carl.call("GET", f"/v1/businesses/{partner.business_id}/apps"))["apps"]
        return app["people"], set(app["scopes"])

    assert (0, set()) == await reach()
    await partner.allowed(world.ann, scope="profile:read")
    await partner.allowed(world.ann, scope="payments:read")
    await partner.allowed(world.bo, scope="profile:read")
    assert (2, {"profile:read", "payments:read"}) == await reach()
    mine = (await world.ann.call("GET", "/v1/connections"))["connections"]
    (known,) = [one["id"] for one in mine if one["app_id"] == partner.app_id]
    await world.ann.call("DELETE", f"/v1/connections/{known}")
    assert (1, {"profile:read"}) == await reach()


async def test_the_screen_is_told_who_asks_for_what(world: Any, partner: Partner) -> None:
    """Looking writes nothing; it names the app, its business, where the answer goes, and what is allowed already."""
    asked = await world.ann.call("POST", "/v1/authorizations/look", {"query": partner.asking()})

    assert ("Corner Chat", "Corner", "chat.example") == tuple(
        asked["app"][name] for name in ("name", "business", "returns_to")
    )
    assert ["profile:read", "payments:read", "payments:send"] == asked["scopes"]
    assert ([], None) == (asked["has"], asked["redirect_to"])


async def test_a_no_and_a_bad_request_go_back_to_the_app_and_a_foreign_address_nowhere(
    world: Any, partner: Partner
) -> None:
    """RFC 6749, 4.1.2.1 and RFC 9207: error, state and iss by the registered address; otherwise a problem for the eyes
    of the person."""
    no = await world.ann.call("POST", "/v1/authorizations", {"query": partner.asking(), "allow": False})
    bad = await world.ann.call("POST", "/v1/authorizations/look", {"query": partner.asking(scope="everything")})
    told = [parse_qs(urlsplit(one["redirect_to"]).query) for one in (no, bad)]

    assert [["access_denied"], ["invalid_scope"]] == [one["error"] for one in told]
    assert [[world.served.house.origin]] * 2 == [one["iss"] for one in told]
    for query in (partner.asking(redirect_uri="https://evil.example/"), partner.asking(client_id=str(uuid7())), ""):
        response = await world.ann.http.post(
            "/v1/authorizations", json={"query": query, "allow": True}, headers=bearer(world.ann.token)
        )
        assert (422, "untrusted_request") == (response.status_code, response.json()["code"])


async def test_the_app_that_made_a_payment_hears_of_it(world: Any, partner: Partner) -> None:
    """Its business's line has it once the worker was there; nobody else's does, nor what was sent in person."""
    token = (await partner.tokens(world.ann))["access_token"]
    body = {"payee_id": world.bo.id, "amount_minor": 778, "currency": "USD", "note": "by app", "duplicate_ok": True}
    made, own = str(uuid7()), str(uuid7())
    assert 200 == (await partner.http.put(f"/v1/payments/{made}", json=body, headers=bearer(token))).status_code
    await world.ann.call("PUT", f"/v1/payments/{own}", body)
    database = world.served.house.database
    await Worker(database, jobs.handlers(database)).run(until_idle=True)

    told = await events(world.carl, partner.business_id)
    assert [("payment.created", made)] == [(one["type"], one["subject_id"]) for one in told]
    assert {"id", "app_id", "payer_id", "amount_minor", "currency", "state", "version"} == told[0]["data"].keys()
    assert made not in {one["subject_id"] for one in await events(world.ann, world.business_ids[world.ann.id])}


async def events(member: Any, business_id: str) -> list[dict[str, Any]]:
    headers = bearer(member.token) | {"Tuppence-Business": business_id}
    response = await member.http.get("/v1/events?type=payment.created&type=payment.updated", headers=headers)
    assert 200 == response.status_code, response.text
    found: list[dict[str, Any]] = response.json()["data"]
    return found


async def test_an_app_acts_within_its_scopes_and_nowhere_else(world: Any, partner: Partner) -> None:
    """It reads and sends as the person; what was not allowed is `scope_missing`, what is the person's own
    `not_for_apps`, and a live stream or another app's frame is not for it either."""
    token = (await partner.tokens(world.ann))["access_token"]
    narrow = (await partner.tokens(world.ann, scope="profile:read"))["access_token"]
    http, body = partner.http, {"payee_id": world.bo.id, "amount_minor": 777, "currency": "USD", "note": "by app"}
    sent = await http.put(f"/v1/payments/{uuid7()}", json=body, headers=bearer(token))
    statuses = {
        "me": await http.get("/v1/me", headers=bearer(token)),
        "read": await http.get(f"/v1/payments/{world.payment_id}", headers=bearer(token)),
        "limits": await http.get("/v1/limits", headers=bearer(token)),
        "narrow": await http.get("/v1/payments", headers=bearer(narrow)),
        "cards": await http.get("/v1/cards", headers=bearer(token)),
        "step_up": await http.post(f"/v1/payments/{uuid7()}/step-up", json={"pin": "4271"}, headers=bearer(token)),
        "friends": await http.get("/v1/friends", headers=bearer(token)),
        "ledger": await http.get(f"/v1/ledger/accounts/{uuid7()}", headers=bearer(token)),
        "connections": await http.get("/v1/connections", headers=bearer(token)),
        "allow": await http.post("/v1/authorizations", json={"query": "", "allow": True}, headers=bearer(token)),
    }
    codes = {name: one.json().get("code", one.status_code) for name, one in statuses.items()}

    assert (200, "payer") == (sent.status_code, sent.json()["viewer"])
    assert {
        "me": 200,
        "read": 200,
        "limits": 200,
        "narrow": "scope_missing",
        "cards": "not_for_apps",
        "step_up": "not_for_apps",
        "friends": "not_for_apps",
        "ledger": "not_for_apps",
        "connections": "not_for_apps",
        "allow": "not_for_apps",
    } == codes


async def test_what_policy_wants_proven_is_proven_by_the_person_in_our_own_house(world: Any, partner: Partner) -> None:
    """A payment by an app above the bound waits for the person; the app cannot confirm it, the person can."""
    token = (await partner.tokens(world.ann))["access_token"]
    payment_id = uuid7()
    body = {"payee_id": world.bo.id, "amount_minor": 12_000, "currency": "USD", "note": "large"}
    sent = await partner.http.put(f"/v1/payments/{payment_id}", json=body, headers=bearer(token))
    tried = await partner.http.post(f"/v1/payments/{payment_id}/step-up", json={"pin": "4271"}, headers=bearer(token))
    await world.ann.call("PUT", "/v1/me/pin", {"pin": "4271", "password": "correct horse staple"})
    proved = await world.ann.act(str(payment_id), "step-up", {"pin": "4271"})

    assert sent.json()["step_up"]["needed"]
    assert "not_for_apps" == tried.json()["code"]
    assert not (proved["step_up"] or {}).get("needed", False)


async def test_who_disconnects_is_obeyed_at_once(world: Any, partner: Partner) -> None:
    """Settings show the app; after "disconnect" its tokens are dead and nobody else could have done it."""
    told = await partner.tokens(world.ann)
    (connection,) = [
        one
        for one in (await world.ann.call("GET", "/v1/connections"))["connections"]
        if one["app_id"] == partner.app_id
    ]
    path = f"/v1/connections/{connection['id']}"
    theirs = await world.bo.http.delete(path, headers=bearer(world.bo.token))
    await world.ann.call("DELETE", path)
    after = await partner.http.get("/v1/me", headers=bearer(told["access_token"]))
    again = await partner.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]})

    assert "Corner Chat" == connection["app_name"]
    assert 404 == theirs.status_code
    assert (401, "access_ended") == (after.status_code, after.json()["code"])
    assert (400, "invalid_grant") == (again.status_code, again.json()["error"])


async def test_the_token_endpoint_speaks_rfc_6749(world: Any, partner: Partner) -> None:
    """Every refusal has OAuth's code and status, and no answer may be kept by a cache."""
    code = {"grant_type": "authorization_code", "code": "tuc_x", "code_verifier": VERIFIER}
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{partner.app_id}:tus_wrong".encode()).decode()}
    asks: dict[str, tuple[dict[str, str], dict[str, str]]] = {
        "400 invalid_grant": (code, {}),
        "400 invalid_request": ({"grant_type": "authorization_code"}, {}),
        "400 unsupported_grant_type": ({"grant_type": "password"}, {}),
        "401 invalid_client": (code, wrong),
    }
    for expected, (form, headers) in asks.items():
        response = await partner.post("/oauth/token", form, **headers)

        assert expected == f"{response.status_code} {response.json()['error']}"
        assert "no-store" == response.headers["cache-control"]
        assert ("WWW-Authenticate" in response.headers) == (response.status_code == 401)
    both = await partner.post("/oauth/token", code | {"client_secret": partner.secret})
    twice = await partner.http.post(
        "/oauth/token",
        content=b"grant_type=refresh_token&grant_type=refresh_token",
        headers=partner.basic | {"Content-Type": "application/x-www-form-urlencoded"},
    )
    json = await partner.http.post("/oauth/token", json=code, headers=partner.basic)
    foreign = await partner.post("/oauth/token", code, Origin="https://evil.example")

    assert ["invalid_request"] * 2 == [one.json()["error"] for one in (both, twice)]
    assert (415, "not_form") == (json.status_code, json.json()["code"])
    assert (403, "foreign_origin") == (foreign.status_code, foreign.json()["code"])


async def test_a_token_can_be_asked_after_and_given_back(world: Any, partner: Partner) -> None:
    """Introspection tells its own app whose it is; after revocation it is not active, and a repeat is harmless."""
    told = await partner.tokens(world.ann)
    form = {"token": told["access_token"]}
    active = (await partner.post("/oauth/introspect", form)).json()
    given_back = [await partner.post("/oauth/revoke", {"token": told["refresh_token"]}) for _ in range(2)]
    after = (await partner.post("/oauth/introspect", form)).json()

    assert (True, world.ann.id, partner.app_id) == (active["active"], active["sub"], active["client_id"])
    assert [200, 200] == [one.status_code for one in given_back]
    assert {"active": False} == after


async def test_the_metadata_says_where_everything_is(world: Any, browser: httpx2.AsyncClient) -> None:
    """RFC 8414: the issuer is our origin, PKCE by S256 alone, and answers name their issuer."""
    told = (await browser.get("/.well-known/oauth-authorization-server")).json()

    assert world.served.house.origin == told["issuer"]
    assert ["S256"] == told["code_challenge_methods_supported"]
    assert told["authorization_response_iss_parameter_supported"]
    assert 404 == (await browser.get("/.well-known/nothing")).status_code


async def test_only_the_apps_own_pages_may_frame_a_payment(world: Any, partner: Partner, tmp_path: Path) -> None:
    """The frame's policy names the registered origins; of an unknown app nobody may hold it; the script may be loaded
    from anywhere."""
    for name in ("payment.html", "payment.js", "v1.js"):
        (tmp_path / name).write_text("")
    embedded, app = Embedded(tmp_path), SimpleNamespace(state=SimpleNamespace(house=world.served.house))

    async def get(path: str, query: str = "") -> Response:
        scope = {"type": "http", "method": "GET", "headers": [], "app": app, "path": f"/embed/{path}"}
        return await embedded(Request(scope | {"path_params": {"path": path}, "query_string": query.encode()}))

    own = await get("payment", f"app={partner.app_id}")
    nobodys = [await get("payment", f"app={one}") for one in (uuid7(), "x", "")]

    assert f"frame-ancestors {ORIGIN};" in own.headers["content-security-policy"]
    assert all("frame-ancestors 'none';" in one.headers["content-security-policy"] for one in nobodys)
    assert "cross-origin" == (await get("v1.js")).headers["cross-origin-resource-policy"]
    assert "cross-origin-resource-policy" not in (await get("payment.js")).headers
    for path in ("payment.html", "other.js", "../api.py"):
        with pytest.raises(NoSuchPlace):
            await get(path)


async def test_a_frame_shows_its_payment_and_no_other(world: Any, partner: Partner) -> None:
    """The app gets a ticket for a payment that the person may see; the ticket reads that one, until it is over."""
    token = (await partner.tokens(world.ann))["access_token"]
    opened = await partner.http.post(f"/v1/payments/{world.payment_id}/bubbles", headers=bearer(token))
    strange = await partner.http.post(f"/v1/payments/{uuid7()}/bubbles", headers=bearer(token))
    in_person = await partner.http.post(f"/v1/payments/{world.payment_id}/bubbles", headers=bearer(world.ann.token))
    url = urlsplit(opened.json()["url"])
    shown = await partner.http.get("/v1/embed/payment", headers=bearer(url.fragment))
    wrong = await partner.http.get("/v1/embed/payment", headers=bearer("tub_wrong"))

    assert (201, partner.app_id) == (opened.status_code, parse_qs(url.query)["app"][0])
    assert [404, 403] == [strange.status_code, in_person.status_code]
    assert world.payment_id == shown.json()["payment"]["id"]
    assert (401, "bubble_ended") == (wrong.status_code, wrong.json()["code"])


async def test_only_a_businesss_own_people_manage_its_apps(world: Any, partner: Partner) -> None:
    """A stranger sees no business; a member without the role is told which it takes."""
    path = f"/v1/businesses/{partner.business_id}/apps"
    stranger = await world.mallory.http.get(path, headers=bearer(world.mallory.token))
    await world.carl.call("PUT", f"/v1/businesses/{partner.business_id}/members/{world.bo.handle}", {"role": "analyst"})
    analyst = await world.bo.http.post(f"{path}/{partner.app_id}/secrets", headers=bearer(world.bo.token))
    listed = await world.bo.http.get(path, headers=bearer(world.bo.token))

    assert (404, "business_not_found") == (stranger.status_code, stranger.json()["code"])
    assert (403, "role_missing") == (analyst.status_code, analyst.json()["code"])
    assert 200 == listed.status_code


HOSTILE: tuple[bytes, ...] = (
    b"",
    b"grant_type",
    b"=&=&=",
    b"grant_type=authorization_code&code=%ff%fe&code_verifier=" + b"a" * 60_000,
    b"grant_type=refresh_token&refresh_token=%00",
    b"grant_type=refresh_token&refresh_token=%ed%a0%80",
    b"grant_type=refresh_token&refresh_token=" + "１００".encode(),
    b"token=" + b"%25" * 1000,
    b"&".join(b"a%d=1" % n for n in range(1000)),
    b'{"grant_type": "refresh_token"}',
    b"client_id=%s&grant_type=authorization_code&code=a&code_verifier=b" % (b"0" * 36),
)


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
async def test_hostile_forms_are_refused_by_name(partner: Partner, path: str) -> None:
    """Whatever is posted, with or without the app's proof, is refused in words; nothing breaks and nothing echoes."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    nobody: dict[str, str] = {}
    proofs = (nobody, partner.basic, {"Authorization": "Basic %%%"}, {"Authorization": "Bearer x"})
    for body in HOSTILE:
        for proof in proofs:
            response = await partner.http.post(path, content=body, headers=form | proof)
            told = response.json()

            if response.status_code == 200:  # a token that nobody has
                assert told in ({}, {"active": False})
                continue
            assert response.status_code in (400, 401, 415), (body[:40], response.text)
            assert told.get("error") or told["code"] == "not_form"
