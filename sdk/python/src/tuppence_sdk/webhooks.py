"""Whether a webhook is from us: Standard Webhooks 1.0."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from tuppence_sdk.errors import BadSignature

_TOLERANCE_SECONDS = 300


def verify(
    body: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance_seconds: float = _TOLERANCE_SECONDS
) -> dict[str, Any]:
    """The event in a webhook: `{type, timestamp, data}`. Give the body as it came, byte for byte.

    `secret` is the endpoint's `whsec_…`, or its public `whpk_…`. Raises: BadSignature.
    """
    raw = body.encode() if isinstance(body, str) else body
    told = {name.lower(): value for name, value in headers.items()}
    event_id, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(time.time() - int(stamp)) > tolerance_seconds:
        raise BadSignature("too old, too new, or without a time")
    content = b".".join((event_id.encode(), stamp.encode(), raw))
    signatures = [one.split(",", 1) for one in told.get("webhook-signature", "").split(" ") if "," in one]
    if not any(_holds(secret, scheme, _decoded(text), content) for scheme, text in signatures):
        raise BadSignature("no signature of this secret's")
    event: dict[str, Any] = json.loads(raw)
    return event


def _holds(secret: str, scheme: str, signature: bytes, content: bytes) -> bool:
    if secret.startswith("whsec_") and scheme == "v1":
        expected = hmac.new(_decoded(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()
        return hmac.compare_digest(expected, signature)
    if secret.startswith("whpk_") and scheme == "v1a":
        return _signed(_decoded(secret.removeprefix("whpk_")), signature, content)
    return False


def _signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Ed25519; it takes the extra `ed25519`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""
