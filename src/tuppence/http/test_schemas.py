"""What travels about a sandbox's cards."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, MintedId, example

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", min_length=1, max_length=64)]
Bank = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class TestCardBody(
    Body, json_schema_extra=example({"id": "0192a0e0-0000-7000-8000-0000000000cd", "card": "not_enough_money"})
):
    id: MintedId | None = Field(None, description="The card's: asked again with it, it is the same card.")
    card: Name = Field(description="What it does, as `GET /v1/test/cards` names it.")
    bank: Bank | None = Field(None, description="Which bank's, where several have one; null: the first.")
    keep: bool = True


class TestCard(Answer):
    card: str
    bank: str
    hint: str


class TestCards(Answer):
    cards: list[TestCard]
