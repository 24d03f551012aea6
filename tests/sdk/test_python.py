"""The Python SDK, against the running server."""

import asyncio
import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.sdk.conftest import Partner
from tuppence_sdk import AsyncTuppence, BadSignature, NoAnswer, Refused, Tuppence, new_id, oauth, verify

from tuppence.outbox.hooks import signing

ROOT = Path(__file__).parents[2]
GENERATE = ROOT / "sdk/python/generate.py"
_CALL = re.compile(r"""\(f?"(GET|PUT|POST|DELETE)", f?["`](/v1/[^"`]+)["`]""")
_PAGES = re.compile(r"""pages(?:<\w+>)?\(f?["`](/v1/[^"`]+)["`]""")
BODY = b'{"type":"charge.succeeded","timestamp":"2026-11-26T00:00:00Z","data":{"id":"x"}}'


def test_what_is_made_is_what_the_description_says() -> None:
    """The types and the async client are those that generate.py makes of docs/openapi.json and the sync client."""
    made = subprocess.run([sys.executable, GENERATE, "--check"], check=False, capture_output=True, text=True)

    assert ("", 0) == (made.stdout, made.returncode)


@pytest.mark.parametrize("client", ["python/src/tuppence_sdk/client.py", "typescript/src/client.ts"])
def test_every_call_is_one_of_the_apis(client: str) -> None:
    """Each path that a client names is one that the description has, by that method."""
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    known = {f"{method.upper()} {_bare(path)}" for path, methods in paths.items() for method in methods}
    text = (ROOT / "sdk" / client).read_text()
    called = {f"{method} {_bare(path)}" for method, path in _CALL.findall(text)}
    listed = {f"GET {_bare(path)}" for path in _PAGES.findall(text)}

    assert len(called) > 12
    assert set() == (called | listed) - known


def _bare(path: str) -> str:
    return re.sub(r"\$?\{[^{}]*\}", "{}", path)


async def test_a_person_lets_an_app_in_and_it_pays_once(partner: Partner) -> None:
    """From the answer of the screen to a payment that was asked for twice with one id, and a refusal with its code."""
    tokens = await asyncio.to_thread(oauth.exchange, partner.app, partner.asking, partner.answer)
    bo, payment_id = partner.world.bo.id, new_id()

    def pay() -> tuple[Any, ...]:
        with Tuppence(partner.url, tokens["access_token"]) as tuppence:
            sent = [tuppence.payments.send(bo, 321, "USD", note="sdk", id=payment_id) for _ in range(2)]
            with pytest.raises(Refused) as refused:
                tuppence.payments.send(bo, 322, "USD", id=payment_id)
            listed = [one["id"] for one in tuppence.payments.list()]
            frame = tuppence.payments.bubble(payment_id)["url"]
            return tuppence.me()["id"], {one["id"] for one in sent}, refused.value, listed, frame

    me, sent, refused, listed, frame = await asyncio.to_thread(pay)

    assert (partner.world.ann.id, {payment_id}) == (me, sent)
    assert ("id_taken", 409) == (refused.code, refused.status)
    assert refused.request_id
    assert payment_id in listed
    assert partner.app.client_id in frame


async def test_a_refresh_token_is_good_once_and_a_strange_answer_for_nothing(partner: Partner) -> None:
    """Rotation as the server has it; an answer with another state or from another server is not used at all."""
    for wrong in ({"state": "other"}, {"iss": "https://evil.example"}, {"code": ""}):
        answer = {name: value for name, value in (partner.answer | wrong).items() if value}
        with pytest.raises(oauth.NotAnAnswer):
            oauth.exchange(partner.app, partner.asking, answer)
    first = await asyncio.to_thread(oauth.exchange, partner.app, partner.asking, partner.answer)
    second = await asyncio.to_thread(oauth.refresh, partner.app, first["refresh_token"])
    with pytest.raises(Refused) as refused:
        await asyncio.to_thread(oauth.refresh, partner.app, first["refresh_token"])

    assert second["access_token"] != first["access_token"]
    assert "invalid_grant" == refused.value.code


async def test_a_business_asks_and_charges_and_hears(partner: Partner) -> None:
    """The async client by a key of the business: a grant, a charge that nobody allowed, the line of events."""
    async with AsyncTuppence(partner.url, partner.key) as tuppence:
        ask: dict[str, Any] = {"kind": "once", "says": "A ticket", "currency": "USD", "per_charge_minor": 500}
        grant = await tuppence.grants.ask(**ask, id=new_id())
        with pytest.raises(Refused) as refused:
            await tuppence.charges.take(grant["id"], 500, "USD")
        events = [one async for one in tuppence.events.list()]
        again = await tuppence.grants.get(grant["id"])

    assert ("grant_over", "asked") == (refused.value.code, refused.value.facts["state"])
    assert grant == again
    assert [] == events


def answers(*statuses: int | None) -> tuple[httpx2.MockTransport, list[str]]:
    """A server that answers so, one after the other; None is silence."""
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(f"{request.method} {request.url.path}")
        status = statuses[len(asked) - 1]
        if status is None:
            raise httpx2.ConnectError("no way")
        return httpx2.Response(status, json={"id": "x", "code": "overloaded"}, headers={"Retry-After": "0"})

    return httpx2.MockTransport(answer), asked


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [((None, 503, 200), None), ((None, None, None), NoAnswer), ((429, 200), None), ((402,), Refused)],
)
async def test_what_has_an_id_is_repeated_with_it(statuses: tuple[int | None, ...], outcome: Any) -> None:
    """Silence, 429 and 503 are followed by the same request, three times at most; a refusal is final."""
    transport, asked = answers(*statuses)
    with Tuppence("http://x", "tup_test_x", transport=transport) as tuppence:
        if outcome is None:
            tuppence.charges.take("g", 1, "USD")
        else:
            with pytest.raises(outcome):
                tuppence.charges.take("g", 1, "USD")

    assert len(statuses) == len(asked)
    assert 1 == len(set(asked))


@pytest.mark.parametrize("status", [None, 503])
async def test_what_has_no_id_is_not_repeated(status: int | None) -> None:
    """A POST that may have been done is told, not made again."""
    transport, asked = answers(status, 200)
    with Tuppence("http://x", "tup_test_x", transport=transport) as tuppence, pytest.raises((NoAnswer, Refused)):
        tuppence.grants.revoke("g")

    assert 1 == len(asked)


@pytest.mark.parametrize("scheme", ["v1", "v1a"])
async def test_a_webhook_is_ours_or_refused(scheme: Any) -> None:
    """As the server signs them, with the old and the new secret: another body, id, time or secret does not pass."""
    old, new = signing.Secret.new(scheme), signing.Secret.new(scheme)
    now = datetime.now(UTC)
    headers = signing.headers("evt", now, BODY, [old, new])
    late = signing.headers("evt", now - timedelta(minutes=6), BODY, [new])

    assert "charge.succeeded" == verify(BODY, headers, old.shown)["type"] == verify(BODY, headers, new.shown)["type"]
    for body, given, secret in (
        (BODY + b" ", headers, new.shown),
        (BODY, headers | {"webhook-id": "other"}, new.shown),
        (BODY, headers, signing.Secret.new(scheme).shown),
        (BODY, late, new.shown),
        (BODY, {}, new.shown),
        (BODY, headers | {"webhook-timestamp": "soon"}, new.shown),
        (BODY, headers | {"webhook-signature": "v1,%%% v9,abc"}, new.shown),
    ):
        with pytest.raises(BadSignature):
            verify(body, given, secret)
