"""The slip of paper that the app gives a card form: for this person, this purpose, this app, five minutes, one card.

`base64url(json) . base64url(HMAC-SHA256)`. The app signs, the vault verifies; both hold the ticket key. Pure: that a
ticket is good for one card only is the database's word (`card_ticket_nonce`).
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.vault.crypto import Key
from tuppence.vault.errors import TicketExpired, TicketRefused

LIFETIME = timedelta(minutes=5)
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Ticket:
    person_id: UUID
    purpose: str
    nonce: str
    origin: str
    expires_at: datetime


def mint(
    key: Key, *, person_id: UUID, purpose: str, origin: str, now: datetime, nonce: str | None = None
) -> tuple[str, Ticket]:
    """Sign a ticket. `origin` is the app's, the only page that may frame the form and hear its answer.

    Tickets of the same `nonce` are together good for one card; without one it is fresh.
    """
    ticket = Ticket(person_id, purpose, nonce or secrets.token_urlsafe(_NONCE_BYTES), origin, now + LIFETIME)
    body = json.dumps(
        {
            "person_id": str(person_id),
            "purpose": purpose,
            "nonce": ticket.nonce,
            "exp": int(ticket.expires_at.timestamp()),
            "origin": origin,
        }
    ).encode()
    return f"{_text(body)}.{_text(_sign(key, body))}", ticket


def read(key: Key, text: str, *, origin: str, now: datetime) -> Ticket:
    """Verify, then read.

    Raises: TicketRefused if it was not signed by the app or is for another origin; TicketExpired.
    """
    body, signature = _parts(text)
    if not hmac.compare_digest(signature, _sign(key, body)):
        raise TicketRefused
    held = json.loads(body)  # ours, once the signature holds
    expires_at = datetime.fromtimestamp(held["exp"], now.tzinfo)
    ticket = Ticket(UUID(held["person_id"]), held["purpose"], held["nonce"], held["origin"], expires_at)
    if ticket.origin != origin:
        raise TicketRefused
    if now >= expires_at:
        raise TicketExpired
    return ticket


def _sign(key: Key, body: bytes) -> bytes:
    return hmac.new(key.reveal(), b"ticket/v1" + body, hashlib.sha256).digest()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


def _parts(text: str) -> tuple[bytes, bytes]:
    try:
        body, signature = text.encode("ascii").split(b".")
        return base64.b64decode(body, b"-_", validate=True), base64.b64decode(signature, b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise TicketRefused from None
