"""What every room speaks: money, ids, failures, policy, business days. Pure; no I/O beyond its own data files."""

from tuppence.core.failures import Failure, Kind
from tuppence.core.ids import Leg, step_id, uuid7
from tuppence.core.money import CURRENCIES, Currency, Money
from tuppence.core.policy import Policy

__all__ = ["CURRENCIES", "Currency", "Failure", "Kind", "Leg", "Money", "Policy", "step_id", "uuid7"]
