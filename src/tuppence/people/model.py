"""The nouns. Whatever is secret is kept out of every repr."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

Transport = Literal["cookie", "bearer"]
Relation = Literal["none", "asked", "asks_you", "friends", "you"]

SEEN_EVERY = timedelta(minutes=5)


def wire_time(at: datetime) -> str:
    """A moment as JSON has it: RFC 3339, UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody. One who is not enabled can neither sign in nor be found."""

    id: UUID
    handle: str
    name: str
    locale: str
    enabled: bool
    adult: bool
    created_at: datetime

    @property
    def profile(self) -> "Profile":
        return Profile(self.id, self.handle, self.name)


@dataclass(frozen=True, slots=True)
class Profile:
    """What others see of somebody. The hue, in degrees, paints their avatar until there are pictures."""

    id: UUID
    handle: str
    name: str
    hue: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "hue", self.id.int % 360)

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"id": str(self.id)}


@dataclass(frozen=True, slots=True)
class Me:
    """What somebody sees of themselves."""

    person: Person
    has_pin: bool
    has_passkey: bool

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return self.person.profile.wire() | {"locale": self.person.locale, "has_pin": self.has_pin}


@dataclass(frozen=True, slots=True)
class Device:
    """What somebody signs in from. `token_before` is a session's token that the device still holds, if any: it is how
    we know the device again, so that it need not count as new."""

    name: str
    transport: Transport
    token_before: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A device that is signed in. All times are real time."""

    id: UUID
    person_id: UUID
    device_id: UUID
    device_name: str
    device_since: datetime
    transport: Transport
    created_at: datetime
    last_seen_at: datetime

    def seen_long_ago(self, now: datetime) -> bool:
        """Whether `touch` has something to write."""
        return now - self.last_seen_at > SEEN_EVERY


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody, signed in. This is the only time that the token is seen; we keep its hash."""

    person: Person
    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignUp:
    """A person to be written. The id is the caller's, so that a repeat is seen."""

    id: UUID
    handle: str
    name: str
    locale: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenSession:
    person_id: UUID
    device: Device


@dataclass(frozen=True, slots=True)
class EndSession:
    """Sign a device out: one of one's own."""

    person_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class ChangeMe:
    """What is None stays as it is."""

    person_id: UUID
    name: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody proves who they are: in one session, for one purpose (a payment's id) and exactly what the digest
    says (see `digest_of`)."""

    person_id: UUID
    session_id: UUID
    purpose: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class Tie:
    """What somebody is to the viewer. It says nothing of whether they block the viewer, on purpose.

    `request_id` and `at` belong to a friend request that waits; of friends, `at` says since when.
    """

    person: Profile
    relation: Relation
    request_id: UUID | None = None
    at: datetime | None = None
    blocked: bool = False

    @property
    def is_something(self) -> bool:
        """Whether the viewer has to do with this person at all."""
        return self.relation != "none" or self.blocked

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "person": self.person.wire(),
            "relation": self.relation,
            "request_id": str(self.request_id) if self.request_id else None,
            "at": wire_time(self.at) if self.at else None,
            "blocked": self.blocked,
        }


@dataclass(frozen=True, slots=True)
class FriendRequest:
    """A request that waits; `person` is the other one."""

    id: UUID
    person: Profile
    at: datetime

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"id": str(self.id), "person": self.person.wire(), "at": wire_time(self.at)}


@dataclass(frozen=True, slots=True)
class Friends:
    """Everybody that somebody has to do with, by name."""

    friends: list[Profile]
    incoming: list[FriendRequest]
    outgoing: list[FriendRequest]
    blocked: list[Profile]


@dataclass(frozen=True, slots=True)
class AskFriend:
    """Ask for friendship; `handle` may be a handle, @handle or somebody's link."""

    id: UUID
    asker_id: UUID
    handle: str


@dataclass(frozen=True, slots=True)
class AnswerFriend:
    request_id: UUID
    person_id: UUID
    accept: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody, and whom they block or unblock."""

    person_id: UUID
    other_id: UUID


@dataclass(frozen=True, slots=True)
class Between:
    """What stands between two people; `both_enabled`: both may send and receive money."""

    friends: bool
    first_blocked_second: bool
    second_blocked_first: bool
    both_enabled: bool
