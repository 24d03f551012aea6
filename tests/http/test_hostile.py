"""Nothing that anybody sends gets more than a refusal with a name: never a 500, never an echo."""

import json
from typing import Any

import httpx2
import pytest

from tuppence.cli.client import Friend
from tuppence.core import uuid7

MARK = "zq7marker"
JSON = {"Content-Type": "application/json"}

BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing JSON": (b"hello", 400, "malformed_json"),
    "cut off": (b'{"a":', 400, "malformed_json"),
    "two values": (b"{}{}", 400, "malformed_json"),
    "not UTF-8": (b'{"a":"\xff\xfe"}', 400, "malformed_json"),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', 400, "malformed_json"),
    "duplicate keys": (b'{"amount_minor":1,"amount_minor":9999}', 400, "malformed_json"),
    "200 000 deep": (b"[" * 32_000 + b"]" * 32_000, 400, "malformed_json"),
    "33 deep": (b'{"a":' * 33 + b"1" + b"}" * 33, 400, "malformed_json"),
    "full-width digits": ('{"amount_minor":１００}'.encode(), 400, "malformed_json"),
    "NaN": (b'{"amount_minor":NaN}', 422, "unacceptable_value"),
    "Infinity": (b'{"amount_minor":-Infinity}', 422, "unacceptable_value"),
    "1e400": (b'{"amount_minor":1e400}', 422, "unacceptable_value"),
    "a float": (b'{"amount_minor":20.0}', 422, "unacceptable_value"),
    "5 000 digits": (b'{"amount_minor":' + b"9" * 5000 + b"}", 422, "unacceptable_value"),
    "a lone surrogate": (b'{"note":"\\ud800"}', 422, "unacceptable_value"),
    "NUL": (b'{"note":"a\\u0000b"}', 422, "unacceptable_value"),
    "a list": (b"[]", 422, "invalid_request"),
    "null": (b"null", 422, "invalid_request"),
    "a text": (b'"hello"', 422, "invalid_request"),
    "an unknown member": (f'{{"{MARK}":1}}'.encode(), 422, "invalid_request"),
    "70 KiB": (b'{"a":"' + b"x" * 70_000 + b'"}', 413, "body_too_large"),
}

VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    -(2**63),
    10**12,
    "",
    MARK,
    MARK * 200,
    "１００",
    "1E+2",
    "1_000",
    "0x10",
    "\u202eecilA",
    "a\u200bb",
    "‮" * 50,
    "e" + "\u0301" * 4000,
    "'; DROP TABLE people.person; --",
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "https://[::1",
    "https://game.example:99999/",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    [],
    [MARK],
    {},
    {MARK: MARK},
]


def told(response: httpx2.Response) -> dict[str, Any]:
    """The problem, which must be whole, match the answer and repeat nothing."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem: dict[str, Any] = response.json()
    members = {"type", "title", "status", "detail", "instance", "code", "request_id", "retryable"}
    assert members <= problem.keys()
    assert problem["status"] == response.status_code
    assert problem["request_id"] == response.headers["request-id"]
    assert MARK not in response.text
    return problem


async def _send(
    friend: Friend, method: str, path: str, body: bytes, bearer: dict[str, str] | None = None
) -> httpx2.Response:
    headers = {**JSON, **(bearer or {"Authorization": f"Bearer {friend.token}"})}
    return await friend.http.request(method, path, content=body, headers=headers)


def _in_business(world: Any) -> dict[str, str]:
    """Ann's session, for her business."""
    return {"Authorization": f"Bearer {world.ann.token}", "Tuppence-Business": world.business_ids[world.ann.id]}


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    """Forget how often this address and these people have asked: limits are another test's matter."""
    world.served.house.limits.forget()


async def test_hostile_bodies_are_refused_by_name(world: Any, write: Any) -> None:
    """Every endpoint refuses every hostile body with the same status and code; batches may be larger."""
    path = write.at(world.ids)
    refused = {}
    for name, (body, _, _) in BODIES.items():
        sent = body * 90 if write.takes_key and name == "70 KiB" else body
        response = await _send(world.ann, write.method, path, sent, world.bearer(write, world.ann))
        refused[name] = (response.status_code, told(response)["code"])

    assert {name: (status, code) for name, (_, status, code) in BODIES.items()} == refused


