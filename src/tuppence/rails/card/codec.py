"""Messages to bytes and back. Strict both ways, masked by default; bytes of any kind give a message or MessageError."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import iso8583

from tuppence.rails.card.spec import DIALECT, Field, Spec

_ALPHABETS = {
    "n": re.compile(r"[0-9]+"),
    "an": re.compile(r"[0-9A-Za-z ]+"),
    "ans": re.compile(r"[ -~]+"),
    "hex": re.compile(r"[0-9a-f]+"),
    "b": re.compile(r"[0-9A-F]+"),
    "x": re.compile(r"[CD][0-9]+"),
    "z": re.compile(r"[0-9=D]+"),
}
# A date without its year is read in a leap year, so that 29 February is one.
_FORMS = {"MMDDhhmmss": "%Y%m%d%H%M%S", "MMDD": "%Y%m%d", "hhmmss": "%Y%H%M%S", "YYMM": "20%y%m", "YYMMDD": "20%y%m%d"}
_TYPE = re.compile(r"0[1-8][0-9][0-5]")  # ISO 8583:1987: version 0, class, function, origin
MASK = "•••"


class MessageError(ValueError):
    """Not a message of this dialect. Names the place and the reason; never the data, which may be a card's."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """A message type and its data elements by number; `spec` says which of them may be shown."""

    mti: str
    fields: Mapping[int, str]
    spec: Spec = field(default=DIALECT, compare=False)

    def __getitem__(self, number: int) -> str:
        return self.fields[number]

    def get(self, number: int) -> str | None:
        """A data element, or None if the message does not carry it."""
        return self.fields.get(number)

    def __repr__(self) -> str:
        """For logs: only what the spec says may be shown."""
        known = self.spec.fields
        shown = (
            f"{number}={text if number in known and known[number].shown else MASK}"
            for number, text in sorted(self.fields.items())
        )
        return f"<{self.mti} {' '.join(shown)}>"


def pack(message: Message) -> bytes:
    """Bytes of a message, by its own spec. Raises MessageError."""
    _verify(message)
    told = {"t": message.mti} | {str(n): text for n, text in message.fields.items()}
    raw, _ = iso8583.encode(told, message.spec.table)
    return bytes(raw)


def unpack(raw: bytes, spec: Spec = DIALECT) -> Message:
    """The message in these bytes. Raises MessageError: also for bytes that a strict sender would have put otherwise."""
    try:
        decoded, _ = iso8583.decode(raw, spec.table)
    except iso8583.DecodeError as error:
        # `from None`: the library's error holds the raw bytes, and with them the card number.
        raise MessageError(f"{_type(raw)}.{error.field}", error.msg) from None
    except KeyError as error:
        raise MessageError(f"{_type(raw)}.{error.args[0]}", "no such field in this dialect") from None
    fields = {int(name): text for name, text in decoded.items() if name.isdecimal() and name != "1"}
    message = Message(decoded["t"], MappingProxyType(fields), spec)
    if pack(message) != raw:
        raise MessageError(message.mti, "not in canonical form")
    return message


def _verify(message: Message) -> None:
    _verify_shape(message)
    for number, text in sorted(message.fields.items()):
        _verify_field(f"{message.mti}.{number}", message.spec, number, text)
    if 48 in message.fields and message.spec is DIALECT:
        subelements(message)


def _verify_shape(message: Message) -> None:
    """The message type, and which data elements it may come with."""
    if message.spec.messages is None:
        if _TYPE.fullmatch(message.mti) is None:
            raise MessageError("mti", "unknown message type")
        return
    shape = message.spec.messages.get(message.mti)
    if shape is None:
        raise MessageError("mti", "unknown message type")
    for number in sorted(shape.must - message.fields.keys()):
        raise MessageError(f"{message.mti}.{number}", "missing")
    for number in sorted(message.fields.keys() - shape.must - shape.may):
        raise MessageError(f"{message.mti}.{number}", "does not belong here")


def _verify_field(path: str, spec: Spec, number: int, text: str) -> None:
    if number not in spec.fields:
        raise MessageError(path, "no such field in this dialect")
    known = spec.fields[number]
    exact = not known.prefix or known.kind == "hex"
    if not text and known.prefix and spec.messages is None:
        return
    if not text or len(text) > known.length or (exact and len(text) != known.length):
        raise MessageError(path, f"length {len(text)}, expected {'' if exact else 'up to '}{known.length}")
    if not _ALPHABETS[known.kind].fullmatch(text):
        raise MessageError(path, f"not of kind {known.kind}")
    if known.form and not _is_of_form(known, text):
        raise MessageError(path, f"not {known.form}")


def _is_of_form(known: Field, text: str) -> bool:
    pattern = _FORMS[known.form]
    try:
        datetime.strptime(("2000" if pattern.startswith("%Y") else "20") + text, pattern)  # noqa: DTZ007 -- only a check
    except ValueError:
        return False
    return True


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
