"""From what was seen to what is promised. Pure, in whole numbers.

Source of the rules: docs/design/arrival.md, "What a bank teaches us".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from tuppence.core.calendar import BankCalendar
from tuppence.core.policy import ArrivalPolicy
from tuppence.payments.pace.model import Lags


def prior(policy: ArrivalPolicy) -> Lags:
    """What is promised for a bank of which nothing is known."""
    return learn({}, policy)


def learn(seen: Mapping[int, int], policy: ArrivalPolicy) -> Lags:
    """What may be promised of a bank, from how often each lag was seen.

    Below `learn_from` observations the missing ones are taken from the rail's own rule, spread evenly. At least
    `coverage_percent` of everything lies between first and last, and no more than half of the rest beyond either; the
    promise never goes beyond the cap.
    """
    rule = range(policy.slow_lag_days[0], policy.slow_lag_days[1] + 1)
    missing = max(0, policy.learn_from - sum(seen.values()))
    weights = Counter({lag: many * len(rule) for lag, many in seen.items()})  # so that the rule's share stays whole
    weights.update(dict.fromkeys(rule, missing))
    total = weights.total()
    outside = total * (100 - policy.coverage_percent) // 200
    first, usual, last = (
        min(lag, policy.promise_cap_days)
        for lag in (
            _beyond(weights, sorted(weights), outside),
            _beyond(weights, sorted(weights), (total - 1) // 2),
            _beyond(weights, sorted(weights, reverse=True), outside),
        )
    )
    return Lags(first, usual, max(last, 1))  # nobody promises an hour of today that may be over


def _beyond(weights: Mapping[int, int], lags: Iterable[int], most: int) -> int:
    """The first of these lags at which more than `most` have been counted."""
    counted = 0
    for lag in lags:
        counted += weights[lag]
        if counted > most:
            return lag
    raise AssertionError("more is asked for than there is")


def noted(day_0: date, at: datetime, policy: ArrivalPolicy, calendar: BankCalendar) -> int:
    """After how many business days money had arrived that its owner says at this instant is there.

    Banks post at their hour on business days, so what is seen before it was posted on the business day before.
    """
    local = at.astimezone(calendar.zone)
    day = local.date() if local.hour >= policy.posting_hour else local.date() - timedelta(days=1)
    return calendar.days_between(day_0, day)
