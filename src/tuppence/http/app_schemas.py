"""What travels about partner apps."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, Moment, example
from tuppence.http.schemas import Payment

Scope = Literal["profile:read", "payments:read", "payments:send"]
Url = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Query = Annotated[str, StringConstraints(max_length=4000)]

_QUERY = (
    "response_type=code&client_id=0192a0e0-0000-7000-8000-0000000000c1&redirect_uri=https%3A%2F%2Fchat.example%2Fback"
    "&scope=payments%3Asend&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
)


class AppBody(
    Body,
    json_schema_extra=example(
        {
            "name": "Corner Chat",
            "home_url": "https://chat.example",
            "confidential": True,
            "redirect_uris": ["https://chat.example/back"],
            "origins": ["https://chat.example"],
        }
    ),
):
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    home_url: Url
    confidential: bool = Field(description="Whether it has a server that can keep a secret. This stays as it is made.")
    redirect_uris: list[Url] = Field(min_length=1, max_length=10)
    origins: list[Url] = Field(default=[], max_length=10, description="Whose pages may frame a payment.")


class App(Answer):
    id: Id = Field(description="The OAuth `client_id`.")
    business_id: Id
    name: str
    home_url: str
    confidential: bool
    redirect_uris: list[str]
    origins: list[str]
    people: int = Field(description="How many let it in.")
    scopes: list[Scope] = Field(description="What they let it do, all together.")
    api_version: str = Field(description="What it is answered in where a request names no version.")
    created_at: Moment


class Apps(Answer):
    apps: list[App]


class AppSecret(Answer):
    secret: str = Field(description="The OAuth `client_secret`: keep it, it is not shown again.")


class LookBody(Body, json_schema_extra=example({"query": _QUERY})):
    query: Query = Field(description="What follows `?` in the address of `/oauth/authorize`.")


class AuthorizeBody(Body, json_schema_extra=example({"query": _QUERY, "allow": True})):
    query: Query
    allow: bool


class AskingApp(Answer):
    id: Id
    name: str
    home_url: str
    business: str
    returns_to: str = Field(description="The host that the answer is sent to.")


class Asking(Answer):
    """What an app asks for; or, with `redirect_to`, the refusal that it is told."""

    app: AskingApp | None
    scopes: list[Scope]
    has: list[Scope] = Field(description="What you let it do already.")
    redirect_to: str | None


class Redirect(Answer):
    redirect_to: str


class Connection(Answer):
    id: Id
    app_id: Id
    app_name: str
    home_url: str
    scopes: list[Scope]
    created_at: Moment
    last_used_at: Moment | None


class Connections(Answer):
    connections: list[Connection]


class OAuthTokens(Answer):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    scope: str


class OAuthError(Answer):
    """RFC 6749, section 5.2."""

    error: str
    error_description: str


class Introspection(Answer):
    """RFC 7662; of a token that is over or not the app's, `active` alone."""

    active: bool
    client_id: str | None = None
    scope: str | None = None
    sub: str | None = None
    token_type: str | None = None
    exp: int | None = None


class OAuthMetadata(Answer):
    """RFC 8414."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    service_documentation: str


class Bubble(Answer):
    """A frame that shows one payment."""

    url: str = Field(description="Frame this address; what follows its `#` is good for an hour.")
    expires_at: Moment


class ShownPayment(Answer):
    """What a frame shows."""

    payment: Payment
    sandbox_seconds: int = Field(description="How far the sandbox's time is ahead; 0 when live.")
