"""Endpoints, events, the log of requests and the test clock over HTTP, by key and by member."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.outbox.receiver import Receiver, receiving, verified

from tuppence.core import uuid7
from tuppence.outbox import hooks

SCOPES = ["webhooks:read", "webhooks:write", "events:read", "logs:read", "clocks:write"]


class Program:
    """A program of Ann's business with a key."""

    def __init__(self, world: Any, key: str) -> None:
        self.house, self.business_id = world.served.house, UUID(world.business_ids[world.ann.id])
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx2.AsyncClient(base_url=world.served.url, headers=headers, trust_env=False, timeout=30)

    async def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        response = await self.http.request(method, f"/v1{path}", json=body)
        assert status == response.status_code, response.text
        return response.json() if response.content else None

    async def endpoint(self, receiver: Receiver, **given: Any) -> dict[str, Any]:
        body = {"url": receiver.url, "types": ["charge.succeeded"], **given}
        made: dict[str, Any] = await self.call("PUT", f"/webhook-endpoints/{uuid7()}", body)
        return made

    async def deliver(self) -> None:
        """What the worker does."""
        sender = hooks.Sender(loopback=True, answer_s=2)
        await hooks.Deliverer(self.house.database, sender, self.seals).run(until_idle=True)
        await sender.close()

    @property
    def seals(self) -> hooks.Seals:
        found: hooks.Seals = self.house.hooks.create.keywords["seals"]
        return found


@pytest.fixture
async def program(world: Any) -> AsyncIterator[Program]:
    world.served.house.limits.forget()
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{uuid7()}"
    made = await world.ann.call("PUT", path, {"name": "Server", "scopes": SCOPES})
    program = Program(world, made["key"])
    yield program
    for one in (await program.call("GET", "/webhook-endpoints"))["data"]:
        await program.call("DELETE", f"/webhook-endpoints/{one['id']}", status=204)
    await program.http.aclose()


async def test_from_an_endpoint_to_a_signed_event_and_its_log(program: Program) -> None:
    """Make an endpoint, trigger an event, hear it with the secret of the one answer; read each attempt; replay."""
    async with receiving() as receiver:
        made = await program.endpoint(receiver)
        await program.call("POST", "/test/events", {"type": "charge.succeeded", "data": {"amount_minor": 500}}, 204)
        await program.deliver()
        at = f"/webhook-endpoints/{made['endpoint']['id']}"
        (delivery,) = (await program.call("GET", f"{at}/deliveries"))["data"]
        told = await program.call("GET", f"{at}/deliveries/{delivery['event_id']}")
        again = await program.call("POST", f"{at}/replay", {"event_ids": [delivery["event_id"]]})
        await program.deliver()
        first, second = receiver.heard

    assert verified(first, made["secret"])
    assert {"amount_minor": 500, "example": True} | {"id": first.event["data"]["id"]} == first.event["data"]
    assert [204] == [one["status"] for one in told["data"]]
    assert {"replayed": 1} == again
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == told["event"]["id"]


async def test_a_secret_is_shown_once(program: Program) -> None:
    """A repeat of the making answers the endpoint without it; rotating shows the new one; another body is refused."""
    async with receiving() as receiver:
        made = await program.endpoint(receiver)
        path = f"/webhook-endpoints/{made['endpoint']['id']}"
        body = {"url": receiver.url, "types": ["charge.succeeded"]}
        again = await program.call("PUT", path, body)
        other = await program.call("PUT", path, body | {"types": []}, status=409)
        rotated = await program.call("POST", f"{path}/rotate", {"overlap_hours": 1})
        listed = await program.http.get("/v1/webhook-endpoints")

    assert made["secret"].startswith("whsec_")
    assert None is again["secret"]
    assert "id_taken" == other["code"]
    assert made["secret"] != rotated["secret"]
    assert made["secret"] not in listed.text


@pytest.mark.parametrize(
    ("url", "code"), [("https://10.0.0.1/", "url_refused"), ("https://x:y@example.com/", "url_refused")]
)
async def test_where_an_endpoint_may_not_be(program: Program, url: str, code: str) -> None:
    """A private address and credentials in a URL are refused by name."""
    refused = await program.call("PUT", f"/webhook-endpoints/{uuid7()}", {"url": url}, status=422)

    assert code == refused["code"]


