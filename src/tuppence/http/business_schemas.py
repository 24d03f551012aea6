"""What travels about businesses, their members and their keys."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.billing.businesses import Role
from tuppence.http.fields import Answer, Body, Currency, Id, MintedId, Moment, Zone, example
from tuppence.http.schemas import Name, Profile

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$", min_length=2, max_length=2)]
Scope = Literal[
    "ads:read",
    "ads:write",
    "apps:read",
    "apps:write",
    "charges:read",
    "charges:write",
    "clocks:write",
    "events:read",
    "games:read",
    "games:write",
    "logs:read",
    "webhooks:read",
    "webhooks:write",
]


class BusinessBody(
    Body,
    json_schema_extra=example({"name": "Maple Games", "country": "US", "currency": "USD", "zone": "America/New_York"}),
):
    name: Name
    country: Country
    currency: Currency
    zone: Zone


class Business(Answer):
    id: Id
    name: str
    country: Country
    currency: Currency
    zone: str
    created_at: Moment
    role: Role = Field(description="What you are there.")


class Businesses(Answer):
    data: list[Business]
    mode: Literal["test", "live"] = Field(description="Which sort of installation this is.")
    twin_url: str | None = Field(description="Where the other one is found.")
    currencies: list[Currency] = Field(description="What a business can be billed and paid in.")


class MemberBody(Body, json_schema_extra=example({"role": "developer"})):
    role: Role


class BusinessMember(Answer):
    person: Profile
    role: Role
    since: Moment


class BusinessMembers(Answer):
    data: list[BusinessMember]


class KeyBody(
    Body, json_schema_extra=example({"name": "Game server", "scopes": ["games:read", "games:write"], "days": 365})
):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20)]
    days: Annotated[int, Field(ge=1, le=3650)] | None = Field(None, description="How long it lives; null: until ended.")


class RollBody(
    Body, json_schema_extra=example({"new_id": "0192a0e0-0000-7000-8000-00000000000b", "overlap_hours": 24})
):
    new_id: MintedId
    overlap_hours: Annotated[int, Field(ge=0, le=168)] = Field(0, description="How long the old key works on.")


class BusinessKey(Answer):
    """A key as it may be shown. `revoked_at` may lie ahead: a key that was rolled works until then."""

    id: Id
    handle: str = Field(description="Who made it.")
    name: str
    prefix: str
    scopes: list[str]
    api_version: str = Field(description="What it is answered in where a request names no version.")
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None = Field(description="Written every few minutes at most.")
    revoked_at: Moment | None


class BusinessKeys(Answer):
    data: list[BusinessKey]
    scopes: list[Scope] = Field(description="Every scope that there is.")


class MadeKey(Answer):
    id: Id
    key: str = Field(description="Shown this once; we keep only its hash.")
