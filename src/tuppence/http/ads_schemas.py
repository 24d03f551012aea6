"""What travels about advertisers: accounts, campaigns, usage, bills."""

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from tuppence.billing.ads.states import AccountState, CycleState
from tuppence.http.fields import AMOUNT_MOST, AmountMinor, Answer, Body, Currency, Id, MintedId, Moment, Zone, example
from tuppence.http.schemas import Name

_ID = "0192a0e0-0000-7000-8000-00000000000a"
Way = Literal["auto", "prepaid"]
Signed64 = Annotated[int, Field(ge=-AMOUNT_MOST, le=AMOUNT_MOST)]
Words = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$", max_length=19)]
Month = Annotated[str, StringConstraints(pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)]
States = Literal["new", "active_auto", "active_prepaid", "active_invoice", "grace", "past_due", "disabled", "closing",
                 "closed", "written_off"]  # fmt: skip
BillStates = Literal["accruing", "closing", "charging", "charge_unknown", "retrying", "invoiced", "past_due", "paid",
                     "written_off"]  # fmt: skip
assert set(get_args(States)) == set(AccountState)
assert set(get_args(BillStates)) == set(CycleState)


# - asks -------------------------------------------------------------------------------------------------------------


class OpenAdsAccountBody(
    Body,
    json_schema_extra=example({"name": "Main", "currency": "USD", "zone": "America/New_York", "way": "auto"}),
):
    name: Name
    currency: Currency
    zone: Zone
    way: Way = "auto"


class AdsBilledTo(Body):
    """What bills say of the buyer."""

    name: Words = ""
    address: Words = ""
    tax_id: Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9 ./-]*$")] = ""


class ChangeAdsAccountBody(Body, json_schema_extra=example({"spend_cap_minor": 100_000, "catch_up": False})):
    """What is not named stays; null takes a limit away."""

    name: Name | None = None
    own_threshold_minor: AmountMinor | None = None
    spend_cap_minor: AmountMinor | None = None
    reset_spent: bool = Field(False, description="Count what the spend cap is for from zero again.")
    catch_up: bool | None = None
    billed_to: AdsBilledTo | None = None
    way: Way | None = None


class AdsMethodBody(Body):
    """A card or a bank account of yours, or one that is there already."""

    card_id: Id | None = None
    bank_id: Id | None = None
    mandate_id: Id | None = Field(
        None,
        description="A bank account is debited by a standing mandate for what is owed to the house: of no business.",
    )


class AdsMethodsBody(Body, json_schema_extra=example({"methods": [{"card_id": _ID}]})):
    methods: Annotated[list[AdsMethodBody], Field(max_length=5)]


class AdsTopUpBody(Body, json_schema_extra=example({"card_id": _ID, "amount_minor": 10_000})):
    card_id: Id
    amount_minor: AmountMinor


class AdsRefundUnusedBody(Body, json_schema_extra=example({"amount_minor": None})):
    amount_minor: AmountMinor | None = Field(None, description="Null: all of it.")


class AdsCouponBody(Body, json_schema_extra=example({"code": "ABCD-EFGH-JKLM-NPQR"})):
    code: Code


class AdsConfirmBody(Body, json_schema_extra=example({"it_was_us": True})):
    it_was_us: bool


class AdsCampaignBody(
    Body, json_schema_extra=example({"name": "Spring", "running": True, "daily_cap_minor": 5_000, "budget_minor": None})
):
    name: Name
    running: bool = True
    budget_minor: AmountMinor | None = Field(None, description="For its whole life.")
    daily_cap_minor: AmountMinor | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class AdsUsageBody(Body):
    """One event. Usage is above zero; what gives back is below, and a correction names its event."""

    id: MintedId
    campaign_id: Id
    kind: Literal["usage", "correction", "invalid_traffic"] = "usage"
    amount_minor: Signed64
    quantity: Annotated[int, Field(ge=0, le=10**12)] = 1
    at: Moment
    corrects: Id | None = None


class AdsUsageBatchBody(
    Body,
    json_schema_extra=example(
        {"events": [{"id": _ID, "campaign_id": _ID, "amount_minor": 125, "at": "2026-11-26T12:00:00Z"}]}
    ),
):
    events: Annotated[list[AdsUsageBody], Field(min_length=1, max_length=1_000)]


# - answers ----------------------------------------------------------------------------------------------------------


class AdsUsageResult(Answer):
    """What became of one event: written, there already, or refused by a `code`."""

    id: Id
    result: Literal["written", "replayed", "refused"]
    waived_minor: int = Field(description="What of it is not charged: beyond a limit, or beyond the balance.")
    code: str | None = None
    detail: str | None = None
    facts: dict[str, int | str] | None = None


class AdsUsageResults(Answer):
    data: list[AdsUsageResult] = Field(description="In the order of the events.")


class AdsGate(Answer):
    may_spend: bool
    why: str | None = Field(description="Why not: a state, or what ran out.")
    room_minor: int | None = Field(description="What may be spent before this changes; null: no limit in sight.")


class AdsCampaignGate(Answer):
    campaign_id: Id
    may_spend: bool
    why: str | None
    room_minor: int | None


class AdsDelivery(Answer):
    account: AdsGate
    campaigns: list[AdsCampaignGate]
    ask_again_seconds: int = Field(description="How long this answer may be relied on.")


class AdsThreshold(Answer):
    now_minor: int = Field(description="A bill is drawn up when so much is owed.")
    earned_minor: int
    own_minor: int | None
    ladder_minor: list[int]
    clean_bills: int
    clean_bills_needed: int
    climbs_from: Moment
    is_manual: bool = Field(description="After a chargeback, it climbs only when an operator says so.")