async def test_events_are_read_page_by_page_and_as_they_happen(program: Program) -> None:
    """Newest first with a cursor, by type; and as a stream whose bodies are those that endpoints are sent."""
    for n in range(3):
        await program.call("POST", "/test/events", {"type": "payout.paid", "data": {"n": n}}, 204)
    page = await program.call("GET", "/events?type=payout.paid&limit=2")
    rest = await program.call("GET", f"/events?type=payout.paid&limit=2&cursor={page['next_cursor']}")
    one = await program.call("GET", f"/events/{page['data'][0]['id']}")
    after = page["data"][1]["seq"] - 1
    async with program.http.stream("GET", f"/v1/events/stream?after={after}") as stream:
        lines = stream.aiter_lines()
        async with asyncio.timeout(10):
            told = [json.loads(line[6:]) async for line in _data(lines, 2)]

    assert [2, 1] == [event["data"]["n"] for event in page["data"]]
    assert 0 == rest["data"][0]["data"]["n"]
    assert one == page["data"][0]
    assert [1, 2] == [json.loads(each["body"])["data"]["n"] for each in told]
    assert 422 == (await program.http.get("/v1/events?cursor=AAAA")).status_code


async def _data(lines: AsyncIterator[str], most: int) -> AsyncIterator[str]:
    async for line in lines:
        if line.startswith("data: "):
            yield line
            most -= 1
            if not most:
                return


async def test_what_a_key_asked_is_in_its_business_log(program: Program, world: Any) -> None:
    """By the id that the answer had: method, path, status, code; no query, no body; and nobody else's."""
    refused = await program.http.get(f"/v1/events/{uuid7()}?secret=hunter2")
    await program.house.requests.write_down()
    logged = await program.call("GET", f"/requests/{refused.headers['request-id']}")
    failed = await program.call("GET", "/requests?failed=true&limit=1")
    bearer = {"Authorization": f"Bearer {world.mallory.token}"}
    bearer["Tuppence-Business"] = world.business_ids[world.mallory.id]
    theirs = await world.mallory.http.get(f"/v1/requests/{refused.headers['request-id']}", headers=bearer)

    assert ("GET", 404, "event_not_found") == (logged["method"], logged["status"], logged["code"])
    assert "hunter2" not in str(logged)
    assert logged == failed["data"][0]
    assert "request_not_found" == theirs.json()["code"]


async def test_a_hostile_path_costs_nobody_their_lines_of_the_log(program: Program) -> None:
    """A NUL in a path, which the database cannot keep, is written as it was sent, and so are its neighbours."""
    hostile = await program.http.get("/v1/events/%00")
    neighbour = await program.http.get(f"/v1/events/{uuid7()}")
    await program.house.requests.write_down()
    ids = [one.headers["request-id"] for one in (hostile, neighbour)]
    paths = [(await program.call("GET", f"/requests/{one}"))["path"] for one in ids]

    assert ["/v1/events/%00", neighbour.url.path] == paths


async def test_a_program_moves_the_sandboxs_clock(program: Program) -> None:
    """It tells the time and advances it, as the app's bar does."""
    (before,) = (await program.call("GET", "/test/clocks"))["data"]
    after = await program.call("POST", "/test/clocks/sandbox/advance", {"advance_seconds": 60})

    assert 59 <= after["offset_seconds"] - before["offset_seconds"] <= 61


async def test_a_key_does_what_its_scopes_say(program: Program, world: Any) -> None:
    """One that may only read events makes no endpoint; a member without the role neither."""
    path = f"/v1/businesses/{program.business_id}/keys/{uuid7()}"
    made = await world.ann.call("PUT", path, {"name": "Reader", "scopes": ["events:read"]})
    reader = Program(world, made["key"])
    refused = await reader.call("PUT", f"/webhook-endpoints/{uuid7()}", {"url": "https://example.com/"}, status=403)
    page = await reader.call("GET", "/events?limit=1")
    await reader.http.aclose()

    assert ("scope_missing", "webhooks:write") == (refused["code"], refused["scope"])
    assert "data" in page
