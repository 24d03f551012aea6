"""Pure decisions about handles, names, passwords and PINs."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from tuppence.core.policy import PinPolicy
from tuppence.people.errors import HandleRefused, HandleTaken, LocaleRefused, NameRefused, PasswordRefused, PinRefused
from tuppence.people.words import COMMON_PASSWORDS, COMMON_PINS, RESERVED_HANDLES

HANDLE = re.compile(r"[a-z0-9][a-z0-9_.]{1,18}[a-z0-9_]")
NAME_CHARACTERS_MAX = 50
PASSWORD_CHARACTERS_MIN = 8  # NIST SP 800-63B-4: eight where it is not the only factor; money asks for a second
PASSWORD_CHARACTERS_MAX = 256
LOCKS_DOUBLED_MAX = 12
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_LINK_PATH = re.compile(r"/add/([^/]+)/?")
_TEXT_CHARACTERS_MAX = 300

# Control, format (zero-width, direction, tags), surrogate, private, unassigned, line and paragraph separators.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and marks that take no ink, yet are none of the above: fillers, joiners, variation selectors, empty braille.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_MARKS_IN_A_ROW_MAX = 4


def normal_handle(text: str) -> str:
    """A handle as it is stored and looked up. Raises HandleRefused."""
    handle = _folded(text)
    if not HANDLE.fullmatch(handle):
        raise HandleRefused
    return handle


def new_handle(text: str) -> str:
    """A handle that somebody may take. Raises: HandleRefused, HandleTaken."""
    handle = normal_handle(text)
    if look(handle) in _RESERVED_LOOKS:
        raise HandleTaken
    return handle


def handle_in(text: str) -> str:
    """The handle in what somebody typed, pasted or scanned: a handle, @handle or a link. Raises HandleRefused."""
    link = _LINK_PATH.fullmatch(_path_of(text)) if "/" in text else None
    return normal_handle(link[1] if link else text.strip().removeprefix("@"))


def look(handle: str) -> str:
    """What a hasty eye makes of a handle; two people may not look the same. In the spirit of UTS 39, section 4."""
    return handle.translate(_LOOKS).replace("rn", "m").replace("vv", "w")


def _folded(text: str) -> str:
    """Compatibility forms (full-width, ligatures) become plain ones, capitals small."""
    return unicodedata.normalize("NFKC", text).casefold() if len(text) <= _TEXT_CHARACTERS_MAX else ""


def _path_of(text: str) -> str:
    try:
        return urlsplit(text.strip()).path if len(text) <= _TEXT_CHARACTERS_MAX else ""
    except ValueError:
        return ""


_LOOKS = str.maketrans("01.", "ol_")
_RESERVED_LOOKS = frozenset(map(look, RESERVED_HANDLES))


def clean_name(text: str) -> str:
    """A name in composed form with single spaces. Raises NameRefused.

    Whoever sees it must see all of it, in the order it is in: a name is what people check before they pay.
    """
    if len(text) > _TEXT_CHARACTERS_MAX:
        raise NameRefused(reason="too_long")
    if any(unicodedata.category(one) in _UNSEEN_CATEGORIES or one in _UNSEEN for one in text):
        raise NameRefused(reason="unseen_character")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(name) <= NAME_CHARACTERS_MAX:
        raise NameRefused(reason="too_long" if name else "empty")
    marks = "".join("m" if unicodedata.category(one)[0] == "M" else "b" for one in name)
    if marks[0] == "m" or "m" * (_MARKS_IN_A_ROW_MAX + 1) in marks:
        raise NameRefused(reason="marks")
    return name


def clean_locale(text: str) -> str:
    """Raises LocaleRefused."""
    if not _LOCALE.fullmatch(text):
        raise LocaleRefused
    return text


def clean_password(text: str) -> str:
    """A password as it is hashed, so that two keyboards agree on it. Raises PasswordRefused.

    Source: NIST SP 800-63B-4, section 3.1.1.2: normalise, look it up among common ones, ask for no mixtures.
    """
    if len(text) > PASSWORD_CHARACTERS_MAX:
        raise PasswordRefused(reason="too_long")
    if any(unicodedata.category(one) == "Cs" for one in text):
        raise PasswordRefused(reason="not_text")
    password = unicodedata.normalize("NFKC", text)
    if len(password) < PASSWORD_CHARACTERS_MIN:
        raise PasswordRefused(reason="too_short")
    return password


def new_password(text: str, handle: str) -> str:
    """A password that somebody may choose. Raises PasswordRefused."""
    password = clean_password(text)
    plain = password.casefold()
    if plain in COMMON_PASSWORDS or plain == handle or len(set(plain)) <= 2:
        raise PasswordRefused(reason="too_common")
    return password


def new_pin(text: str) -> str:
    """A PIN that somebody may choose. Raises PinRefused."""
    if not re.fullmatch(r"[0-9]{4,6}", text):
        raise PinRefused(reason="not_4_to_6_digits")
    if text in COMMON_PINS or _is_run(text) or _repeats(text) or _is_year(text):
        raise PinRefused(reason="too_common")
    return text


def _is_run(pin: str) -> bool:
    """1234, 9876, 7890: each digit one more, or one less, than the one before."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return steps in ({1}, {9})


def _repeats(pin: str) -> bool:
    """0000, 1212, 123123, 111222: a beginning again and again, or two digits in two blocks."""
    again = any(pin == pin[:n] * (len(pin) // n) for n in (1, 2, 3) if len(pin) % n == 0)
    return again or re.fullmatch(r"(\d)\1+(\d)\2+", pin) is not None


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and pin[:2] in ("19", "20")


@dataclass(frozen=True, slots=True)
class PinTries:
    """How often a PIN was tried, and until when it is locked. Real time."""

    tries: int
    locks: int
    locked_until: datetime


def take_try(before: PinTries, now: datetime, policy: PinPolicy) -> PinTries | None:
    """Count a try before it is looked at; None while locked. The last try allowed locks in advance: only a right PIN
    takes the lock away again, so that nothing is won by trying many at once or by dying in between."""
    if now < before.locked_until:
        return None
    taken = replace(before, tries=before.tries % policy.tries + 1)
    if taken.tries < policy.tries:
        return taken
    lock = timedelta(seconds=policy.lock_seconds * 2 ** min(before.locks, LOCKS_DOUBLED_MAX))
    return PinTries(taken.tries, before.locks + 1, now + lock)


@dataclass(frozen=True, slots=True)
class Gate:
    """How often something may be tried: `burst` at once, then one every `every`."""

    scope: str
    burst: int
    every: timedelta


PASSWORD_BY_HANDLE = Gate("password_handle", 10, timedelta(minutes=1))
PASSWORD_BY_ADDRESS = Gate("password_address", 50, timedelta(seconds=10))


def pass_gate(gate: Gate, full_at: datetime, now: datetime) -> datetime | timedelta:
    """When the bucket would be full again after one more try; or how long to wait, if it is empty (GCRA)."""
    after = max(full_at, now) + gate.every
    wait = after - now - gate.burst * gate.every
    return wait if wait > timedelta(0) else after
