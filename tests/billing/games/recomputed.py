"""What a developer's bookkeeper does: every payout from the daily details alone. Nothing of ours is imported here."""

import csv
import io
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Terms:
    """What the contract says."""

    reserve_percent: int = 5
    reserve_days: int = 90
    minimum_minor: int = 10_000


def payouts(detail_csv: str, first: date, last: date, terms: Terms) -> dict[date, int]:
    """The payout of each half-month that ends on or before a day, by its first day."""
    earned: dict[date, int] = defaultdict(int)
    for row in csv.DictReader(io.StringIO(detail_csv)):
        earned[half_month(date.fromisoformat(row["day"]))[0]] += int(row["owed_minor"])
    found, kept, carried = {}, dict[date, int](), 0
    for begins, ends in half_months(first, last):
        held = terms.reserve_percent * earned[begins] // 100 if earned[begins] > 0 else 0
        free = [day for day in kept if day + timedelta(days=terms.reserve_days) <= ends]
        balance = carried + earned[begins] - held + sum(kept.pop(day) for day in free)
        kept[ends] = held
        found[begins] = balance if balance >= terms.minimum_minor else 0
        carried = balance - found[begins]
    return found


def half_months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Those that are over by the end of the last day."""
    begins, ends = half_month(first)
    while ends <= last:
        yield begins, ends
        begins, ends = half_month(ends + timedelta(days=1))


def half_month(day: date) -> tuple[date, date]:
    if day.day <= 15:
        return day.replace(day=1), day.replace(day=15)
    return day.replace(day=16), day.replace(day=monthrange(day.year, day.month)[1])
