"""A partner app in the running house: it pays for somebody, and its server hears what becomes of it."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.flows.conftest import PIN, Newcomer, Pair, seen
from tests.outbox.receiver import Heard, receiving, verified

from tuppence.core import uuid7

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
BACK = "https://chat.example/back"


async def test_the_app_s_server_hears_of_its_payment_to_the_end(newcomer: Newcomer) -> None:
    """From consent to the payee's tap: signed webhooks of each change, in order, and the same on the list of events."""
    ann, bo, dan = await newcomer("Ann"), await newcomer("Bo", card="Next morning"), await newcomer("Dan", card=None)
    await ann.befriend(bo)
    business, app, endpoint, payment = (str(uuid7()) for _ in range(4))
    founded = {"name": "Corner", "country": "US", "currency": "USD", "zone": "America/New_York"}
    await dan.call("PUT", f"/v1/businesses/{business}", founded)
    about = {"name": "Chat", "home_url": "https://chat.example", "confidential": False, "redirect_uris": [BACK]}
    await dan.call("PUT", f"/v1/businesses/{business}/apps/{app}", about)
    asked = {"response_type": "code", "client_id": app, "redirect_uri": BACK, "code_challenge_method": "S256"}
    query = urlencode(asked | {"scope": "payments:read payments:send", "code_challenge": CHALLENGE})
    allowed = await ann.call("POST", "/v1/authorizations", {"query": query, "allow": True})
    code = parse_qs(urlsplit(allowed["redirect_to"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, "redirect_uri": BACK}
    token = (await ann.http.post("/oauth/token", data=form | {"client_id": app})).json()["access_token"]

    done = asyncio.Event()

    def answers(one: Heard) -> tuple[int, dict[str, str], bytes]:
        if one.event["type"] == "payment.completed":
            done.set()
        return 204, {}, b""

    async with receiving() as receiver:
        receiver.answers = answers
        body = {"url": receiver.url, "types": ["payment.created", "payment.updated", "payment.completed"]}
        made = await dan.call("PUT", f"/v1/webhook-endpoints/{endpoint}", body, business=business)
        sent = {"payee_id": bo.id, "amount_minor": 1500, "currency": "USD"}
        await ann.call("PUT", f"/v1/payments/{payment}", sent, token=token)
        await ann.act(payment, "step-up", {"pin": PIN})
        await Pair(ann, bo).move_clock(timedelta(seconds=10))
        await seen(ann, payment, "credited")
        await bo.act(payment, "arrived")
        await asyncio.wait_for(done.wait(), 30)
        heard = [one.event["data"] for one in receiver.heard if verified(one, made["secret"])]

    assert ["created", "debiting", "crediting", "credited", "available"] == [one["state"] for one in heard]
    assert {(payment, app, ann.id, 1500)} == {
        (one["id"], one["app_id"], one["payer_id"], one["amount_minor"]) for one in heard
    }
    listed = await dan.call("GET", f"/v1/events?subject_id={payment}", business=business)
    assert heard == [one["data"] for one in reversed(listed["data"])]
