"""Messages on a TCP stream: two bytes of length, big-endian, then the message."""

import asyncio

from tuppence.rails.card.codec import MessageError

MOST_BYTES = 2048  # the longest message of this dialect is under 1500


def framed(raw: bytes) -> bytes:
    """A message with its length in front."""
    assert 0 < len(raw) <= MOST_BYTES
    return len(raw).to_bytes(2, "big") + raw


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The next message's bytes; None when the peer has finished or gone, half a frame included.

    Raises: MessageError for a length that no message has: the stream has lost its place and must be closed.
    """
    try:
        length = int.from_bytes(await reader.readexactly(2), "big")
        if not 0 < length <= MOST_BYTES:
            raise MessageError("frame", f"length {length}")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, OSError):
        return None
