"""Keys with which programs call the API, for a person or for a business. A key is seen once, when it is made.

Keys of a person reach the ledger and take the owner's role; members make those of their business by themselves.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tuppence.core import Failure, uuid7
from tuppence.core.versions import NEWEST_VERSION
from tuppence.db import Tx, columns
from tuppence.people import rules
from tuppence.people.actions import SQL, token_hash
from tuppence.people.errors import IdTaken, KeyEnded, KeyNotFound, ScopeRefused
from tuppence.people.model import SEEN_EVERY

Mode = Literal["test", "live"]

SCOPES = ("ledger:read", "ledger:write", "ledger:correct", "ledger:house")
BUSINESS_SCOPES = (
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
)
PREFIX = "tup_"
_SECRET_BYTES = 32
_SHOWN = 6  # characters of the secret: 36 of 256 bits


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it may be shown. All times are real time."""

    id: UUID
    person_id: UUID  # whose it is; of a business's key, who made it
    business_id: UUID | None
    handle: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    api_version: str  # the newest when it was made, or when the one that it replaces was
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def used_long_ago(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return self.last_used_at is None or now - self.last_used_at > SEEN_EVERY

    def is_over(self, now: datetime) -> bool:
        """Whether it opens nothing any more; the end of one that was rolled may lie ahead."""
        return any(end is not None and end <= now for end in (self.expires_at, self.revoked_at))

    def wire(self) -> dict[str, Any]:
        """As JSON has it, for the members of its business."""
        return {name: getattr(self, name) for name in self.__slots__ if name not in ("person_id", "business_id")}


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made, by `person_id`, for them or for a business. `days` of None: it does not expire."""

    person_id: UUID
    name: str
    scopes: Sequence[str]
    mode: Mode
    days: int | None = None
    business_id: UUID | None = None
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True, slots=True)
class Roll:
    """A key is replaced by another that may do the same; the old one works on for a while."""

    key_id: UUID
    business_id: UUID
    person_id: UUID
    new_id: UUID
    mode: Mode
    overlap: timedelta


@dataclass(frozen=True, slots=True)
class Made:
    """This is the only time that the key is seen."""

    id: UUID
    key: str = field(repr=False)


async def make(tx: Tx, asks: Sequence[NewKey]) -> list[Made | Failure]:
    """Make keys; one that is of no business takes the owner's role. Order in, order out.

    Refuses: ScopeRefused, NameRefused, IdTaken: a key cannot be shown a second time, so a repeat is refused, too.
    """
    made = [_made(ask) for ask in asks]
    written = await _write(tx, [one for one in made if not isinstance(one, Failure)])
    return [one if isinstance(one, Failure) else _told(one, written) for one in made]


async def _write(tx: Tx, rows: Sequence["_Row"]) -> set[UUID]:
    """Which of these are written now."""
    names = "id", "person_id", "business_id", "name", "prefix", "key_hash", "scopes", "api_version", "expires_at"
    return set(await tx.scalars(SQL.write_keys, **columns(rows, *names)))


def _told(row: "_Row", written: set[UUID]) -> Made | Failure:
    return Made(row.id, row.key) if row.id in written else IdTaken()


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    person_id: UUID
    business_id: UUID | None
    name: str
    key: str = field(repr=False)
    scopes: str
    api_version: str
    expires_at: datetime | None

    @property
    def prefix(self) -> str:
        return self.key[: len("tup_test_") + _SHOWN]

    @property
    def key_hash(self) -> bytes:
        return token_hash(self.key)


def _made(ask: NewKey) -> _Row | Failure:
    scopes, offered = sorted(set(ask.scopes)), SCOPES if ask.business_id is None else BUSINESS_SCOPES
    if not scopes or not set(scopes) <= set(offered):
        return ScopeRefused(scopes=list(offered))
    try:
        name = rules.clean_name(ask.name)
    except Failure as failure:
        return failure
    ends = None if ask.days is None else datetime.now(UTC) + timedelta(days=ask.days)
    return _Row(ask.id, ask.person_id, ask.business_id, name, _secret(ask.mode), ",".join(scopes), NEWEST_VERSION, ends)


def _secret(mode: Mode) -> str:
    return f"{PREFIX}{mode}_{secrets.token_urlsafe(_SECRET_BYTES)}"


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


async def access_keys(tx: Tx, business_id: UUID) -> list[Key]:
    """A business's keys, the newest first; those that are over stay in the list."""
    return [row.key for row in await tx.fetch(SQL.keys_of_business, _Found, business_id=business_id)]


async def roll(tx: Tx, asks: Sequence[Roll]) -> list[Made | Failure]:
    """Replace keys by new ones with the same name, scopes, version and end. Order in, order out.

    Refuses: KeyNotFound, IdTaken.
    """
    return [await _roll(tx, ask) for ask in asks]


async def _roll(tx: Tx, ask: Roll) -> Made | Failure:
    now = datetime.now(UTC)
    found = next((one for one in await access_keys(tx, ask.business_id) if one.id == ask.key_id), None)
    if found is None or found.is_over(now):
        return KeyNotFound()
    same = ",".join(found.scopes), found.api_version, found.expires_at
    row = _Row(ask.new_id, ask.person_id, ask.business_id, found.name, _secret(ask.mode), *same)
    written = await _write(tx, [row])
    if written:
        await tx.execute(SQL.end_key, id=found.id, at=now + ask.overlap)
    return _told(row, written)


async def revoke_own(tx: Tx, asks: Sequence[tuple[UUID, UUID]]) -> list[Failure | None]:
    """End keys of a business at once: (business, key). A repeat changes nothing. Refuses: KeyNotFound."""
    rows = await tx.rows(SQL.revoke_own_keys, business_ids=[one[0] for one in asks], ids=[one[1] for one in asks])
    known = {row[0] for row in rows}
    return [None if key_id in known else KeyNotFound() for _, key_id in asks]


@dataclass(slots=True)
class _Found:
    key_hash: bytes
    id: UUID
    person_id: UUID
    business_id: UUID | None
    handle: str
    name: str
    prefix: str
    scopes: list[Any]
    api_version: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def key(self) -> Key:
        told = {name: getattr(self, name) for name in Key.__slots__ if name != "scopes"}
        return Key(**told, scopes=tuple(self.scopes))
