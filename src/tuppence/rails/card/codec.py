"""Messages to bytes and back. Strict both ways, masked by default; bytes of any kind give a message or MessageError."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import iso8583

from tuppence.rails.card.spec import FIELDS, MESSAGES, PYISO8583

_ALPHABETS = {
    "n": re.compile(r"[0-9]+"),
    "an": re.compile(r"[0-9A-Za-z ]+"),
    "ans": re.compile(r"[ -~]+"),
    "hex": re.compile(r"[0-9a-f]+"),
}
MASK = "•••"


class MessageError(ValueError):
    """Not a message of this dialect. Names the place and the reason; never the data, which may be a card's."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A message type and its data elements by number."""

    mti: str
    fields: Mapping[int, str]

    def __getitem__(self, number: int) -> str:
        return self.fields[number]

    def get(self, number: int) -> str | None:
        """A data element, or None if the message does not carry it."""
        return self.fields.get(number)

    def __repr__(self) -> str:
        """For logs: only what the spec says may be shown."""
        shown = (
            f"{number}={text if number in FIELDS and FIELDS[number].shown else MASK}"
            for number, text in sorted(self.fields.items())
        )
        return f"<{self.mti} {' '.join(shown)}>"


def pack(message: Message) -> bytes:
    """Bytes of a message. Raises MessageError."""
    _verify(message)
    raw, _ = iso8583.encode({"t": message.mti} | {str(n): text for n, text in message.fields.items()}, PYISO8583)
    return bytes(raw)


def unpack(raw: bytes) -> Message:
    """The message in these bytes. Raises MessageError: also for bytes that a strict sender would have put otherwise."""
    try:
        decoded, _ = iso8583.decode(raw, PYISO8583)
    except iso8583.DecodeError as error:
        # `from None`: the library's error holds the raw bytes, and with them the card number.
        raise MessageError(f"{_type(raw)}.{error.field}", error.msg) from None
    except KeyError as error:
        raise MessageError(f"{_type(raw)}.{error.args[0]}", "no such field in this dialect") from None
    message = Message(
        decoded["t"],
        MappingProxyType({int(name): text for name, text in decoded.items() if name.isdecimal() and name != "1"}),
    )
    if pack(message) != raw:
        raise MessageError(message.mti, "not in canonical form")
    return message


def _verify(message: Message) -> None:
    shape = MESSAGES.get(message.mti)
    if shape is None:
        raise MessageError("mti", "unknown message type")
    for number in sorted(shape.must - message.fields.keys()):
        raise MessageError(f"{message.mti}.{number}", "missing")
    for number, text in sorted(message.fields.items()):
        if number not in shape.must | shape.may:
            raise MessageError(f"{message.mti}.{number}", "does not belong here")
        _verify_field(f"{message.mti}.{number}", number, text)
    if 48 in message.fields:
        subelements(message)


def _verify_field(path: str, number: int, text: str) -> None:
    field = FIELDS[number]
    exact = not field.prefix or field.kind == "hex"
    if not text or len(text) > field.length or (exact and len(text) != field.length):
        raise MessageError(path, f"length {len(text)}, expected {'' if exact else 'up to '}{field.length}")
    if not _ALPHABETS[field.kind].fullmatch(text):
        raise MessageError(path, f"not of kind {field.kind}")


def _type(raw: bytes) -> str:
    """The message type for an error's path, if it is four digits."""
    return raw[:4].decode("ascii") if re.fullmatch(rb"[0-9]{4}", raw[:4]) else "mti"


def with_subelements(parts: Mapping[str, str]) -> str:
    """DE48 from its subelements: two-digit id, two-digit length, value."""
    return "".join(f"{name}{len(text):02d}{text}" for name, text in sorted(parts.items()))


def subelements(message: Message) -> dict[str, str]:
    """DE48 in its parts; empty if there is none. Raises MessageError."""
    text = message.get(48) or ""
    parts: dict[str, str] = {}
    while text:
        head = re.match(r"([0-9]{2})([0-9]{2})", text)
        if head is None or len(text) < 4 + int(head[2]) or head[1] in parts:
            raise MessageError(f"{message.mti}.48", "not a list of subelements")
        parts[head[1]], text = text[4 : 4 + int(head[2])], text[4 + int(head[2]) :]
    return parts
