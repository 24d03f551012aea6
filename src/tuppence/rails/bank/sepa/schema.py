"""Whether a message is what its schema says: element by element, against the classes that pyiso20022 ships.

Those are generated from the ISO 20022 schemas and carry what the schemas demand: which elements, in which order, how
often, which text. XML libraries that fill such classes check little of it; here all of it is checked, with the path.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from xml.etree.ElementTree import Element

from xsdata.models.datatype import XmlDate, XmlDateTime, XmlPeriod

from tuppence.rails.bank.sepa.errors import SepaError
from tuppence.rails.bank.sepa.xml import Node, local, namespace

_URN = "urn:iso:std:iso:20022:tech:xsd:"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_CHOICE = re.compile(r"Choice(_?[0-9]+)?")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def _versions(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{n:02d}" for n in range(first, last + 1))


# Every version that pyiso20022 ships and that a bank may send: the oldest are those that SEPA began with.
MESSAGES = MappingProxyType(
    {
        "pain.001": _versions(3, 12),
        "pain.002": _versions(3, 14),
        "camt.053": _versions(2, 12),
        "camt.054": _versions(2, 12),
    }
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What may stand in one place of a class."""

    name: str
    kind: str  # Element, Attribute, Wildcard; Text: the element's own
    type: Any
    least: int
    most: int
    facets: Mapping[str, Any]


def verify(root: Element, message: str) -> Node:
    """Check a message of this kind, in any version that we take. Raises SepaError."""
    version = namespace(root.tag).removeprefix(f"{_URN}{message}.001.")
    if local(root.tag) != "Document" or version not in MESSAGES[message]:
        first, *_, last = MESSAGES[message]
        raise SepaError("Document", f"is not {message}.001.{first} to {last}")
    area, _, number = message.partition(".")
    module = import_module(f"pyiso20022.{area}.{area}_{number}_001_{version}")
    _element(root, module.Document, "Document", namespace(root.tag))
    return Node(root, "Document")


def _element(element: Element, cls: type, path: str, space: str) -> None:
    slots = _slots(cls)
    _attributes(element, slots, path)
    text = next((slot for slot in slots if slot.kind == "Text"), None)
    if text is not None:
        _text(element, text, path)
    elif (element.text or "").strip():
        raise SepaError(path, "holds text where elements belong")
    if any(slot.kind == "Wildcard" for slot in slots):
        return
    _children(element, [slot for slot in slots if slot.kind == "Element"], path, space)
    if _CHOICE.search(cls.__name__) and len({child.tag for child in element}) != 1:
        raise SepaError(path, "must hold one of several elements")


def _attributes(element: Element, slots: list[_Slot], path: str) -> None:
    known = {slot.name: slot for slot in slots if slot.kind == "Attribute"}
    for name, value in element.attrib.items():
        if name.startswith(_INSTANCE):
            continue
        if name not in known:
            raise SepaError(f"{path}/@{name}", "does not belong here")
        _value(value, known[name], f"{path}/@{name}")
    for slot in known.values():
        if slot.least and slot.name not in element.attrib:
            raise SepaError(f"{path}/@{slot.name}", "is missing")


def _children(element: Element, slots: list[_Slot], path: str, space: str) -> None:
    order = {f"{{{space}}}{slot.name}": n for n, slot in enumerate(slots)}
    counts = [0] * len(slots)
    last = 0
    for child in element:
        place = order.get(child.tag)
        where = f"{path}/{local(child.tag)}"
        if place is None:
            raise SepaError(where, "does not belong here")
        if place < last:
            raise SepaError(where, "stands out of order")
        if (child.tail or "").strip():
            raise SepaError(path, "holds text where elements belong")
        last, slot = place, slots[place]
        counts[place] += 1
        where = f"{where}[{counts[place]}]" if slot.most > 1 else where
        if counts[place] > slot.most:
            raise SepaError(where, f"may stand there {slot.most} times")
        if is_dataclass(slot.type):
            _element(child, _as_class(slot.type), where, space)
        else:
            _plain(child, slot, where)
    for slot, count in zip(slots, counts, strict=True):
        if count < slot.least:
            raise SepaError(f"{path}/{slot.name}", "is missing")


