"""Reading people. `access_…` is the only way to somebody's own rows."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tuppence.core import Failure
from tuppence.db import Tx
from tuppence.people import rules
from tuppence.people.actions import SQL, token_hash
from tuppence.people.errors import HandleRefused, PersonNotFound, SessionEnded
from tuppence.people.model import Between, FriendRequest, Friends, Me, Profile, Session, Tie, Transport
from tuppence.people.rows import MeRow, ProfileRow, TieRow


@dataclass(frozen=True, slots=True)
class _Found:
    token_hash: bytes
    id: UUID
    person_id: UUID
    device_id: UUID
    device_name: str
    device_since: datetime
    transport: Transport
    created_at: datetime
    last_seen_at: datetime

    @property
    def session(self) -> Session:
        return Session(
            self.id,
            self.person_id,
            self.device_id,
            self.device_name,
            self.device_since,
            self.transport,
            self.created_at,
            self.last_seen_at,
        )


async def access_session(tx: Tx, tokens: Sequence[str]) -> list[Session | Failure]:
    """Whose tokens these are: one statement for all. Order in, order out. Refuses: SessionEnded."""
    hashes = [token_hash(token) for token in tokens]
    found = {row.token_hash: row.session for row in await tx.fetch(SQL.access_session, _Found, hashes=hashes)}
    return [found.get(one) or SessionEnded() for one in hashes]


async def access_sessions(tx: Tx, person_id: UUID) -> list[Session]:
    """The devices on which somebody is signed in, the latest used first."""
    return await tx.fetch(SQL.access_sessions, Session, person_id=person_id)


async def access_me(tx: Tx, person_id: UUID) -> Me:
    """What somebody sees of themselves. Raises PersonNotFound."""
    row = await tx.fetch_one(SQL.me, MeRow, ids=[person_id])
    if row is None:
        raise PersonNotFound
    return row.me


async def access_friends(tx: Tx, person_id: UUID) -> Friends:
    """Everybody that somebody has to do with, by handle."""
    ties = [row.tie for row in await tx.fetch(SQL.ties_of, TieRow, person_id=person_id)]
    return Friends(
        friends=[tie.person for tie in ties if tie.relation == "friends" and not tie.blocked],
        incoming=_requests(ties, "asks_you"),
        outgoing=_requests(ties, "asked"),
        blocked=[tie.person for tie in ties if tie.blocked],
    )


def _requests(ties: Sequence[Tie], relation: str) -> list[FriendRequest]:
    return [
        FriendRequest(tie.request_id, tie.person, tie.at)
        for tie in ties
        if tie.relation == relation and tie.request_id and tie.at
    ]


async def find_by_handle(tx: Tx, viewer_id: UUID, text: str) -> Tie:
    """Who this is, and what they are to the viewer. Raises PersonNotFound.

    Args:
        text: a handle, @handle, or somebody's link, e.g. out of a QR code.
    """
    try:
        handle = rules.handle_in(text)
    except HandleRefused:
        raise PersonNotFound from None
    found = await tx.fetch_one(SQL.people_by_handle, ProfileRow, handles=[handle])
    if found is None:
        raise PersonNotFound
    if found.id == viewer_id:
        return Tie(found.profile, "you")
    row = await tx.fetch_one(SQL.tie, TieRow, viewer=viewer_id, other=found.id)
    return row.tie if row else Tie(found.profile, "none")


async def profiles(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Profile]:
    """What others see of these people; who is not there is left out."""
    return {row.id: row.profile for row in await tx.fetch(SQL.profiles, ProfileRow, ids=list(ids))}


async def between(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> list[Between]:
    """What stands between each two people: one statement for all. Order in, order out.

    Whoever acts on it tells the first nothing of `second_blocked_first`.
    """
    return await tx.fetch(SQL.between, Between, one=[one for one, _ in pairs], other=[other for _, other in pairs])


def digest_of(facts: Mapping[str, Any]) -> bytes:
    """SHA-256 of facts as canonical JSON: what a proof is bound to. Change one fact and the proof is of no use.

    Source: RTS 2018/389, article 5 (dynamic linking): the code is specific to the amount and the payee.
    """
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).digest()


async def last_proof(tx: Tx, asked: Sequence[tuple[UUID, UUID]]) -> list[datetime | None]:
    """When, real time, each (session, purpose) was last proven; None if never, or if the session ended since."""
    sessions, purposes = [session for session, _ in asked], [purpose for _, purpose in asked]
    return await tx.scalars(SQL.last_proof, session_id=sessions, purpose=purposes)
