"""The nouns of partner apps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Scope = Literal["profile:read", "payments:read", "payments:send"]

SCOPES: tuple[Scope, ...] = ("profile:read", "payments:read", "payments:send")


@dataclass(frozen=True, slots=True)
class App:
    """A program of a business that asks people for access: an OAuth client. A confidential one can keep a secret."""

    id: UUID
    business_id: UUID
    name: str
    home_url: str
    confidential: bool
    redirect_uris: tuple[str, ...]
    origins: tuple[str, ...]
    api_version: str  # the newest when it was made
    created_at: datetime

    def wire(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people let an app in, and what they let it do, all together."""

    app_id: UUID
    people: int
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Register:
    """A business adds an app, or writes it anew. The id is theirs and becomes the client_id."""

    id: UUID
    business_id: UUID
    name: str
    home_url: str
    confidential: bool
    redirect_uris: tuple[str, ...]
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks a person for: an authorization request that holds."""

    app: App
    redirect_uri: str
    scopes: tuple[Scope, ...]
    state: str | None
    challenge: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A person's yes to an app. All times are real time."""

    id: UUID
    app_id: UUID
    app_name: str
    home_url: str
    business_id: UUID
    scopes: Sequence[str]
    created_at: datetime
    last_used_at: datetime | None

    def wire(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "business_id"}


@dataclass(frozen=True, slots=True)
class Access:
    """On whose behalf an access token is used, by which app, for what."""

    connection_id: UUID
    app_id: UUID
    app_name: str
    api_version: str
    person_id: UUID
    scopes: Sequence[str]
    device_since: datetime
    created_at: datetime
    last_used_at: datetime | None
    ends_at: datetime

    def allows(self, scope: str) -> bool:
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it was written down."""

    connection_id: UUID
    app_id: UUID
    family: UUID
    redirect_uri: str
    challenge: str
    scopes: Sequence[str]
    ended: bool
    used: bool
    revoked: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A token as it was written down."""

    kind: Literal["access", "refresh"]
    connection_id: UUID
    app_id: UUID
    person_id: UUID
    family: UUID
    scopes: Sequence[str]
    ends_at: datetime
    ended: bool
    used: bool
    revoked: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an app is given. This is the only time that the tokens are seen."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: Sequence[str]
    seconds: int
