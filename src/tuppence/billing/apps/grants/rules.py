"""Decisions about grants: facts in, an answer or a refusal out. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from tuppence.billing.apps.grants.errors import GrantExceeded, GrantNotFound, GrantOver, GrantRefused
from tuppence.billing.apps.grants.model import Ask, Grant, State, Take, Used
from tuppence.core.policy import AppsPolicy
from tuppence.payments.errors import CurrencyRefused, IdTaken

LAPSES = timedelta(days=1)  # a link that nobody answered


def check_ask(ask: Ask, now: datetime, currency: str, origins: Iterable[str]) -> None:
    """Raises: CurrencyRefused, GrantRefused."""
    if ask.currency != currency:
        raise CurrencyRefused(currency=currency)
    if not ask.says.strip() or not ask.says.isprintable():
        raise GrantRefused(reason="says")
    if (ask.per_period_minor is None) != (ask.period_days is None):
        raise GrantRefused(reason="period")
    if ask.per_period_minor is not None and (ask.kind == "once" or ask.per_period_minor < ask.per_charge_minor):
        raise GrantRefused(reason="period")
    if ask.until is not None and ask.until <= now:
        raise GrantRefused(reason="until")
    if ask.return_url is not None and _origin(ask.return_url) not in set(origins):
        raise GrantRefused(reason="return_url")


def _origin(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if url.isascii() and url.isprintable() and "#" not in url else None


def check_same(ask: Ask, grant: Grant) -> None:
    """A repeat asks for the very same. Raises: IdTaken."""
    if any(getattr(ask, name) != getattr(grant, name) for name in Ask.__slots__):
        raise IdTaken


def state_at(grant: Grant, now: datetime, used: Used) -> State:
    """How it stands: what time, and one use, make of what is written."""
    if grant.state == "asked":
        over = now > grant.asked_at + LAPSES or (grant.until is not None and now >= grant.until)
        return "lapsed" if over else "asked"
    if grant.state == "live":
        if grant.until is not None and now >= grant.until:
            return "ended"
        return "spent" if grant.kind == "once" and used.times else "live"
    return grant.state


def check_answer(grant: Grant | None, person_id: UUID, state: State) -> None:
    """Whether somebody may say yes or no. A yes that is repeated is one. Raises: GrantNotFound, GrantOver."""
    if grant is None or grant.person_id not in (None, person_id):
        raise GrantNotFound
    if state != "asked":
        raise GrantOver(state=state)


def check_take(grant: Grant | None, ask: Take, state: State, used: Used) -> None:
    """Whether a business may charge this; `used` is what it did in the last period.

    Raises: GrantNotFound, GrantOver, CurrencyRefused, GrantExceeded; in that order.
    """
    if grant is None or grant.business_id != ask.business_id:
        raise GrantNotFound
    if state != "live":
        raise GrantOver(state=state)
    if ask.currency != grant.currency:
        raise CurrencyRefused(currency=grant.currency)
    if ask.amount_minor > grant.per_charge_minor:
        raise GrantExceeded(cap_minor=grant.per_charge_minor, room_minor=grant.per_charge_minor)
    if grant.per_period_minor is not None:
        room = grant.per_period_minor - used.minor
        if ask.amount_minor > room:
            raise GrantExceeded(cap_minor=grant.per_period_minor, room_minor=max(0, room))


def fee(amount_minor: int, policy: AppsPolicy) -> int:
    """What a charge costs its business: a part of it, rounded half up, and something fixed; never more than it is."""
    part = (amount_minor * policy.fee_basis_points + 5_000) // 10_000
    return min(amount_minor - 1, part + policy.fee_minor)
