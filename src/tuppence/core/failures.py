"""A refusal is a class: a kind, a public code, one sentence that also says what was written."""

from enum import Enum
from typing import Any, ClassVar


class Kind(Enum):
    """What sort of refusal; the HTTP room gives each a status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class Failure(Exception):
    """Something was refused. Nothing was written."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Any) -> None:
        """Facts are public: they become members of the problem document."""
        super().__init__(self.code)
        self.facts = facts

    @classmethod
    def sentence(cls) -> str:
        """What a developer reads: the first paragraph of the class's docstring."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Failure) and self.facts == other.facts

    __hash__ = Exception.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={fact!r}' for name, fact in self.facts.items())})"
