"""What travels about a sandbox's cards."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, example

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", min_length=1, max_length=64)]
Bank = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class TestCardBody(Body, json_schema_extra=example({"card": "not_enough_money"})):
    card: Name = Field(description="What it does, as `GET /v1/test/cards` names it.")
    bank: Bank | None = Field(None, description="Which bank's, where several have one; null: the first.")
    keep: bool = True


class TestCard(Answer):
    card: str
    bank: str
    hint: str


class TestCards(Answer):
    cards: list[TestCard]
