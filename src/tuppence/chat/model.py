"""The nouns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from tuppence.people import Profile

MessageKind = Literal["text", "ref"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Two people's conversation; `members` in id order."""

    id: UUID
    members: tuple[UUID, UUID]

    def other(self, person_id: UUID) -> UUID:
        return self.members[self.members[0] == person_id]


@dataclass(frozen=True, slots=True)
class Say:
    """Something to be said. `client_id` is the sender's, so that a repeat is seen.

    A `ref` refers to a thing of another room and has no body. `only_for` keeps it to its sender until `reveal`.
    """

    conversation_id: UUID
    sender_id: UUID
    client_id: UUID
    kind: MessageKind = "text"
    body: str | None = None
    ref_kind: str | None = None
    ref_id: UUID | None = None
    only_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Something said, in its place: `seq` counts a conversation's messages. `only_for` and `replayed` stay inside."""

    id: UUID
    conversation_id: UUID
    seq: int
    sender_id: UUID
    client_id: UUID
    kind: MessageKind
    body: str | None
    ref_kind: str | None
    ref_id: UUID | None
    only_for: UUID | None
    at: datetime
    replayed: bool = field(default=False, compare=False)

    def visible_to(self, person_id: UUID) -> bool:
        return self.only_for in (None, person_id)

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": str(self.id),
            "conversation_id": str(self.conversation_id),
            "seq": self.seq,
            "sender_id": str(self.sender_id),
            "client_id": str(self.client_id),
            "kind": self.kind,
            "body": self.body,
            "ref_kind": self.ref_kind,
            "ref_id": str(self.ref_id) if self.ref_id else None,
            "at": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has a conversation, or has read it."""

    conversation_id: UUID
    person_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as one of its two sees it; messages that they may not see count nowhere."""

    id: UUID
    person: Profile
    last_message: Message | None
    unread: int
    read_seq: int
    their_read_seq: int
    their_delivered_seq: int

    @property
    def last_seq(self) -> int:
        return self.last_message.seq if self.last_message else 0

    def wire(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": str(self.id),
            "person": self.person.wire(),
            "last_message": self.last_message.wire() if self.last_message else None,
            "unread": self.unread,
            "read_seq": self.read_seq,
            "their_read_seq": self.their_read_seq,
            "their_delivered_seq": self.their_delivered_seq,
            "last_seq": self.last_seq,
        }


@dataclass(frozen=True, slots=True)
class History:
    """A stretch of a conversation, oldest first; `more`: there is more in the direction that was asked for."""

    messages: Sequence[Message]
    more: bool
