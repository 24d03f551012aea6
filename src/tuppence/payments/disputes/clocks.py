"""The last days and hours of disputes. Pure; every number is the policy's, and says there where it is from."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tuppence.core import Policy
from tuppence.core.calendar import FED


def last_day(paid_at: datetime, policy: Policy) -> date:
    """The last day on which a payment can be reported: so many days after the statement that shows it, which closes
    with its month.
    """
    paid = paid_at.astimezone(_zone(policy)).date()
    closes = (paid.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return closes + timedelta(days=policy.disputes.report_days)


def may_report(paid_at: datetime, now: datetime, policy: Policy) -> bool:
    return now.astimezone(_zone(policy)).date() <= last_day(paid_at, policy)


def credit_by(opened_at: datetime, policy: Policy) -> datetime:
    """Until when it is decided, or else a provisional credit given: the end of that business day."""
    opened = opened_at.astimezone(FED.zone).date()
    return datetime.combine(FED.add(opened, policy.disputes.credit_business_days), time(17), FED.zone)


def decide_by(opened_at: datetime, policy: Policy) -> datetime:
    return opened_at + timedelta(days=policy.disputes.decide_days)


def respond_by(now: datetime, policy: Policy) -> datetime:
    """How long somebody who is asked has."""
    return now + timedelta(hours=policy.disputes.respondent_hours)


def answer_network_by(network_by: date, now: datetime, policy: Policy) -> datetime:
    """When we answer a network by ourselves: some days before its last one, or at once if that is past."""
    day = network_by - timedelta(days=policy.disputes.respond_before_days)
    return max(now, datetime.combine(day, time(9), FED.zone))


def _zone(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.arrival.zone)
