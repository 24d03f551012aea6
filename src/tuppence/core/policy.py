"""The house's numbers: one versioned file, read into a frozen value and passed as a value."""

import tomllib
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from tuppence.core.calendar import FED, TARGET, BankCalendar

Scheme = Literal["ach", "sepa"]


@dataclass(frozen=True, slots=True)
class SendPolicy:
    undo_seconds: int
    limit_payment_minor: int
    limit_day_minor: int
    limit_week_minor: int
    duplicate_seconds: int
    expiry_days: int
    reminder_days: tuple[int, ...]
    sender_told_day: int
    wait_cap_days: int
    parked_reminder_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepUpPolicy:
    above_minor: int
    new_payee: bool
    new_device_days: int
    fresh_seconds: int
    abandon_seconds: int


@dataclass(frozen=True, slots=True)
class PinPolicy:
    tries: int
    lock_seconds: int


@dataclass(frozen=True, slots=True)
class RailPolicy:
    answer_seconds: int
    issuer_down_attempts: int
    issuer_down_seconds: int
    debit_case_hours: int
    reversal_case_tries: int
    debit_inquiry_seconds: tuple[int, ...]
    inquiry_seconds: tuple[int, ...]
    inquiry_then_seconds: int
    never_seen_proof_hours: int
    credit_case_business_days: int


@dataclass(frozen=True, slots=True)
class ArrivalPolicy:
    zone: str
    cutoff: str
    posting_hour: int
    fast_minutes: int
    slow_lag_days: tuple[int, ...]
    promise_cap_days: int
    learn_from: int
    coverage_percent: int
    late_grace_days: int


@dataclass(frozen=True, slots=True)
class CardPolicy:
    kept_most: int
    failures_per_day: int


@dataclass(frozen=True, slots=True)
class BankPolicy:
    kept_most: int
    added_per_day: int
    tries: int
    expiry_days: int
    cutoffs: tuple[str, ...]
    same_day: bool
    same_day_most_minor: int
    answer_hours: int
    debits: bool
    prenotes: bool
    debit_hold_days: int
    debit_retries: tuple[int, ...]
    return_rate_least: int


@dataclass(frozen=True, slots=True)
class RiskPolicy:
    review_at: int
    hard_stop_hours: int
    new_payee_points: int
    new_device_points: int
    new_device_hours: int
    many_points: int
    many_count: int
    much_points: int
    much_minor: int
    many_cards_points: int
    cards_most: int
    passing_through_points: int
    passing_through_percent: int


@dataclass(frozen=True, slots=True)
class CostPolicy:
    regulated_debit_basis_points: int
    regulated_debit_minor: int
    exempt_debit_basis_points: int
    exempt_debit_minor: int
    push_minor: int
    refund_minor: int
    network_minor: int
    bank_item_minor: int


@dataclass(frozen=True, slots=True)
class DisputePolicy:
    report_days: int
    credit_business_days: int
    decide_days: int
    respondent_hours: int
    respond_before_days: int


@dataclass(frozen=True, slots=True)
class AppsPolicy:
    fee_basis_points: int
    fee_minor: int


@dataclass(frozen=True, slots=True)
class GamesPolicy:
    share_percent: int
    tax_basis_points: int
    quote_seconds: int
    veto_seconds: int
    catalogue_seconds: int
    catalogue_stale_hours: int
    purchase_most_minor: int
    buyer_day_most_minor: int
    small_minor: int
    bundle_most_minor: int
    fulfil_hours: int
    reserve_percent: int
    reserve_days: int
    payout_lag_days: int
    invoice_at_minor: int
    invoice_after_days: int


@dataclass(frozen=True, slots=True)
class FxPolicy:
    on: str
    per_unit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayoutPolicy:
    minimum_minor: int
    two_person_above_minor: int
    cool_off_days: int
    case_days: int


@dataclass(frozen=True, slots=True)
class AdsPolicy:
    ladder_minor: tuple[int, ...]
    clean_cycles: int
    rung_days: int
    grace_cap_percent: int
    retry_hours: tuple[int, ...]
    invoice_days: int
    disable_days: int
    late_days: int
    early_seconds: int
    stop_seconds: int
    hold_hours: int
    hold_times: int
    hold_admins: int
    seller: str
    seller_tax_id: str
    home_country: str
    tax_basis_points: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number that an operator may turn, with the version a payment remembers."""

    version: int
    currency: str
    send: SendPolicy
    step_up: StepUpPolicy
    pin: PinPolicy
    rail: RailPolicy
    arrival: ArrivalPolicy
    cards: CardPolicy
    bank: BankPolicy
    cost: CostPolicy
    risk: RiskPolicy
    disputes: DisputePolicy
    games: GamesPolicy
    apps: AppsPolicy
    fx: FxPolicy
    payouts: PayoutPolicy
    ads: AdsPolicy

    @property
    def scheme(self) -> Scheme:
        """How bank accounts are reached: the house's currency decides."""
        return "sepa" if self.currency == "EUR" else "ach"

    @property
    def calendar(self) -> BankCalendar:
        """On which days banks move this house's money."""
        return TARGET if self.scheme == "sepa" else FED

    @classmethod
    def load(cls, path: Path | None = None) -> "Policy":
        """Read the operator's file, or ours. Raises ValueError naming the member that is amiss."""
        text = path.read_text() if path else files(__package__).joinpath("policy.toml").read_text()
        policy: Policy = _filled(cls, tomllib.loads(text), "policy")
        if not 0 <= policy.send.undo_seconds <= 30:
            raise ValueError("policy.send.undo_seconds: must be from 0 to 30")
        if len(policy.bank.debit_retries) > 2 or min(policy.bank.debit_retries, default=1) < 1:
            raise ValueError("policy.bank.debit_retries: must be at most two, of a day or more")
        if policy.scheme == "sepa" and policy.bank.debits:
            raise ValueError("policy.bank.debits: must be false with euros, which only credit transfers move")
        return policy


def _filled(into: Any, given: dict[str, Any], where: str) -> Any:
    """Build a frozen value from a table, refusing members that it lacks or does not know."""
    known = {field.name: field.type for field in fields(into)}
    for name in known.keys() ^ given.keys():
        raise ValueError(f"{where}.{name}: {'unknown' if name in given else 'missing'}")
    return into(**{name: _value(kind, given[name], f"{where}.{name}") for name, kind in known.items()})


def _value(kind: Any, given: Any, where: str) -> Any:
    if isinstance(given, dict):
        return _filled(kind, given, where)
    if isinstance(given, list):
        given = tuple(given)
    if kind in (tuple[int, ...], tuple[str, ...]):
        item = int if kind == tuple[int, ...] else str
        right = isinstance(given, tuple) and all(type(one) is item for one in given)
    else:
        right = type(given) is kind
    if not right:
        raise ValueError(f"{where}: must be {getattr(kind, '__name__', kind)}")
    return given
