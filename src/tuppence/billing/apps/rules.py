"""What an app may register and ask for. Pure; the sections are OAuth 2.1's (draft 14) where nothing else is named."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from tuppence.billing.apps.errors import (
    AppRefused,
    InvalidGrant,
    InvalidOAuthRequest,
    InvalidScope,
    OAuthRefusal,
    UnsupportedResponseType,
    UntrustedRequest,
)
from tuppence.billing.apps.model import SCOPES, App, Asked, Code, Held, Register, Scope

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)  # RFC 7636, 4.2: base64url of 32 bytes, without padding
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)  # RFC 7636, 4.1
_BY_NUMBER = frozenset({"127.0.0.1", "[::1]"})
_LOOPBACK = _BY_NUMBER | {"localhost"}
_URL_MOST = 300
_FIELDS_MOST = 20


def check_app(ask: Register) -> None:
    """Raises: AppRefused, with the reason."""
    name = " ".join(ask.name.split())
    if not 1 <= len(name) <= 50 or name != ask.name or not name.isprintable():
        raise AppRefused(reason="name")
    if not _is_safe(ask.home_url):
        raise AppRefused(reason="home_url")
    if not 1 <= len(ask.redirect_uris) <= 10 or not all(map(_is_safe, ask.redirect_uris)):
        raise AppRefused(reason="redirect_uris")
    if len(ask.origins) > 10 or not all(_is_origin(one) for one in ask.origins):
        raise AppRefused(reason="origins")


def _is_safe(url: str) -> bool:
    """An address that a code may be sent to: https, or this very machine. No fragment (section 2.3), no name and
    password, nothing that a header or another parser reads differently."""
    parts = _split(url)
    return parts is not None and "#" not in url


def _is_origin(text: str) -> bool:
    """Scheme, host and port as an Origin header has them."""
    parts = _split(text)
    return parts is not None and text == f"{parts[0]}://{parts[1]}" and text == text.lower()


def _split(url: str) -> tuple[str, str] | None:
    if len(url) > _URL_MOST or not url.isascii() or not url.isprintable() or set(url) & set(" \\\"'<>;,*"):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    host = _host(parts.netloc)
    is_here = host in _LOOPBACK or host.endswith(".localhost")  # RFC 6761, 6.3
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and is_here)
    return (parts.scheme, parts.netloc) if is_secure else None


def _host(netloc: str) -> str:
    return netloc.partition("]")[0] + "]" if netloc.startswith("[") else netloc.partition(":")[0]


def is_registered(app: App, asked: str) -> bool:
    """Whether we may send somebody there: the very text that was registered (section 2.3.1). For a program on the
    person's own machine the port may differ, since it takes whichever is free (section 8.4.2)."""
    if asked in app.redirect_uris:
        return True
    return not app.confidential and any(_but_for_port(asked) == _but_for_port(one) for one in app.redirect_uris)


def _but_for_port(uri: str) -> object:
    """What must agree of a loopback address; of any other nothing does."""
    parts = _split(uri)
    if parts is None or parts[0] != "http" or _host(parts[1]) not in _BY_NUMBER:
        return object()
    return _host(parts[1]), uri.removeprefix(f"http://{parts[1]}")


def parse(text: str) -> dict[str, str]:
    """Parameters, each named once (section 3.1). Raises: InvalidOAuthRequest."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=_FIELDS_MOST
        )
    except ValueError:
        raise InvalidOAuthRequest from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise InvalidOAuthRequest
    return {name: value for name, value in given.items() if value}  # sent without a value is as not sent (3.1)


def redirect_of(app: App | None, given: dict[str, str]) -> str:
    """Where the answer goes. Until this is known nobody is sent anywhere (section 4.1.2.1).

    Raises: UntrustedRequest.
    """
    if app is None:
        raise UntrustedRequest(reason="app")
    asked = given.get("redirect_uri")
    if asked is None or not is_registered(app, asked):
        raise UntrustedRequest(reason="redirect_uri")
    return asked


def asked(app: App, redirect_uri: str, given: dict[str, str]) -> Asked:
    """An authorization request that holds. Raises: an OAuthRefusal, which is told to the app by the redirect."""
    if given.get("response_type") != "code":
        raise UnsupportedResponseType if "response_type" in given else InvalidOAuthRequest
    challenge = given.get("code_challenge", "")
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise InvalidOAuthRequest
    return Asked(app, redirect_uri, scopes_of(given.get("scope", "")), given.get("state"), challenge)


def scopes_of(text: str) -> tuple[Scope, ...]:
    """Scopes in our order. There is no default: an app says what it wants. Raises: InvalidScope."""
    wanted = text.split(" ") if text else []
    if not wanted or not set(wanted) <= set(SCOPES):
        raise InvalidScope
    return tuple(one for one in SCOPES if one in wanted)


def answer_to(redirect_uri: str, issuer: str, **members: str | None) -> str:
    """The address that carries an answer: `iss` tells an app which server this one is of (RFC 9207)."""
    told = {name: value for name, value in members.items() if value is not None} | {"iss": issuer}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(told)}"


def check_code(code: Code | None, app: App, redirect_uri: str | None, verifier: str) -> None:
    """Whether a code may be exchanged (section 4.1.3). Raises: InvalidGrant."""
    if code is None or code.app_id != app.id or code.used or code.ended or code.revoked:
        raise InvalidGrant
    if redirect_uri is not None and redirect_uri != code.redirect_uri:
        raise InvalidGrant
    if not proves(code.challenge, verifier):
        raise InvalidGrant


def proves(challenge: str, verifier: str) -> bool:
    """PKCE by S256 (RFC 7636, 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(hashed, challenge.encode())


def narrowed(token: Held | None, app: App, scope: str) -> Sequence[str]:
    """What a refresh token is worth: its scopes, or fewer if asked (section 4.3.1).

    Raises: InvalidGrant, InvalidScope.
    """
    if token is None or token.kind != "refresh" or token.app_id != app.id:
        raise InvalidGrant
    if token.used or token.ended or token.revoked:
        raise InvalidGrant
    if not scope:
        return token.scopes
    wanted = scopes_of(scope)
    if not set(wanted) <= set(token.scopes):
        raise InvalidScope
    return wanted


def together(before: Iterable[str], more: Iterable[str]) -> list[Scope]:
    """What a person has allowed in all, in our order."""
    every = {*before, *more}
    return [one for one in SCOPES if one in every]


def told_by_redirect(refusal: OAuthRefusal, redirect_uri: str, state: str | None, issuer: str) -> str:
    """A refusal on its way back to the app."""
    return answer_to(
        redirect_uri, issuer, error=refusal.code, error_description=_plain(refusal.sentence()), state=state
    )


def _plain(text: str) -> str:
    """Only what section 4.1.2.1 allows in a description."""
    return "".join(one for one in text if " " <= one <= "~" and one not in '"\\')
