"""The chain: each entry's hash is bound to all that came before it. Pure."""

import hashlib

GENESIS = hashlib.sha256(b"tuppence chain 1").digest()  # of books without an entry
_LINK = b"tuppence link 1"


def extend(chain: bytes, leaf: bytes) -> bytes:
    """The chain after one more entry."""
    return hashlib.sha256(_LINK + chain + leaf).digest()
