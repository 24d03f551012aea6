"""What travels about disputes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, Moment, example

Said = Annotated[str, StringConstraints(max_length=2_000)]


DisputeState = Literal[
    "opened",
    "triage",
    "awaiting_respondent",
    "investigating",
    "representment",
    "pre_arb",
    "resolved_for_claimant",
    "resolved_for_respondent",
    "split",
    "withdrawn",
    "won",
    "lost",
]


class ReportBody(
    Body,
    json_schema_extra=example(
        {
            "payment_id": "0192a0e0-0000-7000-8000-00000000000a",
            "reason": "not_me",
            "says": "I was asleep, and my phone was at home.",
        }
    ),
):
    payment_id: Id | None = None
    charge_id: Id | None = Field(None, description="Instead of a payment: what a business charged you.")
    reason: Literal["not_me", "wrong_amount", "not_received", "tricked"]
    says: Said = ""


class AnswerClaimBody(
    Body, json_schema_extra=example({"outcome": "granted_replacement_item", "says": "We sent the sword again."})
):
    outcome: Literal["refunded_in_cash", "granted_replacement_item", "denied_refund", "banned_user"] | None = Field(
        None, description="Of something bought. `refunded_in_cash` gives the buyer their money back."
    )
    says: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class AnswerDisputeBody(Body, json_schema_extra=example({"says": "We agreed on twenty dollars for the two of us."})):
    says: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class DisputeLine(Answer):
    state: DisputeState | Literal["credited"] = Field(description="A state, or a provisional credit.")
    at: Moment


class Dispute(Answer):
    """A dispute as one of its sides may know it: what the other wrote stays with us."""

    id: Id
    version: int
    kind: Literal["user", "chargeback", "goods"]
    payment_id: Id | None
    charge_id: Id | None
    viewer: Literal["claimant", "respondent"]
    reason: Literal["not_me", "wrong_amount", "not_received", "tricked", "fraud", "duplicate"]
    says: str = Field(description="Your own words.")
    state: DisputeState
    outcome: (
        Literal["refunded_in_cash", "granted_replacement_item", "denied_refund", "banned_user", "refunded_by_house"]
        | None
    )
    amount_minor: int
    currency: str
    awarded_minor: int | None = Field(description="What was decided for the claimant.")
    given_minor: int = Field(description="What the claimant was given so far, a provisional credit included.")
    respond_by: Moment | None = Field(description="Until when whoever was asked can answer.")
    credit_by: Moment | None = Field(description="By when it is decided, or else a provisional credit given.")
    decide_by: Moment | None = Field(description="By when it is decided.")
    opened_at: Moment
    updated_at: Moment
    can: list[Literal["withdraw", "answer", "concede"]]
    timeline: list[DisputeLine]


class Disputes(Answer):
    disputes: list[Dispute]
    next_cursor: str | None
    has_more: bool


class Reportable(Answer):
    """What can be reported about a payment or a charge, and what was."""

    payment_id: Id | None
    charge_id: Id | None
    reasons: list[Literal["not_me", "wrong_amount", "not_received", "tricked"]] = Field(
        description="What can be reported now; nothing where it is too late, too early, or not yours to report."
    )
    last_day: str | None = Field(description="The last day on which its payer can report it.")
    questioned: bool = Field(description="To the payee: a bank questions it. No action is needed.")
    disputes: list[Dispute]
