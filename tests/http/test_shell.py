"""What surrounds every request, whatever is inside."""

import asyncio
import json

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tuppence.http import shell
from tuppence.http.shell import Shell

ORIGIN, VAULT = "https://pay.example", "https://vault.example"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers with the body that the shell read."""
    body = json.dumps(scope.get(shell.BODY, "nothing")).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def _crash(scope: Scope, receive: Receive, send: Send) -> None:
    """One that breaks, with somebody's secret in the message."""
    raise RuntimeError("secret 4000110000000017")


async def _crash_midway(scope: Scope, receive: Receive, send: Send) -> None:
    """One that breaks after it began to answer."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError


class Answer:
    """What came back."""

    def __init__(self, messages: list[Message]) -> None:
        self.status = messages[0]["status"] if messages else None
        self.headers = {k.decode(): v.decode() for k, v in messages[0]["headers"]} if messages else {}
        self.body = b"".join(one.get("body", b"") for one in messages[1:])
        self.starts = len([one for one in messages if one["type"] == "http.response.start"])


async def _ask(app: ASGIApp, method: str = "POST", chunks: tuple[bytes, ...] = (b"{}",), **headers: str) -> Answer:
    """One request through a shell, its body in chunks; GONE: the client hangs up, LATE: it dawdles."""
    given = {"content-type": "application/json", "transfer-encoding": "chunked", **headers}
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": "/v1/x",
        "query_string": b"",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
    }
    left = list(chunks)
    heard: list[Message] = []

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(60)
        chunk = left.pop(0)
        if chunk == b"GONE":
            return {"type": "http.disconnect"}
        if chunk == b"LATE":
            await asyncio.sleep(0.3)
        return {"type": "http.request", "body": chunk, "more_body": bool(left)}

    async def send(message: Message) -> None:
        heard.append(message)

    await Shell(app, origin=ORIGIN, vault_origin=VAULT, body_seconds_max=0.2)(scope, receive, send)
    return Answer(heard)


async def test_a_crash_is_a_problem_that_tells_nothing() -> None:
    """A defect answers 500 with a request id to ask about, and with nothing of what broke."""
    answer = await _ask(_crash)
    problem = json.loads(answer.body)

    assert (500, "internal_error") == (answer.status, problem["code"])
    assert answer.headers["request-id"] == problem["request_id"]
    assert b"secret" not in answer.body


async def test_an_answer_that_was_begun_is_not_begun_again() -> None:
    """After the first byte nothing true can be added, so nothing is."""
    assert 1 == (await _ask(_crash_midway)).starts


@pytest.mark.parametrize("cut", [1, 3, 7])
async def test_a_body_in_pieces_is_one_body(cut: int) -> None:
    """However the network cuts it, the value is the same."""
    body = b'{"amount_minor": 2000, "note": "ramen"}'
    pieces = tuple(body[at : at + cut] for at in range(0, len(body), cut))

    assert {"amount_minor": 2000, "note": "ramen"} == json.loads((await _ask(_echo, chunks=pieces)).body)


async def test_a_client_that_hangs_up_midway_gets_no_answer() -> None:
    """Half a body is no request: nothing is done and nothing is said."""
    assert 0 == (await _ask(_echo, chunks=(b'{"a":', b"GONE"))).starts


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """A client that trickles its body is let go with a 408."""
    assert 408 == (await _ask(_echo, chunks=(b'{"a":', b"LATE", b"1}"))).status


@pytest.mark.parametrize("length", ["99999999999999999999", "-1", "abc", "1e3", "１"])
async def test_a_length_that_is_none_is_refused(length: str) -> None:
    """A nonsensical Content-Length is a refusal, never a crash."""
    answer = await _ask(_echo, content_length=length)

    assert answer.status in (400, 413)


async def test_every_answer_carries_the_pages_own_rules() -> None:
    """Only our scripts run, only the vault may be framed, nobody frames us, and HTTPS stays HTTPS."""
    headers = (await _ask(_echo)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))

    assert "'self'" == policy["script-src"] == policy["style-src"]
    assert VAULT == policy["frame-src"]
    assert "'none'" == policy["frame-ancestors"] == policy["default-src"] == policy["base-uri"]
    assert "'self' wss://pay.example" == policy["connect-src"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "max-age=63072000; includeSubDomains" == headers["strict-transport-security"]
    assert "no-store" == headers["cache-control"]
    assert "nosniff" == headers["x-content-type-options"]


async def test_every_request_has_an_id_of_its_own() -> None:
    """A client cannot choose the id under which its request is logged."""
    ids = {(await _ask(_echo, request_id="mine")).headers["request-id"] for _ in range(3)}

    assert 3 == len(ids - {"mine"})
