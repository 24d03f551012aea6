"""The vault over HTTP: who may call, what is refused and how, and what never leaves it."""

import json
from typing import Any

import pytest

from tuppence.core import uuid7
from tuppence.vault.network import Outcome, State

NUMBER = "4000110000000017"
APP = "http://localhost:8100"
VERBS = ["/v1/describe", "/v1/use", "/v1/inquire", "/v1/delete", "/v1/rewrap"]


def asked(token: str) -> dict[str, Any]:
    """A debit of $20, as the worker asks for it."""
    ids = {"id": str(uuid7()), "payment_id": str(uuid7())}
    return {**ids, "kind": "debit", "token": token, "amount_minor": 2000, "currency": "USD"}


def lines(response: Any) -> list[dict[str, Any]]:
    """Outcomes, in the order in which they came."""
    return [json.loads(line) for line in response.text.splitlines()]


async def test_the_page_may_run_its_own_files_and_be_framed_by_the_app_alone(served: Any) -> None:
    """Nothing inline, nothing foreign, no other frame, no cache, no referrer."""
    page = await served.http.get("/card-form?lang=fr")

    policy = page.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", f"frame-ancestors {APP}", "form-action 'none'"} <= set(policy)
    assert not any("unsafe" in rule or "*" in rule for rule in policy)
    assert ("no-store", "no-referrer", "nosniff") == (
        page.headers["cache-control"],
        page.headers["referrer-policy"],
        page.headers["x-content-type-options"],
    )
    assert f'<meta content="{APP}"><meta content="yes">' == page.text


async def test_a_card_goes_in_and_comes_out_as_facts(served: Any, rail: Any) -> None:
    """The form's answer is a token; what is told of it has no number, and the token serves a payment."""
    token = await served.token(keep=False)

    (card,) = (await served.call("/v1/describe", {"tokens": [token]})).json()["cards"]
    assert ("0017", "visa", False, 32) == (card["last4"], card["brand"], card["keep"], len(card["fingerprint"]))
    assert not {"ciphertext", "wrapped_dek", "nonce", "number", "ticket_nonce"} & card.keys()

    ask = asked(token)
    told = lines(await served.call("/v1/use", {"attempts": [ask]}))
    assert [(ask["id"], "accepted", "A1B2C3", True)] == [
        (one["attempt_id"], one["state"], one["approval"], one["fast_funds"]) for one in told
    ]
    assert 1 == (await served.call("/v1/delete", {"tokens": [token]})).json()["deleted"]
    assert [None] == (await served.call("/v1/describe", {"tokens": [token]})).json()["cards"]
    assert NUMBER == rail.sent[0].card.number.reveal()


async def test_a_debit_without_answer_is_told_as_unknown_and_then_as_reversed(served: Any, rail: Any) -> None:
    """The loop beside the calls reverses it; the caller's inquiry tells when it is proven dead."""
    rail.answers, rail.acknowledges = [Outcome(State.UNKNOWN)], [False, True]
    ask = asked(await served.token())

    told = [lines(await served.call("/v1/use", {"attempts": [ask]}))[0]["state"]]
    while told[-1] == "unknown":
        told.append((await served.call("/v1/inquire", {"attempts": [ask["id"]]})).json()["outcomes"][0]["state"])

    assert ("unknown", "reversed") == (told[0], told[-1])
    assert [False, True] == [repeat for _, repeat in rail.reversals]


async def test_an_ask_that_is_not_sent_says_so(served: Any) -> None:
    """A card that is not there is a decline like a bank's; an id used for something else is the caller's defect."""
    ask, paid = asked("card_none"), asked(await served.token())

    told = {one["attempt_id"]: one for one in lines(await served.call("/v1/use", {"attempts": [ask, paid]}))}
    gone = told[ask["id"]]
    (differs,) = lines(await served.call("/v1/use", {"attempts": [paid | {"amount_minor": 1}]}))

    assert ("declined", "invalid_card", "card_gone") == (gone["state"], gone["decline_code"], gone["code"])
    assert ("refused", "attempt_differs") == (differs["state"], differs["code"])


@pytest.mark.parametrize("origin", [None, APP, "http://evil.example", "null"])
async def test_only_the_vaults_own_page_hands_in_cards(served: Any, rail: Any, origin: str | None) -> None:
    """Another page, the app's included, cannot post a card."""
    response = await served.browser("/card-form/cards", served.typed(), origin=origin)

    assert (403, "origin_refused") == (response.status_code, response.json()["code"])
    assert [] == rail.checked


async def test_only_who_holds_the_key_calls(served: Any) -> None:
    """No key, half a key, another key: every verb refuses before it reads the body."""
    right = served.house.settings.shared.authorization
    for path in VERBS:
        for bearer in ("", "Bearer x", right[:-1], right + "=", right.lower(), "Bearer é"):
            response = await served.call(path, raw=b"x", bearer=bearer.encode("utf-8", "replace"))
            assert (401, "unauthenticated") == (response.status_code, response.json()["code"])


def form(**changed: Any) -> dict[str, Any]:
    whole = {"ticket": "t.t", "number": NUMBER, "exp_month": 1, "exp_year": 30, "cvv": "1", "zip": "1", "keep": True}
    return whole | changed


def text(value: Any) -> bytes:
    return json.dumps(value).encode()


