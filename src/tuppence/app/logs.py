"""JSON lines on stderr, with nothing in them that could open an account or a card."""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "•••"
_SECRET_NAMES = re.compile(
    r"passw|\bpin\b|pin_|_pin|token|secret|cookie|authoriz|cvv|cvc|account_number|\bpan\b|card_number|^number$|pepper|ticket|\bkey\b",
    re.IGNORECASE,
)
_DIGIT_RUN = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^@\s]*@")
_BEARER = re.compile(r"(?i)\b(bearer\s+)\S+")
_API_KEY = re.compile(r"\btup_(test|live)_[A-Za-z0-9_-]{7,}")
_WEBHOOK_SECRET = re.compile(r"\bwhsec_[A-Za-z0-9+/=]{7,}")
_JOB_NAMES = frozenset({"key"})  # a job's key is its name


def configure(process: str, level: str = "info") -> None:
    """Send our own lines and every library's to stderr, redacted. Call once, first in the process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name(process),
    ]
    last: list[Processor] = [
        structlog.processors.format_exc_info,
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[remove, *last], foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def redact(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Mask what has a secret's name, and whatever in any text looks like a card number or a credential."""
    return {name: _clean(name, value) for name, value in line.items()}


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name) and name not in _JOB_NAMES:
        return MASK
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_clean("", one) for one in value]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and len(str(abs(value))) < 13:
        return value
    return _clean_text(str(value))


def _clean_text(text: str) -> str:
    """No card number, no URL's password, no token, no API key; line ends cannot forge a line, JSON escapes them."""
    text = _DIGIT_RUN.sub(lambda found: MASK if _is_card_number(found[0]) else found[0], text)
    text = _WEBHOOK_SECRET.sub(f"whsec_{MASK}", _API_KEY.sub(rf"tup_\1_{MASK}", text))
    return _BEARER.sub(rf"\1{MASK}", _URL_PASSWORD.sub(rf"\1{MASK}@", text))


def _is_card_number(text: str) -> bool:
    """Luhn, ISO/IEC 7812-1 annex B."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _name(process: str) -> Processor:
    def add(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        return {"process": process, **line}

    return add