async def test_hostile_values_in_any_member_never_break_it(world: Any, write: Any) -> None:
    """Whatever stands in whichever member, the answer is a success or a named refusal, never a 5xx of our making."""
    path = write.at(world.ids_for(world.mallory) | {"payment_id": str(uuid7()), "card_id": str(uuid7())})
    for member in write.members:
        for value in VALUES:
            world.served.house.limits.forget()
            body = json.dumps({**write.body, member: value}).encode()
            response = await _send(world.mallory, write.method, path, body, world.bearer(write, world.mallory))
            if response.status_code >= 400:
                problem = told(response)
                assert response.status_code < 500 or problem["code"] == "vault_unavailable", (member, value, problem)


async def test_a_member_that_only_we_may_set_is_refused(world: Any, write: Any) -> None:
    """No endpoint takes a state, an owner or a fee from outside."""
    extras: list[dict[str, Any]] = [
        {"state": "available"},
        {"person_id_": world.ann.id},
        {"fee_minor": 0},
        {"__proto__": {}},
    ]
    for extra in extras:
        body = json.dumps({**write.body, **extra}).encode()
        bearer = world.bearer(write, world.mallory)
        path = write.at(world.ids_for(world.mallory))
        problem = told(await _send(world.mallory, write.method, path, body, bearer))

        assert ("invalid_request", 422) == (problem["code"], problem["status"])
        assert "unknown_member" in {one["code"] for one in problem["errors"]}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_json(world: Any, kind: str) -> None:
    """A body of another type is refused, so that no form of a foreign page can be a request."""
    headers = {"Content-Type": kind, "Authorization": f"Bearer {world.ann.token}"}
    response = await world.ann.http.post("/v1/card-tickets", content=b'{"purpose":"add"}', headers=headers)

    assert ("not_json", 415) == (told(response)["code"], response.status_code)


async def test_ten_megabytes_are_refused_without_being_read_into_memory(world: Any) -> None:
    """A huge body is a 413, whether its length is told or comes in chunks; the connection then ends."""

    async def chunks() -> Any:
        for _ in range(160):
            yield b"x" * 65_536

    for content in (b"x" * 10_000_000, chunks()):
        response = await world.ann.http.post("/v1/sessions", content=content, headers=JSON)

        assert ("body_too_large", 413) == (told(response)["code"], response.status_code)
        assert "close" == response.headers["connection"]


NOBODYS = "01a20000-0000-7000-8000-00000000dead"  # well formed, and no row has it
HOSTILE_PATHS = (
    ("GET", "/v1/payments/not-a-uuid", 422),
    ("GET", "/v1/payments/%00", 422),
    ("GET", "/v1/payments/0192A0E0-0000-7000-8000-00000000000A", 422),  # an id has one spelling
    ("GET", "/v1/payments/{0192a0e0-0000-7000-8000-00000000000a}", 422),
    ("GET", f"/v1/payments/{NOBODYS}", 404),
    ("GET", "/v1/payments?limit=0", 422),
    ("GET", "/v1/payments?limit=1e3", 422),
    ("GET", "/v1/payments?limit=%EF%BC%91%EF%BC%90", 422),
    ("GET", "/v1/payments?limit=99999999999999999999999", 422),
    ("GET", "/v1/payments?cursor=%00%ff", 422),
    ("GET", "/v1/payments?cursor=AAAA", 422),
    ("GET", f"/v1/payments?cursor={'A' * 200}", 422),
    ("GET", "/v1/payments?filter=everything", 422),
    ("GET", "/v1/sync?since=-1", 422),
    ("GET", "/v1/sync?since=9223372036854775808", 422),
    ("GET", "/v1/sync?since=9223372036854775807", 410),
    ("GET", "/v1/sync", 422),
    ("GET", "/v1/people/%00", 404),
    ("GET", "/v1/people/%ed%a0%80", 404),
    ("GET", "/v1/people/%F0%9F%8D%9C", 404),
    ("GET", f"/v1/people/{'a' * 65}", 422),
    ("GET", "/v1/quote?payee_id=x&amount_minor=1&currency=USD", 422),
    ("GET", "/v1/events?type=%00", 422),
    ("GET", "/v1/nothing", 404),
    ("GET", "/v1/../v1/nothing", 404),
    ("GET", "/assets/..%2f..%2f..%2fetc%2fpasswd.conf", 404),
    ("GET", "/no.such.file", 404),
    ("DELETE", "/v1/payments", 405),
    ("PATCH", f"/v1/payments/{NOBODYS}", 405),
    ("TRACE", "/v1/health", 405),
    ("DELETE", f"/v1/sessions/{NOBODYS}", 404),
    ("DELETE", f"/v1/cards/{NOBODYS}", 404),
    ("PUT", f"/v1/blocks/{NOBODYS}", 404),
    ("POST", f"/v1/payments/{NOBODYS}/cancel", 404),
)


