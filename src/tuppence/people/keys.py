"""Keys with which programs call the API for a person. The key is seen once, when it is made; we keep its hash."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tuppence.core import Failure, uuid7
from tuppence.db import Tx, columns
from tuppence.people import rules
from tuppence.people.actions import SQL, token_hash
from tuppence.people.errors import KeyEnded, KeyNotFound, ScopeRefused
from tuppence.people.model import SEEN_EVERY

Mode = Literal["test", "live"]

SCOPES = ("ledger:read", "ledger:write", "ledger:correct", "ledger:house")
PREFIX = "tup_"
_SECRET_BYTES = 32
_SHOWN = 6  # characters of the secret: 36 of 256 bits


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown. All times are real time."""

    id: UUID
    person_id: UUID
    handle: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def used_long_ago(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return self.last_used_at is None or now - self.last_used_at > SEEN_EVERY


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made. `days` of None: it does not expire."""

    person_id: UUID
    name: str
    scopes: Sequence[str]
    mode: Mode
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """This is the only time that the key is seen."""

    id: UUID
    key: str = field(repr=False)


async def make(tx: Tx, asks: Sequence[NewKey]) -> list[Made | Failure]:
    """Make keys; it takes the owner's role. Order in, order out. Refuses: ScopeRefused, NameRefused."""
    made = [_made(ask) for ask in asks]
    rows = [one for one in made if not isinstance(one, Failure)]
    await tx.execute(
        SQL.write_keys,
        **columns(rows, "id", "person_id", "name", "prefix", "key_hash", "scopes", "expires_at"),
    )
    return [one if isinstance(one, Failure) else Made(one.id, one.key) for one in made]


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    person_id: UUID
    name: str
    key: str = field(repr=False)
    scopes: str
    expires_at: datetime | None

    @property
    def prefix(self) -> str:
        return self.key[: len("tup_test_") + _SHOWN]

    @property
    def key_hash(self) -> bytes:
        return token_hash(self.key)


def _made(ask: NewKey) -> _Row | Failure:
    scopes = sorted(set(ask.scopes))
    if not scopes or not set(scopes) <= set(SCOPES):
        return ScopeRefused(scopes=list(SCOPES))
    try:
        name = rules.clean_name(ask.name)
    except Failure as failure:
        return failure
    ends = None if ask.days is None else datetime.now(UTC) + timedelta(days=ask.days)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return _Row(uuid7(), ask.person_id, name, f"{PREFIX}{ask.mode}_{secret}", ",".join(scopes), ends)


async def access(tx: Tx, keys: Sequence[str]) -> list[Key | Failure]:
    """Which keys these are: one statement for all, and once in a while a note that they were used.

    Order in, order out. Refuses: KeyEnded, for one that never was, has expired, was revoked, or whose person is gone.
    """
    hashes = [token_hash(key) for key in keys]
    rows = await tx.fetch(SQL.access_keys, _Found, hashes=hashes)
    found = {row.key_hash: row.key for row in rows}
    now = datetime.now(UTC)
    stale = [one.id for one in found.values() if one.used_long_ago(now)]
    if stale:
        await tx.execute(SQL.touch_keys, ids=stale)
    return [found.get(one) or KeyEnded() for one in hashes]


async def revoke(tx: Tx, ids: Sequence[UUID]) -> list[Failure | None]:
    """End keys at once. A repeat changes nothing. Refuses: KeyNotFound."""
    known = set(await tx.scalars(SQL.revoke_keys, ids=list(ids)))
    return [None if one in known else KeyNotFound() for one in ids]


async def every(tx: Tx) -> list[Key]:
    """Every key there is or was, the newest first: for operators."""
    return [row.key for row in await tx.fetch(SQL.every_key, _Found)]


@dataclass(slots=True)
class _Found:
    key_hash: bytes
    id: UUID
    person_id: UUID
    handle: str
    name: str
    prefix: str
    scopes: list[Any]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def key(self) -> Key:
        return Key(
            self.id,
            self.person_id,
            self.handle,
            self.name,
            self.prefix,
            tuple(self.scopes),
            self.created_at,
            self.expires_at,
            self.last_used_at,
            self.revoked_at,
        )
