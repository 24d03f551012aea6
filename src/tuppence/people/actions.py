"""Sign up, open and end sessions, change one's own name: rows in the caller's transaction."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure, uuid7
from tuppence.db import Statements, Tx, columns
from tuppence.people import rules
from tuppence.people.errors import HandleTaken, IdTaken, SessionNotFound
from tuppence.people.model import (
    ChangeMe,
    Device,
    EndSession,
    Me,
    OpenSession,
    Person,
    Proof,
    Session,
    Signed,
    SignUp,
)
from tuppence.people.rows import MeRow, TieRow

SQL = Statements(__package__)

SESSION_CHANNEL = "tuppence_session"  # tells the ids of sessions that ended before their time
SESSION_DAYS_MAX = 30
COOKIE_IDLE = timedelta(hours=12)
SESSIONS_MOST = 50
_TOKEN_BYTES = 32


async def sign_up(tx: Tx, asks: Sequence[SignUp]) -> list[Person | Failure]:
    """Write people with their password's hash. Order in, order out; a repeat answers the person written before.

    Handles, names and locales are put in normal form here. Refuses: HandleRefused, HandleTaken, NameRefused,
    LocaleRefused, IdTaken.
    """
    tidy = [_tidy(ask) for ask in asks]
    await write_people(tx, [one for one in tidy if isinstance(one, SignUp)])
    known = {one.id: one for one in await tx.fetch(SQL.people, Person, ids=[ask.id for ask in asks])}
    return [one if isinstance(one, Failure) else _signed_up(one, known.get(one.id)) for one in tidy]


def _tidy(ask: SignUp) -> SignUp | Failure:
    try:
        handle, name = rules.new_handle(ask.handle), rules.clean_name(ask.name)
        return SignUp(ask.id, handle, name, rules.clean_locale(ask.locale), ask.password_hash)
    except Failure as failure:
        return failure


def _signed_up(ask: SignUp, known: Person | None) -> Person | Failure:
    if known is None:
        return HandleTaken()
    return known if (known.handle, known.name) == (ask.handle, ask.name) else IdTaken()


async def write_people(tx: Tx, asks: Sequence[SignUp]) -> set[UUID]:
    """Write those whose id and handle are free; which they were."""
    rows = sorted(asks, key=lambda ask: ask.id)
    return set(
        await tx.scalars(
            SQL.sign_up,
            look=[rules.look(row.handle) for row in rows],
            **columns(rows, "id", "handle", "name", "locale", "password_hash"),
        )
    )


@dataclass(frozen=True, slots=True)
class _NewSession:
    """A row to be written; `token` never is, only its hash."""

    id: UUID
    person_id: UUID
    token: str
    token_hash: bytes
    transport: str
    device_id: UUID
    device_name: str
    device_since: datetime
    created_at: datetime
    idle: timedelta
    ends_at: datetime

    @property
    def session(self) -> Session:
        return Session(
            self.id,
            self.person_id,
            self.device_id,
            self.device_name,
            self.device_since,
            "cookie" if self.transport == "cookie" else "bearer",
            self.created_at,
            self.created_at,
        )


@dataclass(frozen=True, slots=True)
class _Retired:
    id: UUID
    token_hash: bytes
    device_id: UUID
    device_since: datetime


async def open_sessions(tx: Tx, asks: Sequence[OpenSession]) -> list[Signed]:
    """Sign people in: they have proved who they are. Order in, order out.

    A device that still holds a session of the same person is known: it keeps its age, and the old session ends.
    """
    before = await _retire(tx, asks)
    now = datetime.now(UTC)
    new = [_new_session(ask, before.get((token_hash(ask.device.token_before), ask.person_id)), now) for ask in asks]
    await tx.execute(
        SQL.open_sessions,
        **columns(
            new,
            "id",
            "person_id",
            "token_hash",
            "transport",
            "device_id",
            "device_name",
            "device_since",
            "created_at",
            "idle",
            "ends_at",
        ),
    )
    surplus = await tx.scalars(SQL.trim_sessions, people=list({ask.person_id for ask in asks}), most=SESSIONS_MOST)
    await _say_ended(tx, [*(one.id for one in before.values()), *surplus])
    people = {one.id: one for one in await tx.fetch(SQL.people, Person, ids=[ask.person_id for ask in asks])}
    return [Signed(people[one.person_id], one.session, one.token) for one in new]


async def _retire(tx: Tx, asks: Sequence[OpenSession]) -> dict[tuple[bytes, UUID], _Retired]:
    held = {(token_hash(ask.device.token_before), ask.person_id) for ask in asks if ask.device.token_before}
    if not held:
        return {}
    hashes, people = zip(*sorted(held), strict=True)
    retired = await tx.fetch(SQL.retire_sessions, _Retired, token_hash=list(hashes), person_id=list(people))
    by_hash = {one.token_hash: one for one in retired}
    return {key: by_hash[key[0]] for key in held if key[0] in by_hash}


def _new_session(ask: OpenSession, before: _Retired | None, now: datetime) -> _NewSession:
    ends_at = now + timedelta(days=SESSION_DAYS_MAX)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return _NewSession(
        id=uuid7(),
        person_id=ask.person_id,
        token=token,
        token_hash=token_hash(token),
        transport=ask.device.transport,
        device_id=before.device_id if before else uuid7(),
        device_name=ask.device.name,
        device_since=before.device_since if before else now,
        created_at=now,
        idle=COOKIE_IDLE if ask.device.transport == "cookie" else ends_at - now,
        ends_at=ends_at,
    )


def tidy_device(device: Device) -> Device:
    """Raises NameRefused."""
    return Device(rules.clean_name(device.name), device.transport, device.token_before)


def token_hash(token: str | None) -> bytes:
    """What is kept of a token: it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256((token or "").encode("utf-8", "replace")).digest()


