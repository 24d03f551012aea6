"""Let people in: OAuth 2.1, authorization code with PKCE."""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode

import httpx2

from tuppence_sdk import repeating
from tuppence_sdk.errors import NoAnswer, TuppenceError
from tuppence_sdk.models import OAuthTokens


@dataclass(frozen=True)
class App:
    """Your app, as it was registered. A public one has no secret."""

    url: str
    client_id: str
    redirect_uri: str
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Asking:
    """Somebody who was sent to be asked: keep it, in their session, until they come back."""

    url: str
    state: str
    verifier: str = field(repr=False)


class NotAnAnswer(TuppenceError):
    """Whoever came back was not sent by you, or comes from another server; or they said no (`access_denied`)."""


def authorize_url(app: App, scopes: Sequence[str]) -> Asking:
    """Where to send somebody."""
    state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    ask = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return Asking(f"{app.url}/oauth/authorize?{urlencode(ask)}", state, verifier)


def exchange(app: App, asking: Asking, answer: Mapping[str, str]) -> OAuthTokens:
    """The tokens, once they are back with `code`, `state` and `iss`. Raises: NotAnAnswer, Refused, NoAnswer."""
    if not secrets.compare_digest(answer.get("state", ""), asking.state) or answer.get("iss") != app.url:
        raise NotAnAnswer("state or iss")
    if "code" not in answer:
        raise NotAnAnswer(answer.get("error", "no code"))
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": asking.verifier}
    return _post(app, form | {"redirect_uri": app.redirect_uri})


def refresh(app: App, refresh_token: str) -> OAuthTokens:
    """New tokens for a refresh token. It is good once: keep the new one before you use the access token."""
    return _post(app, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _post(app: App, form: dict[str, str]) -> OAuthTokens:
    """Never repeated: a code and a refresh token are good once."""
    told = form | {"client_id": app.client_id} | ({"client_secret": app.client_secret} if app.client_secret else {})
    try:
        response = httpx2.post(f"{app.url}/oauth/token", data=told, timeout=30)
    except httpx2.TransportError as error:
        raise NoAnswer("POST /oauth/token") from error
    return cast(OAuthTokens, repeating.read(response))
