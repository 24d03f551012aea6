"""What travels about payouts."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, Moment, example

State = Literal[
    "scheduled", "approved", "submitted", "submit_unknown", "accepted", "paid", "held", "blocked", "carried"
]


class PayoutReleaseBody(Body, json_schema_extra=example({"bank_id": "0192a0e0-0000-7000-8000-00000000000b"})):
    bank_id: Id | None = Field(None, description="Another bank account, the business's own or its payee's.")


class PayoutHoldBody(Body, json_schema_extra=example({"why": "We are moving banks."})):
    why: Annotated[str, StringConstraints(min_length=1, max_length=140)]


class PayoutBank(Answer):
    id: Id
    bank: str
    last4: str
    state: str


class PayoutApproval(Answer):
    person_id: Id
    at: Moment


class Payout(Answer):
    id: Id
    state: State
    why: str | None = Field(description="Why it is held or blocked: a return's code, or a word.")
    amount_minor: int
    currency: str
    asked_on: date = Field(description="The day that was asked for.")
    pays_on: date = Field(description="The banking day on which it should arrive: the same, or the next one.")
    settles_on: date | None
    bank: PayoutBank
    good_at: Moment | None = Field(description="Nothing leaves for this account earlier: it was changed lately.")
    approvals_needed: int
    approvals: list[PayoutApproval]
    created_at: Moment
    updated_at: Moment


class Payouts(Answer):
    data: list[Payout]
    next_cursor: str | None
    has_more: bool
