"""The verbs: lock conversations, decide, write once, tell last. Each takes the same few statements for any batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tuppence import outbox, people
from tuppence.chat import queries
from tuppence.chat.errors import ConversationNotFound, NotFriends
from tuppence.chat.model import Conversation, Mark, Message, Say
from tuppence.chat.queries import SQL
from tuppence.chat.rules import OPENED, SHOWN, Room, Rooms, attempt_say, conversation_id
from tuppence.core import Failure
from tuppence.db import Statement, Tx, columns

_MESSAGE = (
    *("conversation_id", "seq", "id", "sender_id", "client_id", "kind"),
    *("body", "ref_kind", "ref_id", "only_for", "at"),
)


async def ensure_conversations(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> list[Conversation | Failure]:
    """See that each (opener, other) has a conversation that the opener may use. Order in, order out.

    Nobody is told: it shows in an inbox with the first message there. Refuses: NotFriends, where it is not open yet.
    Locks: conversations that were not open, in id order.
    """
    ids = [conversation_id(opener, other) for opener, other in pairs]
    rooms = {room.id: room for room in await tx.fetch(SQL.rooms, Room, ids=ids)}
    closed = {pair for id_, pair in zip(ids, pairs, strict=True) if not _is_open(rooms.get(id_), pair[0])}
    if closed:
        rooms |= await _open(tx, list(closed))
    return [
        Conversation(id_, (rooms[id_].low, rooms[id_].high)) if _is_open(rooms.get(id_), opener) else NotFriends()
        for id_, (opener, _) in zip(ids, pairs, strict=True)
    ]


def _is_open(room: Room | None, opener: UUID) -> bool:
    return room is not None and room.stage(opener) >= OPENED


async def _open(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> dict[UUID, Room]:
    """Open the conversations of those who are friends."""
    between = await people.between(tx, pairs)
    friends = [pair for pair, they in zip(pairs, between, strict=True) if they.friends]
    new = {conversation_id(*pair): sorted(pair) for pair in friends}
    ids = sorted(new)
    await tx.execute(SQL.open_rooms, id=ids, low=[new[id_][0] for id_ in ids], high=[new[id_][1] for id_ in ids])
    rooms = {room.id: room for room in await tx.fetch(SQL.lock_rooms, Room, ids=ids)}
    for pair in friends:
        room = rooms[conversation_id(*pair)]
        rooms[room.id] = room.at_least(OPENED, pair[0])
    await _write_rooms(tx, list(rooms.values()))
    return rooms


async def say(tx: Tx, asks: Sequence[Say]) -> list[Message | Failure]:
    """Say things. Order in, order out; a repeat (sender, client_id) is answered with the message said first.

    Refuses: ConversationNotFound (somebody else's reads the same), BodyRefused, ClientIdTaken, YouBlockedThem.
    Locks: the conversations, in id order; then the feeds of all who are told.
    """
    locked = await tx.fetch(SQL.lock_rooms, Room, ids=sorted({ask.conversation_id for ask in asks}))
    rooms = Rooms(locked, await tx.fetch(SQL.said, Message, **columns(asks, "sender_id", "client_id", "kind")))
    between = await _between(tx, rooms, asks)
    now = await outbox.now(tx)  # on the calendar that payments live by
    results = [attempt_say(rooms, ask, between, now) for ask in asks]
    await _place(tx, rooms, SQL.write_messages)
    return results


async def _between(tx: Tx, rooms: Rooms, asks: Sequence[Say]) -> dict[tuple[UUID, UUID], people.Between]:
    """What stands between those who talk. Of a ref its own room has decided who may see it."""
    pairs = {
        (ask.sender_id, room.other(ask.sender_id))
        for ask in asks
        if ask.kind == "text" and (room := rooms.rooms.get(ask.conversation_id)) and room.stage(ask.sender_id)
    }
    ordered = list(pairs)
    return dict(zip(ordered, await people.between(tx, ordered), strict=True)) if ordered else {}


async def reveal(tx: Tx, refs: Sequence[tuple[str, UUID]]) -> None:
    """Show messages that only their senders saw: each moves to the end of its conversation, for everyone. A repeat
    changes nothing. Locks: the conversations, in id order; then the feeds of all who are told."""
    if not refs:
        return
    keys = {"ref_kind": [kind for kind, _ in refs], "ref_id": [id_ for _, id_ in refs]}
    hidden = await tx.fetch(SQL.hidden_refs, Message, **keys)
    if not hidden:
        return
    rooms = Rooms(await tx.fetch(SQL.lock_rooms, Room, ids=sorted({one.conversation_id for one in hidden})))
    for message in await tx.fetch(SQL.hidden_refs, Message, **keys):  # again, now that nobody else can move them
        rooms.reveal(message)
    await _place(tx, rooms, SQL.move_messages)


async def _place(tx: Tx, rooms: Rooms, write: Statement) -> None:
    """Write what a batch put into its conversations, and tell whoever sees it; a conversation before what is in it."""
    if not rooms.new:
        return
    await _write_rooms(tx, [rooms.rooms[id_] for id_ in {one.conversation_id for one in rooms.new}])
    shown = await _conversation_events(tx, rooms.shown)
    await tx.execute(write, **columns(rooms.new, *_MESSAGE))
    await outbox.tell(tx, shown + [event for message in rooms.new for event in _message_events(rooms, message)])


async def _write_rooms(tx: Tx, rooms: Sequence[Room]) -> None:
    await tx.execute(SQL.write_rooms, **columns(rooms, "id", "last_seq", "low_stage", "high_stage"))


def _message_events(rooms: Rooms, message: Message) -> list[outbox.Event]:
    room, payload = rooms.rooms[message.conversation_id], message.wire()
    seen_by = [person for person in (room.low, room.high) if message.visible_to(person)]
    return [outbox.Event(person, "message", payload) for person in seen_by]


async def _conversation_events(tx: Tx, shown: Sequence[tuple[UUID, UUID]]) -> list[outbox.Event]:
    """Conversations as they are before the messages that make them appear."""
    views = await queries.views(tx, shown) if shown else {}
    return [outbox.Event(person, "conversation", views[person, id_].wire()) for person, id_ in shown]


@dataclass(frozen=True, slots=True)
class _Member:
    """A row of chat.member, with how far its conversation goes."""

    conversation_id: UUID
    person_id: UUID
    delivered_seq: int
    read_seq: int
    last_seq: int


async def mark_read(tx: Tx, marks: Sequence[Mark]) -> list[Failure | None]:
    """Say how far people have read; what is read has been delivered. Watermarks only rise. Order in, order out.

    Refuses: ConversationNotFound (somebody else's reads the same). Locks: the conversations, in id order; then the
    feeds of both members.
    """
    return await _mark(tx, marks, read=True)


async def mark_delivered(tx: Tx, marks: Sequence[Mark]) -> list[Failure | None]:
    """Say how far people's devices have a conversation. As `mark_read` otherwise."""
    return await _mark(tx, marks, read=False)


async def _mark(tx: Tx, marks: Sequence[Mark], *, read: bool) -> list[Failure | None]:
    ids = sorted({mark.conversation_id for mark in marks})
    rooms = {room.id: room for room in await tx.fetch(SQL.lock_rooms, Room, ids=ids)}
    members = await tx.fetch(SQL.members, _Member, **columns(marks, "conversation_id", "person_id"))
    before = {(one.conversation_id, one.person_id): one for one in members}
    after = dict(before)
    for mark in marks:
        key = (mark.conversation_id, mark.person_id)
        if key in after:
            after[key] = _raised(after[key], mark.seq, read=read)
    risen = [member for key, member in after.items() if member != before[key]]
    if risen:
        await tx.execute(
            SQL.write_members, **columns(risen, "conversation_id", "person_id", "delivered_seq", "read_seq")
        )
        await outbox.tell(tx, await _receipts(tx, rooms, risen))
    return [None if (mark.conversation_id, mark.person_id) in before else ConversationNotFound() for mark in marks]


def _raised(member: _Member, seq: int, *, read: bool) -> _Member:
    """Never back, never past the last message."""
    seq = min(seq, member.last_seq)
    return _Member(
        member.conversation_id,
        member.person_id,
        max(member.delivered_seq, seq),
        max(member.read_seq, seq) if read else member.read_seq,
        member.last_seq,
    )


async def _receipts(tx: Tx, rooms: dict[UUID, Room], risen: Sequence[_Member]) -> list[outbox.Event]:
    """To the other, and to one's own devices with what is left unread. Who sees nothing in it is not told."""
    views = await queries.views(tx, [(one.person_id, one.conversation_id) for one in risen])
    receipts = (
        _receipt(rooms[one.conversation_id], one, views[one.person_id, one.conversation_id].unread) for one in risen
    )
    return [event for receipt in receipts for event in receipt]


def _receipt(room: Room, member: _Member, unread: int) -> list[outbox.Event]:
    payload = {
        "conversation_id": str(room.id),
        "person_id": str(member.person_id),
        "delivered_seq": member.delivered_seq,
        "read_seq": member.read_seq,
    }
    own = outbox.Event(member.person_id, "receipt", payload | {"unread": unread})
    others = outbox.Event(room.other(member.person_id), "receipt", payload)
    return [event for event in (own, others) if room.stage(event.person_id) == SHOWN]