class AdsInstrument(Answer):
    kind: Literal["card", "bank"]
    brand: str
    bank: str
    last4: str
    state: str


class AdsSource(Answer):
    """Something that pays, in the order in which it is used."""

    kind: Literal["coupon", "goodwill", "prepaid", "primary", "backup"]
    id: Id | None
    left_minor: int | None
    expires_at: Moment | None
    instrument: AdsInstrument | None


class AdsFailing(Answer):
    bill_id: Id
    state: BillStates
    due_minor: int
    next_try_at: Moment | None


class AdsSaid(Answer):
    person_id: Id
    it_was_us: bool
    at: Moment


class AdsHold(Answer):
    held_at: Moment
    spent_minor: int
    usual_minor: int
    admins_needed: int
    said: list[AdsSaid]


class AdsAccount(Answer):
    id: Id
    business_id: Id
    name: str
    currency: Currency
    zone: str
    state: States
    way: Literal["auto", "prepaid", "invoice"]
    created_at: Moment
    threshold: AdsThreshold
    spend_cap_minor: int | None
    spent_minor: int
    credit_line_minor: int
    catch_up: bool
    billed_to: dict[str, str]
    accrued_minor: int
    unpaid_minor: int
    prepaid_minor: int
    refundable_minor: int
    credits_minor: int
    next_bill_at: Moment | None
    failing: list[AdsFailing]
    order: list[AdsSource] = Field(description="What pays for the next thing that is used, first to last.")
    takes_banks: bool = Field(description="Whether a bank account can pay here, once its owner agrees.")
    hold: AdsHold | None
    delivery: AdsGate


class AdsAccounts(Answer):
    data: list[AdsAccount]


class AdsCampaign(Answer):
    id: Id
    account_id: Id
    name: str
    running: bool
    budget_minor: int | None
    daily_cap_minor: int | None
    starts_at: Moment | None
    ends_at: Moment | None
    spent_minor: int
    created_at: Moment
    spent_today_minor: int
    delivery: AdsGate


class AdsCampaigns(Answer):
    data: list[AdsCampaign]


class AdsDaySpent(Answer):
    day: str
    campaign_id: Id
    spent_minor: int
    quantity: int


class AdsSpend(Answer):
    data: list[AdsDaySpent]


class AdsCredit(Answer):
    id: Id
    why: Literal["coupon", "goodwill"]
    code: str | None
    amount_minor: int
    left_minor: int
    granted_at: Moment
    expires_at: Moment
    state: Literal["active", "used", "expired"]


class AdsCredits(Answer):
    data: list[AdsCredit]


class AdsMoment(Answer):
    id: Id
    at: Moment
    what: str
    by_id: Id | None
    bill_id: Id | None
    detail: dict[str, str | int | bool | list[str] | None]


class AdsHistory(Answer):
    data: list[AdsMoment]


class AdsTax(Answer):
    taxable_minor: int
    basis_points: int
    tax_minor: int | None = Field(description="Included in what was used; null until the bill is closed.")
    net_minor: int | None
    note: Literal["included", "reverse_charge", "none"]


class AdsBillSummary(Answer):
    """`used_minor - credits_minor - prepaid_minor + carried_minor + refunded_minor = due_minor`."""

    id: Id
    number: str
    n: int
    state: BillStates
    currency: Currency
    opened_at: Moment
    bill_at: Moment
    closed_at: Moment | None
    why_closed: Literal["full", "date", "enough"] | None
    used_minor: int
    credits_minor: int
    prepaid_minor: int
    carried_minor: int
    refunded_minor: int
    due_minor: int
    tax: AdsTax
    due_at: Moment | None
    next_try_at: Moment | None
    settled_at: Moment | None
    paid_by: Literal["nothing", "charge", "operator"] | None
    reference: str | None


class AdsBills(Answer):
    data: list[AdsBillSummary]
    next_cursor: str | None
    has_more: bool


class AdsBillLine(Answer):
    campaign_id: Id | None
    name: str
    kind: Literal["usage", "correction", "invalid_traffic", "not_charged"]
    quantity: int
    amount_minor: int


class AdsBillCharge(Answer):
    id: Id
    instrument: AdsInstrument | None
    amount_minor: int
    state: str
    decline_code: str | None
    asked_at: Moment
    settled_at: Moment | None


class AdsSeller(Answer):
    name: str
    tax_id: str


class AdsBill(AdsBillSummary):
    seller: AdsSeller
    billed_to: dict[str, str]
    lines: list[AdsBillLine]
    charges: list[AdsBillCharge]


class AdsStatementAccount(Answer):
    id: Id
    name: str
    currency: Currency
    zone: str


class AdsBalance(Answer):
    unpaid_minor: int
    prepaid_minor: int


class AdsUsed(Answer):
    campaign_id: Id
    name: str
    quantity: int
    amount_minor: int


class AdsMove(Answer):
    at: Moment
    what: Literal["paid", "written_off", "topped_up", "refunded", "bill_refunded"]
    id: Id
    amount_minor: int


class AdsStatement(Answer):
    account: AdsStatementAccount
    seller: AdsSeller
    billed_to: dict[str, str]
    month: str
    opening: AdsBalance
    closing: AdsBalance
    used: list[AdsUsed]
    used_minor: int
    credits_minor: int
    moves: list[AdsMove]
    bills: list[AdsBillSummary]
