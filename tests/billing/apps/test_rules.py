"""What apps may register and ask for: clause by clause."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.billing.apps import errors, rules
from tuppence.billing.apps.model import App, Code, Held, Register
from tuppence.core import Failure, uuid7
from tuppence.core.versions import NEWEST_VERSION

BACK = "https://chat.example/back"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
APP = App(uuid7(), uuid7(), "Corner Chat", "https://chat.example", True, (BACK,), (), NEWEST_VERSION, NOW)
NATIVE = replace(APP, confidential=False, redirect_uris=("http://127.0.0.1/back", "http://localhost:9000/back"))
ASK = {
    "response_type": "code",
    "client_id": str(APP.id),
    "redirect_uri": BACK,
    "scope": "payments:send profile:read",
    "state": "xyz",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.mark.parametrize(
    "uri",
    [
        "http://chat.example/back",  # in the clear
        "https://chat.example/back#here",
        "https://*.chat.example/back",
        "https://ann@chat.example/back",
        "https:///back",
        "/back",
        "javascript:alert(1)",
        "data:text/html,hello",
        "myapp://back",
        "https://chat.example/back\r\nSet-Cookie:a=b",
        "https://chat.example/a b",
        "https://chat.example:port/back",
        "https://chät.example/back",
        "http://127.0.0.1.evil.example/back",
        "http://localhost.evil.example/back",
        "https://chat.example/" + "a" * 300,
    ],
)
def test_an_address_that_a_code_must_not_be_sent_to_cannot_be_registered(uri: str) -> None:
    """Anything but https, or this machine, and anything that two parsers might read differently, is refused."""
    ask = Register(APP.id, APP.business_id, APP.name, APP.home_url, True, (uri,))
    with pytest.raises(errors.AppRefused) as refused:
        rules.check_app(ask)

    assert {"reason": "redirect_uris"} == refused.value.facts


@pytest.mark.parametrize(
    "origin", ["https://chat.example/", "https://Chat.example", "*", "null", "http://chat.example"]
)
def test_an_origin_is_what_browsers_send(origin: str) -> None:
    """Scheme, host and port; nothing behind it, no pattern."""
    with pytest.raises(errors.AppRefused):
        rules.check_app(Register(APP.id, APP.business_id, APP.name, APP.home_url, True, (BACK,), (origin,)))


@given(st.text(max_size=20))
def test_only_the_registered_text_is_an_address_to_return_to(more: str) -> None:
    """No prefix, suffix or other spelling of a registered address is one."""
    assert (more == "") == rules.is_registered(APP, BACK + more)
    assert not rules.is_registered(APP, BACK.upper())


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://127.0.0.1:51004/back", True),
        ("http://127.0.0.1/back", True),
        ("http://127.0.0.1:51004/other", False),
        ("http://[::1]:51004/back", False),
        ("http://localhost:9000/back", True),
        ("http://localhost:9001/back", False),
        ("https://127.0.0.1:51004/back", False),
    ],
)
def test_a_program_on_the_persons_machine_takes_whichever_port_is_free(uri: str, expected: bool) -> None:
    """OAuth 2.1, 8.4.2: the port of a loopback address may differ, nothing else, and of a name not even that."""
    assert expected == rules.is_registered(NATIVE, uri)


def test_a_request_that_holds_is_read_as_it_was_meant() -> None:
    """Scopes come in our order, the state comes back as it is."""
    given = rules.parse(urlencode(ASK))
    asked = rules.asked(APP, rules.redirect_of(APP, given), given)

    assert (("profile:read", "payments:send"), "xyz", CHALLENGE) == (asked.scopes, asked.state, asked.challenge)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"response_type": "token"}, errors.UnsupportedResponseType),
        ({"response_type": ""}, errors.InvalidOAuthRequest),
        ({"code_challenge": ""}, errors.InvalidOAuthRequest),
        ({"code_challenge_method": "plain"}, errors.InvalidOAuthRequest),
        ({"code_challenge_method": ""}, errors.InvalidOAuthRequest),
        ({"code_challenge": "short"}, errors.InvalidOAuthRequest),
        ({"scope": ""}, errors.InvalidScope),
        ({"scope": "everything"}, errors.InvalidScope),
        ({"scope": "payments:send  profile:read"}, errors.InvalidScope),
    ],
)
def test_what_does_not_hold_is_told_to_the_app(change: dict[str, str], refusal: type[Failure]) -> None:
    """OAuth 2.1, 4.1.2.1: with its code, the state and who we are, at the address that was registered."""
    given = rules.parse(urlencode(ASK | change))
    with pytest.raises(refusal) as refused:
        rules.asked(APP, BACK, given)
    assert isinstance(refused.value, errors.OAuthRefusal)
    back = rules.told_by_redirect(refused.value, BACK, given["state"], "https://pay.example")
    told = parse_qs(urlsplit(back).query)

    assert ([refusal.code], ["xyz"], ["https://pay.example"]) == (told["error"], told["state"], told["iss"])
    assert back.startswith(BACK + "?")


@pytest.mark.parametrize("change", [{"redirect_uri": ""}, {"redirect_uri": "https://evil.example/back"}])
def test_nobody_is_sent_to_an_address_that_was_not_registered(change: dict[str, str]) -> None:
    """The redirect is checked before anything that would be told by it."""
    with pytest.raises(errors.UntrustedRequest):
        rules.redirect_of(APP, rules.parse(urlencode(ASK | change)))
    with pytest.raises(errors.UntrustedRequest):
        rules.redirect_of(None, ASK)


@pytest.mark.parametrize("text", ["a=1&a=2", "a", "&&=", "a=%ff", "&".join(f"a{n}=1" for n in range(30))])
def test_parameters_are_named_once_and_spelled_well(text: str) -> None:
    """OAuth 2.1, 3.1: a repeated parameter would be read differently by two programs."""
    with pytest.raises(errors.InvalidOAuthRequest):
        rules.parse(text)


@given(st.text(alphabet="abcXYZ019-._~", min_size=43, max_size=128), st.text(max_size=130))
def test_a_verifier_proves_its_own_challenge_and_no_other(verifier: str, other: str) -> None:
    """RFC 7636, 4.6, against the standard library's own hash."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

    assert rules.proves(challenge, verifier)
    assert (other == verifier) == rules.proves(challenge, other)
    assert rules.proves(CHALLENGE, VERIFIER)


