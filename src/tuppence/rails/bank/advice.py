"""What our bank tells us of files: taken or refused. JSON, as the sandbox's bank writes it.

Every bank has a form of its own for this; one that is signed up with gets a reader beside this one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal["accepted", "rejected"]
SUFFIX = ".advice.json"
_FORM = "tuppence sandbox bank advice 2"
_MOST_MINOR = 10**12
_KINDS = ("accepted", "rejected")


class AdviceError(ValueError):
    """Not an advice of our bank's. The text says where, never what stood there."""


@dataclass(frozen=True, slots=True)
class Line:
    """About one file, by name: when it will settle, and what it will bring to our account; below zero where it takes.

    `sha256` is of the file as the bank read it.
    """

    kind: Kind
    file: str
    on: date
    amount_minor: int = 0
    sha256: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A message of the bank's, numbered."""

    number: int
    at: datetime
    lines: tuple[Line, ...]


def write(advice: Advice) -> bytes:
    """The same advice gives the same bytes."""
    lines = [
        {
            "kind": line.kind,
            "file": line.file,
            "on": line.on.isoformat(),
            "amount_minor": line.amount_minor,
            "sha256": line.sha256,
            "reason": line.reason,
        }
        for line in advice.lines
    ]
    told = {"form": _FORM, "number": advice.number, "at": advice.at.isoformat(), "lines": lines}
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def read(raw: bytes) -> Advice:
    """Raises: AdviceError."""
    try:
        told = json.loads(raw)
        if told["form"] != _FORM:
            raise AdviceError("form: not one that we know")
        return Advice(_whole(told["number"]), datetime.fromisoformat(told["at"]), _lines(told["lines"]))
    except AdviceError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AdviceError(f"unreadable: {type(error).__name__}") from None


def _lines(told: Sequence[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(_line(number, one) for number, one in enumerate(told, 1))


def _line(number: int, told: dict[str, Any]) -> Line:
    if told["kind"] not in _KINDS:
        raise AdviceError(f"line {number}, kind: not one that we know")
    texts = (told["file"], told["sha256"], told["reason"])
    if not all(isinstance(one, str) for one in texts):
        raise AdviceError(f"line {number}: must be text")
    on = date.fromisoformat(told["on"])
    amount = _whole(told["amount_minor"], least=-_MOST_MINOR)
    return Line(told["kind"], told["file"], on, amount, told["sha256"], told["reason"])


def _whole(value: Any, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= _MOST_MINOR:
        raise AdviceError("a number is not whole")
    return value
