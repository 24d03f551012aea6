"""Rows as the statements give them, and the nouns that they become."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.people.model import Me, Person, Profile, Tie
from tuppence.people.ties import Waiting, relation_of


@dataclass(frozen=True, slots=True)
class MeRow:
    id: UUID
    handle: str
    name: str
    locale: str
    enabled: bool
    adult: bool
    created_at: datetime
    has_pin: bool
    has_passkey: bool

    @property
    def me(self) -> Me:
        person = Person(self.id, self.handle, self.name, self.locale, self.enabled, self.adult, self.created_at)
        return Me(person, self.has_pin, self.has_passkey)


@dataclass(frozen=True, slots=True)
class TieRow:
    """Two people as the view `people.tie` has them; handle and name are the other's."""

    viewer: UUID
    other: UUID
    handle: str
    name: str
    friends_since: datetime | None
    blocked: bool
    sent_id: UUID | None
    sent_at: datetime | None
    received_id: UUID | None
    received_at: datetime | None

    @property
    def tie(self) -> Tie:
        seen = relation_of(
            friends_since=self.friends_since,
            sent=_waiting(self.sent_id, self.sent_at),
            received=_waiting(self.received_id, self.received_at),
            blocked=self.blocked,
        )
        return Tie(Profile(self.other, self.handle, self.name), *seen)


def _waiting(request_id: UUID | None, at: datetime | None) -> Waiting | None:
    return Waiting(request_id, at) if request_id and at else None


@dataclass(frozen=True, slots=True)
class ProfileRow:
    id: UUID
    handle: str
    name: str

    @property
    def profile(self) -> Profile:
        return Profile(self.id, self.handle, self.name)