CODE = Code(uuid7(), APP.id, uuid7(), BACK, CHALLENGE, ["profile:read"], ended=False, used=False, revoked=False)


@pytest.mark.parametrize(
    ("code", "redirect_uri", "verifier"),
    [
        (None, BACK, VERIFIER),
        (replace(CODE, app_id=uuid7()), BACK, VERIFIER),
        (replace(CODE, used=True), BACK, VERIFIER),
        (replace(CODE, ended=True), BACK, VERIFIER),
        (replace(CODE, revoked=True), BACK, VERIFIER),
        (CODE, "https://chat.example/other", VERIFIER),
        (CODE, BACK, VERIFIER[::-1]),
        (CODE, BACK, ""),
    ],
)
def test_a_code_that_is_not_this_apps_and_fresh_is_refused(
    code: Code | None, redirect_uri: str | None, verifier: str
) -> None:
    """Every way in which a code can be wrong has the same answer, so that nobody learns which."""
    with pytest.raises(errors.InvalidGrant):
        rules.check_code(code, APP, redirect_uri, verifier)
    rules.check_code(CODE, APP, BACK, VERIFIER)
    rules.check_code(CODE, APP, None, VERIFIER)


def test_a_refresh_may_narrow_and_never_widens() -> None:
    """OAuth 2.1, 4.3.1: fewer scopes are given, more are refused, none named means all."""
    held = Held(
        "refresh", uuid7(), APP.id, uuid7(), uuid7(), ["profile:read", "payments:read"], NOW, False, False, False
    )

    assert ["profile:read", "payments:read"] == rules.narrowed(held, APP, "")
    assert ("profile:read",) == rules.narrowed(held, APP, "profile:read")
    with pytest.raises(errors.InvalidScope):
        rules.narrowed(held, APP, "payments:send")
    for other in (replace(held, kind="access"), replace(held, app_id=uuid7()), replace(held, ended=True)):
        with pytest.raises(errors.InvalidGrant):
            rules.narrowed(other, APP, "")