async def touch(tx: Tx, session_ids: Sequence[UUID]) -> list[None]:
    """Remember that these sessions were used just now. Call it when `Session.seen_long_ago`, not on every request."""
    await tx.execute(SQL.touch, ids=list(session_ids))
    return [None] * len(session_ids)


async def end_sessions(tx: Tx, asks: Sequence[EndSession]) -> list[Failure | None]:
    """Sign devices out, at once and everywhere. Refuses: SessionNotFound, also for somebody else's."""
    ended = set(await tx.scalars(SQL.end_sessions, **columns(asks, "session_id", "person_id")))
    await _say_ended(tx, ended)
    return [None if ask.session_id in ended else SessionNotFound() for ask in asks]


async def _say_ended(tx: Tx, session_ids: Iterable[UUID]) -> None:
    """Wake whoever keeps a stream open for them."""
    ended = [str(one) for one in session_ids]
    for start in range(0, len(ended), 200):  # a notice holds 8,000 bytes
        await tx.notify(SESSION_CHANNEL, ",".join(ended[start : start + 200]))


async def change_me(tx: Tx, asks: Sequence[ChangeMe]) -> list[Person | Failure]:
    """Change one's name or language, and tell one's own devices and everybody who has to do with one.

    Refuses: NameRefused, LocaleRefused. Locks: those who change, in id order, then the feeds of all who are told.
    """
    tidy = [_tidy_change(ask) for ask in asks]
    changes = {one.person_id: one for one in tidy if isinstance(one, ChangeMe)}
    await tx.execute(SQL.lock_people, ids=sorted(changes))
    await tx.execute(SQL.change_me, **columns(list(changes.values()), "person_id", "name", "locale"))
    known = await _tell_all(tx, list(changes))
    return [one if isinstance(one, Failure) else known[one.person_id].person for one in tidy]


def _tidy_change(ask: ChangeMe) -> ChangeMe | Failure:
    try:
        name = None if ask.name is None else rules.clean_name(ask.name)
        return ChangeMe(ask.person_id, name, None if ask.locale is None else rules.clean_locale(ask.locale))
    except Failure as failure:
        return failure


async def tell_me(tx: Tx, people: Sequence[UUID]) -> None:
    """Tell somebody's own devices how they are now. Locks their feeds."""
    known = await tx.fetch(SQL.me, MeRow, ids=list(people))
    await outbox.tell(tx, [outbox.Event(row.id, "me", row.me.wire()) for row in known])


async def _tell_all(tx: Tx, people: Sequence[UUID]) -> dict[UUID, Me]:
    """Tell how these people are now: to their own devices as `me`, to whoever has to do with them as `friend`."""
    known = {row.id: row.me for row in await tx.fetch(SQL.me, MeRow, ids=list(people))}
    ties = await tx.fetch(SQL.ties_to, TieRow, people=list(people))
    about = [outbox.Event(row.viewer, "friend", row.tie.wire()) for row in ties if row.tie.is_something]
    await outbox.tell(tx, [*(outbox.Event(id_, "me", me.wire()) for id_, me in known.items()), *about])
    return known


async def write_proof(tx: Tx, proof: Proof, method: str) -> bool:
    """Remember that somebody proved who they are; whether their session still lived."""
    written = await tx.execute(
        SQL.write_proof,
        session_id=proof.session_id,
        person_id=proof.person_id,
        purpose=proof.purpose,
        digest=proof.digest,
        method=method,
    )
    return written == 1
