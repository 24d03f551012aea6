"""What a game and we prove to each other: HMAC-SHA256 over the very bytes, with the time in it. Pure.

A game's secret is derived from a key of the house's, the game and a number that rotation raises: it is stored
nowhere, and reading the database gives it to nobody.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SKEW_SECONDS = 300  # Standard Webhooks 1.0 advises five minutes
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What a game's developer is shown once, and what signs what we tell the game."""

    raw: bytes

    def text(self) -> str:
        """As the developer keeps it: the form of Standard Webhooks."""
        return f"whsec_{base64.b64encode(self.raw).decode()}"

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Root:
    """The house's key, from which every game's is derived."""

    raw: bytes

    def of(self, game_id: UUID, version: int) -> Secret:
        """A game's secret of this rotation."""
        info = b"tuppence game %b %d" % (game_id.bytes, version)
        return Secret(HKDF(SHA256(), _SECRET_BYTES, salt=None, info=info).derive(self.raw))

    def __repr__(self) -> str:
        return "Root(…)"


def headers(secret: Secret, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What a signed request carries (Standard Webhooks 1.0): the signature is over id, time and the raw body."""
    timestamp = str(int(at.timestamp()))
    signed = hmac.digest(secret.raw, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def signed_result(secret: Secret, result: Mapping[str, Any]) -> str:
    """A result that the buyer's browser may carry to the game: ``payload.signature``, both base64url.

    It says what was so when it was made: the game re-reads the purchase before it gives anything.
    """
    payload = _text(json.dumps(result, separators=(",", ":"), sort_keys=True).encode())
    return f"{payload}.{_text(hmac.digest(secret.raw, payload.encode(), hashlib.sha256))}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
