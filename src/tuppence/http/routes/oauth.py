"""OAuth 2.1 as apps speak it: forms in, RFC 6749's own answers out."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from fastapi import Request, Response

from tuppence.billing import apps
from tuppence.billing.apps import errors, rules
from tuppence.billing.apps.tokens import find_token
from tuppence.core import Failure, Kind
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.app_schemas import Introspection, OAuthError, OAuthMetadata, OAuthTokens
from tuppence.http.deps import TheHouse, address_of
from tuppence.http.house import House
from tuppence.http.routing import room
from tuppence.http.shell import body_of

router = room("oauth", prefix="")

_GUIDE = "https://github.com/tuppence/tuppence/blob/main/docs/guide/embed-in-a-chat.md"
_CLIENT = {
    "client_id": {"type": "string", "description": "Unless it comes by HTTP Basic."},
    "client_secret": {"type": "string", "description": "Of a confidential app; or by HTTP Basic."},
}


def _form(*required: str, **members: Any) -> dict[str, Any]:
    """How a form is documented."""
    schema = {"type": "object", "properties": members | _CLIENT, "required": list(required)}
    media = {"application/x-www-form-urlencoded": {"schema": schema}}
    return {"security": [], "requestBody": {"required": True, "content": media}}


_TEXT = {"type": "string"}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": OAuthError, "description": "Refused, as RFC 6749, section 5.2 tells it"},
    401: {"model": OAuthError, "description": "The app did not prove who it is"},
}


@router.post(
    "/oauth/token",
    response_model=OAuthTokens,
    responses=_REFUSALS,
    openapi_extra=_form(
        "grant_type",
        grant_type={"type": "string", "enum": ["authorization_code", "refresh_token"]},
        code=_TEXT,
        code_verifier=_TEXT,
        redirect_uri=_TEXT,
        refresh_token=_TEXT,
        scope=_TEXT,
    ),
)
async def give_tokens(request: Request, house: TheHouse) -> Response:
    """Exchange a code, or a refresh token, for new tokens.

    A code is good for a minute and once; a refresh token for 90 days and once: take the new one that comes with it. Of
    one that comes twice somebody has a copy, so everything that came of the same consent is ended.
    """
    return await _answered(request, house, _give_tokens)


async def _give_tokens(tx: Tx, app: apps.App, given: dict[str, str]) -> dict[str, Any] | Failure:
    if "grant_type" not in given:
        return errors.InvalidOAuthRequest()
    verb = {"authorization_code": apps.exchange, "refresh_token": apps.refresh}.get(given["grant_type"])
    if verb is None:
        return errors.UnsupportedGrantType()
    tokens = await verb(tx, app, given)
    if isinstance(tokens, Failure):
        return tokens
    return {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.seconds,
        "refresh_token": tokens.refresh,
        "scope": " ".join(tokens.scopes),
    }


@router.post("/oauth/revoke", responses=_REFUSALS, openapi_extra=_form("token", token=_TEXT, token_type_hint=_TEXT))
async def give_back_token(request: Request, house: TheHouse) -> Response:
    """Give a token back (RFC 7009): it ends, and so does all that came of the same consent."""
    return await _answered(request, house, _give_back)


async def _give_back(tx: Tx, app: apps.App, given: dict[str, str]) -> dict[str, Any] | Failure:
    if "token" not in given:
        return errors.InvalidOAuthRequest()
    await apps.give_back(tx, app, given["token"])
    return {}


@router.post(
    "/oauth/introspect",
    response_model=Introspection,
    response_model_exclude_none=True,
    responses=_REFUSALS,
    openapi_extra=_form("token", token=_TEXT, token_type_hint=_TEXT),
)
async def introspect_token(request: Request, house: TheHouse) -> Response:
    """Ask whether a token of yours is good, and for whom (RFC 7662)."""
    return await _answered(request, house, _introspect)


async def _introspect(tx: Tx, app: apps.App, given: dict[str, str]) -> dict[str, Any] | Failure:
    if not app.confidential:
        return errors.InvalidClient()
    if "token" not in given:
        return errors.InvalidOAuthRequest()
    held = await find_token(tx, given["token"])
    if held is None or held.app_id != app.id or held.ended or held.used or held.revoked:
        return {"active": False}
    return {
        "active": True,
        "client_id": app.id,
        "scope": " ".join(held.scopes),
        "sub": held.person_id,
        "token_type": "Bearer" if held.kind == "access" else "refresh_token",
        "exp": int(held.ends_at.timestamp()),
    }


@router.get("/.well-known/oauth-authorization-server", response_model=OAuthMetadata, openapi_extra={"security": []})
async def read_oauth_metadata(house: TheHouse) -> Response:
    """Where everything of OAuth is (RFC 8414)."""
    methods = ["client_secret_basic", "client_secret_post", "none"]
    at = house.origin
    view = {
        "issuer": at,
        "authorization_endpoint": f"{at}/oauth/authorize",
        "token_endpoint": f"{at}/oauth/token",
        "revocation_endpoint": f"{at}/oauth/revoke",
        "introspection_endpoint": f"{at}/oauth/introspect",
        "scopes_supported": list(apps.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods[:2],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": _GUIDE,
    }
    return answer(view, headers={"Cache-Control": "public, max-age=300"})


async def _answered(request: Request, house: House, verb: Any) -> Response:
    """Parse, prove the app, act, and commit whatever was decided; then tell it in OAuth's words."""
    house.limits.take("oauth", address_of(request))
    try:
        given = rules.parse(body_of(request.scope) or "")
        client_id, secret = _client(request, given)
        async with house.database.transaction() as tx:
            app = await apps.prove_app(tx, client_id, secret)
            told = await verb(tx, app, given)
    except errors.OAuthRefusal as refusal:
        told = refusal
    if not isinstance(told, Failure):
        return answer(told, headers={"Cache-Control": "no-store"})
    said = {"error": told.code, "error_description": told.sentence()}
    headers = {"Cache-Control": "no-store"}
    if told.kind is Kind.UNAUTHENTICATED:
        return answer(said, 401, headers=headers | {"WWW-Authenticate": 'Basic realm="tuppence"'})
    return answer(said, 400, headers=headers)


def _client(request: Request, given: dict[str, str]) -> tuple[str | None, str | None]:
    """How an app says who it is: by HTTP Basic or in the form, not both (RFC 6749, 2.3).

    Raises: InvalidClient, InvalidOAuthRequest.
    """
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return given.get("client_id"), given.get("client_secret")
    if "client_secret" in given:
        raise errors.InvalidOAuthRequest
    try:
        if scheme.lower() != "basic":
            raise errors.InvalidClient
        name, _, secret = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise errors.InvalidClient from None
    name = unquote_plus(name)
    if given.get("client_id", name) != name:
        raise errors.InvalidOAuthRequest
    return name, unquote_plus(secret)
