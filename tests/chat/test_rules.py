"""What may be said, and which conversation two people have: pure rules."""

import unicodedata
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chat.conftest import ref, text

from tuppence import chat
from tuppence.chat import errors, rules
from tuppence.chat.rules import ABSENT, OPENED, SHOWN, Room, Rooms
from tuppence.core import uuid7

ADA, BOB = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@given(one=st.uuids(), other=st.uuids(), third=st.uuids())
def test_two_people_have_one_conversation(one: UUID, other: UUID, third: UUID) -> None:
    """Whoever is named first, the id is the same; with somebody else it is another; and it is a proper UUIDv8."""
    id_ = chat.conversation_id(one, other)

    assert id_ == chat.conversation_id(other, one)
    assert (id_ == chat.conversation_id(one, third)) == (other == third)
    assert (8, "specified in RFC 4122") == (id_.version, id_.variant)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("Hi", "Hi"),
        ("line\nline\tend", "line\nline\tend"),
        ("line\r\nline", "line\nline"),
        ("cafe\u0301", "caf\u00e9"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\u202eevil", "\u202eevil"),  # the bubble is isolated by the client, and languages need these
        ("مرحبا", "مرحبا"),
        ("x" * 4000, "x" * 4000),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        (" spaces stay ", " spaces stay "),
    ],
)
def test_text_is_kept_as_it_was_meant(body: str, kept: str) -> None:
    """Line ends and composed form are made uniform; all else stays."""
    assert kept == rules.clean_body(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("x" * 4001, "too_long"),
        ("x" * 1_000_000, "too_long"),
        ("e\u0301" * 4001, "too_long"),
        ("a\0b", "control_character"),
        ("a\x1b[31mb", "control_character"),
        ("a\rb", "control_character"),
        ("a\x85b", "control_character"),
        ("\ud800", "control_character"),
        ("a\u0301" + "\u0301" * 9000, "too_long"),
    ],
)
def test_what_is_no_text_is_refused(body: str, reason: str) -> None:
    """Nothing, too much, and characters that a terminal or a database would act on."""
    with pytest.raises(errors.BodyRefused) as refused:
        rules.clean_body(body)
    assert reason == refused.value.facts["reason"]


@given(st.text(max_size=200))
def test_clean_text_is_clean(body: str) -> None:
    """Whatever comes in, what comes out can be stored, and cleaning it again changes nothing."""
    try:
        clean = rules.clean_body(body)
    except errors.BodyRefused:
        return
    assert clean == rules.clean_body(clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert "\0" not in clean
    clean.encode()


senders = st.sampled_from([ADA, BOB])
wishes = st.lists(
    st.tuples(senders, st.integers(0, 5), st.sampled_from(["text", "ref", "hidden", "reveal"])), max_size=30
)
CLIENT_IDS = [uuid7() for _ in range(6)]


@given(wishes)
def test_every_message_has_its_own_place(history: list[tuple[UUID, int, str]]) -> None:
    """Whatever is said, repeated, hidden and revealed: places count up without a gap, each is given out once, and
    somebody is shown the conversation exactly when they see the first message."""
    room_id = chat.conversation_id(ADA, BOB)
    rooms = Rooms([Room(room_id, ADA, BOB, 0, OPENED, ABSENT)])
    for sender, n, what in history:
        try:
            if what == "reveal":
                hidden = [one for one in rooms.said.values() if one.only_for]
                if hidden:
                    shown = rooms.reveal(hidden[0])
                    rooms.said[shown.sender_id, shown.client_id, shown.kind] = shown
            elif what == "text":
                rooms.say(text(room_id, sender, client_id=CLIENT_IDS[n]), {}, NOW)
            else:
                rooms.say(ref(room_id, sender, CLIENT_IDS[n], sender if what == "hidden" else None), {}, NOW)
        except errors.ConversationNotFound:
            assert ABSENT == rooms.rooms[room_id].stage(sender)

    assert list(range(1, len(rooms.new) + 1)) == [one.seq for one in rooms.new]
    assert len(rooms.new) == rooms.rooms[room_id].last_seq
    for person in (ADA, BOB):
        sees = any(one.visible_to(person) for one in rooms.new)
        assert sees == (SHOWN == rooms.rooms[room_id].stage(person))
        assert int(sees) == rooms.shown.count((person, room_id))
