"""What travels about grants."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tuppence.http.app_schemas import Url
from tuppence.http.fields import AmountMinor, Answer, Body, Currency, Id, Moment, example

Kind = Literal["once", "on_file"]
State = Literal["asked", "lapsed", "live", "ended", "spent", "declined", "revoked"]
ChargeState = Literal["charging", "charged", "declined", "unknown"]
RefundState = Literal["refunding", "refunded", "refund_failed", "refund_unknown"]


class GrantBody(
    Body,
    json_schema_extra=example(
        {
            "kind": "on_file",
            "says": "Corner Chat Plus, each month",
            "currency": "USD",
            "per_charge_minor": 999,
            "per_period_minor": 999,
            "period_days": 28,
        }
    ),
):
    kind: Kind
    says: Annotated[str, StringConstraints(min_length=1, max_length=140)] = Field(description="What it is for.")
    currency: Currency
    per_charge_minor: AmountMinor = Field(description="The most that one charge takes.")
    per_period_minor: AmountMinor | None = Field(None, description="The most in `period_days` days up to now.")
    period_days: Annotated[int, Field(ge=1, le=366)] | None = None
    until: Moment | None = Field(None, description="The last moment; without it, until it is taken back.")
    return_url: Url | None = Field(None, description="At an origin of one of your apps; people go back there.")


class Grant(Answer):
    id: Id
    business_id: Id
    kind: Kind
    says: str
    currency: str
    per_charge_minor: int
    per_period_minor: int | None
    period_days: int | None
    until: Moment | None
    return_url: str | None
    state: State
    asked_at: Moment
    decided_at: Moment | None
    ended_at: Moment | None
    approve_url: str = Field(description="Where the person answers: send them there.")


class Grants(Answer):
    data: list[Grant]
    next_cursor: str | None
    has_more: bool


class ShownGrant(Answer):
    """A grant as the person sees it."""

    id: Id
    business: str
    kind: Kind
    says: str
    currency: str
    per_charge_minor: int
    per_period_minor: int | None
    period_days: int | None
    until: Moment | None
    state: State
    decided_at: Moment | None
    return_to: str | None


class ShownGrants(Answer):
    data: list[ShownGrant]


class ApproveBody(Body, json_schema_extra=example({"card_id": "0192a0e0-0000-7000-8000-00000000000d", "pin": "4271"})):
    card_id: Id
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,6}$", min_length=4, max_length=6)] | None = None
    passkey: dict[str, Any] | None = Field(None, description="What the browser's WebAuthn call returned, as JSON.")


class TakeBody(
    Body,
    json_schema_extra=example(
        {"grant_id": "0192a0e0-0000-7000-8000-00000000000e", "amount_minor": 999, "currency": "USD"}
    ),
):
    grant_id: Id
    amount_minor: AmountMinor
    currency: Currency


class GiveBackBody(Body, json_schema_extra=example({"amount_minor": 500, "reason": "Half of it was out"})):
    amount_minor: AmountMinor
    reason: Annotated[str, StringConstraints(min_length=1, max_length=140)]


class ChargeRefund(Answer):
    id: Id
    amount_minor: int
    reason: str
    state: RefundState
    failed_why: str | None


class Charge(Answer):
    id: Id
    grant_id: Id
    amount_minor: int
    fee_minor: int
    currency: str
    state: ChargeState
    decline_code: str | None
    may_retry: bool
    refunded_minor: int
    refundable_minor: int
    created_at: Moment
    charged_at: Moment | None
    refunds: list[ChargeRefund]
