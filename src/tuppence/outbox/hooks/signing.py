"""Secrets and signatures as Standard Webhooks 1.0 has them. Pure.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Webhook signatures".
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence.outbox.hooks.model import Scheme

_SYMMETRIC, _PUBLIC = "whsec_", "whpk_"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """What an endpoint's deliveries are signed with."""

    scheme: Scheme
    raw: bytes = field(repr=False)

    @classmethod
    def new(cls, scheme: Scheme) -> "Secret":
        """Made of 256 random bits."""
        return cls(scheme, secrets.token_bytes(_BYTES))

    @classmethod
    def read(cls, text: str) -> "Secret":
        """A symmetric one, as it is shown. Raises ValueError."""
        if not text.startswith(_SYMMETRIC):
            raise ValueError("a secret begins with whsec_")
        return cls("v1", base64.b64decode(text.removeprefix(_SYMMETRIC), validate=True))

    @property
    def shown(self) -> str:
        """What the receiver verifies with: the secret itself, or the public key to a private one that we keep."""
        return _SYMMETRIC + _base64(self.raw) if self.scheme == "v1" else self.public or ""

    @property
    def public(self) -> str | None:
        if self.scheme == "v1":
            return None
        return _PUBLIC + _base64(Ed25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw())

    def sign(self, content: bytes) -> str:
        if self.scheme == "v1":
            return "v1," + _base64(hmac.new(self.raw, content, hashlib.sha256).digest())
        return "v1a," + _base64(Ed25519PrivateKey.from_private_bytes(self.raw).sign(content))


def headers(event_id: str, at: datetime, body: bytes, known: Sequence[Secret]) -> dict[str, str]:
    """The three headers of a delivery: one signature for each secret, so that a receiver can change over in peace."""
    stamp = str(int(at.timestamp()))
    content = b".".join((event_id.encode(), stamp.encode(), body))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(one.sign(content) for one in known),
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
