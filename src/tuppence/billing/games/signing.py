"""What a game and we prove to each other: HMAC-SHA256 over the very bytes, with the time in it. Pure.

A game's secret is derived from a key of the house's, the game and a number that rotation raises: it is stored
nowhere, and reading the database gives it to nobody.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tuppence.billing.games.model import Game

SKEW_SECONDS = 300  # Standard Webhooks 1.0 advises five minutes
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What a game's developer is shown once, and what signs what we tell the game."""

    raw: bytes

    def text(self) -> str:
        """As the developer keeps it: the form of Standard Webhooks."""
        return f"whsec_{base64.b64encode(self.raw).decode()}"

    def sign(self, content: bytes) -> bytes:
        return hmac.digest(self.raw, content, hashlib.sha256)

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

    def good(self, game: Game, at: datetime) -> list[Secret]:
        """A game's secrets that sign at this moment, the newest first: after a rotation there is more than one."""
        before = [n for n, ends_at in enumerate(game.secrets_end, start=1) if ends_at > at]
        return [self.of(game.id, game.secret_version - n) for n in (0, *before)]

    def __repr__(self) -> str:
        return "Root(…)"


def headers(secrets: Sequence[Secret], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """What a signed request carries (Standard Webhooks 1.0): each signature is over id, time and the raw body."""
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signed = (base64.b64encode(one.sign(content)).decode() for one in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signed),
    }


def signed_result(secrets: Sequence[Secret], result: Mapping[str, Any]) -> str:
    """A result that the buyer's browser may carry to the game: ``payload.signature``, all of it base64url.

    While an old secret signs beside the newest there is a second signature after it, and so on: one that holds is
    enough. It says what was so when it was made: the game re-reads the purchase before it gives anything.
    """
    payload = _text(json.dumps(result, separators=(",", ":"), sort_keys=True).encode())
    return ".".join((payload, *(_text(one.sign(payload.encode())) for one in secrets)))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
