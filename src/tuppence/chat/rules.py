"""Pure decisions: what may be said, and which place in its conversation it takes."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tuppence.chat.errors import BodyRefused, ClientIdTaken, ConversationNotFound, YouBlockedThem
from tuppence.chat.model import Message, MessageKind, Say
from tuppence.core import Failure, uuid7
from tuppence.people import Between

BODY_CHARACTERS_MAX = 4000
UNREAD_MOST = 1000  # more are not counted, so that a flood costs nobody a slow start
_ALLOWED_CONTROLS = "\n\t"

Key = tuple[UUID, UUID, MessageKind]  # (sender, client_id, kind): what is said once


def conversation_id(one: UUID, other: UUID) -> UUID:
    """The id of two people's conversation, the same whichever of them is named first.

    UUIDv8 (RFC 9562, section 5.8): the head of SHA-256 over both ids, smaller first. So nobody has to look it up,
    and two who open it at once open the same one.
    """
    low, high = sorted((one, other))
    head = int.from_bytes(hashlib.sha256(b"tuppence.conversation" + low.bytes + high.bytes).digest()[:16])
    return UUID(int=head & ~(0xF << 76) & ~(0b11 << 62) | 0x8 << 76 | 0b10 << 62)


def clean_body(text: str) -> str:
    """A message's text in composed form. Raises BodyRefused.

    Directions and joiners stay: languages and emoji need them, and the client isolates every bubble.
    """
    if len(text) > 2 * BODY_CHARACTERS_MAX:
        raise BodyRefused(reason="too_long")
    body = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in _ALLOWED_CONTROLS for one in body):
        raise BodyRefused(reason="control_character")
    if not 0 < len(body) <= BODY_CHARACTERS_MAX:
        raise BodyRefused(reason="too_long" if body else "empty")
    if not body.strip():
        raise BodyRefused(reason="empty")
    return body


ABSENT, OPENED, SHOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Room:
    """A conversation's row. A stage says what it is to one of the two: not there; opened, so that they may use it; or
    shown, since something in it is theirs to see."""

    id: UUID
    low: UUID
    high: UUID
    last_seq: int
    low_stage: int
    high_stage: int

    def other(self, person_id: UUID) -> UUID:
        return self.high if person_id == self.low else self.low

    def stage(self, person_id: UUID) -> int:
        if person_id == self.low:
            return self.low_stage
        return self.high_stage if person_id == self.high else ABSENT

    def at_least(self, stage: int, person_id: UUID) -> "Room":
        raised = max(stage, self.stage(person_id))
        return replace(self, low_stage=raised) if person_id == self.low else replace(self, high_stage=raised)


class Rooms:
    """The locked conversations of a batch, as they are and as they become."""

    def __init__(self, rooms: Sequence[Room], said: Sequence[Message] = ()) -> None:
        self.rooms = {room.id: room for room in rooms}
        self.said: dict[Key, Message] = {(one.sender_id, one.client_id, one.kind): one for one in said}
        self.new: list[Message] = []
        self.shown: list[tuple[UUID, UUID]] = []  # (person, conversation) that the person sees from now on

    def say(self, ask: Say, between: Mapping[tuple[UUID, UUID], Between], now: datetime) -> Message:
        """Put a message at the end of its conversation; a repeat is answered with the first one.

        Raises, checked in this order: ConversationNotFound (also for somebody else's), BodyRefused, ClientIdTaken,
        YouBlockedThem.
        """
        room = self.rooms.get(ask.conversation_id)
        if room is None or room.stage(ask.sender_id) == ABSENT:
            raise ConversationNotFound
        body = clean_body(ask.body or "") if ask.kind == "text" else None
        key = (ask.sender_id, ask.client_id, ask.kind)
        if key in self.said:
            return _same(self.said[key], ask, body)
        message = Message(
            id=uuid7(),
            conversation_id=room.id,
            seq=room.last_seq + 1,
            sender_id=ask.sender_id,
            client_id=ask.client_id,
            kind=ask.kind,
            body=body,
            ref_kind=ask.ref_kind,
            ref_id=ask.ref_id,
            only_for=_only_for(ask, between.get((ask.sender_id, room.other(ask.sender_id)))),
            at=now,
        )
        self.said[key] = message
        self.new.append(message)
        self._place(room, message)
        return message

    def reveal(self, message: Message) -> Message:
        """Move a message that only its sender saw to the end, for everyone."""
        room = self.rooms[message.conversation_id]
        shown = replace(message, seq=room.last_seq + 1, only_for=None)
        self.new.append(shown)
        self._place(room, shown)
        return shown

    def _place(self, room: Room, message: Message) -> None:
        room = replace(room, last_seq=message.seq)
        for person in (room.low, room.high):
            if message.visible_to(person) and room.stage(person) < SHOWN:
                self.shown.append((person, room.id))
                room = room.at_least(SHOWN, person)
        self.rooms[room.id] = room


def _same(said: Message, ask: Say, body: str | None) -> Message:
    """The message said before, if this repeats it."""
    asked = (ask.conversation_id, body, ask.ref_kind, ask.ref_id)
    if asked != (said.conversation_id, said.body, said.ref_kind, said.ref_id):
        raise ClientIdTaken
    return replace(said, replayed=True)


def _only_for(ask: Say, between: Between | None) -> UUID | None:
    """Whom a message is kept to. Somebody who is blocked sees it sent, and nothing else happens."""
    if ask.only_for or between is None:
        return ask.only_for
    if between.first_blocked_second:
        raise YouBlockedThem
    return ask.sender_id if between.second_blocked_first else None


def attempt_say(
    rooms: Rooms, ask: Say, between: Mapping[tuple[UUID, UUID], Between], now: datetime
) -> Message | Failure:
    """As `Rooms.say`, with a refusal as an answer."""
    try:
        return rooms.say(ask, between, now)
    except Failure as failure:
        return failure
