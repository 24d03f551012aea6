"""When will it be there? An interval by the rail's calendar, and why it takes as long as it does. Pure.

Source of the rules: docs/design/arrival.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tuppence.core.calendar import BankCalendar
from tuppence.core.policy import ArrivalPolicy
from tuppence.payments.pace.model import Lags

SLOW, STEADY = "bank_posts_slowly", "bank_posts_steadily"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An honest promise: not before `earliest`, by `latest`; `reason_code` says why, `reason_facts` with what."""

    earliest: datetime
    latest: datetime
    fast: bool
    reason_code: str
    reason_facts: Mapping[str, Any]


def estimate(accepted_at: datetime, *, pace: Lags | None, policy: ArrivalPolicy, calendar: BankCalendar) -> Arrival:
    """The interval for a push that the rail accepted at this instant; as a quote, that it would accept now.

    A bank with fast funds (`pace` None) shows it at once, day and night. Any other shows it some business days after
    the business day on which the push was accepted, at the hour when it posts, by what is known of its pace.
    """
    if pace is None:
        latest = accepted_at + timedelta(minutes=policy.fast_minutes)
        return Arrival(
            accepted_at, latest, fast=True, reason_code="fast", reason_facts={"minutes": policy.fast_minutes}
        )
    cutoff = time.fromisoformat(policy.cutoff)
    day_0 = calendar.business_date(accepted_at, cutoff)
    first, usual, last = (calendar.add(day_0, lag) for lag in (pace.first, pace.usual, pace.last))
    code, facts = _why(accepted_at.astimezone(calendar.zone), last, cutoff, calendar)
    if code == SLOW and pace.first == pace.last:
        code = STEADY
    return Arrival(
        max(accepted_at, calendar.instant(first, policy.posting_hour)),
        calendar.instant(last, policy.posting_hour),
        fast=False,
        reason_code=code,
        reason_facts=facts
        | {"lag_min": pace.first, "lag_max": pace.last}
        | {"accepted_on": day_0.isoformat(), "usually_on": usual.isoformat()},
    )


def by_bank(since: datetime, settles_on: date, *, policy: ArrivalPolicy, calendar: BankCalendar) -> Arrival:
    """The interval for an entry that settles on this day: from the hour when banks post on it, to the same hour of the
    next banking day; banks that receive it late on the day post it then.
    """
    last = calendar.add(settles_on, 1)
    sent = since.astimezone(calendar.zone)
    code, facts = _why(sent, last, time.fromisoformat(policy.cutoff), calendar)
    return Arrival(
        max(since, calendar.instant(settles_on, policy.posting_hour)),
        calendar.instant(last, policy.posting_hour),
        fast=False,
        reason_code=code,
        reason_facts=facts | {"lag_min": 1, "lag_max": 2},
    )


def presumed_at(latest: datetime, policy: ArrivalPolicy, calendar: BankCalendar) -> datetime:
    """When we say "should have arrived": some business days after the interval's end, at the same time of day."""
    local = latest.astimezone(calendar.zone)
    day = calendar.add(local.date(), policy.late_grace_days)
    return datetime.combine(day, local.time(), calendar.zone)


def _why(sent: datetime, last: date, cutoff: time, calendar: BankCalendar) -> tuple[str, dict[str, Any]]:
    """The one reason that explains most: a holiday, else the weekend, else the cut-off, else the bank's pace."""
    span = [sent.date() + timedelta(days=n) for n in range((last - sent.date()).days + 1)]
    holiday = next((day for day in span if calendar.holiday(day)), None)
    if holiday:
        return "holiday", {"holiday": calendar.holiday(holiday), "holiday_on": holiday.isoformat()}
    if any(day.weekday() >= 5 for day in span):
        return "weekend", {}
    if sent.time() >= cutoff:
        return "after_cutoff", {"cutoff": cutoff.isoformat("minutes")}
    return SLOW, {}
