"""A person's conversations as a client holds them: a snapshot, and what each feed entry does to it. Law: the old
snapshot and the entries since make the new snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tuppence.chat.queries import CONVERSATIONS_MOST, access_conversations
from tuppence.chat.rules import UNREAD_MOST
from tuppence.db import Tx
from tuppence.outbox import Entry

View = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Conversations by id, as JSON has them. `stale`: something was said in one that is not here: read again."""

    person_id: UUID
    conversations: Mapping[str, View]
    stale: bool = False


async def snapshot(tx: Tx, person_id: UUID) -> Snapshot:
    """The latest conversations, fifty at most, the latest first."""
    found = [view.wire() for view in await access_conversations(tx, person_id, CONVERSATIONS_MOST)]
    return Snapshot(person_id, {view["id"]: view for view in found})


def apply(snapshot: Snapshot, entries: Iterable[Entry]) -> Snapshot:
    """The snapshot after these entries; those of other rooms change nothing here."""
    for entry in entries:
        snapshot = _apply(snapshot, entry)
    return snapshot


def _apply(snapshot: Snapshot, entry: Entry) -> Snapshot:
    match entry.kind:
        case "conversation":
            return _with(snapshot, entry.payload)
        case "friend":
            return _renamed(snapshot, entry.payload["person"])
        case "message" | "receipt":
            view = snapshot.conversations.get(entry.payload["conversation_id"])
            if view is None:
                return replace(snapshot, stale=True)
            change = _heard if entry.kind == "message" else _marked
            return _with(snapshot, change(view, entry.payload, str(snapshot.person_id)))
    return snapshot


def _with(snapshot: Snapshot, view: View) -> Snapshot:
    return replace(snapshot, conversations={**snapshot.conversations, view["id"]: view})


def _renamed(snapshot: Snapshot, person: Mapping[str, Any]) -> Snapshot:
    """Somebody's name changed: their conversation bears the new one."""
    for view in snapshot.conversations.values():
        if view["person"]["id"] == person["id"]:
            return _with(snapshot, {**view, "person": person})
    return snapshot


def _heard(view: View, message: Mapping[str, Any], me: str) -> View:
    """A message takes its place at the end. One that was revealed to everyone is new to all but its sender."""
    news = message["sender_id"] != me and message["seq"] > view["read_seq"]
    unread = min(view["unread"] + news, UNREAD_MOST)
    return {**view, "last_message": message, "last_seq": message["seq"], "unread": unread}


def _marked(view: View, receipt: Mapping[str, Any], me: str) -> View:
    if receipt["person_id"] == me:
        return {**view, "read_seq": receipt["read_seq"], "unread": receipt["unread"]}
    return {**view, "their_read_seq": receipt["read_seq"], "their_delivered_seq": receipt["delivered_seq"]}
