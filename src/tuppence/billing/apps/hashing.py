"""What is kept of a secret: it has 256 random bits, so a fast hash is enough."""

import hashlib


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
