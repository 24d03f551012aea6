"""Tickets: signed by the app, for one origin, for five minutes."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tuppence.vault import tickets
from tuppence.vault.crypto import Key
from tuppence.vault.errors import TicketExpired, TicketRefused

KEY, APP = Key.random(), "http://localhost:8100"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERSON = uuid4()


def minted(origin: str = APP) -> str:
    return tickets.mint(KEY, person_id=PERSON, purpose="add", origin=origin, now=NOW)[0]


def test_a_ticket_reads_as_it_was_minted() -> None:
    """Whatever was signed comes back, up to the last second of the five minutes."""
    text, ticket = tickets.mint(KEY, person_id=PERSON, purpose="add", origin=APP, now=NOW)

    assert ticket == tickets.read(KEY, text, origin=APP, now=NOW + timedelta(minutes=5, seconds=-1))


def test_a_ticket_ends_after_five_minutes() -> None:
    """At five minutes sharp it has expired, and says so, for the form may be opened again."""
    with pytest.raises(TicketExpired):
        tickets.read(KEY, minted(), origin=APP, now=NOW + timedelta(minutes=5))


def test_a_ticket_is_for_one_origin() -> None:
    """A ticket for another app's page is refused here."""
    with pytest.raises(TicketRefused):
        tickets.read(KEY, minted("http://evil.example"), origin=APP, now=NOW)


def test_a_ticket_of_another_key_is_refused() -> None:
    """Only who holds the shared key signs tickets."""
    with pytest.raises(TicketRefused):
        tickets.read(Key.random(), minted(), origin=APP, now=NOW)


def test_a_changed_ticket_is_refused() -> None:
    """Any one byte of it changed, or another person written in under the old signature, and it is no ticket."""
    body, signature = (base64.urlsafe_b64decode(part) for part in minted().split("."))
    for at in range(len(body)):
        other = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        refused(other, signature)
    for at in range(len(signature)):
        refused(body, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])
    refused(json.dumps(json.loads(body) | {"person_id": str(uuid4())}).encode(), signature)


def refused(body: bytes, signature: bytes) -> None:
    text = f"{base64.urlsafe_b64encode(body).decode()}.{base64.urlsafe_b64encode(signature).decode()}"
    with pytest.raises(TicketRefused):
        tickets.read(KEY, text, origin=APP, now=NOW)


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "no", "é.é", "!!.!!", "e30=.", "\ud800."])
def test_nonsense_is_refused_by_name(text: str) -> None:
    """Whatever arrives in a ticket's place is refused, and breaks nothing."""
    with pytest.raises(TicketRefused):
        tickets.read(KEY, text, origin=APP, now=NOW)
