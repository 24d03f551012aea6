"""A line of our bank's statement, and what of ours it may be about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["settlement", "returns", "fees", "other"]


@dataclass(frozen=True, slots=True)
class Line:
    """`amount_minor` is what came to our account, below zero what left it."""

    statement_id: str
    number: int
    kind: Kind
    about: str
    amount_minor: int

    @property
    def name(self) -> str:
        """What a break about it is called by."""
        return f"line:{self.statement_id}:{self.number}"


@dataclass(frozen=True, slots=True)
class Ours:
    """What a line is about. `parts` is what it moves by clearing account; `net_minor` what it should come to."""

    parts: Mapping[str, int]
    net_minor: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line means. `moves` is what is debited to house_cash and credited to each account, or the other way
    round below zero; `left_minor` is what it leaves in bank_clearing that nothing explains, as a break has it.
    """

    moves: Mapping[str, int]
    matched: bool = True
    kind: str | None = None
    left_minor: int = 0
    adjusted_minor: int = 0  # of the cost that was booked
