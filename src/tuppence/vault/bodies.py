"""What the vault's calls take: strict types, no unknown members, and refusals that never repeat what was given."""

from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from tuppence.core import CURRENCIES
from tuppence.vault.errors import BodyRefused
from tuppence.vault.keks.custodians import Split
from tuppence.vault.model import Ask, Form
from tuppence.vault.network import Secret
from tuppence.vault.states import Kind
from tuppence.vault.strict import loads

B = TypeVar("B", bound="Body")

_MOST_MINOR = 10**12 - 1  # DE4 of ISO 8583 has twelve digits
_MOST_ITEMS = 500

Id = Annotated[UUID, Field(strict=False)]
Token = Annotated[str, Field(max_length=64)]
Typed = Annotated[SecretStr, Field(max_length=64)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls: type[B], raw: bytes) -> B:
        """Raises BodyRefused naming the members that are amiss."""
        try:
            return cls.model_validate(loads(raw))
        except ValidationError as error:
            amiss = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}
            known = sorted(amiss & cls.model_fields.keys())  # ours only: an unknown member's name may be a number
            raise BodyRefused(reason="members", members=known) from None


class FormBody(Body):
    ticket: Annotated[str, Field(max_length=2048)]
    number: Typed
    exp_month: Annotated[int, Field(ge=0, le=99)]
    exp_year: Annotated[int, Field(ge=0, le=9999)]
    cvv: Typed
    zip: Typed
    keep: bool

    @property
    def form(self) -> Form:
        number, cvv, zip_code = (Secret(one.get_secret_value()) for one in (self.number, self.cvv, self.zip))
        return Form(number, self.exp_month, self.exp_year, cvv, zip_code, self.keep)


class TestCardBody(Body):
    """A test card by what it does; there is no member in which a number could come."""

    ticket: Annotated[str, Field(max_length=2048)]
    card: Annotated[str, Field(max_length=64)]
    bank: Annotated[str, Field(max_length=64)] | None
    keep: bool


class HostedBody(Body):
    """Token mode: what the acquirer's page gave, and no member in which a number could come."""

    ticket: Annotated[str, Field(max_length=2048)]
    once: Annotated[str, Field(pattern=r"^once_[a-z2-7]{32}$")]


class TokensBody(Body):
    tokens: Annotated[list[Token], Field(max_length=_MOST_ITEMS)]
    reason: Annotated[str, Field(pattern=r"^[a-z][a-z_ ]{0,39}$")] = "not said"


class AskBody(Body):
    id: Id
    payment_id: Id
    kind: Annotated[Kind, Field(strict=False)]
    token: Token
    amount_minor: Annotated[int, Field(ge=1, le=_MOST_MINOR)]
    currency: str
    of: Id | None = None
    category: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    says: Annotated[str, Field(pattern=r"^[!-~]( ?[!-~])*$", max_length=21)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "AskBody":
        if self.currency not in CURRENCIES:
            raise ValueError("no such currency")
        if (self.kind is Kind.REFUND) != (self.of is not None):
            raise ValueError("a refund names its debit, and nothing else does")
        if not (self.kind is Kind.PURCHASE) == (self.category is not None) == (self.says is not None):
            raise ValueError("a purchase names its merchant, and nothing else does")
        return self

    @property
    def ask(self) -> Ask:
        what = (self.token, self.amount_minor, self.currency, self.of, self.category, self.says)
        return Ask(self.id, self.payment_id, self.kind, *what)


class UseBody(Body):
    attempts: Annotated[list[AskBody], Field(max_length=_MOST_ITEMS)]


class InquireBody(Body):
    attempts: Annotated[list[Id], Field(max_length=_MOST_ITEMS)]


class NothingBody(Body):
    pass


class ResealBody(Body):
    before: Annotated[AwareDatetime, Field(strict=False)]


class ShareBody(Body):
    share: Annotated[SecretStr, Field(max_length=200)]


class ReshareBody(ShareBody):
    shares: int
    threshold: int

    @property
    def split(self) -> Split:
        return Split(self.shares, self.threshold)

    @model_validator(mode="after")
    def _guards(self) -> "ReshareBody":
        _ = self.split
        return self
