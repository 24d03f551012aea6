"""Ids that you make: time-ordered UUIDs (RFC 9562, version 7)."""

import secrets
import time
import uuid


def new_id() -> str:
    """One for each intention: keep it, and repeat the call with it until it is answered."""
    bits = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))
