"""What travels about mandates: leave to take money from a bank account."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tuppence.http.fields import AmountMinor, Answer, Body, Id, Moment, example

Scope = Literal["once", "standing"]
Language = Literal["en", "fr"]


class AgreeBody(
    Body,
    json_schema_extra=example(
        {
            "bank_account_id": "01930000-0000-7000-8000-000000000001",
            "business_id": "01930000-0000-7000-8000-000000000002",
            "scope": "standing",
            "amount_minor": None,
            "version": "2026-11",
            "language": "en",
        }
    ),
):
    bank_account_id: Id
    business_id: Id | None = Field(description="Who is paid; null for what is owed to the house itself, as for ads.")
    scope: Scope = Field(description="`once` for one debit of `amount_minor`, `standing` until it is withdrawn.")
    amount_minor: AmountMinor | None
    version: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(
        description="Of the words that you were shown."
    )
    language: Language

    @model_validator(mode="after")
    def _names_an_amount(self) -> "AgreeBody":
        if (self.scope == "once") != (self.amount_minor is not None):
            raise ValueError("`once` names an amount, `standing` does not")
        return self


class MandateWords(Answer):
    version: str
    words: str = Field(description="What you agree to, whole: show it as it is.")


class Mandate(Answer):
    id: Id
    bank_account_id: Id
    business_id: Id | None
    payee: str
    scope: Scope
    amount_minor: int | None
    currency: str
    version: str
    words: str
    agreed_at: Moment
    revoked_at: Moment | None
    revoked_by: Literal["holder", "bank"] | None


class Mandates(Answer):
    mandates: list[Mandate]