def _plain(element: Element, slot: _Slot, path: str) -> None:
    """An element that is a text and nothing else."""
    if len(element) or any(not name.startswith(_INSTANCE) for name in element.attrib):
        raise SepaError(path, "must be a text and nothing else")
    _text(element, slot, path)


def _text(element: Element, slot: _Slot, path: str) -> None:
    _value(element.text or "", slot, path)


def _value(text: str, slot: _Slot, path: str) -> None:
    if isinstance(slot.type, type) and issubclass(slot.type, Enum):
        if text not in {one.value for one in slot.type}:
            raise SepaError(path, "is not one of the codes")
        return
    check = _CHECKS.get(slot.type)
    if check is None or not check(text, slot.facets):
        raise SepaError(path, f"is not {_WORDS.get(slot.type, 'what the schema asks for')}")


def _is_text(text: str, facets: Mapping[str, Any]) -> bool:
    if not facets.get("min_length", 0) <= len(text) <= facets.get("max_length", len(text)):
        return False
    return "pattern" not in facets or re.fullmatch(facets["pattern"], text) is not None


def _is_decimal(text: str, facets: Mapping[str, Any]) -> bool:
    if _DECIMAL.fullmatch(text.strip()) is None:
        return False
    value = Decimal(text.strip())
    whole, _, fraction = text.strip().lstrip("+-").partition(".")
    digits, decimals = len(whole.lstrip("0")), len(fraction.rstrip("0"))
    return bool(
        value >= facets.get("min_inclusive", value)
        and digits + decimals <= facets.get("total_digits", digits + decimals)
        and decimals <= facets.get("fraction_digits", decimals)
    )


def _is_bool(text: str, _facets: Mapping[str, Any]) -> bool:
    return text.strip() in ("true", "false", "1", "0")


def _parses(parse: Callable[[str], object]) -> Callable[[str, Mapping[str, Any]], bool]:
    def check(text: str, _facets: Mapping[str, Any]) -> bool:
        try:
            parse(text.strip())
        except (ValueError, TypeError):
            return False
        return True

    return check


def _moment(text: str) -> None:
    XmlDateTime.from_string(text)
    datetime.fromisoformat(text)  # what we compute with: years of four digits


def _day(text: str) -> None:
    XmlDate.from_string(text)
    datetime.fromisoformat(text[:10])


_CHECKS: Mapping[Any, Callable[[str, Mapping[str, Any]], bool]] = MappingProxyType(
    {
        str: _is_text,
        Decimal: _is_decimal,
        bool: _is_bool,
        XmlDate: _parses(_day),
        XmlDateTime: _parses(_moment),
        XmlPeriod: _parses(XmlPeriod),
    }
)
_WORDS = MappingProxyType(
    {str: "a text of the right form", Decimal: "a number of the right size", bool: "true or false"}
    | {XmlDate: "a date", XmlDateTime: "a date and time", XmlPeriod: "a year or month"}
)


@cache
def _slots(cls: type) -> list[_Slot]:
    """What a class may hold, in order."""
    hints = get_type_hints(cls)
    return [_slot(one.name, hints[one.name], dict(one.metadata)) for one in fields(_as_class(cls))]


def _slot(name: str, hint: Any, facets: dict[str, Any]) -> _Slot:
    many = get_origin(hint) is list
    kind = facets.get("type", "Text")
    least = facets.get("min_occurs", int(bool(facets.get("required"))))
    most = facets.get("max_occurs", 10**9) if many else 1
    return _Slot(facets.get("name", name), kind, _bare(hint), least, most, facets)


def _bare(hint: Any) -> Any:
    """The type without `None |` and without `list[]`."""
    if get_origin(hint) is list:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in (UnionType, Union):
        return _bare(next(one for one in get_args(hint) if one is not NoneType))
    return hint


def _as_class(cls: Any) -> Any:
    assert is_dataclass(cls)
    return cls
