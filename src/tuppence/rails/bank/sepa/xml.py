"""XML from strangers into elements, and how to say where one stands."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tuppence.core import CURRENCIES
from tuppence.rails.bank.sepa.errors import SepaError

# Banks tell of currencies that we keep no books in. Those without two decimals; source: ISO 4217, list one.
_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS = frozenset(("IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_REPEATED = frozenset(("Bal", "CdtTrfTxInf", "Ntfctn", "Ntry", "NtryDtls", "PmtInf", "Stmt", "TxDtls", "Ustrd"))
MOST_BYTES = 64 * 1024 * 1024


def parse(raw: bytes) -> Element:
    """The root of a message. Raises SepaError, also for a document type: no message needs one, bombs have one."""
    if len(raw) > MOST_BYTES:
        raise SepaError("Document", "is larger than any message")
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except DefusedXmlException:
        raise SepaError("Document", "has a document type or entities") from None
    except (ParseError, ValueError, LookupError):  # not XML; a character that XML has not; an unknown encoding
        raise SepaError("Document", "is not XML") from None
    return root


def local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    """An element's namespace."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


class Node:
    """An element and where it stands. Only of messages that were checked: what must be there is there."""

    def __init__(self, element: Element, path: str) -> None:
        self.element, self.path = element, path

    def all(self, *names: str) -> Iterator["Node"]:
        """Every element below, step by step."""
        if not names:
            yield self
            return
        found = (child for child in self.element if local(child.tag) == names[0])
        for n, child in enumerate(found, 1):
            number = f"[{n}]" if names[0] in _REPEATED else ""
            yield from Node(child, f"{self.path}/{names[0]}{number}").all(*names[1:])

    def first(self, *names: str) -> "Node | None":
        """The first element at the end of a way."""
        return next(self.all(*names), None)

    def text(self, *names: str) -> str:
        """The text at the end of a way; empty if it is not there."""
        found = self.first(*names)
        return (found.element.text or "").strip() if found is not None else ""

    def any_text(self, *ways: tuple[str, ...]) -> str:
        """The text at the end of the first of these ways that is there: versions differ in a step or two."""
        return next((text for way in ways if (text := self.text(*way))), "")

    def error(self, reason: str) -> SepaError:
        """What is wrong here."""
        return SepaError(self.path, reason)

    def money(self) -> tuple[int, str]:
        """An amount in minor units and its currency."""
        currency = self.element.get("Ccy", "")
        minor = Decimal((self.element.text or "").strip()).scaleb(_exponent(currency))
        if minor != minor.to_integral_value():
            raise self.error("has more decimals than its currency")
        return int(minor), currency

    def day(self) -> date:
        """A date, or the date of a moment, whichever stands here or one step below."""
        text = (self.element.text or "").strip() or self.text("Dt") or self.text("DtTm")
        return date.fromisoformat(text[:10])

    def moment(self) -> datetime:
        """A date and time; one that names no zone is taken as UTC."""
        at = datetime.fromisoformat((self.element.text or "").strip())
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _exponent(currency: str) -> int:
    if currency in CURRENCIES:
        return CURRENCIES[currency].exponent
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