@pytest.mark.parametrize(("method", "path", "status"), HOSTILE_PATHS)
async def test_hostile_addresses_are_refused_by_name(world: Any, method: str, path: str, status: int) -> None:
    """Paths and queries are as strict as bodies, and 404 and 405 are problems too."""
    headers = {"Authorization": f"Bearer {world.ann.token}"}
    response = await world.ann.http.request(method, path, headers=headers)

    assert status == response.status_code, response.text
    told(response)


async def test_addresses_of_ones_own_game_are_addresses(world: Any) -> None:
    """What looks like an address until it is taken apart is refused with its name."""
    path, bearer = f"/v1/games/{world.game_id}", _in_business(world)
    fine = {"name": "Star Quest", "catalogue_url": "https://game.example/catalogue.json"}
    for member in ("catalogue_url", "callback_url", "return_url"):
        for url in ("https://[::1", "https://game.example:99999/", "https://game\u0130.example/"):
            response = await _send(world.ann, "PUT", path, json.dumps(fine | {member: url}).encode(), bearer)

            assert ("game_invalid", member) == (told(response)["code"], response.json()["param"])


async def test_a_page_of_bills_after_any_number_is_a_page(world: Any) -> None:
    """A cursor of ours that no bill ever had begins where bills begin, however large it is; a bare number is none."""
    path = f"/v1/ads/accounts/{world.ads_account_id}/bills?cursor="
    signed = world.served.house.cursors.write("bills", str(2**63 - 1))
    ours, bare = [await world.ann.http.get(path + one, headers=_in_business(world)) for one in (signed, str(2**63 - 1))]

    assert [world.bill_id] == [one["id"] for one in ours.json()["data"]]
    assert "cursor_invalid" == bare.json()["code"]


async def test_a_card_is_charged_without_a_mandate(world: Any) -> None:
    """A mandate is for a bank account; beside a card it is refused where it stands."""
    body = {"methods": [{"card_id": world.card_id, "mandate_id": str(uuid7())}]}
    path = f"/v1/ads/accounts/{world.ads_account_id}/methods"
    response = await _send(world.ann, "PUT", path, json.dumps(body).encode(), _in_business(world))

    assert ["/methods/0/mandate_id"] == [one["pointer"] for one in told(response)["errors"]]


async def test_a_replayed_id_with_another_body_is_refused_and_tells_nothing(world: Any) -> None:
    """The same id and body get the same payment; another body, or another person, get 409 and not a fact more."""
    payment_id = uuid7()
    first = await world.ann.send(world.bo, 1234, "one", payment_id=payment_id)
    again = await world.ann.send(world.bo, 1234, "one", payment_id=payment_id)
    path = f"/v1/payments/{payment_id}"
    body = {"payee_id": world.bo.id, "amount_minor": 4321, "currency": "USD", "note": "two"}
    other = [await _send(friend, "PUT", path, json.dumps(body).encode()) for friend in (world.ann, world.mallory)]

    assert first["id"] == again["id"]
    assert ["id_taken"] * 2 == [told(response)["code"] for response in other]
    assert not {"amount_minor", "payer", "payment"} & other[1].json().keys()
