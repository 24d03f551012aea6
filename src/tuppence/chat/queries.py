"""Reading conversations. `access_…` is the only way to somebody's own; somebody else's is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence import people
from tuppence.chat.errors import ConversationNotFound
from tuppence.chat.model import ConversationView, History, Message, MessageKind
from tuppence.chat.rules import UNREAD_MOST
from tuppence.db import Statements, Tx

SQL = Statements(__package__)

CONVERSATIONS_MOST = 50
HISTORY_MOST = 200


@dataclass(frozen=True, slots=True)
class _Row:
    """A conversation as `viewer` sees it, its last message spread out; without one those columns are None."""

    viewer: UUID
    conversation_id: UUID
    other: UUID
    unread: int
    read_seq: int
    their_read_seq: int
    their_delivered_seq: int
    id: UUID | None
    seq: int | None
    sender_id: UUID | None
    client_id: UUID | None
    kind: MessageKind | None
    body: str | None
    ref_kind: str | None
    ref_id: UUID | None
    only_for: UUID | None
    at: datetime | None

    @property
    def last_message(self) -> Message | None:
        if not (self.id and self.seq and self.sender_id and self.client_id and self.kind and self.at):
            return None
        return Message(
            self.id,
            self.conversation_id,
            self.seq,
            self.sender_id,
            self.client_id,
            self.kind,
            self.body,
            self.ref_kind,
            self.ref_id,
            self.only_for,
            self.at,
        )

    def view(self, person: people.Profile) -> ConversationView:
        return ConversationView(
            self.conversation_id,
            person,
            self.last_message,
            self.unread,
            self.read_seq,
            self.their_read_seq,
            self.their_delivered_seq,
        )


async def views(tx: Tx, wanted: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], ConversationView]:
    """Conversations by (viewer, conversation); what is not there for a viewer is left out."""
    rows = await tx.fetch(
        SQL.views,
        _Row,
        viewer=[viewer for viewer, _ in wanted],
        conversation_id=[id_ for _, id_ in wanted],
        unread_most=UNREAD_MOST,
    )
    names = await people.profiles(tx, list({row.other for row in rows}))
    return {(row.viewer, row.conversation_id): row.view(names[row.other]) for row in rows}


async def access_conversations(tx: Tx, person_id: UUID, limit: int = CONVERSATIONS_MOST) -> list[ConversationView]:
    """Somebody's conversations, the latest first."""
    ids = await tx.scalars(SQL.latest, person_id=person_id, limit=limit)
    found = await views(tx, [(person_id, id_) for id_ in ids])
    return [found[person_id, id_] for id_ in ids]


async def access_conversation(tx: Tx, person_id: UUID, conversation_id: UUID) -> ConversationView:
    """One of somebody's conversations. Raises ConversationNotFound."""
    found = await views(tx, [(person_id, conversation_id)])
    if not found:
        raise ConversationNotFound
    return found[person_id, conversation_id]


async def access_history(
    tx: Tx,
    person_id: UUID,
    conversation_id: UUID,
    *,
    before_seq: int | None = None,
    after_seq: int | None = None,
    limit: int = 50,
) -> History:
    """A stretch of a conversation, oldest first: the last messages before `before_seq`, or the first after `after_seq`,
    or simply the last. Raises ConversationNotFound."""
    limit = min(max(limit, 1), HISTORY_MOST)
    forward = after_seq is not None and before_seq is None
    found = await tx.fetch(
        SQL.history_after if forward else SQL.history_before,
        Message,
        person_id=person_id,
        conversation_id=conversation_id,
        before_seq=before_seq,
        after_seq=after_seq or 0,
        limit=limit + 1,
    )
    if not found and not await views(tx, [(person_id, conversation_id)]):
        raise ConversationNotFound
    page = found[:limit]
    return History(page if forward else page[::-1], more=len(found) > limit)
