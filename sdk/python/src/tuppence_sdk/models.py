"""The nouns of the API. Made by generate.py from docs/openapi.json: change nothing here."""

from typing import Any, Literal, NotRequired, TypedDict


class AdsUsageBody(TypedDict):
    amount_minor: int
    at: str
    campaign_id: str
    corrects: NotRequired[str | None]
    id: str
    kind: NotRequired[Literal["usage", "correction", "invalid_traffic"]]
    quantity: NotRequired[int]


class AdsUsageResult(TypedDict):
    code: NotRequired[str | None]
    detail: NotRequired[str | None]
    facts: NotRequired[dict[str, int | str] | None]
    id: str
    result: Literal["written", "replayed", "refused"]
    waived_minor: int


class AdsUsageResults(TypedDict):
    data: list["AdsUsageResult"]


class Arrival(TypedDict):
    earliest: str
    fast: bool
    latest: str
    reason_code: str
    reason_facts: dict[str, Any]


class Bubble(TypedDict):
    expires_at: str
    url: str


class CardFace(TypedDict):
    bank: str
    brand: str
    last4: str


class Charge(TypedDict):
    amount_minor: int
    charged_at: str | None
    created_at: str
    currency: str
    decline_code: str | None
    fee_minor: int
    grant_id: str
    id: str
    may_retry: bool
    refundable_minor: int
    refunded_minor: int
    refunds: list["ChargeRefund"]
    state: Literal["charging", "charged", "declined", "unknown"]


class ChargeRefund(TypedDict):
    amount_minor: int
    failed_why: str | None
    id: str
    reason: str
    state: Literal["refunding", "refunded", "refund_failed", "refund_unknown"]


class Event(TypedDict):
    data: dict[str, Any]
    id: str
    seq: int
    subject_id: str
    timestamp: str
    type: str


class GameQuote(TypedDict):
    bundled: bool
    buy_url: str
    completed_at: str | None
    consumed_at: str | None
    currency: str
    delivery: Literal["pending", "fulfilled", "consumed"]
    description: str
    developer_minor: int
    dispute: "PurchaseDispute | None"
    exchange: "PurchaseExchange | None"
    expires_at: str
    fee_minor: int
    fulfilled_at: str | None
    game: "PurchaseGame"
    id: str
    outcome: Literal["ok", "fail", "async_ok", "async_fail", "timeout_unknown", "duplicate_webhook", "late_chargeback", "refund_race"] | None
    owed_currency: str
    owed_minor: int
    price_minor: int
    quantity: int
    quoted_at: str
    refundable_minor: int
    refunded_minor: int
    refunds: list["PurchaseRefund"]
    request_id: str
    says: str | None
    sku: str
    state: Literal["quoted", "user_cancelled", "expired", "vetoable", "rejected_by_app", "authorizing", "initiated", "failed", "completed", "bundle_declined", "part_refunded", "refunded", "chargeback", "chargeback_reversed"]
    tax_minor: int
    test: bool
    title: str
    total_minor: int
    version: int
    why: str | None


class Grant(TypedDict):
    approve_url: str
    asked_at: str
    business_id: str
    currency: str
    decided_at: str | None
    ended_at: str | None
    id: str
    kind: Literal["once", "on_file"]
    per_charge_minor: int
    per_period_minor: int | None
    period_days: int | None
    return_url: str | None
    says: str
    state: Literal["asked", "lapsed", "live", "ended", "spent", "declined", "revoked"]
    until: str | None


class Grants(TypedDict):
    data: list["Grant"]
    has_more: bool
    next_cursor: str | None


class Limits(TypedDict):
    currency: str
    per_payment_minor: int
    windows: list["Window"]


class Me(TypedDict):
    handle: str
    has_pin: bool
    hue: int
    id: str
    link: str
    locale: Literal["en", "fr"]
    name: str
    qr_svg: str


class OAuthTokens(TypedDict):
    access_token: str
    expires_in: int
    refresh_token: str
    scope: str
    token_type: Literal["Bearer"]


class Payment(TypedDict):
    amount_minor: int
    approval: str | None
    arrival: "Arrival | None"
    can: list[Literal["cancel", "accept", "decline", "arrived", "not_arrived", "step_up", "add_card"]]
    cause: str | None
    conversation_id: str
    created_at: str
    currency: str
    decline_code: str | None
    dispute: Literal["none", "open", "won", "lost"]
    expires_at: str | None
    funding: "CardFace | None"
    id: str
    late: bool
    next_update_at: str | None
    note: str
    payee: "Profile"
    payer: "Profile"
    receiving: "CardFace | None"
    state: "State"
    step_up: "StepUp | None"
    timeline: list["TimelineEntry"]
    trace: str | None
    undo_until: str | None
    updated_at: str
    version: int
    viewer: Literal["payer", "payee"]


class Payments(TypedDict):
    data: list["Payment"]
    has_more: bool
    next_cursor: str | None


class Profile(TypedDict):
    handle: str
    hue: int
    id: str
    name: str


class PurchaseDispute(TypedDict):
    closed_at: str | None
    due_at: str
    opened_at: str
    outcome: str
    reason: Literal["not_received", "not_as_described", "unauthorized", "mistake"]
    words: str


class PurchaseExchange(TypedDict):
    listed_currency: str
    listed_minor: int
    on: str
    rate: str


class PurchaseGame(TypedDict):
    id: str
    name: str


class PurchaseRefund(TypedDict):
    amount_minor: int
    at: str
    id: str
    reason: str
    state: Literal["refunding", "refunded", "failed"]


class Quote(TypedDict):
    arrival: "Arrival | None"
    fee_minor: int
    step_up: bool


class Sold(TypedDict):
    bundled: bool
    completed_at: str | None
    consumed_at: str | None
    currency: str
    delivery: Literal["pending", "fulfilled", "consumed"]
    description: str
    developer_minor: int
    dispute: "PurchaseDispute | None"
    exchange: "PurchaseExchange | None"
    expires_at: str
    fee_minor: int
    fulfilled_at: str | None
    game: "PurchaseGame"
    id: str
    outcome: Literal["ok", "fail", "async_ok", "async_fail", "timeout_unknown", "duplicate_webhook", "late_chargeback", "refund_race"] | None
    owed_currency: str
    owed_minor: int
    price_minor: int
    quantity: int
    quoted_at: str
    refundable_minor: int
    refunded_minor: int
    refunds: list["PurchaseRefund"]
    request_id: str
    says: str | None
    sku: str
    state: Literal["quoted", "user_cancelled", "expired", "vetoable", "rejected_by_app", "authorizing", "initiated", "failed", "completed", "bundle_declined", "part_refunded", "refunded", "chargeback", "chargeback_reversed"]
    tax_minor: int
    test: bool
    title: str
    total_minor: int
    version: int
    why: str | None


State = Literal["created", "step_up", "debiting", "debit_unknown", "debit_failed", "in_review", "awaiting_recipient", "crediting", "credit_unknown", "credited", "available", "returning", "return_unknown", "returned", "parked", "cancelled", "abandoned"]


class StepUp(TypedDict):
    methods: list[Literal["pin", "passkey"]]
    needed: bool
    reason: str | None
    until: str | None


class TimelineEntry(TypedDict):
    at: str
    detail: dict[str, Any] | None
    state: "State | Literal['late', 'not_arrived', 'reminded']"


class Window(TypedDict):
    again_at: str | None
    cap_minor: int
    name: Literal["day", "week"]
    room_minor: int
    used_minor: int
