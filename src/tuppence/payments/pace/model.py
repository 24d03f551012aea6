"""A bank's pace, in business days between the day on which it took a credit and the day on which it showed it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Lags:
    """What may be promised: not before `first`, most often by `usual`, at the latest by `last`."""

    first: int
    usual: int
    last: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A payment that arrived after `lag_days`, and what had been promised for it."""

    payment_id: UUID
    bank: str
    lag_days: int
    promised_first: int
    promised_last: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """How many payments to a bank arrived after so many business days under the same promise."""

    bank: str
    lag_days: int
    promised_first: int
    promised_last: int
    payments: int
