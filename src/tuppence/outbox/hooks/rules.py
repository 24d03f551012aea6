"""Pure decisions about hooks: what may be an endpoint, what is sent next, what follows from an answer.

All times here are real: a receiver that is down comes back when it comes back, wherever the sandbox's clock stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tuppence.outbox.hooks.addresses import address_in, is_loopback, is_public
from tuppence.outbox.hooks.errors import TypeRefused, UrlRefused
from tuppence.outbox.hooks.model import Outcome, Waiting
from tuppence.outbox.hooks.types import TYPES

_URL_CHARACTERS_MAX = 2048

# Standard Webhooks 1.0, "Retry schedule", which the first entry makes one longer: at once.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
HOLDS_LINE = timedelta(minutes=1)  # so long a delivery that fails keeps those behind it in order
_IN_A_ROW = 3  # failures, after which the endpoint rests and not only the delivery
_REST_LEAST, _REST_MOST = timedelta(seconds=5), timedelta(minutes=5)
_RETRY_AFTER_MOST = timedelta(hours=24)


def clean_url(url: str, *, sandbox: bool, loopback: bool) -> str:
    """Where an endpoint may be. A name is looked at again whenever we connect. Raises: UrlRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefused(reason="not_a_url") from None
    host = parts.hostname or ""
    if len(url) > _URL_CHARACTERS_MAX or not url.isascii() or not url.isprintable() or " " in url or port == 0:
        raise UrlRefused(reason="not_a_url")
    if parts.scheme not in (("https", "http") if sandbox else ("https",)) or not host:
        raise UrlRefused(reason="not_https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefused(reason="has_credentials_or_fragment")
    address = address_in(host)
    if address is not None and not (is_public(address) or (loopback and is_loopback(address))):
        raise UrlRefused(reason="not_public")
    return url


def clean_types(types: Sequence[str]) -> tuple[str, ...]:
    """Raises: TypeRefused."""
    if not TYPES.keys() >= set(types):
        raise TypeRefused
    return tuple(sorted(set(types)))


def pick(line: Sequence[Waiting], now: datetime) -> Waiting | datetime | None:
    """What is sent now; or when to look again; or None, as nothing waits.

    In the order of the line, except that a delivery which has failed for longer than `HOLDS_LINE` stands aside.
    """
    look_at: list[datetime] = []
    for one in line:
        if one.due_at <= now:
            return one
        look_at.append(one.due_at)
        if one.first_tried_at is None or now < one.first_tried_at + HOLDS_LINE:
            look_at += [one.first_tried_at + HOLDS_LINE] if one.first_tried_at else []
            break
    return min(look_at, default=None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer changes, of the delivery and of its endpoint."""

    state: str
    due_at: datetime
    failures: int
    rest_until: datetime | None = None
    pulls_in: bool = False  # the receiver is back: what waits is due now
    disables: str | None = None


def after(
    one: Waiting, outcome: Outcome, *, failures: int, succeeded_at: datetime | None, now: datetime, jitter: float
) -> Verdict:
    """Decide what follows from an attempt that was just made. `jitter` is from 0 to 1."""
    if outcome.is_success:
        return Verdict("delivered", now, 0, pulls_in=failures >= _IN_A_ROW)
    if outcome.status == 410:
        return Verdict("dead", now, failures + 1, disables="gone")
    tries, failures = one.tries + 1, failures + 1
    patience = min(outcome.retry_after or timedelta(0), _RETRY_AFTER_MOST)
    rest = max(patience, _rest(failures))
    rest_until = now + rest if rest else None
    if tries >= len(WAITS):
        first = one.first_tried_at or now
        is_down = succeeded_at is None or succeeded_at < first
        return Verdict("dead", now, failures, rest_until, disables="failing" if is_down else None)
    wait = WAITS[tries] * (1 + 0.1 * jitter)
    return Verdict("pending", now + max(wait, patience), failures, rest_until)


def _rest(failures: int) -> timedelta:
    if failures < _IN_A_ROW:
        return timedelta(0)
    doubled: int = 2 ** min(failures - _IN_A_ROW, 10)
    return min(_REST_LEAST * doubled, _REST_MOST)