HOSTILE = [
    b"",
    b"null",
    b"[]",
    b'"4000110000000017"',
    b"{",
    b"\xff\xfe",
    b"[" * 15_000,
    text(form())[:-1] + b', "number": "4000110000000017"}',
    text(form(exp_month=0)).replace(b'"exp_month": 0', b'"exp_month": NaN'),
    text(form(exp_month=0)).replace(b'"exp_month": 0', b'"exp_month": 1e400'),
    text(form(exp_month=0)).replace(b'"exp_month": 0', b'"exp_month": 1.0'),
    text(form(exp_month=0)).replace(b'"exp_month": 0', b'"exp_month": ' + b"9" * 5000),
    text(form(number=4000110000000017)),
    text(form(number=None)),
    text(form(number=["4000110000000017"])),
    text(form(number="4000110000000017" * 10)),
    text(form(exp_month="1")),
    text(form(exp_month=True)),
    text(form(exp_year=-1)),
    text(form(keep="yes")),
    text(form(keep=1)),
    text(form(extra="4000110000000017")),
    text(form(**{"4000110000000017": 1})),
    text({"number": NUMBER}),
    text(form(zip="1\0")),
    text(form(zip="\ud800")),
]


async def test_hostile_bodies_get_a_problem_and_no_echo(served: Any, rail: Any) -> None:
    """Wrong types, NaN, halves of characters, names twice, depth, length: a stable code, never a 500, never a digit."""
    for raw in HOSTILE:
        response = await served.browser("/card-form/cards", raw=raw)

        assert (422, "body_refused") == (response.status_code, response.json()["code"]), raw[:80]
        assert "application/problem+json" == response.headers["content-type"]
        assert NUMBER not in response.text
    assert [] == rail.checked


async def test_hostile_asks_get_a_problem(served: Any, rail: Any) -> None:
    """The same for the calls of server and worker: amounts and ids are what they must be, or nothing is sent."""
    good = asked("card_x")
    wrong: list[dict[str, Any]] = [{"amount_minor": one} for one in (0, -1, 2**63, 10**12, 1.5, "2000", True, None)]
    wrong += [{"currency": "ZZZ"}, {"kind": "steal"}, {"kind": "refund"}, {"of": str(uuid7())}, {"id": "x"}, {"id": 1}]
    wrong += [{"token": "\0"}, {"token": "t" * 65}, {"extra": 1}, {"payment_id": None}]

    for one in wrong:
        response = await served.call("/v1/use", {"attempts": [good | one]})
        assert (422, "body_refused") == (response.status_code, response.json()["code"]), one
    many = await served.call("/v1/use", {"attempts": [good] * 501})
    assert 422 == many.status_code
    assert [] == rail.sent


async def test_a_body_that_is_too_large_is_cut(served: Any) -> None:
    """Ten megabytes are not read to their end; a call that is not JSON by its header is not read at all."""
    large = await served.browser("/card-form/cards", raw=b" " * 10_000_000)
    plain = await served.http.post("/card-form/cards", content=b"{}", headers={"origin": served.house.settings.origin})

    assert (413, "body_too_large") == (large.status_code, large.json()["code"])
    assert 422 == plain.status_code


@pytest.mark.parametrize("path", ["/", "/card-form/..%2fapp.py", "/card-form/nothing.js", "/v1/reveal", "/v1/use"])
async def test_what_is_not_there_is_a_problem(served: Any, path: str) -> None:
    """Unknown paths, climbing paths and wrong methods are told alike, and there is no verb that reveals."""
    response = await served.http.get(path)

    assert (404, "not_here") == (response.status_code, response.json()["code"])


async def test_a_defect_tells_nobody_what_it_saw(served: Any, rail: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that quotes a number answers 500 without it, and the log has where it was and not what it said."""

    async def check(ask: Any) -> Outcome:
        raise ValueError(f"no route for {ask.card.number.reveal()}")

    rail.check = check

    response = await served.browser("/card-form/cards", served.typed())

    logged = capsys.readouterr().out
    assert (500, "defect") == (response.status_code, response.json()["code"])
    assert "ValueError" in logged
    assert "test_app.py" in logged
    assert NUMBER not in logged + response.text


async def test_the_log_has_no_body_no_query_and_no_strange_path(
    served: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A number in the path, the query or the body is in no log line; the calls themselves are."""
    await served.http.get(f"/card-form?number={NUMBER}")
    await served.http.get(f"/card-form/{NUMBER}")
    await served.http.get(f"/{NUMBER}")
    token = await served.token()

    seen = capsys.readouterr()
    assert "/card-form/cards" in seen.out
    assert NUMBER not in seen.out + seen.err
    assert token not in seen.out


async def test_the_sandbox_offers_its_cards_and_nobody_else_does(served: Any) -> None:
    """The list is there in the sandbox; health answers without a key."""
    offered = (await served.http.get("/card-form/sandbox-cards")).json()["cards"]

    assert [NUMBER] == [card["number"] for card in offered]
    assert "ok" == (await served.http.get("/health")).json()["status"]


async def test_a_test_card_is_stored_by_what_it_does_and_its_number_stays(served: Any) -> None:
    """Only the server may ask; the answers hold a token or a code, never a number; a ticket is for one card."""
    ask = {"ticket": served.ticket(), "card": "everyday", "bank": None, "keep": True}
    offered = await served.call("/v1/test-cards", {})
    stored = await served.call("/v1/store-test-card", ask)
    again = await served.call("/v1/store-test-card", ask)
    unknown = await served.call("/v1/store-test-card", ask | {"bank": "Other"})
    stranger = await served.http.post("/v1/store-test-card", json=ask)

    assert [{"card": "everyday", "bank": "Maple", "hint": "Works."}] == offered.json()["cards"]
    assert stored.json()["token"].startswith("card_")
    assert stored.json() == again.json()
    assert "unknown" == unknown.json()["code"]
    assert 401 == stranger.status_code
