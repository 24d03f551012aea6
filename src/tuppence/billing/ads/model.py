"""The nouns of advertisers' billing. Amounts are minor units of the account's currency."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from tuppence.billing.ads.states import AccountState, CycleState, HoldState

Way = Literal["auto", "prepaid", "invoice"]
Kind = Literal["usage", "correction", "invalid_traffic"]


@dataclass(frozen=True, slots=True)
class Account:
    """An advertiser's account. Its currency, zone and bill day are for ever."""

    id: UUID
    business_id: UUID
    name: str
    currency: str
    zone: str
    bill_day: int  # of the month, in its zone; in months that lack it, their last day
    created_at: datetime
    created_by: UUID | None
    state: AccountState
    way: Way
    rung: int  # of the ladder of thresholds
    rung_since: datetime
    clean_cycles: int  # bills paid at once since then
    is_manual: bool  # after a chargeback: climbs no more until an operator says so
    own_threshold_minor: int | None
    credit_line_minor: int
    spend_cap_minor: int | None
    spent_minor: int  # since the cap was set or reset
    money_minor: int  # of all that was used, what money paid or owes: no more of it is ever given back as money
    catch_up: bool  # after a stop, make up for what was missed
    hold: HoldState
    held_at: datetime | None
    held_why: dict[str, Any]
    changed_at: datetime | None  # the last change of a kind that a hijacker would make
    delivery: str  # `running`, or why not: what was last told
    delivery_at: datetime
    billed_to: dict[str, str]
    version: int
    updated_at: datetime

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Campaign:
    id: UUID
    account_id: UUID
    name: str
    running: bool
    budget_minor: int | None  # for its whole life
    daily_cap_minor: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    spent_minor: int
    catch_up_minor: int
    created_at: datetime

    def runs_at(self, now: datetime) -> bool:
        """Switched on, and within its dates."""
        begun = self.starts_at is None or self.starts_at <= now
        return self.running and begun and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Method:
    """A card or a bank account of one of the business's people; place 0 is the primary."""

    account_id: UUID
    place: int
    person_id: UUID
    card_id: UUID | None
    bank_id: UUID | None
    mandate_id: UUID | None

    @property
    def instrument(self) -> UUID:
        found = self.card_id or self.bank_id
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Cycle:
    """A billing cycle, which is a bill once it is closed."""

    id: UUID
    account_id: UUID
    n: int
    state: CycleState
    opened_at: datetime
    bill_at: datetime  # the monthly date
    closed_at: datetime | None
    why_closed: str | None  # `full`, `date`, `enough`
    usage_minor: int
    given_back_minor: int
    waived_minor: int
    credits_minor: int
    prepaid_minor: int
    carried_in_minor: int  # what the cycle before owed back; not above 0
    carried_out_minor: int
    refunded_minor: int
    tax_minor: int  # included in what was used
    tax_basis_points: int
    round: int  # of going through the methods
    retries: int
    failures: int
    due_at: datetime | None
    next_try_at: datetime | None
    settled_at: datetime | None
    paid_by: str | None
    reference: str | None
    version: int

    @property
    def due_minor(self) -> int:
        """What remains to be paid by money; below zero it is owed back."""
        used = self.usage_minor - self.given_back_minor - self.waived_minor
        covered = self.credits_minor + self.prepaid_minor
        return used - covered + self.carried_in_minor - self.carried_out_minor + self.refunded_minor

    @property
    def taxable_minor(self) -> int:
        """What was really paid for: credits are a discount."""
        return self.usage_minor - self.given_back_minor - self.waived_minor - self.credits_minor


@dataclass(frozen=True, slots=True)
class Credit:
    """Promotional money: a coupon, or an operator's goodwill. It pays first, the soonest to expire before others."""

    id: UUID
    account_id: UUID
    why: Literal["coupon", "goodwill"]
    code: str | None
    amount_minor: int
    left_minor: int
    granted_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of a bill, or of a top-up, as we last heard of it."""

    id: UUID
    account_id: UUID
    cycle_id: UUID | None
    round: int
    place: int
    person_id: UUID
    card_id: UUID | None
    bank_id: UUID | None
    mandate_id: UUID | None
    amount_minor: int
    state: str  # charging, unknown, charged, declined, returned, charged_back
    decline_code: str | None
    may_retry: bool
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refund:
    """Part of an asked-for refund: what goes back to the source of one charge."""

    id: UUID
    ask_id: UUID
    account_id: UUID
    charge_id: UUID
    cycle_id: UUID | None
    amount_minor: int
    state: str  # refunding, refund_unknown, refunded, refund_failed
    failed_why: str | None
    asked_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to an account, for people to read."""

    account_id: UUID
    id: UUID
    at: datetime
    what: str
    by_id: UUID | None
    cycle_id: UUID | None
    detail: dict[str, Any] = field(default_factory=dict)
