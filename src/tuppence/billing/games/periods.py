"""Half-months, reserves and what a payout comes to. Pure: the daily reports and these few rules give every payout."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tuppence.core.calendar import BankCalendar
from tuppence.core.policy import GamesPolicy

_DAY = timedelta(days=1)
_MIDDLE = 15


@dataclass(frozen=True, slots=True)
class Period:
    """From the 1st to the 15th of a month, or from the 16th to its end, in a business's zone."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "Period":
        """The period that a day lies in."""
        if day.day <= _MIDDLE:
            return cls(day.replace(day=1), day.replace(day=_MIDDLE))
        after = (day.replace(day=28) + 4 * _DAY).replace(day=1)
        return cls(day.replace(day=_MIDDLE + 1), after - _DAY)

    @property
    def next(self) -> "Period":
        return Period.of(self.last + _DAY)

    def ends_at(self, zone: str) -> datetime:
        """The instant from which on it is over."""
        return datetime.combine(self.last + _DAY, time(), ZoneInfo(zone))


def day_of(at: datetime, zone: str) -> date:
    """The business's day on which an instant lies."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_ends_at(day: date, zone: str) -> datetime:
    """The instant from which on a day is over there."""
    return datetime.combine(day + _DAY, time(), ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a developer's account brings into a closing. `negative_since` is the last day of the period that went
    below nothing first, of those in a row that did."""

    carried_minor: int
    negative_since: date | None
    released_minor: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What a period comes to: `carried_in + net − held + released` is paid, or carried on."""

    net_minor: int
    held_minor: int
    released_minor: int
    carried_in_minor: int
    payout_minor: int
    carried_out_minor: int
    invoice_minor: int
    negative_since: date | None


def close(period: Period, net_minor: int, standing: Standing, policy: GamesPolicy, *, minimum_minor: int) -> Closing:
    """Decide a period; `minimum_minor` is the least that is paid out.

    The reserve is held of what a period earned, never of what it lost. Below the minimum, the balance is carried;
    below nothing it is carried too, and asked for once it is deep enough or old enough.
    """
    held = max(net_minor, 0) * policy.reserve_percent // 100
    balance = standing.carried_minor + net_minor - held + standing.released_minor
    since = (standing.negative_since or period.last) if balance < 0 else None
    deep = balance <= -policy.invoice_at_minor
    old = since is not None and (period.last - since).days >= policy.invoice_after_days
    paid = balance if balance >= minimum_minor else 0
    return Closing(
        net_minor=net_minor,
        held_minor=held,
        released_minor=standing.released_minor,
        carried_in_minor=standing.carried_minor,
        payout_minor=paid,
        carried_out_minor=balance - paid,
        invoice_minor=-balance if deep or old else 0,
        negative_since=since,
    )


def release_on(period: Period, policy: GamesPolicy) -> date:
    """The day from which on a period's reserve may be released; it goes with the closing that is due then."""
    return period.last + timedelta(days=policy.reserve_days)


def pay_on(period: Period, policy: GamesPolicy, calendar: BankCalendar) -> date:
    """The day of a period's payout: the lag after its end, rolled forward to a business day."""
    return calendar.roll(period.last + timedelta(days=policy.payout_lag_days))


def entries_hash(entries: Iterable[UUID]) -> str:
    """The set of entries that a payout pays, as one text: the same set is the same payout."""
    return hashlib.sha256(b"".join(one.bytes for one in sorted(entries))).hexdigest()
