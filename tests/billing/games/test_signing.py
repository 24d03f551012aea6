"""What we prove to a game: with the very bytes, and the time in them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence.billing.games import signing
from tuppence.billing.games.model import Game

ROOT = signing.Root(b"k" * 32)
NOW = datetime(2026, 11, 26, tzinfo=UTC)
GAME = UUID("01900000-0000-7000-8000-000000000001")


def test_a_request_is_signed_as_standard_webhooks_says() -> None:
    """Whoever has the secret finds the signature by the published recipe: over id, time and raw body."""
    secret, body = ROOT.of(GAME, 1), b'{"a": 1}'
    sent = signing.headers([secret], "veto_1", datetime(2026, 11, 26, tzinfo=UTC), body)
    key = base64.b64decode(secret.text().removeprefix("whsec_"))
    signed = hmac.new(key, b"veto_1.1795651200." + body, hashlib.sha256).digest()

    assert "1795651200" == sent["webhook-timestamp"]
    assert f"v1,{base64.b64encode(signed).decode()}" == sent["webhook-signature"]


def test_a_result_can_be_checked_and_read_by_the_game() -> None:
    """The payload is JSON in base64url, the signature is over the payload's very text."""
    secret = ROOT.of(GAME, 1)
    payload, _, signature = signing.signed_result([secret], {"state": "completed"}).partition(".")
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    signed = hmac.new(secret.raw, payload.encode(), hashlib.sha256).digest()

    assert {"state": "completed"} == json.loads(raw)
    assert base64.urlsafe_b64encode(signed).rstrip(b"=").decode() == signature


def test_every_game_and_every_rotation_has_its_own_secret() -> None:
    """What one game's developer knows opens nothing of another's, nor what comes after a rotation; nor does a log."""
    secrets = {ROOT.of(game, version).raw for game in (GAME, UUID(int=7)) for version in (1, 2)}

    assert 4 == len(secrets)
    assert ("Root(…)", "Secret(…)") == (repr(ROOT), repr(ROOT.of(GAME, 1)))


def test_old_secrets_sign_beside_the_newest_until_they_end() -> None:
    """Who holds either finds its signature, on a request and on a result; one that has ended signs nothing."""
    ends = (NOW + timedelta(hours=1), NOW)
    game = Game(GAME, GAME, "Star Quest", "https://star.example", None, None, 3, ends, 70, NOW)
    good = ROOT.good(game, NOW)
    _, *of_result = signing.signed_result(good, {"state": "completed"}).split(".")
    of_request = signing.headers(good, "veto_1", NOW, b"{}")["webhook-signature"].split(" ")

    assert [ROOT.of(GAME, 3), ROOT.of(GAME, 2)] == good
    assert 2 == len(set(of_result)) == len(set(of_request))
