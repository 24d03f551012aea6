"""How much somebody may still send: rolling windows, no midnight. Pure.

A payment takes its amount of room at the instant when it is created and keeps it for the length of the window,
unless it comes to nothing, which gives the room back at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuppence.core.policy import SendPolicy


@dataclass(frozen=True, slots=True)
class Use:
    """Room taken by one payment."""

    amount_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    name: str
    length: timedelta
    cap_minor: int


@dataclass(frozen=True, slots=True)
class Used:
    """What is taken of one window, and since when; None: nothing."""

    minor: int
    since: datetime | None

    def plus(self, amount_minor: int, at: datetime) -> "Used":
        """With one more payment, the latest of all."""
        return Used(self.minor + amount_minor, self.since or at)


@dataclass(frozen=True, slots=True)
class Room:
    """A window at an instant; `again_at` is when there will be more room, None when nothing is used."""

    name: str
    cap_minor: int
    used_minor: int
    room_minor: int
    again_at: datetime | None


def windows(policy: SendPolicy) -> tuple[Window, Window]:
    """The windows that a payment must fit into, the shortest first."""
    day = Window("day", timedelta(days=1), policy.limit_day_minor)
    week = Window("week", timedelta(days=7), policy.limit_week_minor)
    return day, week


def rooms(used: Sequence[Used], policy: SendPolicy) -> list[Room]:
    """Every window as a person sees it, from what is used of each."""
    return [_room(one, window) for one, window in zip(used, windows(policy), strict=True)]


def used_of(uses: Iterable[Use], policy: SendPolicy, now: datetime) -> tuple[Used, ...]:
    """What single uses take of each window."""
    inside = [_inside(uses, window, now) for window in windows(policy)]
    return tuple(Used(sum(use.amount_minor for use in some), some[0].at if some else None) for some in inside)


def fits_at(uses: Iterable[Use], window: Window, amount_minor: int, now: datetime) -> datetime | None:
    """The first instant at which the amount fits; now if it does, None if it is larger than the window's cap."""
    if amount_minor > window.cap_minor:
        return None
    inside = _inside(uses, window, now)
    over = sum(use.amount_minor for use in inside) + amount_minor - window.cap_minor
    at = now
    for use in inside:
        if over <= 0:
            break
        over -= use.amount_minor
        at = use.at + window.length
    return at


def _room(used: Used, window: Window) -> Room:
    again_at = used.since + window.length if used.since else None
    return Room(window.name, window.cap_minor, used.minor, max(0, window.cap_minor - used.minor), again_at)


def _inside(uses: Iterable[Use], window: Window, now: datetime) -> list[Use]:
    """Uses that count now, oldest first; one counts until exactly a window's length has passed."""
    return sorted((use for use in uses if use.at > now - window.length), key=lambda use: use.at)
